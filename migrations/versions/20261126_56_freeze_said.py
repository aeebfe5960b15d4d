"""freeze what was said: returns, declared progress, exclusions and what waited, with the figures of a period"""

from __future__ import annotations

from alembic import op

revision = "20261126_56_freeze_said"
down_revision = "20261126_55_keep_report_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of freezings taken before, reports read it from the tables."""
    op.execute("alter table period_freeze add column said JSONB DEFAULT '{}'::jsonb NOT NULL")


def downgrade() -> None:
    """Drop it; figures, lines and members stay."""
    op.execute("alter table period_freeze drop column said")
