-- As in counted_scans.sql; the documents are looked up by their file. Of a table that was never analyzed PostgreSQL takes
-- three conditions to leave one row, and went through all files that are counted for each document of the hub.
-- II.1.d: when a document falls due, whether its hand-over was accepted in time, through any channel or the integrated
-- one, and until when it is late, waiting, or in an open file.
create or replace function hub_timely_transfers_steps(ids bigint[]) returns setof timely_transfers_step language sql stable as $$
with candidate as materialized (
    select f.id, f.creator_id, f.fonds_id, f.item_count, o.end_year, f.retention_kind as retention, f.origin, f.end_date,
           coalesce(f.end_date, f.start_date) as day,
           coalesce(f.closed_on, case when f.state <> 'OPEN' then '-infinity'::date end) as closed_from,
           f.item_count < coalesce(f.total_doc, 1) and (f.item_count = 0 or f.origin_declared = 'BORN_DIGITAL') as uncounted
      from unnest(ids) t(id)
     cross join lateral (select * from file where file.id = t.id offset 0) f
      join fonds o on o.id = f.fonds_id
      join agency k on k.id = f.custodian_id
     where f.state <> 'DISPOSED'
       and (not k.is_historical_archive or f.transferred or f.transferred_on is not null)
),
-- Where there is no document, none is handed over, scanned or late.
described as (select * from candidate where item_count > 0),
scan as materialized (
    select c.id as file_id, min(a.accepted_on) as day
      from described c join page_acceptance a on a.file_id = c.id and a.item_id is null group by 1
),
item_of as (
    select c.id, i.id as item_id, i.origin, i.issued_date, c.day, c.retention, i.retention_kind, c.closed_from,
           case i.origin when 'DIGITIZED' then (select min(a.accepted_on) from page_acceptance a where a.item_id = i.id)
                end as own_scan, whole.day as whole_scan
      from described c
     cross join lateral (select * from item where item.file_id = c.id offset 0) i
      left join scan whole on whole.file_id = c.id
     where i.state = 'ACTIVE' and i.retention_kind in ('PERMANENT', 'UNKNOWN')
       and (i.origin in ('BORN_DIGITAL', 'DIGITIZED') or i.origin is null)
    offset 0
),
created as materialized (
    select id, item_id, true as is_item, origin is not distinct from 'DIGITIZED' as scanned, origin,
           case origin when 'DIGITIZED' then least(own_scan, whole_scan) else coalesce(issued_date, day) end as day,
           issued_date is null and origin is distinct from 'DIGITIZED' as undated,
           case retention_kind when 'UNKNOWN' then retention else retention_kind end as retention,
           false as uncounted, '-infinity'::date as counted_from, closed_from
      from item_of
     where origin is distinct from 'DIGITIZED' or own_scan is not null or whole_scan is not null
    union all
    select c.id, null, false, false, c.origin, c.day, c.end_date is null, c.retention, c.uncounted,
           case when c.end_date is null then c.closed_from else '-infinity' end, c.closed_from
      from candidate c
     where (c.origin = 'BORN_DIGITAL' or c.origin is null) and (c.end_date is not null or c.closed_from is not null)
),
sent as (
    select id, state <> 'RETURNED' as stands, channel = 'INTEGRATED' as integrated,
           (accepted_at at time zone 'Asia/Ho_Chi_Minh')::date as accepted_on,
           (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as submitted_on
      from transfer where accepted_at is not null or submitted_at is not null
),
handed as materialized (
    select c.id as file_id, null::bigint as item_id, min(t.accepted_on) as accepted,
           min(t.accepted_on) filter (where t.integrated) as accepted_integrated,
           min(t.submitted_on) filter (where t.stands) as submitted,
           min(t.submitted_on) filter (where t.stands and t.integrated) as submitted_integrated
      from candidate c
      join transfer_entry e on e.file_id = c.id and e.item_id is null
      join sent t on t.id = e.transfer_id
     group by 1
    union all
    select c.id, c.item_id, min(t.accepted_on), min(t.accepted_on) filter (where t.integrated),
           min(t.submitted_on) filter (where t.stands), min(t.submitted_on) filter (where t.stands and t.integrated)
      from created c
      join transfer_entry e on e.item_id = c.item_id
      join sent t on t.id = e.transfer_id
     group by 1, 2
),
due as (
    select d.*, (d.day + interval '3 years')::date as due, undated or origin is null or retention = 'UNKNOWN' as missing
      from created d where retention in ('PERMANENT', 'UNKNOWN')
),
judged as materialized (
    select d.*, greatest(coalesce(due, '2023-01-01'), counted_from) as "from",
           coalesce(least(w.accepted, o.accepted) <= due and not missing, false) as in_time,
           coalesce(least(w.accepted_integrated, o.accepted_integrated) <= due and not missing, false) as in_time_integrated,
           case when not missing then least(w.accepted, o.accepted) end as accepted,
           case when not missing then least(w.accepted_integrated, o.accepted_integrated) end as accepted_integrated,
           coalesce(least(w.submitted, o.submitted) <= due and not missing, false) as sent,
           coalesce(least(w.submitted_integrated, o.submitted_integrated) <= due and not missing, false) as sent_integrated,
           is_item and not scanned and not missing and (closed_from is null or closed_from > due) as open
      from due d
      left join handed w on w.file_id = d.id and w.item_id is null
      left join handed o on o.item_id = d.item_id
),
move as (
    select id, day, "from", is_item, scanned, 1 as n, in_time::int as in_time,
           in_time_integrated::int as in_time_integrated, missing::int as missing, 0 as late, 0 as late_integrated,
           (sent and not in_time)::int as waiting, (sent_integrated and not in_time_integrated)::int as waiting_integrated,
           (open and not in_time)::int as open, (open and not in_time_integrated)::int as open_integrated,
           uncounted::int as uncounted
      from judged
    union all
    select id, day, accepted, is_item, scanned, 0, 0, 0, 0, 1, 0, -sent::int, 0, 0, 0, 0
      from judged where accepted > due
    union all
    select id, day, accepted_integrated, is_item, scanned, 0, 0, 0, 0, 0, 1, 0, -sent_integrated::int, 0, 0, 0
      from judged where accepted_integrated > due
    union all
    select id, day, closed_from, is_item, scanned, 0, 0, 0, 0, 0, 0, 0, 0,
           -(open and not in_time)::int, -(open and not in_time_integrated)::int, 0
      from judged where open and closed_from is not null
)
select m.id, c.creator_id, c.fonds_id, date_part('year', m.day)::smallint, case when m.day is null then c.end_year end,
       m."from",
       coalesce(sum(n) filter (where document), 0), coalesce(sum(in_time) filter (where document), 0),
       coalesce(sum(in_time_integrated) filter (where document), 0), coalesce(sum(missing) filter (where document), 0),
       coalesce(sum(late) filter (where document), 0), coalesce(sum(late_integrated) filter (where document), 0),
       coalesce(sum(waiting) filter (where document), 0), coalesce(sum(waiting_integrated) filter (where document), 0),
       coalesce(sum(open) filter (where document), 0), coalesce(sum(open_integrated) filter (where document), 0),
       coalesce(sum(n) filter (where scanned), 0), coalesce(sum(in_time) filter (where scanned), 0),
       coalesce(sum(in_time_integrated) filter (where scanned), 0), coalesce(sum(missing) filter (where scanned), 0),
       coalesce(sum(n) filter (where not is_item), 0), coalesce(sum(in_time) filter (where not is_item), 0),
       coalesce(sum(in_time_integrated) filter (where not is_item), 0),
       coalesce(sum(missing) filter (where not is_item), 0), coalesce(sum(m.uncounted) filter (where not is_item), 0)
  from (select *, is_item and not scanned as document from move) m
  join candidate c on c.id = m.id
 group by 1, 2, 3, 4, 5, 6
$$;
