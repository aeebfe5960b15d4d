"""keep one snapshot: a report has one, a draft's is replaced, and that of a report on its way or out stands"""

from __future__ import annotations

from alembic import op

revision = "20261126_41_keep_one_snapshot"
down_revision = "20261126_40_stand_rows"
branch_labels = None
depends_on = None

# The newest is the one that was shown and published; the others told figures that never went out.
SQL = """
delete from snapshot s where exists (select from snapshot t where t.report_id = s.report_id and t.id > s.id);
drop trigger snapshot_of_published on snapshot;
drop function snapshot_of_published;
drop index ix_snapshot_report_id;
alter table snapshot add constraint uq_snapshot_report_id unique (report_id);

create function snapshot_of_draft() returns trigger language plpgsql as $$
begin
    if exists (select from published_report r where r.id = old.report_id and r.state <> 'DRAFT') then
        raise exception using
            message = 'the snapshot of report ' || old.report_id || ' stands: it is no draft any more',
            errcode = 'integrity_constraint_violation', constraint = tg_name;
    end if;
    return old;
end
$$;
create trigger snapshot_of_draft before delete on snapshot for each row
    when (current_user = 'hub_app') execute function snapshot_of_draft();
grant delete on snapshot to hub_app;
"""
DOWN = """
revoke delete on snapshot from hub_app;
drop trigger snapshot_of_draft on snapshot;
drop function snapshot_of_draft;
alter table snapshot drop constraint uq_snapshot_report_id;
create index ix_snapshot_report_id on snapshot (report_id);
create function snapshot_of_published() returns trigger language plpgsql as $$
begin
    if exists (select from published_report r join snapshot s on s.report_id = r.id
                where r.id = new.report_id and r.state in ('PUBLISHED', 'SUPERSEDED')) then
        raise exception using
            message = 'report ' || new.report_id || ' is published and gets no other snapshot',
            errcode = 'integrity_constraint_violation', constraint = tg_name;
    end if;
    return new;
end
$$;
create trigger snapshot_of_published before insert on snapshot
    for each row execute function snapshot_of_published();
"""


def upgrade() -> None:
    """Leave each report its newest snapshot."""
    op.get_bind().exec_driver_sql(SQL)


def downgrade() -> None:
    """A draft may have several again; those that were replaced stay away."""
    op.get_bind().exec_driver_sql(DOWN)
