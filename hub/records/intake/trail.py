"""What an import changes in records that were there, before and after: one audit event for each, in one statement.

New records have the event of their import, which names the file and its hash.
"""

from __future__ import annotations

from hub.audit.commands import ORIGIN, Origin
from hub.kit.changes import BOOKKEEPING
from hub.records.intake.plan import Intake
from hub.records.intake.stage import Cursor
from hub.records.ledger import OPEN_FACTS
from hub.records.rules.description import SECRET
from policies.law import policy_version

_REMEMBERED = """
create temp table import_before_{level} on commit drop as
select x.id, to_jsonb(x) as row from {level} x
  join pg_temp.import_{level} t on t.target = x.id where t.action = 'updated'
"""
# Of a secret only the names of the changed fields, as hub/records/ledger.py writes them.
_TOLD = """
insert into audit_event (event_type, agent_id, agency_id, object_type, object_id, outcome, detail, policy_version,
                         request_id, client_ip)
select '{level}:update', %(user)s::bigint, x.agency_id, '{level}', x.id, 'success',
       jsonb_build_object('changed', c.changed, 'import', true), %(policy)s, %(request)s, %(address)s::inet
  from pg_temp.import_before_{level} b
  join {level} x on x.id = b.id
 cross join lateral (
    select jsonb_object_agg(n.key, case
               when {secret} in (coalesce(x.access_level, 1), coalesce((b.row ->> 'access_level')::int, 1))
                    and n.key <> all(%(open)s::text[]) then '[null, null]'::jsonb
               else jsonb_build_array(b.row -> n.key, n.value) end order by n.key) as changed
      from jsonb_each(to_jsonb(x)) n
     where n.value is distinct from b.row -> n.key and n.key <> all(%(left)s::text[])
 ) c
 where c.changed is not null
 order by x.id
"""


def remember(cursor: Cursor, level: str) -> None:
    """Keep the rows that are about to change."""
    cursor.execute(f"drop table if exists pg_temp.import_before_{level}")
    cursor.execute(_REMEMBERED.format(level=level))


def tell(cursor: Cursor, level: str, intake: Intake) -> None:
    """Write what has changed since `remember`."""
    origin = ORIGIN.get() or Origin()
    values = {
        **intake.values,
        "policy": policy_version(),
        "request": origin.request_id,
        "address": origin.client_ip,
        "open": sorted(OPEN_FACTS),
        "left": sorted(BOOKKEEPING),
    }
    cursor.execute(_TOLD.format(level=level, secret=SECRET), values)
