"""words that wait: those of a long list are merged into the index of words once it is stored, not while it is"""

from __future__ import annotations

from alembic import op

revision = "20261126_91_words_that_wait"
down_revision = "20261126_90_named_users"
branch_labels = None
depends_on = None

INDEXES = ("ix_fonds_search", "ix_series_search", "ix_file_search", "ix_item_search")
# Of some 280,000 files. A search reads what waits: 0.4 ms for a thousand files.
WAITING = 96 * 1024


def upgrade() -> None:
    """Words wait beside the index (GIN's pending list); to merge them is the index owner's."""
    for index in INDEXES:
        op.execute(f"alter index {index} set (gin_pending_list_limit = {WAITING})")
    merged = " + ".join(f"gin_clean_pending_list('{index}')" for index in INDEXES)
    op.execute(
        "create function hub_merge_words() returns bigint language sql security definer"
        f" set search_path = public, pg_temp as $$ select {merged} $$"
    )
    op.execute("revoke all on function hub_merge_words() from public")
    op.execute("grant execute on function hub_merge_words() to hub_app")


def downgrade() -> None:
    """Whoever fills the list, merges it."""
    op.execute("drop function hub_merge_words()")
    for index in INDEXES:
        op.execute(f"alter index {index} reset (gin_pending_list_limit)")
