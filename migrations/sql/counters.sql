-- Counters: what each file adds to a figure from which day on (steps), and the sums of all files by day.
-- A step is worked out by the rules of its measure (hub/kpi/measures); exceptions by law and documents that count for
-- another file that lists them are not in it: the measure adds those from the records when it is asked.

-- II.1.a: when an agency archive answers for a file, and what its documents then are.
create function hub_born_digital_steps(ids bigint[]) returns setof born_digital_step language sql stable as $$
with held as (
    select f.id, f.creator_id, f.fonds_id, f.origin, f.origin_declared,
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
document as materialized (
    select s.id, true as is_item, coalesce(i.issued_date, s.day) as day, i.issued_date is null as undated, 1 as n,
           i.origin, i.direction, coalesce(i.signature_evidence, 'UNKNOWN') as evidence, s.sure_from, s.unsure_from
      from scope s join item i on i.file_id = s.id
     where i.state = 'ACTIVE'
    union all
    select s.id, false, s.day, s.day is null, s.unlisted,
           case when s.origin_declared <> 'MIXED' then s.origin_declared end, null, 'NOT_REQUIRED',
           s.sure_from, s.unsure_from
      from scope s where s.unlisted > 0
),
move as (
    select id, day, greatest(sure_from, day) as "from", n, false as unsure, undated, is_item, origin, direction, evidence
      from document where sure_from is not null
    union all
    select id, day, greatest(unsure_from, day), n, true, undated, is_item, origin, direction, evidence
      from document where unsure_from is not null
    union all
    select id, day, greatest(sure_from, day), -n, true, undated, is_item, origin, direction, evidence
      from document where unsure_from is not null and sure_from is not null
),
judged as (
    select m.*, coalesce(origin = 'BORN_DIGITAL' and not missing, false) as electronic,
           direction in ('OUTGOING', 'INTERNAL') as own, direction = 'INCOMING' as incoming
      from (select *, undated or unsure or origin is null or (origin = 'BORN_DIGITAL' and evidence = 'UNKNOWN')
                   as missing from move offset 0) m
),
file_move as (
    select id, day, greatest(sure_from, day) as "from", 1 as n, false as unsure from scope where sure_from is not null
    union all
    select id, day, greatest(unsure_from, day), 1, true from scope where unsure_from is not null
    union all
    select id, day, greatest(sure_from, day), -1, true from scope where unsure_from is not null and sure_from is not null
),
summed as (
    select id, extract(year from day)::smallint as year, "from" as day, sum(n) as n,
           sum(n) filter (where electronic) as electronic, sum(n) filter (where missing) as missing,
           sum(n) filter (where origin in ('BORN_DIGITAL', 'DIGITIZED') and not missing) as broad,
           sum(n) filter (where electronic and is_item and evidence <> 'NOT_REQUIRED') as signed,
           sum(n) filter (where electronic and evidence = 'VERIFIED') as verified,
           sum(n) filter (where own) as own, sum(n) filter (where own and electronic) as own_electronic,
           sum(n) filter (where incoming) as incoming, sum(n) filter (where incoming and electronic) as incoming_electronic,
           0 as files, 0 as files_electronic, 0 as files_missing, 0 as files_countable
      from judged group by 1, 2, 3
    union all
    select m.id, extract(year from m.day)::smallint, m."from", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, m.n,
           case when m.day is not null and not s.uncounted and not m.unsure and s.origin = 'BORN_DIGITAL'
                 and (s.unlisted = 0 or s.origin_declared = 'BORN_DIGITAL') then m.n else 0 end,
           case when m.day is null or s.uncounted or m.unsure or s.origin is null then m.n else 0 end,
           case when not s.uncounted then m.n else 0 end
      from file_move m join scope s on s.id = m.id
)
select m.id, s.creator_id, s.fonds_id, m.year, case when m.year is null then s.end_year end, m.day,
       sum(n), coalesce(sum(electronic), 0), coalesce(sum(missing), 0), coalesce(sum(broad), 0),
       coalesce(sum(signed), 0), coalesce(sum(verified), 0), coalesce(sum(own), 0), coalesce(sum(own_electronic), 0),
       coalesce(sum(incoming), 0), coalesce(sum(incoming_electronic), 0), sum(files), sum(files_electronic),
       sum(files_missing), sum(files_countable)
  from summed m join scope s on s.id = m.id
 group by 1, 2, 3, 4, 5, 6
$$;

-- II.2.b: when the archive took a file, and how many pages of it were accepted by each day.
create function hub_digitised_pages_steps(ids bigint[]) returns setof digitised_pages_step language sql stable as $$
with scope as materialized (
    select f.id, f.custodian_id as agency_id, f.origin, f.page_count, f.page_count_declared,
           extract(year from coalesce(f.end_date, f.start_date))::smallint as year,
           coalesce(f.transferred_on, '-infinity'::date) as kept_from
      from unnest(ids) t(id)
     cross join lateral (select * from file where file.id = t.id offset 0) f
      join agency k on k.id = f.custodian_id and k.is_historical_archive
     where f.state <> 'DISPOSED' and f.origin is distinct from 'BORN_DIGITAL'
),
apart as (
    select i.file_id, sum(i.page_count) as pages
      from scope s join item i on i.file_id = s.id
     where i.origin = 'BORN_DIGITAL' or i.state <> 'ACTIVE'
     group by i.file_id
),
event as (
    select id, kept_from as day from scope
    union
    select s.id, greatest(a.accepted_on, s.kept_from) from scope s join page_acceptance a on a.file_id = s.id
),
span as (
    select e.id, e.day, a.item_id, unnest(range_agg(int4range(a.first_page, a.last_page, '[]'))) as pages
      from event e join page_acceptance a on a.file_id = e.id and a.accepted_on <= e.day
     group by 1, 2, 3
),
scanned as (
    select p.id, p.day, sum(p.pages) as pages, sum(least(p.pages, coalesce(i.page_count, p.pages))) as capped
      from (select id, day, item_id, sum(upper(pages) - lower(pages)) as pages from span group by 1, 2, 3) p
      left join item i on i.id = p.item_id
     where p.item_id is null or (i.state = 'ACTIVE' and i.origin is distinct from 'BORN_DIGITAL')
     group by 1, 2
),
state as (
    select s.id, s.agency_id, s.year, e.day, 1 as files, coalesce(t.pages, d.done) as pages, d.done,
           case when s.origin is null and coalesce(c.pages, 0) = 0 then coalesce(t.pages, 0) else 0 end as missing,
           case when t.pages > 0 and coalesce(c.pages, 0) = t.pages
                 and (s.page_count_declared is null or s.page_count_declared = s.page_count) then 1 else 0 end
               as files_full,
           case when t.pages is null then 1 else 0 end as files_pageless
      from event e
      join scope s on s.id = e.id
      left join scanned c on c.id = e.id and c.day = e.day
      left join apart o on o.file_id = s.id
     cross join lateral (
           select case when s.page_count is not null
                       then greatest(s.page_count - coalesce(o.pages, 0), 0) end as pages) t
     cross join lateral (
           select least(coalesce(c.capped, 0), coalesce(t.pages, c.capped, 0)) as done) d
)
select id, agency_id, year, day, files - coalesce(lag(files) over sooner, 0), pages - coalesce(lag(pages) over sooner, 0),
       done - coalesce(lag(done) over sooner, 0), missing - coalesce(lag(missing) over sooner, 0),
       files_full - coalesce(lag(files_full) over sooner, 0), files_pageless - coalesce(lag(files_pageless) over sooner, 0)
  from state window sooner as (partition by id order by day)
$$;

-- II.1.d: when a document falls due, whether its hand-over was accepted in time, through any channel or the integrated
-- one, and until when it is late, waiting, or in an open file.
create function hub_timely_transfers_steps(ids bigint[]) returns setof timely_transfers_step language sql stable as $$
with candidate as materialized (
    select f.id, f.creator_id, f.fonds_id, o.end_year, f.retention_kind as retention, f.origin, f.end_date,
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
      from candidate c
      join item i on i.file_id = c.id
      join transfer_entry e on e.item_id = i.id
      join sent t on t.id = e.transfer_id
     group by 1, 2
),
scan as materialized (
    select c.id as file_id, null::bigint as item_id, min(a.accepted_on) as day
      from candidate c join page_acceptance a on a.file_id = c.id and a.item_id is null group by 1
    union all
    select i.file_id, i.id, min(a.accepted_on)
      from candidate c join item i on i.file_id = c.id and i.origin = 'DIGITIZED'
      join page_acceptance a on a.item_id = i.id group by 1, 2
),
created as (
    select c.id, i.id as item_id, true as is_item, i.origin is not distinct from 'DIGITIZED' as scanned, i.origin,
           case i.origin when 'DIGITIZED' then least(own.day, whole.day) else coalesce(i.issued_date, c.day) end as day,
           i.issued_date is null and i.origin is distinct from 'DIGITIZED' as undated,
           case i.retention_kind when 'UNKNOWN' then c.retention else i.retention_kind end as retention,
           false as uncounted, '-infinity'::date as counted_from, c.closed_from
      from candidate c
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
select m.id, c.creator_id, c.fonds_id, extract(year from m.day)::smallint, case when m.day is null then c.end_year end,
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

-- II.2.c: when the archive took a file, when a list restricted it, and when it was online at level 3 or higher.
create function hub_described_online_steps(ids bigint[]) returns setof described_online_step language sql stable as $$
with recursive scope as materialized (
    select f.id, f.custodian_id as agency_id, f.fonds_id, f.series_id,
           extract(year from coalesce(f.end_date, f.start_date))::smallint as year,
           coalesce(f.transferred_on, '-infinity'::date) as kept_from, coalesce(f.page_count, 0) as pages,
           coalesce(f.access_level, case f.access_provenance when 'HD169_blank' then 0 end) as mode,
           btrim(f.code) <> '' and not starts_with(f.code, 'TAM-') and btrim(f.title) <> ''
               and f.retention_kind <> 'UNKNOWN' and cardinality(f.languages) > 0
               and f.start_date is not null and f.end_date is not null
               and coalesce(nullif(f.total_doc, 0), nullif(f.item_count, 0)) is not null
               and coalesce(f.page_count, 0) <> 0 as complete
      from unnest(ids) t(id)
     cross join lateral (select * from file where file.id = t.id offset 0) f
      join agency k on k.id = f.custodian_id and k.is_historical_archive
     where f.state <> 'DISPOSED' and f.access_level is distinct from 2
),
above (series_id, ancestor_id) as (
    select distinct series_id, series_id from scope where series_id is not null
    union
    select a.series_id, s.parent_id from above a join series s on s.id = a.ancestor_id where s.parent_id is not null
),
named as (
    select s.id, e.list_id from scope s join decided_list_entry e on e.file_id = s.id
    union
    select s.id, e.list_id from scope s join decided_list_entry e on e.fonds_id = s.fonds_id
    union
    select s.id, e.list_id
      from scope s
      join above a on a.series_id = s.series_id
      join decided_list_entry e on e.series_id = a.ancestor_id
),
restriction as materialized (
    select n.id, l.valid_from as "from", l.valid_to as "to"
      from named n join decided_list l on l.id = n.list_id and l.kind = 'RESTRICTED'
),
offer as materialized (
    select s.id, p.published_on as "from", p.withdrawn_on as "to"
      from scope s join publication p on p.file_id = s.id and p.service_level >= 3
),
event as (
    select id, kept_from as day from scope
    union
    select s.id, greatest(d.day, s.kept_from)
      from (select id, "from" as day from restriction union all select id, "to" from restriction
            union all select id, "from" from offer union all select id, "to" from offer) d
      join scope s on s.id = d.id
     where d.day is not null
),
-- Joined, not looked up for each event: lists are long right after a load, and a look-up reads one whole each time.
state as (
    select s.id, s.agency_id, s.year, e.day, s.pages, s.mode, s.complete,
           coalesce(bool_or(r."from" <= e.day and (r."to" is null or e.day < r."to")), false) as restricted,
           coalesce(bool_or(o."from" <= e.day and (o."to" is null or e.day < o."to")), false) as online
      from event e
      join scope s on s.id = e.id
      left join restriction r on r.id = e.id
      left join offer o on o.id = e.id
     group by 1, 2, 3, 4, 5, 6, 7
),
counted as (
    select id, agency_id, year, day, 1 as files, restricted::int as restricted,
           coalesce(not restricted and mode = 0 and complete and online, false)::int as served,
           (not restricted and mode is null)::int as missing,
           coalesce(not restricted and mode is not null and complete, false)::int as described,
           coalesce(not restricted and mode = 1, false)::int as conditional,
           case when restricted then 0 else pages end as pages,
           case when not restricted and mode = 0 and complete and online then pages else 0 end as served_pages
      from state
)
select id, agency_id, year, day, files - coalesce(lag(files) over sooner, 0),
       restricted - coalesce(lag(restricted) over sooner, 0), served - coalesce(lag(served) over sooner, 0),
       missing - coalesce(lag(missing) over sooner, 0), described - coalesce(lag(described) over sooner, 0),
       conditional - coalesce(lag(conditional) over sooner, 0), pages - coalesce(lag(pages) over sooner, 0),
       served_pages - coalesce(lag(served_pages) over sooner, 0)
  from counted window sooner as (partition by id order by day)
$$;

-- One file at a time is counted by one transaction: a second one that touches it waits here, and then sees what the
-- first has done. Without it both would count the same documents.
create function hub_count_files(ids bigint[]) returns void language plpgsql as $$
begin
    if ids is null then return; end if;
    perform 1 from file where id = any(ids) order by id for no key update;
    perform hub_count_born_digital(ids);
    perform hub_count_timely_transfers(ids);
    -- Nearly all files are none of the historical archive's, and never were.
    select array_agg(f.id) into ids from unnest(ids) f (id)
     where exists (select from file x join agency k on k.id = x.custodian_id
                    where x.id = f.id and k.is_historical_archive)
        or exists (select from digitised_pages_step s where s.file_id = f.id)
        or exists (select from described_online_step s where s.file_id = f.id);
    perform hub_count_digitised_pages(ids);
    perform hub_count_described_online(ids);
end
$$;

-- Statement-level triggers, named to come after those that derive a file's counts (triggers run by name).
create function hub_steps_added() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(distinct n.file_id) from newer n));
    return null;
