"""take statistics: a load as large as the database tells the planner what it has brought, before it goes on"""

from __future__ import annotations

from alembic import op

revision = "20261125_10b_take_statistics"
down_revision = "20261125_11_check_words"
branch_labels = None
depends_on = None

COUNTERS = ("born_digital", "digitised_pages", "timely_transfers", "described_online")
TABLES = ", ".join((
    "fonds", "series", "file", "item", "page_acceptance", "transfer", "transfer_entry", "decided_list_entry",
    "publication", *(f"{name}_{part}" for name in COUNTERS for part in ("step", "count")),
))  # fmt: skip


def upgrade() -> None:
    """ANALYZE is the owner's, and autovacuum does not see rows that are not committed.

    Only for loads into an empty database: each table stays locked against the next ANALYZE until the commit.
    """
    op.execute(
        "create function hub_take_statistics() returns void language plpgsql security definer"
        f" set search_path = public, pg_temp as $$ begin analyze {TABLES}; end $$"
    )
    op.execute("revoke all on function hub_take_statistics() from public")
    op.execute("grant execute on function hub_take_statistics() to hub_app")


def downgrade() -> None:
    """Drop the function."""
    op.execute("drop function hub_take_statistics()")
