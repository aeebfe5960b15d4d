"""named users: those whom records name are looked up once for a statement, not once for a row"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_90_named_users"
down_revision = "20261126_89_plain_words"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
NAMED = {"file": ("created_by", "submitted_by", "accepted_by"), "item": ("created_by",)}


def upgrade() -> None:
    """See migrations/sql/named_users.sql."""
    op.get_bind().exec_driver_sql((SQL / "named_users.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Foreign keys again."""
    for trigger in ("gone", "anew", "emptied"):
        op.execute(f"drop trigger app_user_named_{trigger} on app_user")
    for table, columns in NAMED.items():
        for trigger in ("added", "changed"):
            op.execute(f"drop trigger {table}_users_{trigger} on {table}")
        op.execute(f"drop function hub_users_of_{table}s()")
        op.execute(f"drop function hub_users_of_{table}()")
        for column in columns:
            op.create_foreign_key(f"{table}_{column}_fkey", table, "app_user", [column], ["id"])
    op.execute("drop function hub_user_is_named()")
    op.execute("drop function hub_look_up_users(bigint[], text)")