end
$$;
create function hub_steps_removed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(distinct o.file_id) from older o));
    return null;
end
$$;
create function hub_steps_changed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(distinct x.file_id)
        from (select file_id from newer union select file_id from older) x));
    return null;
end
$$;
-- By EXECUTE, which plans for the rows that are there, as in derivation.sql.
create function hub_item_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    -- A file's origin follows the documents it lists, too.
    select array_agg(distinct f.id)
      from newer n join older o on o.id = n.id
     cross join lateral (select n.file_id union select o.file_id
                         union select l.file_id from item_listing l
                                where l.item_id = n.id and n.origin is distinct from o.origin) f (id)
     where (n.file_id, n.state, n.issued_date, n.origin, n.direction, n.signature_evidence, n.page_count,
            n.retention_kind)
           is distinct from
           (o.file_id, o.state, o.issued_date, o.origin, o.direction, o.signature_evidence, o.page_count,
            o.retention_kind)
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
-- A file that is opened adds to no figure yet, so an import of new files need not look at each of them again.
-- A new file has no documents, and nobody else sees it yet: an open one is at most a document to come, to be handed
-- over in its time. All else is of files that come in closed, handed over, or into the historical archive.
create function hub_file_steps_added() returns trigger language plpgsql as $$
declare
    whole bigint[];
    open bigint[];
