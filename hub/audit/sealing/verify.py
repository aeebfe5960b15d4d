"""Does the trail still say what was sealed? Every event and every seal is computed again, and compared.

An event that was edited, deleted, inserted or dated back is named, with its seal; a seal that was changed, removed
or not signed by a known key too. Whether the last seals are missing only their exported heads can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row
from sqlmodel import Session, col, select

from hub.audit.models import AuditEpoch
from hub.audit.sealing.faults import Fault, fault
from hub.audit.sealing.heads import Head
from hub.audit.sealing.keys import PublicKeys, is_signed
from hub.audit.sealing.merkle import leaf, root
from hub.audit.sealing.seals import BEFORE_ALL, note_of
from hub.audit.sealing.texts import EVENT, SEAL_COLUMNS, seal_text

# A clock may be set right by so much without anybody having dated an event back.
CLOCK_SECONDS = 60.0
_READ = 4_000

_SEALS = (
    f"select {', '.join(SEAL_COLUMNS)}, hash, signature, event_ids, leaf_hashes from audit_seal order by n"
)
_EVENTS = (
    f"select e.xid::text::bigint, e.id, extract(epoch from e.at)::float8, convert_to({EVENT}, 'UTF8')"
    " from audit_event e where e.epoch = %s order by e.xid, e.id"
)
_STRAY = (
    "select id from audit_event where epoch > (select max(epoch) from audit_epoch)"
    " or epoch < (select min(epoch) from audit_epoch) order by id limit 100"
)
# What keeps the tables as they were written: who may do what, and the triggers that bind the owner too.
_GUARDS = """
select t.name
  from unnest(array['audit_event', 'audit_seal', 'audit_epoch']) t(name)
 where has_table_privilege('hub_app', t.name, 'update') or has_table_privilege('hub_app', t.name, 'delete')
    or has_table_privilege('hub_app', t.name, 'truncate')
    or (select relowner = 'hub_app'::regrole from pg_class where oid = t.name::regclass)
    or not exists (select from pg_trigger where tgrelid = t.name::regclass and tgname = t.name || '_kept'
                      and tgenabled = 'A')
