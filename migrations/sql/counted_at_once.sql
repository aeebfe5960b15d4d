-- As in lighter_counting.sql. A file counts beside its documents as a row that has none, so that both are added up in one
-- go, and not each by itself and then together.
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
counted as (
    select t.id, coalesce(i.issued_date, t.day) as day, t."from", t.n, i.issued_date is null or t.is_unsure as doubtful,
           true as is_item, i.origin, i.direction, coalesce(i.signature_evidence, 'UNKNOWN') as evidence,
           0 as files, 0 as files_electronic, 0 as files_missing, 0 as files_countable
      from turn t join item i on i.file_id = t.id
     where t.item_count > 0 and i.state = 'ACTIVE'
    union all
    select id, day, "from", n * unlisted, day is null or is_unsure, false,
           case when origin_declared <> 'MIXED' then origin_declared end, null, 'NOT_REQUIRED', n,
           case when day is not null and not uncounted and not is_unsure and origin = 'BORN_DIGITAL'
                 and (unlisted = 0 or origin_declared = 'BORN_DIGITAL') then n else 0 end,
           case when day is null or uncounted or is_unsure or origin is null then n else 0 end,
           case when not uncounted then n else 0 end
      from turn
),
judged as (
    select d.*, coalesce(origin = 'BORN_DIGITAL' and not missing, false) as electronic,
           direction in ('OUTGOING', 'INTERNAL') as own, direction = 'INCOMING' as incoming
      from (select *, doubtful or origin is null or (origin = 'BORN_DIGITAL' and evidence = 'UNKNOWN') as missing
              from counted offset 0) d
),
summed as (
    select id, date_part('year', day)::smallint as year, greatest("from", day) as day, sum(n) as n,
           sum(n) filter (where electronic) as electronic, sum(n) filter (where missing) as missing,
           sum(n) filter (where origin in ('BORN_DIGITAL', 'DIGITIZED') and not missing) as broad,
           sum(n) filter (where electronic and is_item and evidence <> 'NOT_REQUIRED') as signed,
           sum(n) filter (where electronic and evidence = 'VERIFIED') as verified,
           sum(n) filter (where own) as own, sum(n) filter (where own and electronic) as own_electronic,
           sum(n) filter (where incoming) as incoming, sum(n) filter (where incoming and electronic) as incoming_electronic,
           sum(files) as files, sum(files_electronic) as files_electronic, sum(files_missing) as files_missing,
           sum(files_countable) as files_countable
      from judged group by 1, 2, 3
)
select m.id, s.creator_id, s.fonds_id, m.year, case when m.year is null then s.end_year end, m.day,
       n, coalesce(electronic, 0), coalesce(missing, 0), coalesce(broad, 0), coalesce(signed, 0), coalesce(verified, 0),
       coalesce(m.own, 0), coalesce(own_electronic, 0), coalesce(incoming, 0), coalesce(incoming_electronic, 0), files,
       files_electronic, files_missing, files_countable
  from summed m join scope s on s.id = m.id
$$;