begin
    execute $sql$
    select array_agg(id) filter (where is_whole), array_agg(id) filter (where not is_whole and is_to_come)
      from (select n.id, k.is_historical_archive or n.state <> 'OPEN' or n.closed_on is not null or n.transferred
                         or n.transferred_on is not null or n.accepted_at is not null as is_whole,
                   n.end_date is not null and n.retention_kind in ('PERMANENT', 'UNKNOWN')
                         and coalesce(n.origin, 'BORN_DIGITAL') = 'BORN_DIGITAL' as is_to_come
              from newer n join agency k on k.id = n.custodian_id) n
    $sql$ into whole, open;
    perform hub_count_files(whole);
    perform hub_count_timely_transfers(open);
    return null;
end
$$;
create function hub_file_steps_removed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(o.id) from older o));
    return null;
end
$$;
-- What is derived from items and pages (origin, counts) changes with them, and is counted with them.
create function hub_file_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    select array_agg(n.id) from newer n join older o on o.id = n.id
     where (n.fonds_id, n.agency_id, n.creator_id, n.custodian_id, n.state, n.start_date, n.end_date, n.end_latest,
            n.work_ended_on, n.closed_on, n.retention_kind, n.retention_years, n.origin_declared,
            n.page_count_declared, n.total_doc, n.transferred, n.transferred_on, n.accepted_at, n.series_id,
            n.access_level, n.access_provenance, n.code, n.title, n.languages)
           is distinct from
           (o.fonds_id, o.agency_id, o.creator_id, o.custodian_id, o.state, o.start_date, o.end_date, o.end_latest,
            o.work_ended_on, o.closed_on, o.retention_kind, o.retention_years, o.origin_declared,
            o.page_count_declared, o.total_doc, o.transferred, o.transferred_on, o.accepted_at, o.series_id,
            o.access_level, o.access_provenance, o.code, o.title, o.languages)
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
create function hub_fonds_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    select array_agg(f.id)
        from newer n join older o on o.id = n.id join file f on f.fonds_id = n.id
       where n.end_year is distinct from o.end_year
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
create function hub_agency_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    select array_agg(f.id)
        from newer n join older o on o.id = n.id join file f on f.custodian_id = n.id
       where n.is_historical_archive <> o.is_historical_archive
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;

