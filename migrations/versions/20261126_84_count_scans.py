"""count scans: what was scanned is looked up for the scanned documents of a load, not gone through for all of them"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261126_84_count_scans"
down_revision = "20261126_85_small_merges"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """A load no longer pays for every page that the city has ever accepted."""
    _run("counted_scans.sql")


def downgrade() -> None:
    """The function as it was."""
    _run("counted_handovers.sql")


def _run(name: str) -> None:
    found = re.search(
        r"^create or replace function hub_timely_transfers_steps\(.*?^\$\$;$",
        (SQL / name).read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert found is not None
    op.get_bind().exec_driver_sql(found[0].replace("%", "%%"))
