-- The database's own guard over grants: what the commands refuse, no other way into the tables can do either.
alter table app_user add column version integer not null default 1,
                     add column updated_at timestamp with time zone not null default now();
alter table role_grant add column delegated_from bigint references role_grant (id),
                       add column version integer not null default 1,
                       add column updated_at timestamp with time zone not null default now();

-- Roles that are granted at any place; the others within the places where their granter holds his own.
alter table role_grantable add column anywhere boolean not null default false;
update role_grantable set anywhere = true where granter_role = 'sysadmin';

-- A grant on behalf of somebody now names the grant that it came from. One that came from none ends.
update role_grant d
   set delegated_from = (select s.id from role_grant s
                          where s.user_id = d.on_behalf_of and s.role = d.role and s.on_behalf_of is null
                            and s.agency_id is not distinct from d.agency_id and s.valid_from <= d.valid_from
                            and (s.valid_to is null or s.valid_to >= d.valid_to)
                          order by s.id limit 1)
 where d.on_behalf_of is not null and d.valid_to is not null;
update role_grant
   set on_behalf_of = null, reason = concat_ws(' · ', reason, 'ended: delegated from no grant'),
       valid_to = greatest(valid_from, least(valid_to, (now() at time zone 'Asia/Ho_Chi_Minh')::date))
 where on_behalf_of is not null and delegated_from is null;

alter table role_grant add constraint role_grant_granted_by_another check (granted_by <> user_id);
-- NĐ 30/2020, Điều 13: what is delegated is limited in time.
alter table role_grant add constraint role_grant_delegation
    check (case when on_behalf_of is null then delegated_from is null
                else delegated_from is not null and valid_to is not null end);
create index role_grant_on_behalf_of on role_grant (on_behalf_of) where on_behalf_of is not null;
create index role_grant_delegated_from on role_grant (delegated_from) where delegated_from is not null;

comment on column role_grant.delegated_from is
    'The holder''s own grant of which this is a delegation (ủy quyền); it ends with that one.';
comment on column role_grantable.anywhere is 'The granter''s own place does not limit where he grants.';

create function role_grant_guarded() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
    -- The day by the hub's clock, which a command may have set; by the wall otherwise.
    day constant date := coalesce(nullif(current_setting('hub.today', true), '')::date,
                                  (now() at time zone 'Asia/Ho_Chi_Minh')::date);
    source role_grant;
    other text;
begin
    if new.valid_to <= new.valid_from then
        return new; -- it never counts
    end if;

    if new.delegated_from is not null then
        select * into source from role_grant where id = new.delegated_from for no key update;
        if source.on_behalf_of is not null then
            raise exception 'a delegated role is not passed on'
                using errcode = 'check_violation', constraint = 'role_grant_not_passed_on';
        elsif source.user_id <> new.on_behalf_of or source.role <> new.role
           or source.agency_id is distinct from new.agency_id then
            raise exception 'only what the delegator holds himself'
                using errcode = 'check_violation', constraint = 'role_grant_of_his_own';
        elsif new.valid_from < source.valid_from or new.valid_to > source.valid_to then
            raise exception 'a delegation lies within the grant it comes from'
                using errcode = 'check_violation', constraint = 'role_grant_within_his_own';
        end if;
    end if;

    -- Two grants to one person wait for each other, so that neither overlooks the other.
    select name into other from app_user where id = new.user_id for no key update;
    if other = 'operator' then
        return new; -- whoever is the local service user holds the database anyway
    end if;
    select held.role into other
      from role_grant held
      join role_conflict c on (c.role_a = held.role and c.role_b = new.role)
                           or (c.role_b = held.role and c.role_a = new.role)
     where held.user_id = new.user_id and held.id <> new.id
       and (held.valid_to is null or (held.valid_to > new.valid_from and held.valid_to > held.valid_from))
       and (new.valid_to is null or new.valid_to > held.valid_from)
     limit 1;
    if found then
        raise exception 'the roles % and % may not meet in one person', other, new.role
            using errcode = 'check_violation', constraint = 'role_grant_conflict';
    end if;

    if tg_op = 'INSERT' and new.granted_by is null then
        if not pg_has_role(current_user, (select relowner from pg_class where oid = 'role_grant'::regclass), 'usage') then
            raise exception 'somebody grants a role'
                using errcode = 'check_violation', constraint = 'role_grant_granter';
        end if;
    elsif tg_op = 'INSERT' and new.granted_by is distinct from new.on_behalf_of and not exists (
        with recursive above(id, parent_id) as (
            select a.id, a.parent_id from agency a where a.id = new.agency_id
            union select a.id, a.parent_id from agency a join above on a.id = above.parent_id)
        select from role_grant g join role_grantable may on may.granter_role = g.role and may.role = new.role
         where g.user_id = new.granted_by and g.valid_from <= day and (g.valid_to is null or g.valid_to > day)
           and (may.anywhere or g.agency_id in (select id from above))) then
        raise exception 'the granter may not grant the role % there', new.role
            using errcode = 'check_violation', constraint = 'role_grant_grantable';
    end if;
    return new;
end
$$;
create trigger role_grant_guarded before insert or update on role_grant
    for each row execute function role_grant_guarded();

-- A delegation ends with the grant it comes from.
create function role_grant_ends_delegations() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    update role_grant
       set valid_to = greatest(valid_from, new.valid_to), version = version + 1, updated_at = now()
     where delegated_from = new.id and valid_to > greatest(valid_from, new.valid_to);
    return null;
end
$$;
create trigger role_grant_ends_delegations after update of valid_to on role_grant
    for each row when (new.valid_to is not null and new.valid_to is distinct from old.valid_to)
    execute function role_grant_ends_delegations();

-- Evidence of who could do what when: a grant is ended, and says otherwise what it always said.
revoke update, delete on role_grant from hub_app;
grant update (valid_to, version, updated_at) on role_grant to hub_app;
revoke delete on app_user from hub_app;
