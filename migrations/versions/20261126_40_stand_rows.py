"""stand rows: what was decided, sent, printed, published or frozen is neither changed, nor added to, nor deleted"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_40_stand_rows"
down_revision = "20261126_26_guard_counters"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "standing_rows.sql"
DOWN = """
grant update on reminder_round to hub_app;
grant update, delete on declared_progress to hub_app;
grant delete on published_report, agency_return, return_case to hub_app;
drop trigger snapshot_of_published on snapshot;
drop function snapshot_of_published;
drop trigger frozen_members_added on frozen_members;
drop trigger frozen_figures_added on frozen_figures;
drop function frozen_with_its_freezing;
drop trigger report_print_stands on report_print;
drop trigger outbox_message_stands on outbox_message;
drop trigger access_change_stands on access_change;
drop function hub_stands;
"""


def upgrade() -> None:
    """Add the triggers, and take rights away that nothing needs."""
    op.get_bind().exec_driver_sql(SQL.read_text())


def downgrade() -> None:
    """The commands decide alone."""
    op.get_bind().exec_driver_sql(DOWN)
