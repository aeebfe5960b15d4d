"""guard counters: figures follow from records, and the application writes them no other way"""

from __future__ import annotations

from alembic import op

revision = "20261126_26_guard_counters"
down_revision = "20261126_22_keep_prints"
branch_labels = None
depends_on = None

COUNTERS = ("born_digital", "digitised_pages", "timely_transfers", "described_online")
# What triggers and the night do: they count from the records, whoever calls them.
COUNTING = (
    *(f"hub_fold_{name}()" for name in COUNTERS),
    *(f"hub_count_{name}(bigint[])" for name in COUNTERS),
)
TABLES = ", ".join(f"{name}_step, {name}_count" for name in COUNTERS)


def upgrade() -> None:
    """Count as the owner; the application reads."""
    for function in COUNTING:
        op.execute(f"alter function {function} security definer set search_path = public, pg_temp")
        op.execute(f"revoke execute on function {function} from public")
        op.execute(f"grant execute on function {function} to hub_app")
    op.execute(f"revoke insert, update, delete on {TABLES} from hub_app")


def downgrade() -> None:
    """The application counts as itself."""
    for function in COUNTING:
        op.execute(f"alter function {function} security invoker reset search_path")
        op.execute(f"grant execute on function {function} to public")
    op.execute(f"grant insert, update, delete on {TABLES} to hub_app")
