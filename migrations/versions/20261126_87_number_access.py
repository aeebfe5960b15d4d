"""number access: while the number stands, nobody's credential, account or grants have changed"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_87_number_access"
down_revision = "20261126_86_tally_records"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLES = ("access_token", "user_identity", "app_user", "role_grant", "step_up")


def upgrade() -> None:
    """The number, and what changes it."""
    op.get_bind().exec_driver_sql((SQL / "numbered_access.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Every caller is read with every request."""
    for table in TABLES:
        for what in ("changed", "emptied"):
            op.execute(f"drop trigger {table}_{what} on {table}")
    op.execute("drop function hub_access_changed()")
    op.execute("drop table access_state")
