-- What is asked of new files as a whole is asked of their groups, and those are made in one look at the files of a
-- statement instead of six: they are tallied (record_tally.sql), and the fonds, series, agencies (held_by_key.sql)
-- and users (named_users.sql) whom they name are held.
create function hub_files_added() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare named record;
begin
    with alike as materialized (
        select fonds_id, agency_id, series_id, custodian_id, creator_elsewhere, custodian_elsewhere, access_level,
               published, created_by, submitted_by, accepted_by, count(*) as n
          from newer
         group by fonds_id, agency_id, series_id, custodian_id, creator_elsewhere, custodian_elsewhere, access_level,
                  published, created_by, submitted_by, accepted_by
    ),
    tallied as (
        insert into record_tally (kind, agency_id, custodian_id, fonds_id, access_level, published, n)
        select 'file', agency_id, custodian_id, fonds_id, access_level, published, hub_sum(n)
          from alike group by agency_id, custodian_id, fonds_id, access_level, published
    )
    select array_agg(fonds_id) as fonds, array_agg(agency_id) as owners,
           array_agg(series_id) filter (where series_id is not null) as series,
           array_agg(fonds_id) filter (where series_id is not null) as series_fonds,
           array_remove(array_agg(creator_elsewhere) || array_agg(custodian_elsewhere), null) as bodies,
           array_remove(array_agg(created_by) || array_agg(submitted_by) || array_agg(accepted_by), null) as users
      into named from alike;
    perform hub_hold_parents('fonds', 'agency_id', named.fonds, named.owners);
    if named.series is not null then
        perform hub_hold_parents('series', 'fonds_id', named.series, named.series_fonds);
    end if;
    if named.bodies <> '{}' then
        perform hub_hold_parents('agency', 'id', named.bodies, named.bodies);
    end if;
    if named.users <> '{}' then
        perform hub_look_up_users(named.users, 'file');
    end if;
    return null;
end
$$;
revoke execute on function hub_files_added() from public;

drop trigger file_parents_added on file;
drop trigger file_tally_added on file;
drop trigger file_users_added on file;
drop function hub_parents_of_files();
drop function hub_users_of_files();
create trigger file_added after insert on file referencing new table as newer
    for each statement execute function hub_files_added();
