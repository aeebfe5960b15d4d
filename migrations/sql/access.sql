-- Who may grant what, who may not be two things at once, the user of this machine, and the number that tells
-- when the tree of agencies changed.
insert into policy_state (id, agency_version) values (1, 1) on conflict do nothing;

insert into role_grantable (granter_role, role) values ('agency_admin', 'staff'), ('agency_admin', 'clerk'), ('agency_admin', 'officer'), ('agency_admin', 'approver'), ('agency_admin', 'client'), ('sysadmin', 'staff'), ('sysadmin', 'clerk'), ('sysadmin', 'officer'), ('sysadmin', 'approver'), ('sysadmin', 'client'), ('sysadmin', 'archivist'), ('sysadmin', 'archive_head'), ('sysadmin', 'supervisor'), ('sysadmin', 'supervisor_head'), ('sysadmin', 'leader'), ('sysadmin', 'finance'), ('sysadmin', 'itsec'), ('sysadmin', 'agency_admin'), ('sysadmin', 'sysadmin') on conflict do nothing;

insert into role_conflict (role_a, role_b) values ('agency_admin', 'approver'), ('agency_admin', 'archive_head'), ('agency_admin', 'archivist'), ('agency_admin', 'clerk'), ('agency_admin', 'client'), ('agency_admin', 'itsec'), ('agency_admin', 'officer'), ('agency_admin', 'staff'), ('agency_admin', 'supervisor'), ('agency_admin', 'supervisor_head'), ('approver', 'itsec'), ('approver', 'officer'), ('approver', 'sysadmin'), ('archive_head', 'archivist'), ('archive_head', 'itsec'), ('archive_head', 'sysadmin'), ('archivist', 'itsec'), ('archivist', 'sysadmin'), ('clerk', 'itsec'), ('clerk', 'sysadmin'), ('client', 'itsec'), ('client', 'sysadmin'), ('itsec', 'officer'), ('itsec', 'staff'), ('itsec', 'supervisor'), ('itsec', 'supervisor_head'), ('itsec', 'sysadmin'), ('officer', 'sysadmin'), ('staff', 'sysadmin'), ('supervisor', 'supervisor_head'), ('supervisor', 'sysadmin'), ('supervisor_head', 'sysadmin') on conflict do nothing;

create or replace function agency_tree_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Random, not counted up: a number given out in a transaction that rolled back must never come again,
    -- since a process keeps its law under that number.
    update policy_state
       set agency_version = ('x' || substr(md5(random()::text || clock_timestamp()::text), 1, 15))::bit(60)::bigint
     where id = 1;
    return null;
end
$$;

create trigger agency_tree_changed after insert or delete or truncate or update of parent_id on agency
    for each statement execute function agency_tree_changed();

-- The local service user: whoever runs commands on this machine, named so in the audit. Its seat at the roots of
-- the tree (officer) is given when there are agencies.
insert into app_user (name, full_name, is_service) values ('operator', 'Vận hành tại máy chủ', true)
    on conflict do nothing;
insert into role_grant (user_id, role, valid_from, reason)
    select id, role, date '2000-01-01', 'local service user'
      from app_user, unnest(array['sysadmin', 'supervisor', 'itsec']) role
     where name = 'operator';

-- The application reads these and may not rewrite them.
revoke insert, update, delete on role_grantable, role_conflict, policy_state from hub_app;
