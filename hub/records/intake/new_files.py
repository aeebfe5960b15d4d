"""A part of a long list: files that are new, without fault, in no series, each under a code of its own.

They need no plan: the stage is looked at once and stored by one statement, at two thirds of what planning them costs.
Whatever is not so is for the whole list to decide (`plan`, `checks`, `write`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.vietnamese import sort_key
from hub.records.intake.checks import IS_CLOSED_FOR, ask, ask_about_new
from hub.records.intake.plan import FONDS, SOME_WITHOUT_KEY, Intake, found
from hub.records.intake.stage import Cursor
from hub.records.intake.write import OF_FILE, insert, new_fonds, spoken_of_files


def are_all_new(session: Session, cursor: Cursor, actor: Actor, intake: Intake) -> bool:
    """Whether all staged files may be stored as they are; decides about their fonds on the way.

    A key or code that is there already breaks its constraint only when they are stored. Raises NotPermitted when the
    actor may not create them.
    """
    cursor.execute(FONDS, intake.values)
    kinds = cursor.execute(_KINDS).fetchall()
    if any(is_odd for *_, is_odd in kinds):
        return False
    ask_about_new(session, cursor, actor, intake, "fonds")
    for fonds_id, access_level, _ in kinds:
        ask(session, actor, intake, "file", fonds_id, access_level)
    if not found(cursor, SOME_WITHOUT_KEY, intake.values):
        return True
    return not found(cursor, _MET_WITHOUT_KEY, intake.values)


def open_new_fonds(cursor: Cursor, intake: Intake, provided: Mapping[str, frozenset[str]]) -> int:
    """Store the fonds that the staged files open; how many."""
    values = {**intake.values, "title_sort": sort_key(intake.fonds_title)}
    return cursor.execute(new_fonds(provided["fonds"]), values).rowcount


def write_new_files(cursor: Cursor, intake: Intake, provided: Mapping[str, frozenset[str]]) -> int:
    """Store the staged files, of which `are_all_new` has said yes and whose fonds are there; how many."""
    return cursor.execute(_staged(provided["file"]), intake.values).rowcount


# What the law asks about, and whether any of these files needs a plan.
_KINDS = f"""
select f.id, s.access_level,
       bool_or(f.id is null or coalesce(s.parent_ref, '') <> '' or coalesce(s.code, s.composed_code) is null
               or coalesce({IS_CLOSED_FOR}, false))
  from pg_temp.import_stage s
  left join pg_temp.import_fonds f on f.mark = coalesce(s.fonds_code, '')
  left join fonds x on x.id = f.id
 group by f.id, s.access_level
"""

# As `plan` finds them: the same code, or the same number.
_MET_WITHOUT_KEY = """
with free as materialized (
    select fonds_id, code, notation, coalesce(catalog_number, '') as catalog
      from file where agency_id = %(agency)s and source_key is null
), sought as materialized (
    select t.id as fonds_id, s.code, s.notation, coalesce(s.catalog_number, '') as catalog
      from pg_temp.import_stage s join pg_temp.import_fonds t on t.mark = coalesce(s.fonds_code, '')
)
select from sought s join free f on f.fonds_id = s.fonds_id and f.code = s.code
union all
select from sought s join free f
    on f.fonds_id = s.fonds_id and f.notation = s.notation and f.catalog = s.catalog
limit 1
"""


def _staged(provided: frozenset[str]) -> str:
    # Neither joined to a plan nor sorted: the stage is read from its beginning, and keys are drawn in that order.
    source = """
from pg_temp.import_stage s
join (select t.mark, x.* from pg_temp.import_fonds t join fonds x on x.id = t.id) f
  on f.mark = coalesce(s.fonds_code, '')"""
    fixed = {**OF_FILE, "code": "coalesce(s.code, s.composed_code)"}
    return insert("file", fixed, spoken_of_files(provided), source)
