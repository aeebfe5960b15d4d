"""Reads of restricted records: gathered while an answer is made, written before it goes out.

One event for a request, an agency and whomever it was read for (`hub/records/reading.py`) names every restricted
record that was in the answer, once. A request that shows none costs no statement. A face opens READS at the start
of a request and writes it down at its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple

import orjson
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
    """What one request has shown. `lists` says whether rows named by a list are shown as they are (pages).

    Records are kept as they are told, `owner/kind:id`, since a page may show a thousand.
    """

    def __init__(self, *, lists: bool = False) -> None:
        self.lists = lists
        self.agent: Agent | None = None
        self._told: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._told)

    def add(self, kind: str, key: int, agency_id: int | None) -> None:
        """A restricted record is in the answer; twice is once."""
        self._told[f"{'' if agency_id is None else agency_id}/{kind}:{key}"] = None

    def add_all(self, told: Iterable[str]) -> None:
        """The same for many, each told as `owner/kind:id`."""
        self._told.update(dict.fromkeys(told))

    @property
    def records(self) -> frozenset[Read]:
        """The restricted records shown so far."""
        return frozenset(map(_read, self._told))

    def events(
        self, agent: Agent | None = None, behalves: Mapping[Read, int] = NOBODY
    ) -> list[dict[str, Any]]:
        """The parameters of INSERT for each event; `behalves` says for whom a record was read, where for anybody."""
        together: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)
        for told in sorted(self._told):
            owner, _, name = told.partition("/")
            behalf = behalves.get(_read(told)) if behalves else None
            together[owner, behalf].append(name)
        agent = agent or self.agent
        origin = ORIGIN.get() or Origin()
        request = {
            "agent": agent.id if agent is not None else None,
            "policy": decided_under(agent),
            "request": origin.request_id,
            "address": origin.client_ip,
        }
        return [{**_event(*key, names), **request} for key, names in together.items()]


def _read(told: str) -> Read:
    owner, _, name = told.partition("/")
    kind, _, key = name.partition(":")
    return Read(kind, int(key), int(owner) if owner else None)


def _event(owner: str, behalf: int | None, names: list[str]) -> dict[str, Any]:
    """The event of one agency's records; one record alone is its object."""
    kind, _, key = names[0].partition(":") if len(names) == 1 else (None, "", "")
    return {
        "agency": owner or None,
        "behalf": behalf,
        "kind": kind,
        "key": key or None,
        "detail": orjson.dumps({"records": names}).decode(),
    }


READS: ContextVar[Reads | None] = ContextVar("reads", default=None)

INSERT = f"""
insert into audit_event (event_type, agent_id, on_behalf_of, agency_id, object_type, object_id, detail, outcome,
                         policy_version, request_id, client_ip)
values ('{EVENT}', cast(:agent as bigint), cast(:behalf as bigint), cast(:agency as bigint), cast(:kind as text),
        cast(:key as bigint), cast(:detail as jsonb), 'success', cast(:policy as text), cast(:request as text),
        cast(:address as inet))
"""


def record_reads(session: Session, events: Sequence[Mapping[str, Any]]) -> None:
    """Write what `Reads.events` tells, in a transaction of its own."""
    session.connection().execute(text(INSERT), list(map(dict, events)))
