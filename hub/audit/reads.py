"""Reads of restricted records: gathered while an answer is made, written before it goes out.

One event for a request, an agency and whomever it was read for (`hub/records/reading.py`) names every restricted
record that was in the answer, once. A request that shows none costs no statement. A face opens READS at the start
of a request and writes it down at its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.audit.commands import ORIGIN, Agent, Origin, decided_under

EVENT = "record:read"


class Read(NamedTuple):
    """A restricted record that was shown: its kind, key, and the agency that owns it."""

    kind: str
    id: int
    agency_id: int | None


NOBODY: Mapping[Read, int] = MappingProxyType({})


class Reads:
    """What one request has shown. `lists` says whether rows named by a list are shown as they are (pages)."""

    def __init__(self, *, lists: bool = False) -> None:
        self.lists = lists
        self.agent: Agent | None = None
        self._records: set[Read] = set()

    def __bool__(self) -> bool:
        return bool(self._records)

    def add(self, kind: str, key: int, agency_id: int | None) -> None:
        """A restricted record is in the answer; twice is once."""
        self._records.add(Read(kind, key, agency_id))

    @property
    def records(self) -> frozenset[Read]:
        """The restricted records shown so far."""
        return frozenset(self._records)

    def values(self, agent: Agent | None = None, behalves: Mapping[Read, int] = NOBODY) -> dict[str, Any]:
        """The parameters of INSERT; `behalves` says on whose behalf a record was read, where on anybody's."""
        together: dict[tuple[int | None, int | None], list[Read]] = {}
        for read in sorted(self._records, key=lambda read: (read.kind, read.id)):
            together.setdefault((read.agency_id, behalves.get(read)), []).append(read)
        events = [
            {
                "agency_id": agency,
                "on_behalf_of": behalf,
                "object_type": reads[0].kind if len(reads) == 1 else None,
                "object_id": reads[0].id if len(reads) == 1 else None,
                "detail": {"records": [f"{read.kind}:{read.id}" for read in reads]},
            }
            for (agency, behalf), reads in together.items()
        ]
        agent = agent or self.agent
        origin = ORIGIN.get() or Origin()
        return {
            "events": json.dumps(events),
            "agent": agent.id if agent is not None else None,
            "policy": decided_under(agent),
            "request": origin.request_id,
            "address": origin.client_ip,
        }


READS: ContextVar[Reads | None] = ContextVar("reads", default=None)

INSERT = f"""
insert into audit_event (event_type, agent_id, on_behalf_of, agency_id, object_type, object_id, detail, outcome,
                         policy_version, request_id, client_ip)
select '{EVENT}', cast(:agent as bigint), e.on_behalf_of, e.agency_id, e.object_type, e.object_id, e.detail, 'success',
       cast(:policy as text), cast(:request as text), cast(:address as inet)
  from jsonb_to_recordset(cast(:events as jsonb))
       e(agency_id bigint, on_behalf_of bigint, object_type text, object_id bigint, detail jsonb)
"""


def record_reads(session: Session, values: Mapping[str, Any]) -> None:
    """Write what `Reads.values` tells, in a transaction of its own."""
    session.connection().execute(text(INSERT), dict(values))
