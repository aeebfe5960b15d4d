"""confirm access: a wider access to a record waits for a second person"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_27_confirm_access"
down_revision = "20261126_23b_keep_plans"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the table; the file says what it is for."""
    op.get_bind().exec_driver_sql((SQL / "confirmed_access.sql").read_text())


def downgrade() -> None:
    """Drop it: records stay as they are, and what waits is given up."""
    op.drop_table("access_change")
