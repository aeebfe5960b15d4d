"""access apart: the number of access stands in a row of its own, which no change of agencies holds"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_88_access_apart"
down_revision = "20261126_87_number_access"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """The row, and the function of the triggers that changes it."""
    op.get_bind().exec_driver_sql((SQL / "access_apart.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """The number beside that of the tree."""
    op.execute("alter table policy_state add column access_version bigint not null default 1")
    op.execute("update policy_state set access_version = n.access_version from access_state n")
    before = (SQL / "numbered_access.sql").read_text()
    function = before[before.index("create function") : before.index("-- What is noted")]
    op.get_bind().exec_driver_sql(function.replace("create function", "create or replace function", 1))
    op.execute("drop table access_state")
