"""count handovers: of a file's documents only those that are to be handed over are sought among the hand-overs"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261126_67_count_handovers"
down_revision = "20261126_58_publish_brief"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """A load reads its documents twice for the counters, not three times."""
    _run((SQL / "counted_handovers.sql").read_text())


def downgrade() -> None:
    """The function as it was."""
    before = (SQL / "lighter_counting.sql").read_text()
    found = re.search(
        r"^create or replace function hub_timely_transfers_steps\(.*?^\$\$;$",
        before,
        re.MULTILINE | re.DOTALL,
    )
    assert found is not None
    _run(found[0])


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
