"""steps in order: what a file adds lies together, and is written without being handed back

The steps came out of a hash in any order: each went to another page of its index, and whoever counts a file anew reads
as many pages of the table as it has steps.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "20261126_83_steps_in_order"
down_revision = "20261126_82_count_at_once"
branch_labels = None
depends_on = None

COUNTERS = ("born_digital", "digitised_pages", "timely_transfers", "described_online")
BEFORE = "made as (insert into {name}_step select * from hub_{name}_steps(ids) returning *)"
NOW = """made as materialized (select * from hub_{name}_steps(ids) order by file_id),
    stepped as (insert into {name}_step select * from made)"""


def upgrade() -> None:
    """Work the steps out once, in the order of files; write them, and add them up."""
    _replace(BEFORE, NOW)


def downgrade() -> None:
    """In any order, and from what was written."""
    _replace(NOW, BEFORE)


def _replace(before: str, now: str) -> None:
    connection = op.get_bind()
    for name in COUNTERS:
        function = {"function": f"hub_count_{name}(bigint[])"}
        definition = connection.execute(
            text("select pg_get_functiondef(cast(cast(:function as text) as regprocedure))"), function
        ).scalar_one()
        connection.exec_driver_sql(definition.replace(before.format(name=name), now.format(name=name)))
