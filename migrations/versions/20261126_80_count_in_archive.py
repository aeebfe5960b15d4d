"""count in archive: what a load costs the counters does not grow with what the historical archive holds"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261126_80_count_in_archive"
down_revision = "20261126_71_crowded_words"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
AS_OWNER = " language plpgsql\n    security definer set search_path = public, pg_temp as $$"


def upgrade() -> None:
    """Seek the archive's files among those that changed, not those that changed among the archive's."""
    _run((SQL / "counted_in_archive.sql").read_text())


def downgrade() -> None:
    """As in the first version; as the owner since 20261126_25."""
    first = (SQL / "counters.sql").read_text()
    found = re.search(r"^create (function hub_count_files\(.*?^\$\$;)$", first, re.MULTILINE | re.DOTALL)
    assert found is not None
    _run(f"create or replace {found[1].replace(' language plpgsql as $$', AS_OWNER)}")


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
