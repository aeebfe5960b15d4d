"""A record as it was on a day, told by the audit trail: also of one that is not there any more.

A record that is there is taken back change by change; one that is gone is put together from its beginning. Whoever
asks must be permitted to read it both as it is now (or was at its end) and as it was on that day. What the trail does
not hold (secret content, deeds older than the trail) is named as unknown, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.reads import READS
from hub.kit.changes import BOOKKEEPING, plain
from hub.kit.clock import HANOI
from hub.records import personal
from hub.records.ledger import RESOURCES

_KINDS = {resource: kind for kind, resource in RESOURCES.items()}
_EVENTS = text("""
select e.id, e.at, e.event_type, u.name as agent, b.name as on_behalf_of, e.reason, e.detail
  from audit_event e
  left join app_user u on u.id = e.agent_id
  left join app_user b on b.id = e.on_behalf_of
 where e.object_type = :resource and e.object_id = :key and e.outcome = 'success' and e.event_type <> 'record:read'
 order by e.xid, e.id
""")
# What a file was given by its documents: the trail does not tell of which, nor whether their reader saw them.
_DERIVED = frozenset({"origin", "item_count", "page_count", "digitized_page_count", "item_access"})
# What the law asks of a record and the trail may not tell.
_LAWFUL = (
    "id", "agency_id", "custodian_id", "access_level", "published", "on_hold", "transferred", "created_by", "state",
    "submitted_by", "file_state",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A change on the way to a state."""

    at: datetime
    event_type: str
    agent: str | None
    on_behalf_of: str | None
    reason: str | None
    changed: Mapping[str, Any]


@dataclass(frozen=True)
class AsOf:
    """What a record said on a day; `unknown` are the fields the trail cannot tell, `ended_at` when it was deleted."""

    on: date
    values: Mapping[str, Any]
    unknown: tuple[str, ...]
    changes: tuple[Told, ...]
    ended_at: datetime | None


def as_of(session: Session, actor: Actor, resource: str, key: int, on: date) -> AsOf | None:
    """The record at the end of the day in Hà Nội; None when it was not there, or may not be read."""
    events = session.execute(_EVENTS, {"resource": resource, "key": key}).all()
    row = session.get(_KINDS[resource], key)
    moment = datetime.combine(on + timedelta(days=1), time(), HANOI)
    earlier = [event for event in events if event.at < moment]
    later = [event for event in events if event.at >= moment]
    if row is not None:
        now = {name: plain(value) for name, value in row.model_dump(exclude=set(BOOKKEEPING)).items()}
        began = row.created_at is not None and row.created_at < moment
        then, unknown = _back(now, later)
    else:
        now, _ = _forward(events)
        began = bool(earlier)
        then, unknown = _forward(earlier)
    ended = next((event.at for event in reversed(events) if event.event_type == f"{resource}:delete"), None)
    if not began or not then or (ended is not None and ended < moment):
        return None
    if not all(_may(session, actor, "read", resource, key, state) for state in (now, then)):
        return None
    is_personal = bool(now.get(personal.FLAG) or then.get(personal.FLAG))
    is_masked = is_personal and not all(
        _may(session, actor, personal.ACTION, resource, key, state) for state in (now, then)
    )
    if (then.get("access_level") != 0 or is_personal) and (reads := READS.get()) is not None:
        reads.agent = actor
        reads.add(resource, key, then.get("agency_id"))
    told = tuple(
        Told(
            one.at,
            one.event_type,
            one.agent,
            one.on_behalf_of,
            None if is_masked else one.reason,
            _told(resource, (one.detail or {}).get("changed", {}), is_masked),
        )
        for one in earlier
    )
    return AsOf(on, _told(resource, then, is_masked), unknown, told, ended)


def _told(resource: str, values: Mapping[str, Any], is_masked: bool) -> Mapping[str, Any]:
    if resource == "file":
        values = {name: value for name, value in values.items() if name not in _DERIVED}
    return personal.without_words(resource, values) if is_masked else values


def _back(now: Mapping[str, Any], later: Sequence[Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values before the later changes; nothing when the record began with one of them."""
    then, unknown = dict(now), set()
    for event in reversed(later):
        detail = event.detail or {}
        if "after" in detail:
            return {}, ()
        for name, (before, after) in detail.get("changed", {}).items():
            then[name] = before
            if before is None and after is None:  # a secret's: only that it changed was written
                unknown.add(name)
    return then, tuple(sorted(unknown))


def _forward(events: Sequence[Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values after these changes, from the beginning, or from what a deletion told."""
    then: dict[str, Any] = {}
    unknown: set[str] = set()
    for event in events:
        detail = event.detail or {}
        for whole in ("after", "before"):
            if isinstance(detail.get(whole), dict):
                then = {**then, **detail[whole]}
        for name, (before, after) in detail.get("changed", {}).items():
            then[name] = after
            if before is None and after is None:
                unknown.add(name)
    return then, tuple(sorted(unknown))


def _may(
    session: Session, actor: Actor, action: str, resource: str, key: int, values: Mapping[str, Any]
) -> bool:
    facts = {**dict.fromkeys(_LAWFUL), **values, "id": key}
    if resource == "item":
        home = session.get(_KINDS["file"], values["file_id"]) if values.get("file_id") else None
        facts["file_state"] = home.state if home is not None else None
    return actor.may(action, resource, SimpleNamespace(**facts))
