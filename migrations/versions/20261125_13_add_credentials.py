"""add credentials: passwords, second factors, identities, bound keys, and what counts wrong guesses"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261125_13_add_credentials"
down_revision = "20261125_15_seal_audit"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the tables and columns; the file says what they are for."""
    op.get_bind().exec_driver_sql((SQL / "credentials.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Drop them; people sign in by links again, and keys that were bound to an agency are revoked first."""
    op.execute("update access_token set revoked_at = coalesce(revoked_at, now()) where bound_to is not null")
    op.execute("update sign_in_link set used_at = coalesce(used_at, now()) where purpose <> 'SIGN_IN'")
    op.execute("update web_session set ended_at = coalesce(ended_at, now()) where method = 'DEVICE'")
    for table in (
        "user_identity",
        "step_up",
        "recovery_code",
        "second_factor",
        "sign_in_guess",
        "user_password",
    ):
        op.drop_table(table)
    op.execute("alter table access_token drop column bound_to, drop column ip_ranges, drop column created_by")
    op.execute("alter table web_session drop column method, drop column label")
    op.execute("alter table sign_in_link drop column purpose")
