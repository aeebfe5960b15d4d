-- A new file has no documents, and nobody else sees it yet: an open one is at most one document to come, to be handed
-- over in its time. That is one step, written as hub_timely_transfers_steps would, from the rows as they come in: no
-- look back at the file, nor at steps that it cannot have. All else is of files that come in closed, handed over, or
-- into the historical archive. Steps are written as the owner, as hub_count_files does.
create or replace function hub_file_steps_added() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
declare whole bigint[];
begin
    execute $sql$
    with fresh as materialized (
        select n.id, n.creator_id, n.fonds_id, (n.end_date + interval '3 years')::date as due,
               date_part('year', n.end_date)::smallint as year,
               (n.origin is null or n.retention_kind = 'UNKNOWN')::int as missing,
               (coalesce(n.total_doc, 1) > 0)::int as uncounted,
               k.is_historical_archive or n.state <> 'OPEN' or n.closed_on is not null or n.transferred
                   or n.transferred_on is not null or n.accepted_at is not null as is_whole,
               n.end_date is not null and n.retention_kind in ('PERMANENT', 'UNKNOWN')
                   and coalesce(n.origin, 'BORN_DIGITAL') = 'BORN_DIGITAL' as is_to_come
          from newer n join agency k on k.id = n.custodian_id
    ),
    stepped as (
        insert into timely_transfers_step
        select id, creator_id, fonds_id, year, null, due, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, missing, uncounted
          from fresh where is_to_come and not is_whole
    ),
    counted as (
        insert into timely_transfers_count
        select 'NEW', creator_id, fonds_id, year, null, due, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0,
               sum(missing), sum(uncounted)
          from fresh where is_to_come and not is_whole group by creator_id, fonds_id, year, due
    )
    select array_agg(id) filter (where is_whole) from fresh
    $sql$ into whole;
    perform hub_count_files(whole);
    return null;
end
$$;
