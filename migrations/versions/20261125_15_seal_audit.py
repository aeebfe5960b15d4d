"""seal audit: epochs and seals of the audit trail, and the columns of an event that only the database writes"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261125_15_seal_audit"
down_revision = "20261125_12_guard_grants"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Create the two tables, the indexes and the rights; the file says what they are for."""
    op.get_bind().exec_driver_sql((SQL / "audit_seals.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Drop them; the events stay, without proof."""
    op.execute("drop index audit_event_records")
    op.execute("drop index audit_event_agent")
    op.execute("drop table audit_seal")
    op.execute("drop table audit_epoch")
    op.execute("alter table audit_event drop column epoch, enable trigger audit_event_kept")
    op.execute("revoke all on audit_event from hub_app")
    op.execute("grant select, insert on audit_event to hub_app")
