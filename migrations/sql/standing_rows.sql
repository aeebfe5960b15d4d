-- What was decided, sent or printed stands, whoever writes: what comes after it is a row of its own.
create function hub_stands() returns trigger language plpgsql as $$
begin
    raise exception using
        message = tg_table_name || ' ' || old.id || ' stands as it is',
        errcode = 'integrity_constraint_violation', constraint = tg_name;
end
$$;
create trigger access_change_stands before update on access_change
    for each row when (old.state <> 'PROPOSED') execute function hub_stands();
create trigger outbox_message_stands before update on outbox_message
    for each row when (old.state in ('SENT', 'DROPPED')) execute function hub_stands();
create trigger report_print_stands before update on report_print
    for each row when (old.sha256 is not null) execute function hub_stands();

-- Figures and members are written with their freezing, in its transaction; nothing is added to it afterwards.
create function frozen_with_its_freezing() returns trigger language plpgsql as $$
begin
    if exists (select from added left join period_freeze z on z.id = added.freeze_id
                where z.created_at is distinct from now()) then
        raise exception using
            message = 'a freezing that is there takes no further ' || tg_table_name,
            errcode = 'integrity_constraint_violation', constraint = tg_name;
    end if;
    return null;
end
$$;
create trigger frozen_figures_added after insert on frozen_figures
    referencing new table as added for each statement execute function frozen_with_its_freezing();
create trigger frozen_members_added after insert on frozen_members
    referencing new table as added for each statement execute function frozen_with_its_freezing();

-- The newest snapshot of a report is what it says: one that went out gets no other.
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

-- A return and a case take their turns and notes along when they are deleted; what was declared is only added to.
revoke delete on published_report, agency_return, return_case from hub_app;
revoke update, delete on declared_progress from hub_app;
revoke update on reminder_round from hub_app;
