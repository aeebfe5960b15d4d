"""Roles given, delegated and ended: never deleted, each with its audit event.

    grant_role(session, actor, user, "clerk", agency_id=7)               from today, without an end
    delegate_role(session, actor, grant, deputy, valid_to=day)           ủy quyền: his own role, for a time
    end_grant(session, actor, grant.id)                                  from today on

Beside the law stand two tables: role_grantable (who may give which role, and so end it) and role_conflict (which
roles may not meet in one person at any time). The database refuses the same by itself (guarded_grants.sql).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from hub.access.actor import Actor
from hub.access.credentials.rules import ADMINISTRATORS
from hub.access.errors import (
    NAMES,
    AdministrationClosed,
    AlreadyGranted,
    DelegationNotPassedOn,
    GrantEnded,
    RoleNotGrantable,
    RolesInConflict,
    role_needs_agency,
    unknown_role,
)
from hub.access.models import AppUser, RoleConflict, RoleGrant, RoleGrantable
from hub.access.rules import CITY_ROLES, delegable, in_order, not_before, not_disabled, not_later
from hub.agencies.errors import AgencyHasEnded
from hub.agencies.models import Agency
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.changes import violated
from hub.kit.errors import FieldError, Invalid, NotFound, NotPermitted, StaleVersion
from policies.subject import GRANTABLE_ROLES


def grant_role(
    session: Session,
    actor: Actor,
    user: AppUser,
    role: str,
    *,
    agency_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str | None = None,
) -> RoleGrant:
    """Give a user a role from a day on, until the day before `valid_to`.

    Nobody grants to himself, nor a role that role_grantable does not give him, nor where he has no say.
    Raises NotFound, NotPermitted, RolesInConflict, AlreadyGranted, AgencyHasEnded, Invalid.
    """
    if role not in GRANTABLE_ROLES:
        raise unknown_role(role)
    if agency_id is None and role not in CITY_ROLES:
        raise role_needs_agency(role)
    grant = RoleGrant(
        user_id=user.id or 0,
        role=role,
        agency_id=agency_id,
        valid_from=valid_from or clock.today(),
        valid_to=valid_to,
        granted_by=actor.id,
        reason=reason,
    )
    agency = _agency(session, agency_id)
    actor.require("create", "grant", grant)
    actor.require("read", "user", user)
    require_grantable(session, actor, role)
    if agency is not None and agency.valid_to is not None and agency.valid_to <= clock.today():
        raise AgencyHasEnded(agency.name, agency.valid_to)
    _check(not_disabled(user), in_order(grant))
    _store(session, grant, user)
    _record(session, actor, "grant:create", grant, user, reason=reason)
    return grant


def delegate_role(
    session: Session,
    actor: Actor,
    grant_id: int,
    delegate: AppUser | None,
    *,
    valid_to: date | None,
    valid_from: date | None = None,
    reason: str | None = None,
) -> RoleGrant:
    """Let another person hold a role on behalf of its holder for a time; he, or who may grant it, says so.

    Only what the holder himself holds, within its dates, and not passed on (NĐ 30/2020, Điều 13). None for a
    delegate stands for a name that nobody bears: only who may delegate learns that.
    Raises NotFound, NotPermitted, DelegationNotPassedOn, GrantEnded, RolesInConflict, AlreadyGranted, Invalid.
    """
    own = _locked(session, grant_id)
    actor.require("read", "grant", own)
    assert own is not None  # `require` raises for no row
    if delegate is None:
        raise NotFound(*NAMES["user"])
    today = clock.today()
    grant = RoleGrant(
        user_id=delegate.id or 0,
        role=own.role,
        agency_id=own.agency_id,
        valid_from=valid_from or max(today, own.valid_from),
        valid_to=valid_to,
        on_behalf_of=own.user_id,
        delegated_from=own.id,
        granted_by=actor.id,
        reason=reason,
    )
    if own.on_behalf_of is not None:
        raise DelegationNotPassedOn(own.role)
    if actor.closed is not None and own.role in ADMINISTRATORS:
        # His own role he delegates as anybody does; one that rests just now he gives nobody either.
        raise AdministrationClosed("grant:delegate", actor.closed)
    actor.require("delegate", "grant", grant)
    if own.user_id != actor.id:
        actor.require("read", "user", delegate)
        require_grantable(session, actor, own.role)
    if own.valid_to is not None and own.valid_to <= today:
        raise GrantEnded
    _check(not_disabled(delegate), in_order(grant), *delegable(grant, own, delegate, today))
    _store(session, grant, delegate)
    behalf = None if own.user_id == actor.id else own.user_id
    _record(session, actor, "grant:delegate", grant, delegate, reason=reason, on_behalf_of=behalf)
    return grant


def end_grant(
    session: Session,
    actor: Actor,
    grant_id: int,
    expected_version: int | None = None,
    *,
    on: date | None = None,
    reason: str | None = None,
    delegation: bool = False,
) -> RoleGrant:
    """End a grant today, or on a later day; the request after that is answered without it.

    What was delegated from it ends with it. Who delegated a role may end that; otherwise whoever may grant it.
    `delegation` says that the caller means one. Raises NotFound, NotPermitted, StaleVersion, GrantEnded, Invalid.
    """
    grant = _locked(session, grant_id)
    if grant is not None and delegation and grant.on_behalf_of is None:
        grant = None
    actor.require("revoke", "grant", grant)
    assert grant is not None  # `require` raises for no row
    if grant.on_behalf_of != actor.id or actor.id is None:
        require_grantable(session, actor, grant.role)
    if expected_version is not None and expected_version != grant.version:
        raise StaleVersion(grant.version)
    today = clock.today()
    if grant.valid_to is not None and grant.valid_to <= today:
        raise GrantEnded
    last = max(on or today, grant.valid_from)
    _check(not_before("on", on or today, today), not_later(last, grant))
    ended = [grant, *_ending_with(session, grant, last)]
    before, grant.valid_to = grant.valid_to, last
    grant.version += 1
    grant.updated_at = clock.now()
    session.add(grant)
    session.flush()
    for one in ended:
        session.refresh(one)  # the database has ended the delegations
        detail = {"user_id": one.user_id, "role": one.role, "to": str(one.valid_to)}
        detail |= {"before": str(before) if before else None} if one is grant else {"with": str(grant.id)}
        behalf = one.on_behalf_of if one.on_behalf_of != actor.id else None
        record(
            session,
            actor,
            "grant:revoke",
            "grant",
            one.id,
            agency_id=one.agency_id,
            reason=reason,
            detail=detail,
            on_behalf_of=behalf if one is not grant else None,
        )
    return grant


def require_grantable(session: Session, actor: Actor, role: str) -> None:
    """Raise RoleNotGrantable unless one of the caller's roles may give this one."""
    held = [grant.role for grant in actor.subject.grants]
    may = select(RoleGrantable.role).where(
        RoleGrantable.role == role, col(RoleGrantable.granter_role).in_(held)
    )
    if session.exec(may).first() is None:
        raise RoleNotGrantable(role)


