"""empty tally: a table of records that is emptied at once has no total left"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_88_empty_tally"
down_revision = "20261126_87_number_access"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """A trigger beside those of rows."""
    op.get_bind().exec_driver_sql((SQL / "emptied_tally.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Until it is counted anew, the tally goes on telling what was there."""
    for table in ("file", "item"):
        op.execute(f"drop trigger {table}_tally_emptied on {table}")
    op.execute("drop function hub_tally_emptied()")