"""

Progress = Callable[[int], None]


class _Event(NamedTuple):
    xid: int
    id: int
    at: float
    hash: bytes


@dataclass
class Verification:
    """What was looked at, and what does not fit; `declared` are losses that an epoch admits."""

    events: int = 0
    seals: int = 0
    unsealed: int = 0
    faults: list[Fault] = field(default_factory=list)
    declared: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(
    session: Session, keys: PublicKeys, heads: Sequence[Head] | None, progress: Progress | None = None
) -> Verification:
    """Compute the whole trail again in one snapshot; `heads` None leaves the exported heads out."""
    return _Verifying(session, keys, progress).run(heads)


class _Verifying:
    def __init__(self, session: Session, keys: PublicKeys, progress: Progress | None) -> None:
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self._connection = driver
        self._keys = keys
        self._progress = progress
        self._found = Verification()
        self._before: Mapping[str, Any] | None = None
        self._known: dict[int, bytes] = {}
        self._declared = 0
        self._epochs = session.exec(select(AuditEpoch).order_by(col(AuditEpoch.epoch))).all()

    def run(self, heads: Sequence[Head] | None) -> Verification:
        for (table,) in self._connection.execute(_GUARDS):
            self._tell("UNGUARDED", table=table)
        events: Iterator[_Event] = iter(())
        following: _Event | None = None
        with self._connection.cursor("audit_seals", row_factory=dict_row) as seals:
            seals.itersize = 200
            for seal in seals.execute(_SEALS):
                if self._before is None or seal["epoch"] != self._before["epoch"]:
                    self._leave(following, events)
                    events = self._events(seal["epoch"])
                    following = next(events, None)
                following = self._seal(seal, following, events)
        if self._before is None:
            events = self._events(1)
            following = next(events, None)
        self._leave(following, events)
        for (event,) in self._connection.execute(_STRAY):
            self._tell("INSERTED", event=event)
        if heads is not None:
            self._compare(heads)
        return self._found

    # ---- the events under a seal

    def _events(self, epoch: int) -> Iterator[_Event]:
        with self._connection.cursor(f"audit_events_{epoch}", binary=True) as rows:
            rows.itersize = _READ
            for xid, key, at, told in rows.execute(_EVENTS, [epoch]):
                self._found.events += 1
                if self._progress and self._found.events % _READ == 0:
                    self._progress(self._found.events)
                yield _Event(xid, key, at, leaf(told))

    def _leave(self, following: _Event | None, events: Iterator[_Event]) -> None:
        """What follows the last seal of an epoch: not sealed yet, or never to be."""
        left = (following is not None) + sum(1 for _ in events)
        self._found.unsealed += left

    def _seal(
        self, seal: Mapping[str, Any], following: _Event | None, events: Iterator[_Event]
    ) -> _Event | None:
        """Check one seal; returns the first event behind it."""
        self._found.seals += 1
        self._link(seal)
        low, high = int(seal["from_xid"]), int(seal["to_xid"])
        covered: list[_Event] = []
        while following is not None and following.xid < high:
            if following.xid >= low:
                covered.append(following)
            else:  # of a seal that is gone
                self._tell("UNCOVERED", event=following.id)
            following = next(events, None)
        if root([event.hash for event in covered]) != seal["root"] or len(covered) != seal["events"]:
            self._locate(seal, covered)
        self._dates(seal, covered)
        self._before = seal
        self._known[seal["n"]] = seal["hash"]
        return following

    def _link(self, seal: Mapping[str, Any]) -> None:
        n, told, before = seal["n"], seal_text(seal), self._before
        if hashlib.sha256(told).digest() != seal["hash"]:
            self._tell("SEAL_EDITED", seal=n)
        elif not is_signed(self._keys, seal["key_id"], seal["signature"], told):
            self._tell("SEAL_UNSIGNED", seal=n, key=seal["key_id"])
        elif seal["previous"] != (before["hash"] if before else BEFORE_ALL) or (before is None and n != 1):
            self._tell("SEALS_MISSING", seal=n, after=before["n"] if before else 0)
        elif before and (seal["epoch"] != before["epoch"] or n != before["n"] + 1):
            self._passed_over(seal, before)
        elif before and seal["from_xid"] != before["to_xid"]:
            self._tell("SEALS_MISSING", seal=n, after=before["n"])

    def _passed_over(self, seal: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        """Another epoch, or numbers left out: both only after a restoration, which the seal tells of."""
        told = next((epoch for epoch in self._epochs if note_of(epoch) == seal["note"]), None)
        if told is not None:
            self._found.declared += [] if seal["note"] in self._found.declared else [seal["note"]]
            self._declared = max(self._declared, told.lost_to or 0)
        else:
            kind = "EPOCH_UNTOLD" if seal["epoch"] != before["epoch"] else "SEALS_MISSING"
            self._tell(kind, seal=seal["n"], after=before["n"])

    def _locate(self, seal: Mapping[str, Any], covered: Sequence[_Event]) -> None:
        """Which events do not fit: by the seal's own list of leaves, if that still has the sealed root."""
        n, list_ = seal["n"], bytes(seal["leaf_hashes"])
        hashes = [list_[place : place + 32] for place in range(0, len(list_), 32)]
        if root(hashes) != seal["root"] or len(hashes) != len(seal["event_ids"]):
            return self._tell("SEAL_BROKEN", seal=n)
        sealed = dict(zip(seal["event_ids"], hashes, strict=True))
        now = {event.id: event.hash for event in covered}
        for event in sorted(sealed.keys() | now.keys()):
            if event not in now:
                self._tell("DELETED", seal=n, event=event)
            elif event not in sealed:
                self._tell("INSERTED", seal=n, event=event)
            elif sealed[event] != now[event]:
                self._tell("EDITED", seal=n, event=event)
        return None

    def _dates(self, seal: Mapping[str, Any], covered: Sequence[_Event]) -> None:
        """A transaction that had not begun when the seal before was made cannot tell of an earlier time."""
        before = self._before
        latest = seal["at"].timestamp() + CLOCK_SECONDS
        earliest, horizon = float("-inf"), 0
        if before and before["epoch"] == seal["epoch"]:
            earliest, horizon = before["at"].timestamp() - CLOCK_SECONDS, int(before["horizon"])
        for event in covered:
            if event.at > latest or (event.at < earliest and event.xid >= horizon):
                self._tell("BACK_DATED", seal=seal["n"], event=event.id)

    # ---- the heads outside

    def _compare(self, heads: Sequence[Head]) -> None:
        if not heads and self._known:
            self._tell("HEADS_MISSING")
        missing = []
        for head in heads:
            if not is_signed(self._keys, head.key_id, head.signature, head.text):
                self._tell("HEAD_UNSIGNED", seal=head.n)
            elif head.n not in self._known:
                missing += [head.n] if head.n > self._declared else []
            elif hashlib.sha256(head.text).digest() != self._known[head.n]:
                self._tell("SEAL_REPLACED", seal=head.n)
        if missing:
            self._tell("TRUNCATED", seal=min(missing), last=max(missing))

    def _tell(self, kind: str, **facts: Any) -> None:
        self._found.faults.append(fault(kind, **facts))
