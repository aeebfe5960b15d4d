-- What a file adds to II.1.a and II.1.d, worked out at less cost than in counters.sql: the rules are the same.
-- sum() of bigint goes through numeric, which costs more than the counting itself; sums of counts fit in bigint.
create aggregate hub_sum(bigint) (sfunc = int8pl, stype = bigint, initcond = '0', parallel = safe);

-- II.1.a: when an agency archive answers for a file, and what its documents then are.
create or replace function hub_born_digital_steps(ids bigint[]) returns setof born_digital_step language sql stable as $$
with held as (
    select f.id, f.creator_id, f.fonds_id, f.origin, f.origin_declared, f.item_count,
           coalesce(f.end_date, f.start_date) as day, o.end_year,
           greatest(coalesce(f.total_doc, 0) - f.item_count, 0) as unlisted,
           f.item_count = 0 and f.total_doc is null as uncounted,
           coalesce(least((f.accepted_at at time zone 'Asia/Ho_Chi_Minh')::date, f.transferred_on),
                    case when f.transferred or f.state in ('ACCEPTED', 'TRANSFERRED') then '-infinity'::date end)
               as held_from,
           coalesce(f.closed_on, case when f.state <> 'OPEN' then '-infinity'::date end) as closed_from,
           coalesce(f.work_ended_on, f.end_latest, f.end_date, f.closed_on) as ended,
           f.retention_kind, f.retention_kind <> 'YEARS' or f.retention_years >= 5 as kept_long
      from unnest(ids) t(id)
     cross join lateral (select * from file where file.id = t.id offset 0) f
      join fonds o on o.id = f.fonds_id
      join agency k on k.id = f.custodian_id
     where f.state <> 'DISPOSED'
       and (not k.is_historical_archive or f.transferred or f.transferred_on is not null)
),
due as (
    select h.*, ended is null or retention_kind not in ('PERMANENT', 'LEGACY_LONG', 'YEARS') as unsure,
           case when closed_from is not null and kept_long
                then greatest(closed_from, (ended + interval '1 year')::date) end as due_from
      from held h
),
scope as materialized (
    -- Until it is held, a file that is due with an unknown retention is there, and missing data.
    select d.*, case when unsure then held_from else least(held_from, due_from) end as sure_from,
           case when unsure and (held_from is null or due_from < held_from) then due_from end as unsure_from
      from due d where held_from is not null or due_from is not null
),
-- When the file begins to count, and when it counts otherwise: most have one such turn.
turn as materialized (
    select s.id, s.day, s.item_count, s.unlisted, s.uncounted, s.origin, s.origin_declared, t."from", t.n, t.is_unsure
      from scope s
     cross join lateral (values (s.sure_from, 1, false), (s.unsure_from, 1, true),
                                (case when s.unsure_from is not null then s.sure_from end, -1, true))
                t ("from", n, is_unsure)
     where t."from" is not null
),
document as (
    select t.id, coalesce(i.issued_date, t.day) as day, t."from", t.n, i.issued_date is null or t.is_unsure as doubtful,
           true as is_item, i.origin, i.direction, coalesce(i.signature_evidence, 'UNKNOWN') as evidence
      from turn t join item i on i.file_id = t.id
     where t.item_count > 0 and i.state = 'ACTIVE'
    union all
    select id, day, "from", n * unlisted, day is null or is_unsure, false,
           case when origin_declared <> 'MIXED' then origin_declared end, null, 'NOT_REQUIRED'
      from turn where unlisted > 0
),
judged as (
    select d.*, coalesce(origin = 'BORN_DIGITAL' and not missing, false) as electronic,
           direction in ('OUTGOING', 'INTERNAL') as own, direction = 'INCOMING' as incoming
      from (select *, doubtful or origin is null or (origin = 'BORN_DIGITAL' and evidence = 'UNKNOWN') as missing
              from document offset 0) d
),
summed as (
    select id, date_part('year', day)::smallint as year, greatest("from", day) as day, sum(n) as n,
           sum(n) filter (where electronic) as electronic, sum(n) filter (where missing) as missing,
           sum(n) filter (where origin in ('BORN_DIGITAL', 'DIGITIZED') and not missing) as broad,
           sum(n) filter (where electronic and is_item and evidence <> 'NOT_REQUIRED') as signed,
           sum(n) filter (where electronic and evidence = 'VERIFIED') as verified,
           sum(n) filter (where own) as own, sum(n) filter (where own and electronic) as own_electronic,
           sum(n) filter (where incoming) as incoming, sum(n) filter (where incoming and electronic) as incoming_electronic,
           0 as files, 0 as files_electronic, 0 as files_missing, 0 as files_countable
      from judged group by 1, 2, 3
    union all
    select id, date_part('year', day)::smallint, greatest("from", day), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n,
           case when day is not null and not uncounted and not is_unsure and origin = 'BORN_DIGITAL'
                 and (unlisted = 0 or origin_declared = 'BORN_DIGITAL') then n else 0 end,
           case when day is null or uncounted or is_unsure or origin is null then n else 0 end,
           case when not uncounted then n else 0 end
      from turn
)
select m.id, s.creator_id, s.fonds_id, m.year, case when m.year is null then s.end_year end, m.day,
       hub_sum(n), hub_sum(electronic), hub_sum(missing), hub_sum(broad), hub_sum(signed), hub_sum(verified),
       hub_sum(own), hub_sum(own_electronic), hub_sum(incoming), hub_sum(incoming_electronic), hub_sum(files),
       hub_sum(files_electronic), hub_sum(files_missing), hub_sum(files_countable)
  from summed m join scope s on s.id = m.id
 group by 1, 2, 3, 4, 5, 6
