"""count few new files: a file that is opened adds to no figure yet, so an import need not look at each again"""

from __future__ import annotations

from alembic import op

revision = "20261201_count_few_new_files"
down_revision = "20261132_count_by_fonds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only files that come in closed, handed over, or into the historical archive have a step (counters.sql)."""
    _define(
        """execute $sql$
    select array_agg(n.id) from newer n join agency k on k.id = n.custodian_id
     where k.is_historical_archive or n.state <> 'OPEN' or n.closed_on is not null or n.transferred
        or n.transferred_on is not null or n.accepted_at is not null
    $sql$ into counted;
    perform hub_count_files(counted);"""
    )


def downgrade() -> None:
    """Every new file again."""
    _define("select array_agg(n.id) into counted from newer n; perform hub_count_files(counted);")


def _define(body: str) -> None:
    op.execute(
        "create or replace function hub_file_steps_added() returns trigger language plpgsql as $$"
        f" declare counted bigint[]; begin {body} return null; end $$"
    )
