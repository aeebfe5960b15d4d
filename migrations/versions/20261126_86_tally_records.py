"""tally records: how many files and documents of a kind there are is read off a few rows, not counted one by one"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_86_tally_records"
down_revision = "20261126_84_count_scans"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
CHANGES = ("added", "removed", "changed")


def upgrade() -> None:
    """The tally, kept by triggers from here on, and what is there already: writers wait meanwhile."""
    op.get_bind().exec_driver_sql((SQL / "record_tally.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Count one by one."""
    for table in ("file", "item"):
        for change in CHANGES:
            op.execute(f"drop trigger {table}_tally_{change} on {table}")
    for function in ("fold_record_tally", "tally_records", *(f"tally_{change}" for change in CHANGES)):
        op.execute(f"drop function hub_{function}()")
    op.execute("drop table record_tally")
