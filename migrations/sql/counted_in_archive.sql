-- As in counters.sql. Nearly all files are none of the historical archive's, and never were; those that are, are sought
-- among the files that changed, so that a change costs the same however much the archive holds.
create or replace function hub_count_files(ids bigint[]) returns void language plpgsql
    security definer set search_path = public, pg_temp as $$
begin
    if ids is null then return; end if;
    perform 1 from file where id = any(ids) order by id for no key update;
    perform hub_count_born_digital(ids);
    perform hub_count_timely_transfers(ids);
    select array_agg(f.id) into ids from (
        select x.id from file x join agency k on k.id = x.custodian_id and k.is_historical_archive where x.id = any(ids)
        union
        select s.file_id from digitised_pages_step s where s.file_id = any(ids)
        union
        select s.file_id from described_online_step s where s.file_id = any(ids)
    ) f;
    perform hub_count_digitised_pages(ids);
    perform hub_count_described_online(ids);
end
$$;
