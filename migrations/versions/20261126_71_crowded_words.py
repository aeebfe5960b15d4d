"""crowded words: search walks the records for what half of them hold, and a walk parses few texts"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_71_crowded_words"
down_revision = "20261126_67_count_handovers"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """See migrations/sql/crowded_words.sql."""
    _make_anew("crowded_words.sql")


def downgrade() -> None:
    """What is rare and what is common, and no more."""
    _make_anew("common_words.sql")


def _make_anew(name: str) -> None:
    op.execute("drop function hub_sought(text, text)")
    op.get_bind().exec_driver_sql((SQL / name).read_text().replace("%", "%%"))
