"""Why somebody may do something, or may not: which rule decided, by which grant, until when, and whom to ask.

    access = explain(session, actor, "close", "file", row)
    access.decision.rule, access.held, access.until, access.requests

The answer is about the row as it is; whoever asks has checked that the caller may see it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.actor import Actor, the_public
from hub.access.models import AppUser, RoleConflict
from hub.kit import clock
from hub.kit.errors import BadRequest
from policies.actions import ACTIONS
from policies.enforcer import SCOPES, Rule
from policies.law import Decision
from policies.resources import RESOURCES, Facts
from policies.subject import GRANTABLE_ROLES, Grant

# Names enough to find somebody; the list of administrators is not what was asked.
_MOST_NAMES = 5
_IMPLICIT = ("anyone", "user")


@dataclass(frozen=True)
class Held:
    """A grant in force, with its dates; `on_behalf_of` is the name of who delegated it."""

    role: str
    agency_id: int | None
    valid_from: date
    valid_to: date | None
    on_behalf_of: str | None


@dataclass(frozen=True)
class Requestable:
    """A role that would allow it, where it would be held, and who can grant it there."""

    role: str
    agency_id: int | None
    granters: tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """A decision with its grounds; `until` is the first day without the right, None for no known end."""

    decision: Decision
    held: Held | None
    until: date | None
    requests: tuple[Requestable, ...]


def explain(session: Session, actor: Actor, action: str, resource: str, row: object, **known: Any) -> Access:
    """The decision about the row, with the grant behind it or the roles that could be asked for."""
    decision = actor.law.decide(actor.subject, action, resource, row, **known)
    if not decision.allowed:
        asks = () if _is_denied(decision) else tuple(_requests(session, actor, action, resource, row, known))
        return Access(decision, None, None, asks)
    held = held_by(session, actor)
    speaking = [step.rule for step in decision.steps if step.obstacle is None]
    by = {rule: _reaching(actor, held, rule, row, known) for rule in speaking}
    if any(rule.role in _IMPLICIT for rule in speaking):
        until = None
    else:
        until = _latest([one.valid_to for grants in by.values() for one in grants])
    decided = by.get(decision.rule, []) if decision.rule is not None else []
    return Access(decision, decided[0] if decided else None, until, ())


def action_of(text: str, resource: str | None) -> tuple[str, str]:
    """Resource and action of a deed as people name it: closeFile, file:close, or close on a known resource.

    Raises BadRequest for one that no rule speaks about.
    """
    if text in ACTIONS:
        named, action = ACTIONS[text].resource, ACTIONS[text].act
    else:
        named, _, action = text.rpartition(":")
    if resource is not None and named and named != resource:
        raise BadRequest(
            f"«{text}» nói về {named}, còn bản ghi là {resource}. Hãy chọn đúng bản ghi hoặc thao tác.",
            f'"{text}" is about {named}, the record is {resource}. Choose the other record or action.',
        )
    asked = resource or named
    if asked not in RESOURCES:
        raise BadRequest(
            f"Không có loại bản ghi «{asked}». Hãy viết như file:close.",
            f'There is no kind of record "{asked}". Write it like file:close.',
        )
    known = sorted({act for name, act in the_public().law.questions if name == asked})
    if action not in known:
        shown = ", ".join(known)
        raise BadRequest(
            f"Không có thao tác «{action}» đối với {asked}. Các thao tác: {shown}.",
            f'There is no action "{action}" on {asked}. There are: {shown}.',
        )
    return asked, action


def future_row(actor: Actor, resource: str, agency_id: int | None) -> SimpleNamespace:
    """What the law is asked about before a record is made: the caller's own, at that agency, open to all."""
    kind = RESOURCES[resource]
    facts: dict[str, Any] = dict.fromkeys(kind.names.values())
    for fact, value in (
        ("agency_id", agency_id),
        ("custodian_id", agency_id),
        ("created_by", actor.id),
        ("access_level", 0),
        ("state", next(iter(sorted(kind.states["draft"] or kind.states["submitted"])), None)),
        ("submitted_by", None),
        ("published", False),
        ("on_hold", False),
        ("transferred", False),
    ):
        if fact in kind.names:
            facts[kind.names[fact]] = value
    if resource == "grant":  # his own, but not on his behalf
        facts["on_behalf_of"] = None
    return SimpleNamespace(**facts)


