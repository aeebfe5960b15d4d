-- Nobody changes or removes an audit event, not even the owner of the table.
create or replace function audit_event_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'audit events are kept as they were written'
        using errcode = 'insufficient_privilege', constraint = 'audit_event_kept';
end
$$;

create trigger audit_event_kept before update or delete or truncate on audit_event
    for each statement execute function audit_event_is_kept();

revoke all on audit_event from hub_app;
grant select, insert on audit_event to hub_app;
