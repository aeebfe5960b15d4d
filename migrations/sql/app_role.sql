-- The application logs in as a role that owns nothing: neither row-level security nor audit bind an owner.
do $$
begin
    if not exists (select from pg_roles where rolname = 'hub_app') then
        create role hub_app login;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;
-- The hub logs in as the owner and then becomes the application: an owner who is no superuser must be its member.
do $$
begin
    set local role hub_app;
    reset role;
exception
    when insufficient_privilege then grant hub_app to current_user;
end
$$;
grant usage on schema public to hub_app;
grant select, insert, update, delete on all tables in schema public to hub_app;
grant usage, select on all sequences in schema public to hub_app;
alter default privileges in schema public grant select, insert, update, delete on tables to hub_app;
alter default privileges in schema public grant usage, select on sequences to hub_app;
