"""files looked at once: what is asked of the files that a statement adds is asked in one look at them"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261127_94_files_looked_at_once"
down_revision = "20261127_93_words_by_cast"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
BEFORE = {
    "held_by_key.sql": ("hub_parents_of_files", "file_parents_added"),
    "named_users.sql": ("hub_users_of_files", "file_users_added"),
    "record_tally.sql": (None, "file_tally_added"),
}


def upgrade() -> None:
    """See migrations/sql/files_looked_at_once.sql."""
    _run((SQL / "files_looked_at_once.sql").read_text())


def downgrade() -> None:
    """A trigger for each of them again."""
    op.execute("drop trigger file_added on file")
    op.execute("drop function hub_files_added()")
    for name, (function, trigger) in BEFORE.items():
        written = (SQL / name).read_text()
        if function is not None:
            _run(_found(rf"create function {function}\(\).*?\n\$\$;", written))
        _run(_found(rf"create trigger {trigger} .*?;", written))
    op.execute("revoke execute on function hub_parents_of_files() from public")


def _found(pattern: str, written: str) -> str:
    found = re.search(pattern, written, re.DOTALL)
    assert found is not None, pattern
    return found[0]


def _run(statements: str) -> None:
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))
