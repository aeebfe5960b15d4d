"""freeze members: which records stood behind each figure of a period, packed, beside the figures themselves"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_23_freeze_members"
down_revision = "20261125_18a_flag_personal"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql" / "frozen_figures.sql"
_REPORT = (
    "notation", "issued_on", "byte_size", "corrects_id", "correction_reason", "changes", "submitted_at", "version",
    "updated_at",
)  # fmt: skip


def upgrade() -> None:
    """Create the tables of freezings, and what a report tells of its paper and of what it corrects."""
    op.get_bind().exec_driver_sql(_SQL.read_text())


def downgrade() -> None:
    """Drop them; figures of published reports stay, the records behind them are lost."""
    op.execute("drop trigger published_report_stands on published_report")
    op.execute("drop function published_report_stands()")
    op.execute("drop index uq_published_report_in_force")
    op.execute("grant update, delete on snapshot to hub_app")
    op.execute("alter table snapshot drop column freeze_id")
    op.execute("alter table published_report drop constraint ck_published_report_correction")
    for column in _REPORT:
        op.execute(f"alter table published_report drop column {column}")
    for table in ("frozen_members", "frozen_figures", "period_freeze"):
        op.drop_table(table)
