"""What becomes of each staged item: the file it belongs to, which document it is, and its place in the file.

A document may be listed in several files without being copied, so a twin of one that is there becomes a listing.
"""

from __future__ import annotations

from hub.records.intake.plan import Intake, found
from hub.records.intake.stage import Cursor


def plan_items(cursor: Cursor, intake: Intake) -> None:
    """Decide about items, now that every file is decided; `checks.check_items` comes next."""
    values = intake.values
    cursor.execute(_HOMES, values)
    cursor.execute("analyze pg_temp.import_home")
    for statement in (_HOMES_WITHOUT_KEY, _HOMES_BY_NUMBER):
        if found(cursor, _HOMELESS, values):
            cursor.execute(statement, values)
    cursor.execute(_ITEMS, values)
    if found(cursor, "select 1 from pg_temp.import_item limit 1", values):
        cursor.execute("analyze pg_temp.import_item")
        for statement in (_ITEM_IS_LISTED, _SAME_ID, _TWINS_IN_STAGE, _TWINS, _SAME_PLACE, _ORDINALS):
            cursor.execute(statement, values)


# What names the file of an item.
MARK = "coalesce(s.parent_ref, '') || chr(1) || coalesce(s.file_code, '')"

# The key of an item; one that begins with | is local to its file.
KEY = "case when s.source_key like '|%%' then 'vb:' || h.file_id || s.source_key else s.source_key end"

# Every file that items name, resolved once: a file of this import, else one that is there.
_HOMES = f"""
insert into pg_temp.import_home
with named as (
    select {MARK} as mark, parent_ref, file_code, min(file_catalog) as catalog, min(file_notation) as notation
      from pg_temp.import_stage s where level = 'item' group by parent_ref, file_code
)
select n.mark, coalesce(a.id, b.id, c.id, d.id) as file_id, n.notation, n.catalog,
       case when n.catalog is null and n.parent_ref like 'hs:%%' then n.parent_ref end as number
  from named n
  left join pg_temp.import_file a on a.ref = n.parent_ref and a.action <> 'refused'
  left join pg_temp.import_file b on coalesce(b.code, b.composed_code) = n.file_code and b.action <> 'refused'
  left join file c on c.agency_id = %(agency)s and c.source_key = n.parent_ref
  left join file d on d.agency_id = %(agency)s and d.code = n.file_code
"""

# Files that no import made, by their number: one look at all files of the agency, not one for each that is sought.
_HOMES_WITHOUT_KEY = """
with once as (
    select h.mark, min(f.id) as id
      from pg_temp.import_home h
      join file f on f.notation = h.notation and f.agency_id = %(agency)s
           and (h.catalog is null or coalesce(f.catalog_number, '') = h.catalog)
     where h.file_id is null group by h.mark having count(*) = 1
)
update pg_temp.import_home h set file_id = o.id from once o where h.mark = o.mark
"""

# Items that name a file by its number only, without mục lục số or year: the one file of the fonds with that number.
_HOMELESS = "select 1 from pg_temp.import_home where file_id is null and notation is not null limit 1"
_HOMES_BY_NUMBER = """
with numbered as (
    select split_part(source_key, '|', 1) || '||' || split_part(source_key, '|', 3) as number, id from file
     where agency_id = %(agency)s and source_key like 'hs:%%|%%|%%'
    union
    select split_part(ref, '|', 1) || '||' || split_part(ref, '|', 3), id from pg_temp.import_file
     where ref like 'hs:%%|%%|%%' and action <> 'refused'
), once as (
    select number, min(id) as id from numbered group by number having count(*) = 1
)
update pg_temp.import_home h set file_id = o.id from once o where h.file_id is null and h.number = o.number
"""

_ITEMS = f"""
insert into pg_temp.import_item
with keyed as (
    select s.row, s.fault, s.source_hash, s.ordinal, h.file_id,
           {KEY} as source_key
      from pg_temp.import_stage s
      left join pg_temp.import_home h on h.mark = {MARK}
     where s.level = 'item'
)
select k.row, k.file_id, k.source_key, k.ordinal, x.id as target, x.file_id as old_file,
       coalesce(x.id, nextval('item_id_seq')) as id,
       case when k.fault is not null or k.file_id is null then 'refused' when x.id is null then 'created'
            when x.source_hash = k.source_hash and x.file_id = k.file_id then 'unchanged' else 'updated' end as action
  from keyed k
  left join item x on x.agency_id = %(agency)s and x.source_key = k.source_key
 order by k.row
"""

# One document may belong to several files without being copied (NĐ 30/2020 PL VI, III.4.e).
_ITEM_IS_LISTED = """
update pg_temp.import_item t
   set action = case when exists (select 1 from item_listing l where l.item_id = t.target and l.file_id = t.file_id)
                     then 'unchanged' else 'listed' end
 where t.target is not null and t.old_file <> t.file_id and t.source_key not like 'ead:%%' and t.action = 'updated'
"""

