-- The number of access in a row of its own: whoever changes the tree of agencies holds the row of its number to the end
-- of a merger, and a commit that changes access neither waits for that nor, where the merger ends grants, in a circle.
create table access_state (
    id SMALLINT NOT NULL,
    access_version BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT access_state_single CHECK (id = 1)
);
insert into access_state (id, access_version) select id, access_version from policy_state;
revoke insert, update, delete, truncate on access_state from hub_app;

create or replace function hub_access_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    this text := pg_current_xact_id()::text;
begin
    if current_setting('hub.access_changed_in', true) is distinct from this then
        perform set_config('hub.access_changed_in', this, true);
        -- Random, not counted up: after a restore a number that was given out must not come again.
        update access_state
           set access_version = ('x' || substr(md5(random()::text || clock_timestamp()::text), 1, 15))::bit(60)::bigint
         where id = 1;
    end if;
    return null;
end
$$;
alter table policy_state drop column access_version;
