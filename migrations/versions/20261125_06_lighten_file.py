"""lighten file: what storing a file costs beside the file itself, without a rule or a read less"""

from __future__ import annotations

from alembic import op

revision = "20261125_06_lighten_file"
down_revision = "20261125_05_add_state_acceptance"
branch_labels = None
depends_on = None

_PLACES = ("creator", "custodian")


def upgrade() -> None:
    """Half of the time of an INSERT went into looking up the same agency three times, and into triggers.

    Creator and custodian are looked up where they are another agency than the owner, whom the key to the fonds
    vouches for. Declared values are copied where the writer has not done so. The index of series holds the files
    in series, a small one those that no import has keyed: imports ask for them.
    """
    for place in _PLACES:
        op.execute(
            f"alter table file drop constraint file_{place}_id_fkey,"
            f" add column {place}_elsewhere bigint generated always as (nullif({place}_id, agency_id)) stored,"
            f" add constraint fk_file_{place} foreign key ({place}_elsewhere) references agency (id)"
        )
    _declare(
        "when (new.origin is distinct from new.origin_declared"
        " or new.page_count is distinct from new.page_count_declared)"
    )
    op.execute("drop index ix_file_series_id")
    op.execute("create index ix_file_series_id on file (series_id, id) where series_id is not null")
    op.execute("create index ix_file_without_key on file (agency_id, id) where source_key is null")


def downgrade() -> None:
    """Every reference by itself again."""
    op.execute("drop index ix_file_without_key")
    op.execute("drop index ix_file_series_id")
    op.execute("create index ix_file_series_id on file (series_id, id)")
    _declare("")
    for place in _PLACES:
        op.execute(
            f"alter table file drop column {place}_elsewhere,"
            f" add constraint file_{place}_id_fkey foreign key ({place}_id) references agency (id)"
        )


def _declare(condition: str) -> None:
    op.execute("drop trigger file_declared on file")
    op.execute(
        f"create trigger file_declared before insert on file for each row {condition}"
        " execute function hub_file_declared()"
    )
