-- Counters: what each file adds to a figure from which day on (steps), and the sums of all files by day.
-- A step is worked out by the rules of its measure (hub/kpi/measures); exceptions by law and documents that count for
-- another file that lists them are not in it: the measure adds those from the records when it is asked.

-- II.1.a: when an agency archive answers for a file, and what its documents then are.
create function hub_born_digital_steps(ids bigint[]) returns setof born_digital_step language sql stable as $$
with held as (
    select f.id, f.creator_id, f.agency_id as owner_id, f.origin, f.origin_declared,
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
      join file f on f.id = t.id
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
select m.id, s.creator_id, s.owner_id, m.year, case when m.year is null then s.end_year end, m.day,
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
      join file f on f.id = t.id
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

-- One file at a time is counted by one transaction: a second one that touches it waits here, and then sees what the
-- first has done. Without it both would count the same documents.
create function hub_count_files(ids bigint[]) returns void language plpgsql as $$
begin
    if ids is null then return; end if;
    perform 1 from file where id = any(ids) order by id for no key update;
    perform hub_count_born_digital(ids);
    -- Nearly all files are none of the historical archive's, and never were.
    perform hub_count_digitised_pages((
        select array_agg(f.id) from unnest(ids) f (id)
         where exists (select from file x join agency k on k.id = x.custodian_id
                        where x.id = f.id and k.is_historical_archive)
            or exists (select from digitised_pages_step s where s.file_id = f.id)));
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
     where (n.file_id, n.state, n.issued_date, n.origin, n.direction, n.signature_evidence, n.page_count)
           is distinct from
           (o.file_id, o.state, o.issued_date, o.origin, o.direction, o.signature_evidence, o.page_count)
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
create function hub_file_steps_added() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(n.id) from newer n));
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
            n.page_count_declared, n.total_doc, n.transferred, n.transferred_on, n.accepted_at)
           is distinct from
           (o.fonds_id, o.agency_id, o.creator_id, o.custodian_id, o.state, o.start_date, o.end_date, o.end_latest,
            o.work_ended_on, o.closed_on, o.retention_kind, o.retention_years, o.origin_declared,
            o.page_count_declared, o.total_doc, o.transferred, o.transferred_on, o.accepted_at)
    $sql$ into changed;
    perform hub_count_files(changed);
    return null;
end
$$;
create function hub_fonds_steps_changed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(f.id)
        from newer n join older o on o.id = n.id join file f on f.fonds_id = n.id
       where n.end_year is distinct from o.end_year));
    return null;
end
$$;
create function hub_agency_steps_changed() returns trigger language plpgsql as $$
begin
    perform hub_count_files((select array_agg(f.id)
        from newer n join older o on o.id = n.id join file f on f.custodian_id = n.id
       where n.is_historical_archive <> o.is_historical_archive));
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
