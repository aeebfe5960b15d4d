"""looked-up parents: what files belong to is looked up once for a statement, not once for a row"""

from __future__ import annotations

import re
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
    "app_user": ("app_user_named_seen",),
}


def upgrade() -> None:
    """See migrations/sql/looked_up_parents.sql."""
    op.get_bind().exec_driver_sql((SQL / "looked_up_parents.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Foreign keys again."""
    for table, triggers in TRIGGERS.items():
        for trigger in triggers:
            op.execute(f"drop trigger {trigger} on {table}")
    users_before = re.search(
        r"create function hub_look_up_users.*?\n\$\$;", (SQL / "named_users.sql").read_text(), re.DOTALL
    )
    assert users_before is not None
    restored = users_before[0].replace("create function", "create or replace function")
    op.get_bind().exec_driver_sql(restored.replace("%", "%%"))
    for function in (
        "hub_parents_of_files()",
        "hub_parents_of_changed_files()",
        "hub_hold_parents(text, text, bigint[], bigint[])",
        "hub_hold(text, text, bigint[], bigint[])",
        "hub_fonds_takes_files()",
        "hub_parent_has_files()",
        "hub_user_goes()",
        "hub_see_all_records()",
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