DESIGNATION = """lower(s.number) || chr(1) || coalesce(lower(s.notation), '') || chr(1) || lower(s.issuer)
           || chr(1) || coalesce(extract(year from s.start_date)::text, '')"""

# One key in several rows: they name one file in two ways, or one document in several files.
_SAME_ID = """
with firsts as (
    select source_key, min(row) as row from pg_temp.import_item
     where action = 'created' group by source_key having count(*) > 1
)
update pg_temp.import_item t
   set id = f.id, action = case when f.file_id = t.file_id then 'unchanged' else 'listed' end
  from firsts g join pg_temp.import_item f on f.row = g.row
 where t.source_key = g.source_key and t.action = 'created' and t.row <> f.row
"""

_TWINS_IN_STAGE = f"""
with designated as (
    select t.row, t.id, t.file_id, s.place, s.code, hub_fold(s.title) as words, {DESIGNATION} as mark
      from pg_temp.import_item t join pg_temp.import_stage s on s.row = t.row
     where t.action = 'created' and s.number is not null and s.issuer is not null
), firsts as (
    select mark, min(row) as row from designated group by mark having count(*) > 1
), others as (
    select d.row, f.id, d.words = f.words and d.file_id <> f.file_id as same, coalesce(f.code, '#' || f.place) as first
      from designated d join firsts g on g.mark = d.mark join designated f on f.row = g.row where d.row <> f.row
), told as (
    update pg_temp.import_stage s set warned = o.first from others o where s.row = o.row and not o.same
)
update pg_temp.import_item t set action = 'listed', id = o.id from others o where t.row = o.row and o.same
"""

_TWINS = """
with wanted as (
    select t.row, t.file_id, s.title, s.number, s.notation, s.issuer, extract(year from s.start_date) as year
      from pg_temp.import_item t join pg_temp.import_stage s on s.row = t.row
     where t.action = 'created' and s.number is not null and s.issuer is not null
), met as (
    select w.row, x.id from wanted w
      join item x on x.agency_id = %(agency)s and x.number = w.number and lower(x.notation) = lower(w.notation)
           and hashtext(lower(x.issuer)) = hashtext(lower(w.issuer))
    union all
    select w.row, x.id from wanted w
      join item x on x.agency_id = %(agency)s and x.number = w.number and lower(x.notation) is null
           and hashtext(lower(x.issuer)) = hashtext(lower(w.issuer))
     where w.notation is null
), twins as (
    select distinct on (w.row) w.row, x.id, x.file_id, x.code, hub_fold(w.title) = hub_fold(x.subject) as same
      from met join wanted w on w.row = met.row join item x on x.id = met.id
     where lower(x.issuer) = lower(w.issuer) and x.state in ('ACTIVE', 'DRAFT')
       and (w.year is null or x.issued_date is null or extract(year from x.issued_date) = w.year)
     order by w.row, same desc, x.id
), told as (
    update pg_temp.import_stage s set warned = w.code from twins w where s.row = w.row
)
update pg_temp.import_item t
   set id = w.id,
       action = case when w.file_id = t.file_id
                       or exists (select 1 from item_listing l where l.item_id = w.id and l.file_id = t.file_id)
                     then 'unchanged' else 'listed' end
  from twins w where t.row = w.row and w.same
"""

# A document in the place of another of its number, whose issuer or year differs, may be that one corrected.
_SAME_PLACE = """
update pg_temp.import_stage s set warned = x.code
  from pg_temp.import_item t join item x on x.file_id = t.file_id
 where s.row = t.row and t.action = 'created' and s.warned is null and s.source_key like '|%%'
   and x.ordinal = s.ordinal and x.number = s.number and lower(x.notation) is not distinct from lower(s.notation)
   and not exists (select 1 from pg_temp.import_item o where o.target = x.id)
"""

# Who says no place stands last, in the order of the sheet. What is taken is materialized, and of the list found in one
# look at it: else it is asked for every document, and of the list all of it each time.
_ORDINALS = """
with open as (
    select t.row, t.file_id, row_number() over (partition by t.file_id order by t.row) as after
      from pg_temp.import_item t where t.ordinal is null and t.action in ('created', 'listed')
), listed as (
    select file_id, max(ordinal) as last from pg_temp.import_item group by file_id
), taken as materialized (
    select f.file_id, greatest(
               coalesce((select max(ordinal) from item where file_id = f.file_id), 0),
               coalesce((select max(ordinal) from item_listing where file_id = f.file_id), 0),
               coalesce(l.last, 0)) as last
      from (select distinct file_id from open) f join listed l on l.file_id = f.file_id
)
update pg_temp.import_item t set ordinal = k.last + o.after
  from open o join taken k on k.file_id = o.file_id where t.row = o.row
"""
