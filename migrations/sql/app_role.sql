-- The application logs in as a role that owns nothing: neither row-level security nor audit bind an owner.
do $$
begin
    create role hub_app login;
exception
    when duplicate_object or unique_violation then null;
end
$$;
grant usage on schema public to hub_app;
grant select, insert, update, delete on all tables in schema public to hub_app;
grant usage, select on all sequences in schema public to hub_app;
alter default privileges in schema public grant select, insert, update, delete on tables to hub_app;
alter default privileges in schema public grant usage, select on sequences to hub_app;
