"""What the access tables need beside their columns: seeds, and the counter that tells when the tree changed.

The migration runs ACCESS_SQL after the tables exist. Seeds are idempotent.
"""

_AGENCY_ROLES = ("staff", "clerk", "officer", "approver", "client")
_ARCHIVE_ROLES = ("archivist", "archive_head")
_CITY_ROLES = ("supervisor", "supervisor_head", "leader", "finance", "itsec")

# An administrator of an agency grants its own roles only; the system administrator grants the others too.
# Neither holds a role that touches records.
GRANTABLE: tuple[tuple[str, str], ...] = (
    *(("agency_admin", role) for role in _AGENCY_ROLES),
    *(
        ("sysadmin", role)
        for role in (*_AGENCY_ROLES, *_ARCHIVE_ROLES, *_CITY_ROLES, "agency_admin", "sysadmin")
    ),
)

_RECORD_ROLES = (*_AGENCY_ROLES, *_ARCHIVE_ROLES, "supervisor", "supervisor_head")

# Who prepares does not approve; who administers rights or watches over them touches no record.
CONFLICTS: tuple[tuple[str, str], ...] = tuple(
    sorted(
        {
            ("approver", "officer"),
            ("archive_head", "archivist"),
            ("supervisor", "supervisor_head"),
            *(
                (min(admin, role), max(admin, role))
                for admin in ("agency_admin", "itsec", "sysadmin")
                for role in _RECORD_ROLES
            ),
            ("itsec", "sysadmin"),
            ("agency_admin", "itsec"),
        }
    )
)


def _values(pairs: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"('{a}', '{b}')" for a, b in pairs)


ACCESS_SQL = f"""
insert into policy_state (id, agency_version) values (1, 1) on conflict do nothing;

insert into role_grantable (granter_role, role) values {_values(GRANTABLE)} on conflict do nothing;

insert into role_conflict (role_a, role_b) values {_values(CONFLICTS)} on conflict do nothing;

create or replace function agency_tree_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update policy_state set agency_version = agency_version + 1 where id = 1;
    return null;
end
$$;

create trigger agency_tree_changed after insert or delete or truncate or update of parent_id on agency
    for each statement execute function agency_tree_changed();
"""
