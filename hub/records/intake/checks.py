"""What stands in the way of planned rows: other records' codes, states, published modes, secrets, and the law.

Each check puts a fault against its rows and plans them refused; whether the rest is stored is the caller's choice.
The law is asked once for each kind of new record, and as one SQL condition for all records that would change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.records.intake.plan import Intake
from hub.records.intake.stage import Cursor
from hub.records.models import ArchivalFile, Fonds, Item, Series
from hub.records.queries import permit_new
from hub.records.rules.states import CONTENTS_CHANGE_IN, DESCRIPTION_CHANGES_IN

_MODELS: Mapping[str, type[Any]] = {"fonds": Fonds, "series": Series, "file": ArchivalFile, "item": Item}


def check_files(session: Session, cursor: Cursor, actor: Actor, intake: Intake) -> None:
    """Faults of fonds, series and files. Raises NotPermitted when the actor may create none of a kind."""
    values = {**intake.values, "states": list(DESCRIPTION_CHANGES_IN)}
    _put(cursor, "file", "PARENT_REFUSED", _FILE_HAS_NO_PLACE, values)
    _put(cursor, "file", "CODE_TAKEN", _CODE_TAKEN.format(level="file"), values)
    _put(cursor, "file", "WRONG_STATE", _FILE_STATE, values)
    _put(cursor, "file", "SECRET_RECORD", _SECRET_RECORD.format(level="file"), values)
    _put(cursor, "file", "RECORD_PUBLISHED", _PUBLISHED.format(level="file"), values)
    _put(cursor, "file", "FONDS_CLOSED", _FONDS_CLOSED, values)
    for level in ("fonds", "series", "file"):
        _ask_about_changes(session, cursor, actor, level)
        ask_about_new(session, cursor, actor, intake, level)


def check_items(session: Session, cursor: Cursor, actor: Actor, intake: Intake) -> None:
    """Faults of items. Raises NotPermitted when the actor may create none."""
    values = {**intake.values, "states": list(CONTENTS_CHANGE_IN)}
    _put(cursor, "item", "ITEM_WITHOUT_FILE", _ITEM_HAS_NO_FILE, values)
    _put(cursor, "item", "CODE_TAKEN", _CODE_TAKEN.format(level="item"), values)
    _put(cursor, "item", "WRONG_STATE", _ITEM_STATE, values)
    _put(cursor, "item", "SECRET_RECORD", _SECRET_RECORD.format(level="item"), values)
    _put(cursor, "item", "RECORD_PUBLISHED", _PUBLISHED.format(level="item"), values)
    _put(cursor, "item", "SECRET_FILE", _SECRET_FILE, values)
    _ask_about_changes(session, cursor, actor, "item")
    ask_about_new(session, cursor, actor, intake, "item")
    # PostgreSQL knows of none that is listed or refused, and would look through all of them for each.
    cursor.execute("analyze pg_temp.import_item (id, target, action)")
    _put(cursor, "item", "TWIN_REFUSED", _TWIN_REFUSED, values)


def _put(cursor: Cursor, level: str, fault: str, condition: str, values: dict[str, Any]) -> None:
    """Refuse the planned rows (t) with their staged contents (s) for which the condition holds."""
    cursor.execute(
        f"""
with bad as (
    select t.row from pg_temp.import_{level} t join pg_temp.import_stage s on s.row = t.row
     where s.fault is null and ({condition})
), told as (
    update pg_temp.import_stage s set fault = %(fault)s from bad where s.row = bad.row
)
update pg_temp.import_{level} t set action = 'refused' from bad where t.row = bad.row
""",
        {**values, "fault": fault},
    )


_FILE_HAS_NO_PLACE = "t.action = 'refused'"
_ITEM_HAS_NO_FILE = "t.file_id is null"

# Finding aids repeat unitids from one to the next; their records take a provisional code instead.
_CODE_TAKEN = """
s.code is not null and t.action in ('created', 'updated') and s.source_key not like 'ead:%%'
and exists (select 1 from {level} x where x.agency_id = %(agency)s and x.code = s.code and x.id <> t.id
            and not exists (select 1 from pg_temp.import_{level} o join pg_temp.import_stage c on c.row = o.row
                             where o.target = x.id and o.action = 'updated' and c.code <> x.code))
"""
_FILE_STATE = """
t.action = 'updated' and exists (select 1 from file x where x.id = t.target and x.state <> all(%(states)s))
"""
_ITEM_STATE = """
t.action in ('created', 'listed', 'updated')
and exists (select 1 from file x where x.id = t.file_id and x.state <> all(%(states)s))
"""
_PUBLISHED = """
t.action = 'updated' and s.access_level is not null
and exists (select 1 from {level} x where x.id = t.target and x.published
            and x.access_level is distinct from s.access_level)
