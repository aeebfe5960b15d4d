"""guard reports and periods: by SQL, too, the application takes them from state to state as its commands do"""

from __future__ import annotations

from alembic import op

revision = "20261126_57_guard_reports"
down_revision = "20261126_65_count_openings"
branch_labels = None
depends_on = None

# Only the application's role is held: a demo, a migration, an owner who repairs write what they must.
SQL = """
create function report_steps() returns trigger language plpgsql as $$
declare
    fixed text[] := array['period_id', 'agency_id', 'revision', 'corrects_id', 'created_by'];
begin
    if tg_op = 'INSERT' then
        if new.state = 'DRAFT' and num_nonnulls(new.submitted_by, new.published_by, new.published_at, new.sha256,
                                                new.object_key) = 0
           and (new.revision = 1 and new.corrects_id is null
                or exists (select from published_report r
                            where r.id = new.corrects_id and r.state = 'PUBLISHED' and r.period_id = new.period_id
                              and r.agency_id is not distinct from new.agency_id
                              and r.revision = new.revision - 1)) then
            return new;
        end if;
    elsif tg_op = 'DELETE' then
        if old.state = 'DRAFT' and old.corrects_id is not null then
            return old;
        end if;
    elsif (select bool_and(to_jsonb(old) -> name is not distinct from to_jsonb(new) -> name) from unnest(fixed) f (name))
          and ((old.state, new.state) in (('DRAFT', 'DRAFT'), ('PUBLISHED', 'SUPERSEDED'), ('SUPERSEDED', 'SUPERSEDED'),
                                          ('PUBLISHED', 'PUBLISHED'))
               or (old.state, new.state) = ('DRAFT', 'SUBMITTED') and new.submitted_by is not null
               or (old.state, new.state) = ('SUBMITTED', 'DRAFT') and new.submitted_by is null
               or (old.state, new.state) = ('SUBMITTED', 'SUBMITTED')
                  and new.submitted_by is not distinct from old.submitted_by
               or (old.state, new.state) = ('SUBMITTED', 'PUBLISHED') and new.sha256 is not null
                  and new.published_by <> new.submitted_by and new.submitted_by = old.submitted_by
                  and exists (select from snapshot s where s.report_id = new.id)) then
        if new.state not in ('DRAFT', 'SUBMITTED') or num_nonnulls(new.published_by, new.sha256) = 0 then
            return new;
        end if;
    end if;
    raise exception using
        message = 'report ' || coalesce(new.id, old.id) || ' takes no such step (' || tg_op || ')',
        errcode = 'integrity_constraint_violation', constraint = tg_name;
end
$$;
create trigger report_steps before insert or update or delete on published_report
    for each row when (current_user = 'hub_app') execute function report_steps();
grant delete on published_report to hub_app;
alter table report_print drop constraint report_print_report_id_fkey,
    add constraint report_print_report_id_fkey foreign key (report_id) references published_report (id) on delete cascade;
alter table report_task drop constraint report_task_report_id_fkey,
    add constraint report_task_report_id_fkey foreign key (report_id) references published_report (id) on delete cascade;

create function period_steps() returns trigger language plpgsql as $$
declare
    fixed text[] := array['plan_id', 'kind', 'deadline', 'covers_from', 'data_cutoff', 'returns_due_on',
                          'unit_returns_due_on'];
begin
    if tg_op = 'INSERT' then
        if new.state in ('PLANNED', 'OPEN') then
            return new;
        end if;
    elsif ((old.state, new.state) in (('PLANNED', 'PLANNED'), ('PLANNED', 'OPEN'), ('OPEN', 'OPEN'), ('CLOSED', 'OPEN'))
           or (old.state, new.state) = ('OPEN', 'CLOSED')
              and exists (select from period_freeze z where z.period_id = new.id and z.reason is null)
           or (old.state, new.state) = ('CLOSED', 'PUBLISHED')
              and exists (select from published_report r
                           where r.period_id = new.id and r.agency_id is null and r.state = 'PUBLISHED')
           or old.state = new.state)
          and (old.state in ('PLANNED', 'OPEN')
               or (select bool_and(to_jsonb(old) -> name is not distinct from to_jsonb(new) -> name)
                     from unnest(fixed) f (name))) then
        return new;
    end if;
    raise exception using
        message = 'period ' || new.id || ' takes no such step (' || tg_op || ')',
        errcode = 'integrity_constraint_violation', constraint = tg_name;
end
$$;
create trigger period_steps before insert or update on reporting_period
    for each row when (current_user = 'hub_app') execute function period_steps();

-- A closing is frozen while its period is open, or where it has none; a correction, of a report that is out.
create function freezing_has_cause() returns trigger language plpgsql as $$
begin
    if new.reason is null and (
           exists (select from reporting_period p where p.id = new.period_id and p.state = 'OPEN')
           or not exists (select from period_freeze z where z.period_id = new.period_id and z.reason is null))
       or new.reason is not null and exists (
           select from published_report r where r.period_id = new.period_id and r.state = 'PUBLISHED'
              and r.agency_id is not distinct from new.agency_id) then
        return new;
    end if;
    raise exception using
        message = 'period ' || new.period_id || ' is closed and its figures stand as they were frozen',
        errcode = 'integrity_constraint_violation', constraint = tg_name;
end
$$;
create trigger freezing_has_cause before insert on period_freeze
    for each row when (current_user = 'hub_app') execute function freezing_has_cause();
"""
DOWN = """
drop trigger freezing_has_cause on period_freeze;
drop function freezing_has_cause;
drop trigger period_steps on reporting_period;
drop function period_steps;
drop trigger report_steps on published_report;
drop function report_steps;
revoke delete on published_report from hub_app;
alter table report_print drop constraint report_print_report_id_fkey,
    add constraint report_print_report_id_fkey foreign key (report_id) references published_report (id);
alter table report_task drop constraint report_task_report_id_fkey,
    add constraint report_task_report_id_fkey foreign key (report_id) references published_report (id);
"""


def upgrade() -> None:
    """The state machine of reports and periods, and what may be frozen when."""
    op.get_bind().exec_driver_sql(SQL)


def downgrade() -> None:
    """The commands decide alone."""
    op.get_bind().exec_driver_sql(DOWN)
