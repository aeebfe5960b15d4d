"""A part of a long list: files that are new, without fault, in no series, each under a code of its own.

They need no plan: what decides about them is read off their rows on the way to the stage, and one statement stores
them, at two thirds of what planning them costs. Whatever is not so is for the whole list to decide (`plan`, `checks`,
`write`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.vietnamese import sort_key
from hub.records.intake.checks import ask, ask_about_new
from hub.records.intake.kinds import Kind
from hub.records.intake.plan import SOME_WITHOUT_KEY, Intake, found
from hub.records.intake.stage import Cursor
from hub.records.intake.write import OF_FILE, insert, new_fonds, spoken_of_files, staged_of

# Of the columns of the stage, those that are asked for here.
STAGED = staged_of("file") | {"row", "fonds_code", "code", "composed_code", "source_key", "source_hash"}


def are_all_new_files(
    session: Session, cursor: Cursor, actor: Actor, intake: Intake, kinds: Iterable[Kind]
) -> bool:
    """Whether all staged files may be stored as they are; decides about their fonds on the way.

    None of their kinds needs a plan. A key or code that is there already breaks its constraint only when they are
    stored. Raises NotPermitted when the actor may not create them.
    """
    values = {**intake.values, "fonds": list({kind.fonds_code for kind in kinds})}
    cursor.execute(_FONDS, values)
    fonds = {code: (key, needs_plan) for code, key, needs_plan in cursor.execute(_NAMED, values)}
    if any(needs_plan for _, needs_plan in fonds.values()):
        return False
    ask_about_new(session, cursor, actor, intake, "fonds")
    for kind in kinds:
        ask(session, actor, intake, "file", fonds[kind.fonds_code][0], kind.access_level)
    if not found(cursor, SOME_WITHOUT_KEY, values):
        return True
    return not found(cursor, _MET_WITHOUT_KEY, values)


def open_new_fonds(cursor: Cursor, intake: Intake, provided: Mapping[str, frozenset[str]]) -> int:
    """Store the fonds that the staged files open; how many."""
    values = {**intake.values, "title_sort": sort_key(intake.fonds_title)}
    opened = cursor.execute(new_fonds(provided["fonds"]), values).rowcount
    if opened:
        cursor.execute("update pg_temp.import_fonds set action = 'opened' where action = 'created'")
    return opened


def write_new_files(cursor: Cursor, intake: Intake, provided: Mapping[str, frozenset[str]]) -> int:
    """Store the staged files, of which `are_all_new_files` has said yes and whose fonds are there; how many."""
    return cursor.execute(_staged(provided["file"]), intake.values).rowcount


# As `plan` finds those that lists name; of each part, those that no part before it has named.
_FONDS = """
insert into pg_temp.import_fonds (mark, code, target, id, action)
select code, code, target, coalesce(target, nextval('fonds_id_seq')),
       case when target is null then 'created' else 'unchanged' end
  from (select n.code, f.id as target
          from unnest(%(fonds)s::text[]) n(code)
          left join fonds f on f.agency_id = %(agency)s and f.code = n.code
         where not exists (select from pg_temp.import_fonds t where t.mark = n.code)
         order by n.code) n
"""

# Whether a fonds needs a plan: into a closed one come some rows, by their dates; and those that a list opens come in
# the order of their codes, for the oldest is the one that later lists mean when they name none.
_NAMED = """
select t.mark, t.id, coalesce(f.state = 'CLOSED', false)
       or (t.action = 'created'
           and exists (select from pg_temp.import_fonds o where o.action = 'opened' and o.code > t.code))
  from pg_temp.import_fonds t left join fonds f on f.id = t.id where t.mark = any(%(fonds)s)
"""

# As `plan` finds them: the same code, or the same number. Both sides are materialized: PostgreSQL knows nothing of what
# has just been staged, and would look through the one for each row of the other.
_MET_WITHOUT_KEY = """
with free as materialized (
    select fonds_id, code, notation, coalesce(catalog_number, '') as catalog
      from file where agency_id = %(agency)s and source_key is null
), sought as materialized (
    select t.id as fonds_id, s.code, s.notation, coalesce(s.catalog_number, '') as catalog
      from pg_temp.import_stage s join pg_temp.import_fonds t on t.mark = s.fonds_code
)
select from sought s join free f on f.fonds_id = s.fonds_id and f.code = s.code
union all
select from sought s join free f
    on f.fonds_id = s.fonds_id and f.notation = s.notation and f.catalog = s.catalog
limit 1
"""


def _staged(provided: frozenset[str]) -> str:
    # Neither joined to a plan nor sorted; keys are drawn as the stage is read, however it is joined.
    source = """
from (select nextval('file_id_seq') as id, * from pg_temp.import_stage) s
join (select t.mark, x.* from pg_temp.import_fonds t join fonds x on x.id = t.id) f
  on f.mark = s.fonds_code"""
    fixed = {"id": "s.id", **OF_FILE, "code": "coalesce(s.code, s.composed_code)"}
    return insert("file", fixed, spoken_of_files(provided), source)
