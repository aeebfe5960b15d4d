"""guard grants: delegation, and the rules of granting in the database itself"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261125_12_guard_grants"
down_revision = "20261125_08_add_jobs"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Add the columns and the guard; the file says what for."""
    op.get_bind().exec_driver_sql((SQL / "guarded_grants.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Without the guard; delegations stay as grants on behalf of somebody."""
    op.execute("drop trigger role_grant_ends_delegations on role_grant")
    op.execute("drop trigger role_grant_guarded on role_grant")
    op.execute("drop function role_grant_ends_delegations()")
    op.execute("drop function role_grant_guarded()")
    op.execute("alter table role_grant drop constraint role_grant_delegation")
    op.execute("alter table role_grant drop constraint role_grant_granted_by_another")
    op.execute("drop index role_grant_on_behalf_of")
    op.execute(
        "alter table role_grant drop column delegated_from, drop column version, drop column updated_at"
    )
    op.execute("alter table role_grantable drop column anywhere")
    op.execute("alter table app_user drop column version, drop column updated_at")
    op.execute("grant update, delete on role_grant to hub_app")
    op.execute("grant delete on app_user to hub_app")
