"""freeze lines: each figure of a freezing by agency and by kind of agency, as the report prints it"""

from __future__ import annotations

from alembic import op

revision = "20261126_24_freeze_lines"
down_revision = "20261126_25_guard_writes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; freezings taken before have none."""
    op.execute("alter table period_freeze add column lines JSONB DEFAULT '{}'::jsonb NOT NULL")


def downgrade() -> None:
    """Drop it; figures and members stay."""
    op.execute("alter table period_freeze drop column lines")
