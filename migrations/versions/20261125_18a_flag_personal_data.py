"""flag personal data: files and documents whose words name persons, those of administrative procedures by rule"""

from __future__ import annotations

from alembic import op

revision = "20261125_18a_flag_personal"
down_revision = "20261125_16c_follow_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the flag, and set it where a title says that the file is of a procedure (hub/records/personal.py)."""
    for table in ("file", "item"):
        op.execute(f"alter table {table} add column has_personal_data boolean default false not null")
    op.execute(
        "update file set has_personal_data = true where hub_fold(title) ~"
        " 'giai quyet ([a-z]+ ){0,2}(thu tuc hanh chinh|tthc)|ho so tthc'"
    )
    op.execute(
        "update item set has_personal_data = true"
        " where file_id in (select id from file where has_personal_data)"
    )


def downgrade() -> None:
    """Drop the flag; which records had it is lost."""
    for table in ("item", "file"):
        op.execute(f"alter table {table} drop column has_personal_data")
