"""publish the brief: the one page for leadership goes out with the city's report, under a SHA-256 of its own"""

from __future__ import annotations

from alembic import op

revision = "20261126_58_publish_brief"
down_revision = "20261126_66_merge_indexes"
branch_labels = None
depends_on = None

_TABLES = ("published_report", "report_print")


def upgrade() -> None:
    """Add its columns; what was published before has no brief."""
    for table in _TABLES:
        op.execute(
            f"alter table {table} add column brief_sha256 varchar, add column brief_size BIGINT,"
            f" add constraint ck_{table}_brief check ((brief_sha256 is null) = (brief_size is null)"
            " and (brief_sha256 is null or sha256 is not null))"
        )


def downgrade() -> None:
    """Drop them; the files stay where they are."""
    for table in _TABLES:
        op.execute(f"alter table {table} drop column brief_sha256, drop column brief_size")
