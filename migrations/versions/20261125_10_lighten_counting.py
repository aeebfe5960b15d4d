"""lighten counting: the counters cost a load less, and hold what they held"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "20261125_10_lighten_counting"
down_revision = "20261125_09_order_sums"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
COUNTERS = ("born_digital", "digitised_pages", "timely_transfers", "described_online")
STEPS = ("born_digital", "timely_transfers")


def upgrade() -> None:
    """Sums of counts stay bigint; files without documents are not looked up in the tables of documents."""
    _run((SQL / "lighter_counting.sql").read_text())
    _add_up(" sum(", " hub_sum(")


def downgrade() -> None:
    """The functions of the first version."""
    first = (SQL / "counters.sql").read_text()
    for name in STEPS:
        found = re.search(
            rf"^create (function hub_{name}_steps\(.*?^\$\$;)$", first, re.MULTILINE | re.DOTALL
        )
        assert found is not None
        _run(f"create or replace {found[1]}")
    _add_up(" hub_sum(", " sum(")
    _run("drop aggregate hub_sum(bigint)")


def _run(sql: str) -> None:
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))


def _add_up(old: str, new: str) -> None:
    """Let counting and folding use another function to add up."""
    for name in COUNTERS:
        for function in (f"hub_count_{name}(bigint[])", f"hub_fold_{name}()"):
            definition = (
                op.get_bind()
                .execute(
                    text("select pg_get_functiondef(cast(cast(:function as text) as regprocedure))"),
                    {"function": function},
                )
                .scalar_one()
            )
            # The first sum of a list may stand behind a parenthesis.
            _run(definition.replace(old, new).replace(f"({old.strip()}", f"({new.strip()}"))
