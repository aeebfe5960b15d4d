"""looked-up parents: what files belong to is looked up once for a statement, not once for a row"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261127_92_looked_up_parents"
down_revision = "20261126_91_words_that_wait"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TRIGGERS = {
    "file": ("file_parents_added", "file_parents_changed"),
    "fonds": ("fonds_moves_files", "fonds_of_files_gone", "fonds_of_files_emptied"),
    "series": ("series_of_files_gone", "series_of_files_anew", "series_of_files_emptied"),
    "agency": ("agency_of_files_gone", "agency_of_files_anew", "agency_of_files_emptied"),
}


def upgrade() -> None:
    """See migrations/sql/looked_up_parents.sql."""
    op.get_bind().exec_driver_sql((SQL / "looked_up_parents.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Foreign keys again."""
    for table, triggers in TRIGGERS.items():
        for trigger in triggers:
            op.execute(f"drop trigger {trigger} on {table}")
    for function in (
        "hub_parents_of_files()",
        "hub_parent_missing(text, text, text, text)",
        "hub_fonds_takes_files()",
        "hub_parent_has_files()",
    ):
        op.execute(f"drop function {function}")
    op.create_foreign_key(
        "fk_file_fonds",
        "file",
        "fonds",
        ["fonds_id", "agency_id"],
        ["id", "agency_id"],
        onupdate="CASCADE",
    )
    op.create_foreign_key("fk_file_series", "file", "series", ["series_id", "fonds_id"], ["id", "fonds_id"])
    op.create_foreign_key("fk_file_creator", "file", "agency", ["creator_elsewhere"], ["id"])
    op.create_foreign_key("fk_file_custodian", "file", "agency", ["custodian_elsewhere"], ["id"])