def require_authority(session: Session, actor: Actor, user: AppUser) -> None:
    """Raise NotPermitted unless the caller could give the user every role that he holds or will hold.

    Whoever could not must not act on his account either: an address or a key of his is worth all his roles.
    """
    if user.id == actor.id:
        return
    today = clock.today()
    for grant in grants_of_user(session, user.id or 0):
        if grant.valid_to is None or grant.valid_to > today:
            if not actor.may("create", "grant", grant):
                raise NotPermitted("grant:create", *NAMES["grant"])
            require_grantable(session, actor, grant.role)


def grants_of_user(session: Session, user_id: int) -> Sequence[RoleGrant]:
    """Every grant of a user, those ended and those to come too, in the order they were given."""
    return session.exec(
        select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(col(RoleGrant.id))
    ).all()


def _locked(session: Session, grant_id: int) -> RoleGrant | None:
    return session.get(RoleGrant, grant_id, with_for_update=True, populate_existing=True)


def _agency(session: Session, agency_id: int | None) -> Agency | None:
    agency = session.get(Agency, agency_id) if agency_id is not None else None
    if agency_id is not None and agency is None:
        raise NotFound(*NAMES["agency"], path=("agency_id",))
    return agency


def _ending_with(session: Session, grant: RoleGrant, last: date) -> Sequence[RoleGrant]:
    """The delegations that end with the grant that they come from."""
    return session.exec(
        select(RoleGrant)
        .where(RoleGrant.delegated_from == grant.id)
        .where(col(RoleGrant.valid_to) > last, col(RoleGrant.valid_to) > RoleGrant.valid_from)
        .order_by(col(RoleGrant.id))
    ).all()


