"""hold by key: what records name is held key by key, users as well as parents"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261127_92b_hold_by_key"
down_revision = "20261127_92_looked_up_parents"
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
FUNCTIONS = (
    "hub_parents_of_files()",
    "hub_parents_of_changed_files()",
    "hub_fonds_takes_files()",
    "hub_parent_has_files()",
    "hub_user_goes()",
    "hub_see_all_records()",
    "hub_hold_parents(text, text, bigint[], bigint[])",
    "hub_hold(text, text, bigint[], bigint[])",
    # of databases that were made between two versions
    "hub_see_all_files()",
    "hub_hold_fonds(bigint[], bigint[])",
    "hub_hold_series(bigint[], bigint[])",
    "hub_hold_agencies(bigint[])",
    "hub_parent_missing(text, text, text, text)",
)


def upgrade() -> None:
    """See migrations/sql/held_by_key.sql."""
    _clear()
    _run((SQL / "held_by_key.sql").read_text())


def downgrade() -> None:
    """As looked_up_parents.sql and named_users.sql have it."""
    _run(
        _found(r"create function hub_look_up_users.*?\n\$\$;", SQL / "named_users.sql").replace(
            "create function", "create or replace function"
        )
    )
    _clear()
    before = (SQL / "looked_up_parents.sql").read_text()
    _run(before.replace(_found(r"alter table file drop constraint.*?;", SQL / "looked_up_parents.sql"), ""))


def _clear() -> None:
    for table, triggers in TRIGGERS.items():
        for trigger in triggers:
            op.execute(f"drop trigger if exists {trigger} on {table}")
    for function in FUNCTIONS:
        op.execute(f"drop function if exists {function}")


def _found(pattern: str, path: Path) -> str:
    found = re.search(pattern, path.read_text(), re.DOTALL)
    assert found is not None, pattern
    return found[0]


def _run(statements: str) -> None:
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
