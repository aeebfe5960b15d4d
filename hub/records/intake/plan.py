"""What becomes of each staged row: which record it is, where it stands, and created, updated, unchanged or listed.

One temporary table per level holds the decision; keys of new records are drawn here, so that rows of several
levels can refer to each other before any is stored. Order: fonds, series, files, items.
A record is found by its source key; one that no import has made yet (no source key) by its number or code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.records.intake.stage import Cursor

LEVELS = ("fonds", "series", "file", "item")


@dataclass(frozen=True)
class Intake:
    """Whose records they are, who brings them, and what a new fonds is called."""

    agency_id: int
    user_id: int | None
    year: int
    fonds_title: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the statements."""
        return {"agency": self.agency_id, "user": self.user_id, "year": self.year, "title": self.fonds_title}


def plan_files(cursor: Cursor, intake: Intake) -> None:
    """Decide about fonds, series and files; `checks.check_files` comes next."""
    values = intake.values
    cursor.execute(_ITEMS_THAT_ARE_FILES)
    cursor.execute(f"analyze pg_temp.import_stage ({_JOINED})")
    for statement in (*_TWICE, FONDS, _SERIES):
        cursor.execute(statement, values)
    cursor.execute("analyze pg_temp.import_series")
    cursor.execute(_FILES, values)
    if found(cursor, SOME_WITHOUT_KEY, values):
        cursor.execute(_FILES_WITHOUT_KEY, values)
    cursor.execute(_FILE_ACTIONS, values)
    cursor.execute("analyze pg_temp.import_file")


SOME_WITHOUT_KEY = "select from file where agency_id = %(agency)s and source_key is null limit 1"


def found(cursor: Cursor, query: str, values: dict[str, Any]) -> bool:
    """Whether the query finds any row."""
    return cursor.execute(query, values).fetchone() is not None


# The columns that statements join or choose by: to look at all sixty takes a tenth of a long import.
_JOINED = "row, level, source_key, ref, parent_ref, fonds_code, file_code, code, composed_code, fault"

# An EAD component of level item is an item only inside a file; whether its parent is one shows at the parent's end.
_ITEMS_THAT_ARE_FILES = """
update pg_temp.import_stage i set level = 'file'
  from pg_temp.import_stage p
 where i.level = 'item' and p.level = 'series' and p.ref = i.parent_ref
"""

# The same record twice, and the same code for two records: the first stays, the others are told which it was.
# A document with an id of its own may stand in several files (NĐ 30/2020 PL VI, III.4.e) if its words are the same.
_TWICE = (
    """
with keyed as (
    select s.row, s.level, coalesce(s.parent_ref, '') || chr(1) || coalesce(s.file_code, '') as home,
           case when s.level = 'item' and s.source_key like '|%%'
                then coalesce(s.parent_ref, '') || chr(1) || coalesce(s.file_code, '') || s.source_key
                else s.source_key end as mark
      from pg_temp.import_stage s where s.level in ('file', 'item')
), twice as (
    select level, mark, min(row) as first_row from keyed group by level, mark having count(*) > 1
)
update pg_temp.import_stage s
   set fault = case when s.source_key like '|%%' and s.number is not null then 'DUPLICATE_DOCUMENT'
                    else 'CODE_TWICE' end,
       first_row = t.first_row
  from keyed k
  join twice t on t.level = k.level and t.mark = k.mark
  join keyed h on h.row = t.first_row
  join pg_temp.import_stage f on f.row = t.first_row
 where s.row = k.row and k.row <> t.first_row
   and not (k.mark like 'vb:%%' and k.home <> h.home and hub_fold(s.title) = hub_fold(f.title))
""",
    """
with twice as (
    select level, code, min(row) as first_row from pg_temp.import_stage
     where code is not null and fault is null group by level, code having count(*) > 1
)
update pg_temp.import_stage s set fault = 'CODE_TWICE', first_row = t.first_row
  from twice t join pg_temp.import_stage f on f.row = t.first_row
 where s.level = t.level and s.code = t.code and s.row <> t.first_row and s.fault is null
   and s.source_key is distinct from f.source_key
""",
)