"""
# Its words would be written before a second person has agreed that they may be known.
_SECRET_RECORD = """
t.action = 'updated' and s.access_level is distinct from 2
and exists (select 1 from {level} x where x.id = t.target and x.access_level = 2)
"""
_FONDS_CLOSED = """
t.action = 'created' and exists (select 1 from fonds x where x.id = t.fonds_id and x.state = 'CLOSED'
                                 and not coalesce(s.start_date <= x.closed_on, false))
"""
_SECRET_FILE = """
t.action in ('created', 'updated', 'listed') and s.access_level is distinct from 2
and t.file_id in (
    select x.id from file x where x.agency_id = %(agency)s and x.access_level = 2
    union all
    select o.id from pg_temp.import_file o join pg_temp.import_stage c on c.row = o.row
     where o.action in ('created', 'updated') and c.access_level = 2)
"""


_TWIN_REFUSED = """
t.action = 'listed' and t.id in (select o.id from pg_temp.import_item o where o.action = 'refused' and o.target is null)
"""


def _ask_about_changes(session: Session, cursor: Cursor, actor: Actor, level: str) -> None:
    """Refuse the rows whose record the actor may not change."""
    asked = f"select 1 from pg_temp.import_{level} where action = 'updated' limit 1"
    if cursor.execute(asked).fetchone() is None:
        return
    further = {"file_state": "h.state"} if level == "item" else {}
    home = "join file h on h.id = x.file_id" if level == "item" else ""
    names = {column.name: f"x.{column.name}" for column in _MODELS[level].__table__.columns}
    law = actor.predicate(level, "update", {**names, **further}, root=False)
    session.connection().execute(
        text(
            f"""
with bad as (
    select t.row from pg_temp.import_{level} t join {level} x on x.id = t.target {home}
     where t.action = 'updated' and not coalesce({law}, false)
), told as (
    update pg_temp.import_stage s set fault = 'NOT_PERMITTED' from bad where s.row = bad.row
)
update pg_temp.import_{level} t set action = 'refused' from bad where t.row = bad.row
"""
        ),
        actor.values(law),
    )


_HOME: dict[str, Any] = {"code": "-", "title": "-", "state": "OPEN"}
_NEW = {
    "fonds": "select distinct null::bigint, s.access_level from pg_temp.import_fonds t"
    " left join pg_temp.import_stage s on s.row = t.row where t.action = 'created'",
    "series": "select distinct t.fonds_id, s.access_level from pg_temp.import_series t"
    " join pg_temp.import_stage s on s.row = t.row where t.action = 'created'",
    "file": "select distinct t.fonds_id, s.access_level from pg_temp.import_file t"
    " join pg_temp.import_stage s on s.row = t.row where t.action = 'created'",
    "item": "select distinct coalesce(f.fonds_id, x.fonds_id), s.access_level from pg_temp.import_item t"
    " join pg_temp.import_stage s on s.row = t.row left join pg_temp.import_file f on f.id = t.file_id"
    " left join file x on x.id = t.file_id where t.action in ('created', 'listed')",
}


def ask_about_new(session: Session, cursor: Cursor, actor: Actor, intake: Intake, level: str) -> None:
    """Ask about one record for each fonds and access mode: the law looks at nothing else of a new record."""
    for fonds_id, access_level in cursor.execute(_NEW[level]).fetchall():
        ask(session, actor, intake, level, fonds_id, access_level)


def ask(
    session: Session, actor: Actor, intake: Intake, level: str, fonds_id: int | None, access_level: int | None
) -> None:
    """Whether the actor may create a record of this level in this fonds. Raises NotPermitted."""
    fonds = session.get(Fonds, fonds_id) if fonds_id is not None else None
    facts: dict[str, Any] = {
        "agency_id": intake.agency_id,
        "custodian_id": fonds.custodian_id if fonds else intake.agency_id,
        "transferred": fonds.transferred if fonds else False,
        "access_level": access_level,
        "created_by": actor.id,
        "code": "-",
    }
    if level in ("fonds", "file"):
        facts["creator_id"] = fonds.creator_id if fonds else intake.agency_id
    if level != "fonds":
        facts["fonds_id"] = fonds_id
    facts["subject" if level == "item" else "title"] = "-"
    home = ArchivalFile(**_HOME, access_level=access_level) if level == "item" else None
    permit_new(actor, _MODELS[level](**facts), home, CONTENTS_CHANGE_IN if home else ())
