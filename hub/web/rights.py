"""Who may read which figures: provisional ones by the law's word for figures, published ones everybody.

`policy.csv` lets everybody read the plan's rows, and reports that are issued; figures counted now are read by who
holds `kpi:read` where they are: leaders and Home Affairs for the city, an officer for his agency and its units.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.access.sessions import SignedIn
from hub.kit.errors import NotFound, NotPermitted
from hub.web.visit import Visit


@dataclass(frozen=True)
class _Figures:
    """The figures of an agency, or of the city, as the law is asked about them."""

    agency_id: int | None
    id: int | None = None
    state: str = "DRAFT"
    created_by: int | None = None
    submitted_by: int | None = None


@dataclass(frozen=True)
class _User:
    """Somebody of an agency, as the law is asked about him."""

    agency_id: int | None
    id: int | None = None


@dataclass(frozen=True)
class _Session:
    """Somebody's session, as the law is asked about it."""

    user_id: int | None
    id: int | None = None


def may_read_live(actor: Actor, agency_id: int | None) -> bool:
    """Whether he may read figures counted now, of an agency or (None) of the whole city."""
    return actor.may("read", "kpi", _Figures(agency_id))


def require_live(actor: Actor, agency_id: int | None) -> None:
    """Raise NotPermitted unless he may read figures counted now, of an agency or (None) of the whole city."""
    if not may_read_live(actor, agency_id):
        raise NotPermitted("kpi:read", *NAMES["kpi"])


def own_agencies(actor: Actor) -> list[int]:
    """The agencies whose figures he may read by a role held there, where he may not read the city's."""
    if may_read_live(actor, None):
        return []
    held = {grant.agency_id for grant in actor.subject.grants if grant.agency_id is not None}
    return sorted(agency_id for agency_id in held if may_read_live(actor, agency_id))


def may_read_some(actor: Actor) -> bool:
    """Whether he may read figures counted now, of the city or of an agency of his."""
    return may_read_live(actor, None) or bool(own_agencies(actor))


def may_read_returns(actor: Actor) -> bool:
    """Whether he may read every agency's return, so that those missing can be told."""
    return actor.may("read", "return", _Figures(None))


def may_read_some_returns(actor: Actor) -> bool:
    """Whether he may read returns, of every agency or of his own: whoever may is shown periods and returns."""
    return actor.id is not None and actor.law.reaches_any(actor.shape, "return", "read")


def require_returns(visit: Visit) -> SignedIn:
    """Who is signed in and reads returns. Raises NotPermitted for the public, NotFound for everybody else."""
    who = require_person(visit)
    if not may_read_some_returns(who.actor):
        raise NotFound(*NAMES["period"])
    return who


def may_read_exclusions(actor: Actor) -> bool:
    """Whether he may read exceptions by law, of every agency or of his own."""
    return actor.id is not None and actor.law.reaches_any(actor.shape, "exclusion", "read")


def require_exclusions(visit: Visit) -> SignedIn:
    """Who is signed in and reads exceptions by law. Raises NotPermitted for the public, NotFound for the others."""
    who = require_person(visit)
    if not may_read_exclusions(who.actor):
        raise NotFound(*NAMES["exclusion"])
    return who


def may_read_sessions(actor: Actor) -> bool:
    """Whether he may see other people's sessions."""
    return actor.may("read", "session", _Session(None))


def may_read_users(actor: Actor) -> bool:
    """Whether he may see other people's accounts, at an agency of his or anywhere."""
    places = {grant.agency_id for grant in actor.subject.grants}
    return any(actor.may("read", "user", _User(place)) for place in places)


def may_confirm_access(actor: Actor) -> bool:
    """Whether he may confirm wider access to records, anywhere."""
    return actor.law.reaches_any(actor.shape, "accesschange", "approve")


def require_person(visit: Visit) -> SignedIn:
    """Who is signed in. Raises NotPermitted for the public, whom the page tells where to sign in."""
    if visit.who is None:
        raise NotPermitted("session:read", *NAMES["session"])
    return visit.who
