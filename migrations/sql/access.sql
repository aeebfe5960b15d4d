-- Seeds of the grant rules, and the counter that tells when the tree of agencies changed.
insert into policy_state (id, agency_version) values (1, 1) on conflict do nothing;

insert into role_grantable (granter_role, role) values ('agency_admin', 'staff'), ('agency_admin', 'clerk'), ('agency_admin', 'officer'), ('agency_admin', 'approver'), ('agency_admin', 'client'), ('sysadmin', 'staff'), ('sysadmin', 'clerk'), ('sysadmin', 'officer'), ('sysadmin', 'approver'), ('sysadmin', 'client'), ('sysadmin', 'archivist'), ('sysadmin', 'archive_head'), ('sysadmin', 'supervisor'), ('sysadmin', 'supervisor_head'), ('sysadmin', 'leader'), ('sysadmin', 'finance'), ('sysadmin', 'itsec'), ('sysadmin', 'agency_admin'), ('sysadmin', 'sysadmin') on conflict do nothing;

insert into role_conflict (role_a, role_b) values ('agency_admin', 'approver'), ('agency_admin', 'archive_head'), ('agency_admin', 'archivist'), ('agency_admin', 'clerk'), ('agency_admin', 'client'), ('agency_admin', 'itsec'), ('agency_admin', 'officer'), ('agency_admin', 'staff'), ('agency_admin', 'supervisor'), ('agency_admin', 'supervisor_head'), ('approver', 'itsec'), ('approver', 'officer'), ('approver', 'sysadmin'), ('archive_head', 'archivist'), ('archive_head', 'itsec'), ('archive_head', 'sysadmin'), ('archivist', 'itsec'), ('archivist', 'sysadmin'), ('clerk', 'itsec'), ('clerk', 'sysadmin'), ('client', 'itsec'), ('client', 'sysadmin'), ('itsec', 'officer'), ('itsec', 'staff'), ('itsec', 'supervisor'), ('itsec', 'supervisor_head'), ('itsec', 'sysadmin'), ('officer', 'sysadmin'), ('staff', 'sysadmin'), ('supervisor', 'supervisor_head'), ('supervisor', 'sysadmin'), ('supervisor_head', 'sysadmin') on conflict do nothing;

create or replace function agency_tree_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update policy_state set agency_version = agency_version + 1 where id = 1;
    return null;
end
$$;

create trigger agency_tree_changed after insert or delete or truncate or update of parent_id on agency
    for each statement execute function agency_tree_changed();
