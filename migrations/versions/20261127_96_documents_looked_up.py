"""documents looked up: those that are counted are found by their file, however little is known of their table"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261127_96_documents_looked_up"
down_revision = "20261127_95_twins_by_issuer"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """The first load of a hub takes no longer than a later one."""
    _run("documents_looked_up.sql")


def downgrade() -> None:
    """The function as it was."""
    _run("counted_scans.sql")


def _run(name: str) -> None:
    found = re.search(
        r"^create or replace function hub_timely_transfers_steps\(.*?^\$\$;$",
        (SQL / name).read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert found is not None
    op.get_bind().exec_driver_sql(found[0].replace("%", "%%"))
