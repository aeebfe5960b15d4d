"""Records as the hub knew them at an earlier instant: the tables of a statement, put back by the audit trail.

What was registered later is left out; what was changed later gets the values before, which every command leaves in
the trail; what a file derives from its documents is derived again, as the database does (migrations/sql/
derivation.sql). A statement that stands after these tables reads `item`, `file` … and finds them as they were.

Not put back is what leaves no values: changes by an import, accepted pages and registers that bear no time of
entry, fields of state secrets. What a figure changed by these stays unexplained, and is told as such.
"""

from __future__ import annotations

_PUT_BACK = """
{name} as not materialized (
    select t.* from public.{table} t
     where t.created_at <= :known_at and not exists (select from undone u where u.kind = '{table}' and u.id = t.id)
    union all
    select r.* from public.{table} t join undone u on u.kind = '{table}' and u.id = t.id
     cross join lateral jsonb_populate_record(t, u.before) r
     where t.created_at <= :known_at
)"""

# The values before of each record changed since, by field, the earliest change of a field first.
UNDONE = """
undone as materialized (
    select kind, id, jsonb_object_agg(field, before) as before from (
        select distinct on (e.object_type, e.object_id, c.key)
               e.object_type as kind, e.object_id as id, c.key as field, c.value -> 0 as before
          from audit_event e
         cross join lateral jsonb_each(e.detail -> 'changed') c
         where e.at > :known_at and e.outcome = 'success'
           and e.object_type in ('item', 'file', 'series', 'fonds', 'exclusion', 'transfer')
           and jsonb_typeof(e.detail -> 'changed') = 'object' and c.value <> '[null, null]'
         order by e.object_type, e.object_id, c.key, e.id
    ) first group by kind, id
)"""

_FILES = """
touched as materialized (
    select file_id as id from public.item where created_at > :known_at
    union
    select l.file_id from public.item_listing l where l.listed_at > :known_at
    union
    select i.file_id from public.item i join undone u on u.kind = 'item' and u.id = i.id
    union
    select l.file_id from public.item_listing l join undone u on u.kind = 'item' and u.id = l.item_id
    union
    select cast(u.before ->> 'file_id' as bigint) from undone u where u.kind = 'item' and u.before ? 'file_id'
    union
    select u.id from undone u where u.kind = 'file'
),
derived as materialized (
    select f.id, jsonb_build_object(
               'item_count', coalesce(d.items, 0),
               'origin', case when d.least is null then f.origin_declared
                              when d.least = d.greatest then d.least else 'MIXED' end,
               'page_count', case when d.own > 0 and d.paged = d.own and d.own >= coalesce(f.total_doc, 0) then d.pages
                                  else coalesce(f.page_count_declared, d.pages) end) as facts
      from touched t
      join file_then f using (id)
      left join (
           select file_id, count(*) as items, count(*) filter (where home) as own, count(pages) as paged,
                  sum(pages) as pages, min(origin) as least, max(origin) as greatest
             from (select i.file_id, i.origin, i.page_count as pages, true as home
                     from item i join touched t on t.id = i.file_id
                   union all
                   select l.file_id, i.origin, null, false
                     from item_listing l join touched t on t.id = l.file_id join item i on i.id = l.item_id) m
            group by file_id
      ) d on d.file_id = f.id
),
file as not materialized (
    select f.* from file_then f where not exists (select from derived d where d.id = f.id)
    union all
    select r.* from file_then f join derived d using (id)
     cross join lateral jsonb_populate_record(cast(null as public.file), to_jsonb(f) || d.facts) r
)"""


def _put_back(table: str, name: str | None = None) -> str:
    return _PUT_BACK.format(table=table, name=name or table)


# Common table expressions to stand after `with`; `:known_at` is the instant.
TABLES_THEN = ",".join(
    (
        UNDONE,
        _put_back("item"),
        "\nitem_listing as not materialized (select * from public.item_listing where listed_at <= :known_at)",
        _put_back("file", "file_then"),
        _FILES,
        _put_back("series"),
        _put_back("fonds"),
        _put_back("transfer"),
        _put_back("exclusion", "exclusion_then"),
        # A decision taken later, on a proposal known then, was none yet.
        "\nexclusion as not materialized"
        " (select * from exclusion_then where decided_at is null or decided_at <= :known_at)",
        "\ndeclared_progress as not materialized"
        " (select * from public.declared_progress where declared_at <= :known_at)",
    )
)
