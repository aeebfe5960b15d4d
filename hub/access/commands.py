"""Users, grants and tokens: made and ended, never deleted, each with its audit event."""

import hashlib
import secrets
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.errors import (
    GrantEnded,
    RoleNotGrantable,
    RolesInConflict,
    UserNameTaken,
    role_needs_agency,
    unknown_role,
)
from hub.access.models import AccessToken, AppUser, RoleConflict, RoleGrant, RoleGrantable, SignInLink
from hub.access.queries import LOCAL_USER, grants_of, user_by_name
from hub.audit.commands import record
from hub.kit import clock
from policies.subject import GRANTABLE_ROLES

# Held for the whole city; every other role works only at an agency.
CITY_ROLES = frozenset({"supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin"})

_BEFORE_ALL_RECORDS = date(2000, 1, 1)


def create_user(
    session: Session,
    actor: Actor,
    name: str,
    full_name: str,
    *,
    agency_id: int | None = None,
    email: str | None = None,
    is_service: bool = False,
) -> AppUser:
    """A new user without any role. Raises NotPermitted, UserNameTaken."""
    user = AppUser(name=name, full_name=full_name, email=email, agency_id=agency_id, is_service=is_service)
    actor.require("create", "user", user)
    if session.exec(select(AppUser.id).where(AppUser.name == name)).first() is not None:
        raise UserNameTaken(name)
    session.add(user)
    session.flush()
    record(session, actor, "user:create", "user", user.id, agency_id=agency_id, detail={"name": name})
    return user


def grant_role(
    session: Session,
    actor: Actor,
    user: AppUser,
    role: str,
    *,
    agency_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    on_behalf_of: int | None = None,
    reason: str | None = None,
) -> RoleGrant:
    """Give a user a role from a day on, until the day before `valid_to`.

    Nobody grants to himself, nor a role that role_grantable does not give him, and nobody comes to hold two
    roles of role_conflict. Raises NotPermitted, RolesInConflict, Invalid.
    """
    if role not in GRANTABLE_ROLES:
        raise unknown_role(role)
    if agency_id is None and role not in CITY_ROLES:
        raise role_needs_agency(role)
    start = valid_from or clock.today()
    grant = RoleGrant(
        user_id=_key(user.id),
        role=role,
        agency_id=agency_id,
        valid_from=start,
        valid_to=valid_to,
        on_behalf_of=on_behalf_of,
        granted_by=actor.id,
        reason=reason,
    )
    actor.require("create", "grant", grant)
    _require_grantable(session, actor, role)
    _require_no_conflict(session, user, role, start)
    session.add(grant)
    session.flush()
    record(
        session,
        actor,
        "grant:create",
        "grant",
        grant.id,
        agency_id=agency_id,
        on_behalf_of=on_behalf_of,
        reason=reason,
        detail={
            "user": user.name,
            "role": role,
            "from": str(start),
            "to": str(valid_to) if valid_to else None,
        },
    )
    return grant


def revoke_grant(session: Session, actor: Actor, grant: RoleGrant, *, reason: str | None = None) -> RoleGrant:
    """End a grant today; the next request of its holder is answered without it. Raises GrantEnded."""
    actor.require("revoke", "grant", grant)
    today = clock.today()
    if grant.valid_to is not None and grant.valid_to <= today:
        raise GrantEnded
    grant.valid_to = max(today, grant.valid_from)
    session.add(grant)
    session.flush()
    detail = {"user_id": grant.user_id, "role": grant.role}
    record(
        session,
        actor,
        "grant:revoke",
        "grant",
        grant.id,
        agency_id=grant.agency_id,
        reason=reason,
        detail=detail,
    )
    return grant


def create_token(
    session: Session, actor: Actor, user: AppUser, label: str, *, expires_at: datetime | None = None
) -> str:
    """A new key of a user, returned once and never again: only its SHA-256 is kept.

    A key is worth all its user's roles, so whoever makes one for another must be able to grant him each of
    them. Raises NotPermitted.
    """
    prefix = f"hub_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = AccessToken(
        user_id=_key(user.id),
        label=label,
        sha256=hashlib.sha256(token.encode()).digest(),
        prefix=prefix,
        expires_at=expires_at,
    )
    require_credential(session, actor, user, row)
    session.add(row)
    session.flush()
    detail = {"user": user.name, "label": label, "prefix": prefix}
    record(session, actor, "apikey:create", "apikey", row.id, agency_id=user.agency_id, detail=detail)
    return token


def require_credential(session: Session, actor: Actor, user: AppUser, row: AccessToken | SignInLink) -> None:
    """May he make a credential for the user, who can then do all that his roles allow? Raises NotPermitted."""
    actor.require("create", "apikey", row, agency_id=user.agency_id)
    if user.id != actor.id:
        for grant in _not_ended(session, user, clock.today()):
            actor.require("create", "grant", grant)
            _require_grantable(session, actor, grant.role)


def revoke_token(session: Session, actor: Actor, token: AccessToken) -> AccessToken:
    """End a key now; revoking it again changes nothing. Raises NotFound, NotPermitted."""
    user = session.get_one(AppUser, token.user_id)
    actor.require("revoke", "apikey", token, agency_id=user.agency_id)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        session.add(token)
        session.flush()
        detail = {"user": user.name, "prefix": token.prefix}
        record(session, actor, "apikey:revoke", "apikey", token.id, agency_id=user.agency_id, detail=detail)
    return token


def seat_operator(session: Session) -> AppUser:
    """Make the local service user an officer at every root of the tree, so that `hub import` may write.

    Asks no permission: whoever runs it on this machine holds the database anyway. Idempotent, and recorded.
    """
    operator = user_by_name(session, LOCAL_USER)
    seated = {grant.agency_id for grant in grants_of(session, _key(operator.id)) if grant.role == "officer"}
    roots = session.connection().scalars(text("select id from agency where parent_id is null order by id"))
    for agency_id in roots.all():
        if agency_id in seated:
            continue
        grant = RoleGrant(
            user_id=_key(operator.id),
            role="officer",
            agency_id=agency_id,
            valid_from=_BEFORE_ALL_RECORDS,
            reason="local service user",
        )
        session.add(grant)
        session.flush()
        detail = {"user": operator.name, "role": "officer"}
        record(session, operator, "grant:create", "grant", grant.id, agency_id=agency_id, detail=detail)
    return operator


def _require_grantable(session: Session, actor: Actor, role: str) -> None:
    held = [grant.role for grant in actor.subject.grants]
    may = select(RoleGrantable.role).where(
        RoleGrantable.role == role,
        RoleGrantable.granter_role.in_(held),  # type: ignore[attr-defined]
    )
    if session.exec(may).first() is None:
        raise RoleNotGrantable(role)


def _require_no_conflict(session: Session, user: AppUser, role: str, start: date) -> None:
    held = {grant.role for grant in _not_ended(session, user, start)}
    for pair in session.exec(select(RoleConflict)):
        other = {pair.role_a: pair.role_b, pair.role_b: pair.role_a}.get(role)
        if other in held:
            raise RolesInConflict(user.name, role, str(other))


def _not_ended(session: Session, user: AppUser, day: date) -> list[RoleGrant]:
    grants = session.exec(select(RoleGrant).where(RoleGrant.user_id == user.id)).all()
    return [grant for grant in grants if grant.valid_to is None or grant.valid_to > day]


def _key(value: int | None) -> int:
    if value is None:
        raise ValueError("the row has not been stored yet")
    return value
