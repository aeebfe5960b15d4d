"""date evidence: when papers and integrations begin and end, agencies on a list, an archive excluded as a whole"""

from __future__ import annotations

from alembic import op

revision = "20261125_01_date_evidence"
down_revision = "20261122_create_hub"
branch_labels = None
depends_on = None

_OBJECTS = "num_nonnulls(series_id, file_id, item_id)"
_NAMED = "num_nonnulls(fonds_id, series_id, file_id{}) = 1"
_KINDS = "kind in ('HIGH_USE', 'WIDELY_USED', 'RESTRICTED'{})"
_ROADMAP = ", 'INTEGRATION_ROADMAP'"


def upgrade() -> None:
    """A figure at a past date needs the dates at which things came and went."""
    op.execute("alter table registered_system add column integration_ended_on date")
    op.execute(
        "alter table registered_system add constraint ck_registered_system_integration"
        " check (integrated_on <= integration_ended_on)"
    )
    op.execute("alter table deliverable add column planned_on date, add column cancelled_on date")
    op.execute(
        "alter table deliverable add constraint ck_deliverable_cancelled"
        " check (cancelled_on is null or state = 'CANCELLED')"
    )
    op.execute("alter table exclusion add column whole_archive boolean not null default false")
    _replace(
        "exclusion", "ck_exclusion_one_object", f"check ({_OBJECTS} + cast(whole_archive as integer) = 1)"
    )
    op.execute("alter table decided_list_entry add column agency_id bigint references agency (id)")
    op.execute("create index ix_decided_list_entry_agency_id on decided_list_entry (agency_id)")
    _replace("decided_list", "ck_decided_list_kind", f"check ({_KINDS.format(_ROADMAP)})")
    _replace(
        "decided_list_entry",
        "ck_decided_list_entry_one_object",
        f"check ({_NAMED.format(', agency_id')})",
    )
    _replace(
        "decided_list_entry",
        "uq_decided_list_entry_object",
        "unique nulls not distinct (list_id, fonds_id, series_id, file_id, agency_id)",
    )


def downgrade() -> None:
    """What the older tables cannot say is lost."""
    op.execute("delete from decided_list_entry where agency_id is not null")
    op.execute("delete from decided_list where kind = 'INTEGRATION_ROADMAP'")
    op.execute("delete from exclusion where whole_archive")
    op.execute("alter table decided_list_entry drop column agency_id")
    _replace("decided_list_entry", "ck_decided_list_entry_one_object", f"check ({_NAMED.format('')})")
    _replace(
        "decided_list_entry",
        "uq_decided_list_entry_object",
        "unique nulls not distinct (list_id, fonds_id, series_id, file_id)",
    )
    _replace("decided_list", "ck_decided_list_kind", f"check ({_KINDS.format('')})")
    op.execute("alter table exclusion drop column whole_archive")
    _replace("exclusion", "ck_exclusion_one_object", f"check ({_OBJECTS} = 1)")
    op.execute("alter table deliverable drop column planned_on, drop column cancelled_on")
    op.execute("alter table registered_system drop column integration_ended_on")


def _replace(table: str, name: str, constraint: str) -> None:
    op.execute(f"alter table {table} drop constraint if exists {name}")
    op.execute(f"alter table {table} add constraint {name} {constraint}")