create function hub_transfer_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    select array_agg(distinct coalesce(i.file_id, e.file_id))
        from newer n join older o on o.id = n.id join transfer_entry e on e.transfer_id = n.id
        left join item i on i.id = e.item_id
       where (n.state, n.channel, n.accepted_at, n.submitted_at)
             is distinct from (o.state, o.channel, o.accepted_at, o.submitted_at)
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
-- A document may be handed over by itself, in whatever file it was listed: its own file counts it.
create function hub_entry_steps_added() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(distinct coalesce(i.file_id, n.file_id))
        from newer n left join item i on i.id = n.item_id));
    return null;
end
$$;
create function hub_entry_steps_removed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(distinct coalesce(i.file_id, o.file_id))
        from older o left join item i on i.id = o.item_id));
    return null;
end
$$;
-- The files that lists of restricted records name, by themselves or with their series or fonds.
create function hub_files_named(fonds_ids bigint[], series_ids bigint[], file_ids bigint[]) returns bigint[]
    language sql stable as $$
with recursive below (id) as (
    select unnest(series_ids)
    union
    select s.id from below b join series s on s.parent_id = b.id
)
select array_agg(distinct f.id) from (
    select id from file where fonds_id = any(fonds_ids)
    union all
    select f.id from file f join below b on b.id = f.series_id
    union all
    select unnest(file_ids)
) f where f.id is not null
$$;
create function hub_list_entry_steps_added() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select hub_files_named(array_agg(n.fonds_id), array_agg(n.series_id), array_agg(n.file_id))
        from newer n join decided_list l on l.id = n.list_id and l.kind = 'RESTRICTED'));
    return null;