def _is_denied(decision: Decision) -> bool:
    """Whether a denial spoke, against which no role helps."""
    return any(step.obstacle is None and step.rule.effect == "deny" for step in decision.steps)


_HELD = """
select g.role, g.agency_id, g.valid_from, g.valid_to, h.full_name as on_behalf_of
  from role_grant g left join app_user h on h.id = g.on_behalf_of
 where g.user_id = :user and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)
   and h.disabled_at is null
 order by g.on_behalf_of is not null, g.valid_to desc nulls first, g.id
"""


def held_by(session: Session, actor: Actor) -> list[Held]:
    """The caller's grants in force: his own before delegated ones, the longest first."""
    rows = session.connection().execute(text(_HELD), {"user": actor.id, "today": clock.today()})
    return [Held(**row) for row in rows.mappings()]


def _reaching(
    actor: Actor, held: Sequence[Held], rule: Rule, row: object, known: dict[str, Any]
) -> list[Held]:
    return [
        one
        for one in held
        if one.role == rule.role
        and actor.law.reaches(
            replace(actor.subject, grants=(Grant(one.role, one.agency_id),), mandates=()), rule, row, **known
        )
    ]


def _latest(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


_GRANTERS = """
with recursive above(id, parent_id) as (
    select a.id, a.parent_id from agency a where a.id = :agency
    union select a.id, a.parent_id from agency a join above on a.id = above.parent_id)
select u.full_name
  from role_grant g
  join role_grantable may on may.granter_role = g.role and may.role = :role
  join app_user u on u.id = g.user_id
 where u.disabled_at is null and not u.is_service and u.id <> all(:us)
   and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)
   and (may.anywhere or g.agency_id in (select id from above))
 group by u.id, u.full_name
 order by bool_and(may.anywhere), u.id
 limit :most
"""


def _requests(
    session: Session, actor: Actor, action: str, resource: str, row: object, known: dict[str, Any]
) -> Iterator[Requestable]:
    """Each role that would allow it where the record is, and that the caller may hold beside his own."""
    if actor.id is None:
        return
    user = session.exec(select(AppUser).where(col(AppUser.id) == actor.id)).one()
    barred = _in_conflict(session, actor)
    facts = Facts(RESOURCES[resource], row, known)
    found: dict[str, int | None] = {}
    for rule in actor.law.rules:
        if (rule.resource, rule.action, rule.effect) != (resource, action, "allow"):
            continue
        if rule.role in found or rule.role in barred or rule.role not in GRANTABLE_ROLES:
            continue
        if (rule.role == "client") != user.is_service:
            continue
        fact = SCOPES[rule.scope]
        place = getattr(facts, fact) if fact is not None else None
        with_it = replace(actor.subject, grants=(*actor.subject.grants, Grant(rule.role, place)))
        if actor.law.may(with_it, action, resource, row, **known):
            found[rule.role] = place
    for role in sorted(found, key=GRANTABLE_ROLES.index):
        values = {"agency": found[role], "role": role, "us": list(actor.subject.us), "most": _MOST_NAMES}
        names = session.connection().scalars(text(_GRANTERS), {**values, "today": clock.today()}).all()
        if names:
            yield Requestable(role, found[role], tuple(names))


def _in_conflict(session: Session, actor: Actor) -> set[str]:
    held = {grant.role for grant in actor.subject.grants}
    pairs = [(pair.role_a, pair.role_b) for pair in session.exec(select(RoleConflict))]
    return {b for a, b in pairs if a in held} | {a for a, b in pairs if b in held}