# Finding aids stage their fonds; lists name one by code, and one that is not there is opened.
FONDS = """
insert into pg_temp.import_fonds
with wanted as (
    select s.row, s.ref, s.source_key, s.code, s.source_hash, s.fault
      from pg_temp.import_stage s where s.level = 'fonds'
    union all
    select null, null, null, n.fonds_code, null, null
      from (select distinct fonds_code from pg_temp.import_stage
             where level in ('series', 'file') and fonds_code is not null) n
), found as (
    select distinct on (w.code, w.ref) w.*, f.id as target, f.source_hash as old_hash
      from wanted w
      left join fonds f on f.agency_id = %(agency)s
           and (f.source_key = w.source_key or (f.code = w.code and (w.source_key is null or f.source_key is null)))
     order by w.code, w.ref, (f.source_key is not distinct from w.source_key) desc
)
select row, ref, coalesce(ref, code) as mark, code, target,
       coalesce(target, nextval('fonds_id_seq')) as id,
       case when fault is not null then 'refused' when target is null then 'created'
            when row is null or old_hash = source_hash then 'unchanged' else 'updated' end as action
  from found
"""

_SERIES = """
insert into pg_temp.import_series
select s.row, s.ref, s.parent_ref, x.id as target, coalesce(x.id, nextval('series_id_seq')), f.id as fonds_id,
       case when s.fault is not null or f.id is null then 'refused' when x.id is null then 'created'
            when x.source_hash = s.source_hash then 'unchanged' else 'updated' end as action
  from pg_temp.import_stage s
  left join pg_temp.import_fonds f on f.action <> 'refused' and f.mark = coalesce(s.fonds_code, '')
  left join series x on x.agency_id = %(agency)s and x.source_key = s.source_key
 where s.level = 'series'
 order by s.row
"""

_FILES = """
insert into pg_temp.import_file
with composed as (
    select composed_code as code from pg_temp.import_stage
     where level = 'file' and code is null and composed_code is not null and fault is null
     group by composed_code having count(*) = 1
    except select code from pg_temp.import_stage where level = 'file' and code is not null and fault is null
), free as (
    select code from composed c
     where (select x.id from file x where x.agency_id = %(agency)s and x.code = c.code) is null
)
select s.row, s.ref, s.code, o.code as composed_code, x.id as target,
       coalesce(x.id, nextval('file_id_seq')) as id,
       f.id as fonds_id, p.id as series_id, s.source_hash, x.source_hash as old_hash, x.series_id as old_series,
       case when s.fault is not null or f.id is null or (p.id is null and coalesce(s.parent_ref, '') <> '')
            then 'refused' else '' end as action
  from pg_temp.import_stage s
  left join pg_temp.import_fonds f on f.action <> 'refused' and f.mark = coalesce(s.fonds_code, '')
  left join pg_temp.import_series p on p.ref = s.parent_ref and p.action <> 'refused'
  left join lateral (select id, source_hash, series_id from file
                      where agency_id = %(agency)s and source_key = s.source_key limit 1) x on true
  left join free o on o.code = s.composed_code and s.code is null
 where s.level = 'file'
 order by s.row
"""

# Files of the fonds that were opened by hand, or brought by another way: the same code, or the same number.
_FILES_WITHOUT_KEY = """
with free as materialized (
    select id, fonds_id, code, notation, coalesce(catalog_number, '') as catalog, source_hash, series_id
      from file where agency_id = %(agency)s and source_key is null
), sought as materialized (
    select t.row, t.fonds_id, s.code, s.notation, coalesce(s.catalog_number, '') as catalog
      from pg_temp.import_file t join pg_temp.import_stage s on s.row = t.row
     where t.target is null and t.action <> 'refused'
), met as (
    select w.row, 1 as rank, f.id, f.source_hash, f.series_id
      from sought w join free f on f.fonds_id = w.fonds_id and f.code = w.code
    union all
    select w.row, 2, f.id, f.source_hash, f.series_id
      from sought w join free f on f.fonds_id = w.fonds_id and f.notation = w.notation and f.catalog = w.catalog
), chosen as (
    select distinct on (row) * from met order by row, rank, id
), once as (
    select distinct on (id) * from chosen order by id, rank, row
)
update pg_temp.import_file t set target = o.id, id = o.id, old_hash = o.source_hash, old_series = o.series_id
  from once o where t.row = o.row
"""

_FILE_ACTIONS = """
update pg_temp.import_file set action =
       case when target is null then 'created'
            when old_hash = source_hash and (series_id is null or series_id = old_series) then 'unchanged'
            else 'updated' end
 where action = ''
"""