end
$$;
-- A list that is gone takes its entries with it, so its kind can no longer be asked.
create function hub_list_entry_steps_removed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select hub_files_named(array_agg(o.fonds_id), array_agg(o.series_id), array_agg(o.file_id))
        from older o));
    return null;
end
$$;
create function hub_list_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    select hub_files_named(array_agg(e.fonds_id), array_agg(e.series_id), array_agg(e.file_id))
        from newer n join older o on o.id = n.id join decided_list_entry e on e.list_id = n.id
       where (n.kind, n.valid_from, n.valid_to) is distinct from (o.kind, o.valid_from, o.valid_to)
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
create function hub_series_steps_changed() returns trigger language plpgsql as $$
declare changed bigint[];
begin
    execute $sql$
    select hub_files_named(null, array_agg(n.id), null)
        from newer n join older o on o.id = n.id where n.parent_id is distinct from o.parent_id
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;

create trigger file_steps_added after insert on file
    referencing new table as newer for each statement execute function hub_file_steps_added();
create trigger file_steps_removed after delete on file
    referencing old table as older for each statement execute function hub_file_steps_removed();
create trigger file_steps_changed after update on file
    referencing old table as older new table as newer for each statement execute function hub_file_steps_changed();
create trigger item_steps_added after insert on item
    referencing new table as newer for each statement execute function hub_steps_added();
