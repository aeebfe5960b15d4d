"""Wider access that an import would give to records that are there: it waits for a second person, as a deed does.

Proposed before the records are written, which keep the closer mode (`kept`); one statement for each step and level.
"""

from __future__ import annotations

from hub.audit.commands import ORIGIN, Origin
from hub.records.intake.plan import Intake
from hub.records.intake.stage import Cursor
from policies.law import policy_version

_CHANGING = """
  from pg_temp.import_{level} t
  join pg_temp.import_stage s on s.row = t.row
  join {level} x on x.id = t.target
 where t.action = 'updated'
"""
_WIDER = "coalesce(s.access_level, 1) < coalesce(x.access_level, 1)"
_OTHER = "coalesce(s.access_level, 1) <> coalesce(x.access_level, 1)"
# What waits gives way to what comes now, wider or closer.
_REPLACED = f"""
with gone as (
    update access_change c set state = 'REPLACED', decided_by = %(user)s, decided_at = now(), version = version + 1
     where c.state = 'PROPOSED' and c.{{level}}_id in (select x.id {_CHANGING} and {_OTHER})
    returning *
), told as (select c.*, 'replace' as step from gone c)
"""
_PROPOSED = f"""
with made as (
    insert into access_change ({{level}}_id, access_before, access_after, personal_before, personal_after, proposed_by)
    select x.id, x.access_level, s.access_level, {{personal}}, {{personal}}, %(user)s {_CHANGING} and {_WIDER}
     order by x.id
    returning *
), told as (select c.*, 'create' as step from made c)
"""
_TOLD = """
insert into audit_event (event_type, agent_id, agency_id, object_type, object_id, outcome, detail, policy_version,
                         request_id, client_ip)
select 'accesschange:' || c.step, %(user)s::bigint, x.agency_id, 'accesschange', c.id, 'success',
       jsonb_build_object('record', '{level}:' || x.id, 'access_level', jsonb_build_array(access_before, access_after),
                          'has_personal_data', jsonb_build_array(personal_before, personal_after), 'import', true),
       %(policy)s, %(request)s, %(address)s::inet
  from told c join {level} x on x.id = c.{level}_id
 order by c.id
"""
_FLAGGED = ("file", "item")


def kept(access_level: str) -> str:
    """SQL of the level that a record has after the import: the new one, unless that would open it."""
    return f"case when {_WIDER} then x.access_level else {access_level} end"


def propose(cursor: Cursor, level: str, intake: Intake) -> None:
    """Let the wider access of the planned changes wait. Asked only where the import speaks of access."""
    origin = ORIGIN.get() or Origin()
    values = {
        **intake.values,
        "policy": policy_version(),
        "request": origin.request_id,
        "address": origin.client_ip,
    }
    personal = "x.has_personal_data" if level in _FLAGGED else "false"
    for step in (_REPLACED, _PROPOSED):
        cursor.execute((step + _TOLD).format(level=level, personal=personal), values)
