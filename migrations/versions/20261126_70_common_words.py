"""common words: a list filtered by words is read from the index of words, or in its order where they are common"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_70_common_words"
down_revision = "20261126_57_guard_reports"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """See migrations/sql/common_words.sql."""
    _make_anew((SQL / "common_words.sql").read_text())


def downgrade() -> None:
    """What the index is asked, and no more."""
    before, _, _ = (SQL / "search.sql").read_text().partition("-- Whether a word of a folded text")
    _make_anew(before)


def _make_anew(sql: str) -> None:
    op.execute("drop function hub_sought(text, text)")
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
