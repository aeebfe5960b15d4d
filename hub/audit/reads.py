"""Reads of restricted records: gathered while an answer is made, written before it goes out.

One event for a request and agency names every restricted record that was in the answer, once. A request that shows
none costs no statement. A face opens READS at the start of a request and asks `told()` at its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.audit.commands import ORIGIN, Agent, Origin
from policies.law import policy_version

EVENT = "record:read"


class Read(NamedTuple):
    """A restricted record that was shown: its kind, key, and the agency that owns it."""

    kind: str
    id: int
    agency_id: int | None


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

    def values(self, agent: Agent | None = None) -> dict[str, Any]:
        """The parameters of INSERT."""
        by_agency: dict[int | None, list[Read]] = {}
        for read in sorted(self._records, key=lambda read: (read.kind, read.id)):
            by_agency.setdefault(read.agency_id, []).append(read)
        events = [
            {
                "agency_id": agency,
                "object_type": reads[0].kind if len(reads) == 1 else None,
                "object_id": reads[0].id if len(reads) == 1 else None,
                "detail": {"records": [f"{read.kind}:{read.id}" for read in reads]},
            }
            for agency, reads in by_agency.items()
        ]
        agent = agent or self.agent
        origin = ORIGIN.get() or Origin()
        return {
            "events": json.dumps(events),
            "agent": agent.id if agent is not None else None,
            "policy": policy_version(),
            "request": origin.request_id,
            "address": origin.client_ip,
        }


READS: ContextVar[Reads | None] = ContextVar("reads", default=None)

INSERT = f"""
insert into audit_event (event_type, agent_id, agency_id, object_type, object_id, detail, outcome,
                         policy_version, request_id, client_ip)
select '{EVENT}', cast(:agent as bigint), e.agency_id, e.object_type, e.object_id, e.detail, 'success',
       cast(:policy as text), cast(:request as text), cast(:address as inet)
  from jsonb_to_recordset(cast(:events as jsonb))
       e(agency_id bigint, object_type text, object_id bigint, detail jsonb)
"""


def record_reads(session: Session, values: Mapping[str, Any]) -> None:
    """Write what `Reads.values` tells, in a transaction of its own."""
    session.connection().execute(text(INSERT), dict(values))
