-- The number of access: another one after every change of a credential, of a user or of a grant. Who was read under a
-- number is still who he was while it stands, until a day or a term ends.
-- A row of its own: whoever changes the tree of agencies holds that of its number (policy_state) to the end of a merger,
-- and a commit that changes access neither waits for that nor, where the merger ends grants, in a circle.
create table access_state (
    id SMALLINT NOT NULL,
    access_version BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT access_state_single CHECK (id = 1)
);
insert into access_state (id, access_version) values (1, 1);
revoke insert, update, delete, truncate on access_state from hub_app;

-- At commit, so that nobody who changes access waits for another; once in a transaction, however much it changes.
create function hub_access_changed() returns trigger
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

-- What is noted of every use (last_used_at) is no change.
create constraint trigger access_token_changed
    after delete or update of user_id, sha256, revoked_at, expires_at, ip_ranges, bound_to on access_token
    deferrable initially deferred for each row execute function hub_access_changed();
create constraint trigger user_identity_changed after insert or update or delete on user_identity
    deferrable initially deferred for each row execute function hub_access_changed();
create constraint trigger app_user_changed after delete or update of name, disabled_at on app_user
    deferrable initially deferred for each row execute function hub_access_changed();
create constraint trigger role_grant_changed after insert or update or delete on role_grant
    deferrable initially deferred for each row execute function hub_access_changed();
create constraint trigger step_up_changed after insert or update or delete on step_up
    deferrable initially deferred for each row execute function hub_access_changed();
create trigger access_token_emptied after truncate on access_token
    for each statement execute function hub_access_changed();
create trigger user_identity_emptied after truncate on user_identity
    for each statement execute function hub_access_changed();
create trigger app_user_emptied after truncate on app_user
    for each statement execute function hub_access_changed();
create trigger role_grant_emptied after truncate on role_grant
    for each statement execute function hub_access_changed();
create trigger step_up_emptied after truncate on step_up
    for each statement execute function hub_access_changed();
revoke execute on function hub_access_changed() from public;
