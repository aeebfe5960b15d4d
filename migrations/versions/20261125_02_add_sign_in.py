"""add sign in: one-time links and the sessions of the web pages"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261125_02_add_sign_in"
down_revision = "20261125_01_date_evidence"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the two tables; the file says what they are for."""
    op.get_bind().exec_driver_sql((SQL / "sign_in.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Drop them; who was signed in signs in anew."""
    op.drop_table("web_session")
    op.drop_table("sign_in_link")
