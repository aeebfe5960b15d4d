"""weigh words: a search asks the index for the words that are rarer than the beginnings of the last one"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261125_11b_weigh_words"
down_revision = "20261125_10b_take_statistics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """See migrations/sql/search.sql."""
    sql = (Path(__file__).parents[1] / "sql" / "search.sql").read_text()
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))


def downgrade() -> None:
    """The index is asked for everything again."""
    op.execute("drop function hub_begins(text, text)")
    op.execute("drop function hub_sought(text, text)")
