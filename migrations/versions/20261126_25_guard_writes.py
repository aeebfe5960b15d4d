"""guard writes: what follows from a write is done for whoever may write, as row-level security asks

The policies themselves are made after the last migration, of the policy file (hub/migrate.py).
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_25_guard_writes"
down_revision = "20261126_20_work_on_returns"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
# What a file says of its documents, and what it adds to the figures, follows from a write on either: whoever may
# write one of the two changes, or holds, the other.
FOLLOWING = ("hub_derive_files(bigint[])", "hub_count_files(bigint[])")


def upgrade() -> None:
    """Let the owner, whom the policies do not bind, do what follows."""
    for function in FOLLOWING:
        op.execute(f"alter function {function} security definer set search_path = public, pg_temp")
        op.execute(f"revoke execute on function {function} from public")
        op.execute(f"grant execute on function {function} to hub_app")


def downgrade() -> None:
    """Without policies; the commands decide alone."""
    op.get_bind().exec_driver_sql((SQL / "unguarded_writes.sql").read_text().replace("%", "%%"))
    for function in FOLLOWING:
        op.execute(f"alter function {function} security invoker reset search_path")
        op.execute(f"grant execute on function {function} to public")
