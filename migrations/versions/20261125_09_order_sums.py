"""order sums: those of one day lie side by side, so that a figure reads tens of pages and not thousands

The sums come out of a hash in any order, and the few thousand rows that a figure adds up lay scattered over all.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "20261125_09_order_sums"
down_revision = "20261125_16a_share_spending"
branch_labels = None
depends_on = None

COUNTERS = ("born_digital", "digitised_pages", "timely_transfers", "described_online")
UNORDERED = "on conflict"
ORDERED = "order by 1, 2 on conflict"  # grain and day, as the index that a figure reads by


def _replace_in_fold(name: str, old: str, new: str) -> None:
    connection = op.get_bind()
    function = {"function": f"hub_fold_{name}()"}
    definition = connection.execute(
        text("select pg_get_functiondef(cast(cast(:function as text) as regprocedure))"), function
    ).scalar_one()
    connection.exec_driver_sql(definition.replace(old, new))


def upgrade() -> None:
    """Put what is there in order, and have new sums come in order."""
    for name in COUNTERS:
        op.execute(f"cluster {name}_count using ix_{name}_count_grain")
        op.execute(f"alter table {name}_count set without cluster")
        _replace_in_fold(name, UNORDERED, ORDERED)


def downgrade() -> None:
    """Have new sums come as they may; those that are there stay in order."""
    for name in COUNTERS:
        _replace_in_fold(name, ORDERED, UNORDERED)
