-- What a file tells of its documents is told of those that the reader may see. A file keeps which kinds of documents
-- are in it, a bit for each access level, published or not (policies/bits.py), so that it costs nothing to know that
-- somebody sees them all; for the few files where he does not, the same facts are reckoned from the others.

create function hub_access_bit(level smallint, published boolean) returns int language sql immutable as $$
select 1 << (2 * least(coalesce(level, 1), 2) + published::int)
$$;

-- `readable` are the bits of documents that count; `elsewhere` those of documents that a file lists from another
-- custody. 127 is everything; its highest bit says that a file lists documents of others.
create function hub_file_facts(ids bigint[], readable int, elsewhere int)
returns table (id bigint, item_count int, origin text, page_count int, digitized_page_count int, item_access smallint)
language sql stable as $$
with touched as (
    select f.id, f.custodian_id, f.origin_declared, f.page_count_declared, f.total_doc
      from file f where f.id = any(ids)
),
members as (
    select t.id as file_id, i.origin, i.page_count as pages, true as home,
           hub_access_bit(i.access_level, i.published) as bit
      from touched t join item i on i.file_id = t.id
     where hub_access_bit(i.access_level, i.published) & readable <> 0
    union all
    select t.id, i.origin, null, false, hub_access_bit(i.access_level, i.published) | 64
      from touched t join item_listing l on l.file_id = t.id join item i on i.id = l.item_id
     where hub_access_bit(i.access_level, i.published)
           & case when i.custodian_id = t.custodian_id then readable else elsewhere end <> 0
),
described as (
    select file_id, count(*) as items, count(*) filter (where home) as own, count(pages) as paged,
           sum(pages) as pages, min(origin) as least_origin, max(origin) as greatest_origin, bit_or(bit) as bits
      from members group by file_id
),
scanned as (
    select file_id, sum(least(pages, coalesce(cap, pages))) as pages from (
        select r.file_id, r.item_id, i.page_count as cap, sum(upper(r.span) - lower(r.span)) as pages
          from (select a.file_id, a.item_id, unnest(range_agg(int4range(a.first_page, a.last_page, '[]'))) as span
                  from touched t join page_acceptance a on a.file_id = t.id group by a.file_id, a.item_id) r
          left join item i on i.id = r.item_id
         where i.id is null or hub_access_bit(i.access_level, i.published) & readable <> 0
         group by r.file_id, r.item_id, i.page_count
    ) s group by file_id
),
facts as (
    select t.id, coalesce(d.items, 0)::int as item_count,
           case when d.least_origin is null then t.origin_declared
                when d.least_origin = d.greatest_origin then d.least_origin
                else 'MIXED' end as origin,
           -- Pages of items count only when the file is described whole; else what was declared stands.
           (case when d.own > 0 and d.paged = d.own and d.own >= coalesce(t.total_doc, 0) then d.pages
                 else coalesce(t.page_count_declared, d.pages) end)::int as page_count,
           coalesce(s.pages, 0)::int as scanned, coalesce(d.bits, 0)::smallint as item_access
      from touched t
      left join described d on d.file_id = t.id
      left join scanned s on s.file_id = t.id
)
select id, item_count, origin, page_count, least(scanned, coalesce(page_count, scanned)), item_access from facts
$$;

-- In PL/pgSQL, which keeps its plan.
create function hub_told_file(file bigint, readable int, elsewhere int, out origin text, out page_count int,
                              out digitized_page_count int) language plpgsql stable as $$
begin
    select x.origin, x.page_count, x.digitized_page_count into origin, page_count, digitized_page_count
      from hub_file_facts(array[file], readable, elsewhere) x;
end
$$;