create trigger item_steps_removed after delete on item
    referencing old table as older for each statement execute function hub_steps_removed();
create trigger item_steps_changed after update on item
    referencing old table as older new table as newer for each statement execute function hub_item_steps_changed();
create trigger item_listing_steps_added after insert on item_listing
    referencing new table as newer for each statement execute function hub_steps_added();
create trigger item_listing_steps_removed after delete on item_listing
    referencing old table as older for each statement execute function hub_steps_removed();
create trigger page_acceptance_steps_added after insert on page_acceptance
    referencing new table as newer for each statement execute function hub_steps_added();
create trigger page_acceptance_steps_removed after delete on page_acceptance
    referencing old table as older for each statement execute function hub_steps_removed();
create trigger page_acceptance_steps_changed after update on page_acceptance
    referencing old table as older new table as newer for each statement execute function hub_steps_changed();
create trigger fonds_steps_changed after update on fonds
    referencing old table as older new table as newer for each statement execute function hub_fonds_steps_changed();
create trigger agency_steps_changed after update on agency
    referencing old table as older new table as newer for each statement execute function hub_agency_steps_changed();
create trigger transfer_steps_changed after update on transfer
    referencing old table as older new table as newer for each statement execute function hub_transfer_steps_changed();
create trigger transfer_entry_steps_added after insert on transfer_entry
    referencing new table as newer for each statement execute function hub_entry_steps_added();
create trigger transfer_entry_steps_removed after delete on transfer_entry
    referencing old table as older for each statement execute function hub_entry_steps_removed();
create trigger publication_steps_added after insert on publication
    referencing new table as newer for each statement execute function hub_steps_added();
create trigger publication_steps_removed after delete on publication
    referencing old table as older for each statement execute function hub_steps_removed();
create trigger publication_steps_changed after update on publication
    referencing old table as older new table as newer for each statement execute function hub_steps_changed();
create trigger decided_list_entry_steps_added after insert on decided_list_entry
    referencing new table as newer for each statement execute function hub_list_entry_steps_added();
create trigger decided_list_entry_steps_removed after delete on decided_list_entry
    referencing old table as older for each statement execute function hub_list_entry_steps_removed();
create trigger decided_list_steps_changed after update on decided_list
    referencing old table as older new table as newer for each statement execute function hub_list_steps_changed();
create trigger series_steps_changed after update on series
    referencing old table as older new table as newer for each statement execute function hub_series_steps_changed();
