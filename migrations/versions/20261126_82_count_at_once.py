"""count at once: what a file and its documents add to II.1.a is added up in one go"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op

revision = "20261126_82_count_at_once"
down_revision = "20261126_81_fold_what_changed"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    """Two thirds of the cost; the rules are the same."""
    _run((SQL / "counted_at_once.sql").read_text())


def downgrade() -> None:
    """The function as it was."""
    before = (SQL / "lighter_counting.sql").read_text()
    found = re.search(
        r"^create or replace function hub_born_digital_steps\(.*?^\$\$;$", before, re.MULTILINE | re.DOTALL
    )
    assert found is not None
    _run(found[0])


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