$$;

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
    select i.file_id, i.id, min(t.accepted_on), min(t.accepted_on) filter (where t.integrated),
           min(t.submitted_on) filter (where t.stands), min(t.submitted_on) filter (where t.stands and t.integrated)
      from described c
      join item i on i.file_id = c.id
      join transfer_entry e on e.item_id = i.id
      join sent t on t.id = e.transfer_id
     group by 1, 2
),
scan as materialized (
    select c.id as file_id, null::bigint as item_id, min(a.accepted_on) as day
      from described c join page_acceptance a on a.file_id = c.id and a.item_id is null group by 1
    union all
    select i.file_id, i.id, min(a.accepted_on)
      from described c join item i on i.file_id = c.id and i.origin = 'DIGITIZED'
      join page_acceptance a on a.item_id = i.id group by 1, 2
),
created as (
    select c.id, i.id as item_id, true as is_item, i.origin is not distinct from 'DIGITIZED' as scanned, i.origin,
           case i.origin when 'DIGITIZED' then least(own.day, whole.day) else coalesce(i.issued_date, c.day) end as day,
           i.issued_date is null and i.origin is distinct from 'DIGITIZED' as undated,
           case i.retention_kind when 'UNKNOWN' then c.retention else i.retention_kind end as retention,
           false as uncounted, '-infinity'::date as counted_from, c.closed_from
      from described c
      join item i on i.file_id = c.id
      left join scan own on own.item_id = i.id
      left join scan whole on whole.file_id = c.id and whole.item_id is null
     where i.state = 'ACTIVE' and i.retention_kind in ('PERMANENT', 'UNKNOWN')
       and (i.origin in ('BORN_DIGITAL', 'DIGITIZED') or i.origin is null)
       and (i.origin is distinct from 'DIGITIZED' or own.day is not null or whole.day is not null)
    union all
    select c.id, null, false, false, c.origin, c.day, c.end_date is null, c.retention, c.uncounted,
           case when c.end_date is null then c.closed_from else '-infinity' end, c.closed_from
      from candidate c
     where (c.origin = 'BORN_DIGITAL' or c.origin is null) and (c.end_date is not null or c.closed_from is not null)
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