def _check(*errors: FieldError | None) -> None:
    if found := [error for error in errors if error is not None]:
        raise Invalid(found)


def _store(session: Session, grant: RoleGrant, user: AppUser) -> None:
    """Write a grant that meets no other of its holder. Raises RolesInConflict, AlreadyGranted, RoleNotGrantable."""
    connection = session.connection()
    # Whoever grants to the same person at the same time waits here, as in the database's own guard.
    connection.execute(text("select from app_user where id = :id for no key update"), {"id": user.id})
    role = _conflicting(session, grant)
    if role is not None:
        raise RolesInConflict(user.name, grant.role, role)
    if session.exec(_meeting(grant).where(*_same(grant))).first() is not None:
        raise AlreadyGranted(user.name, grant.role)
    connection.execute(text("select set_config('hub.today', :day, true)"), {"day": clock.today().isoformat()})
    session.add(grant)
    try:
        session.flush()
    except IntegrityError as error:
        if violated(error) == "role_grant_grantable":  # ended since the request began
            raise RoleNotGrantable(grant.role) from error
        raise


def _meeting(grant: RoleGrant):  # type: ignore[no-untyped-def]
    """The grants of the same person that have a day in common with this one."""
    ends = grant.valid_to or date.max
    return select(RoleGrant).where(
        RoleGrant.user_id == grant.user_id,
        RoleGrant.valid_from < ends,
        or_(
            col(RoleGrant.valid_to).is_(None),
            (col(RoleGrant.valid_to) > grant.valid_from) & (col(RoleGrant.valid_to) > RoleGrant.valid_from),
        ),
    )


def _same(grant: RoleGrant) -> tuple[object, ...]:
    return (
        RoleGrant.role == grant.role,
        col(RoleGrant.agency_id).is_not_distinct_from(grant.agency_id),
        col(RoleGrant.on_behalf_of).is_not_distinct_from(grant.on_behalf_of),
    )


def _conflicting(session: Session, grant: RoleGrant) -> str | None:
    """A role of the same person, on a day of this grant, that may not meet it."""
    held = {one.role for one in session.exec(_meeting(grant))}
    for pair in session.exec(select(RoleConflict)):
        other = {pair.role_a: pair.role_b, pair.role_b: pair.role_a}.get(grant.role)
        if other in held:
            return other
    return None


def _record(
    session: Session,
    actor: Actor,
    event: str,
    grant: RoleGrant,
    user: AppUser,
    *,
    reason: str | None,
    on_behalf_of: int | None = None,
) -> None:
    detail = {
        "user": user.name,
        "role": grant.role,
        "from": str(grant.valid_from),
        "to": str(grant.valid_to) if grant.valid_to else None,
    }
    if grant.delegated_from is not None:
        detail["delegated_from"] = str(grant.delegated_from)
    record(
        session,
        actor,
        event,
        "grant",
        grant.id,
        agency_id=grant.agency_id,
        on_behalf_of=on_behalf_of,
        reason=reason,
        detail=detail,
    )
