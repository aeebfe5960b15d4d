"""Keys made and revoked, and the local service user seated; users and grants stand in modules of their own.

The other deeds are offered here too, so that faces import one door.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.credentials.models import StepUp, UserIdentity
from hub.access.grants import delegate_role, end_grant, grant_role, require_authority
from hub.access.models import AccessToken, AppUser, RoleGrant, SignInLink
from hub.access.queries import LOCAL_USER, grants_of, user_by_name
from hub.access.rules import CITY_ROLES
from hub.access.users import create_user, disable_user, enable_user, update_user
from hub.audit.commands import record
from hub.kit import clock

__all__ = [
    "CITY_ROLES",
    "create_token",
    "create_user",
    "delegate_role",
    "disable_user",
    "enable_user",
    "end_grant",
    "grant_role",
    "note_used",
    "require_credential",
    "revoke_token",
    "seat_operator",
    "update_user",
]

_BEFORE_ALL_RECORDS = date(2000, 1, 1)
_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


def create_token(
    session: Session,
    actor: Actor,
    user: AppUser,
    label: str,
    *,
    expires_at: datetime | None = None,
    stepped_up: bool = False,
) -> str:
    """A new key of a user, returned once and never again: only its SHA-256 is kept.

    A key is worth all its user's roles, so whoever makes one for another must be able to grant him each of
    them. `stepped_up`: its holder, a program that decides by itself, is never asked to prove himself anew.
    Raises NotPermitted, StepUpRequired.
    """
    prefix = f"hub_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    row = AccessToken(
        user_id=_key(user.id),
        label=label,
        created_by=actor.id,
        sha256=hashlib.sha256(token.encode()).digest(),
        prefix=prefix,
        expires_at=expires_at,
    )
    require_credential(session, actor, user, row)
    session.add(row)
    session.flush()
    if stepped_up:
        session.add(StepUp(sha256=row.sha256, user_id=row.user_id, until=_ALWAYS))
        session.flush()
    detail = {"user": user.name, "label": label, "prefix": prefix, "stepped_up": stepped_up}
    record(session, actor, "apikey:create", "apikey", row.id, agency_id=user.agency_id, detail=detail)
    return token


def require_credential(
    session: Session, actor: Actor, user: AppUser, row: AccessToken | SignInLink | UserIdentity
) -> None:
    """May he make a credential for the user, who can then do all that his roles allow? Raises NotPermitted."""
    actor.require("create", "apikey", row, agency_id=user.agency_id)
    require_authority(session, actor, user)


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


def note_used(session: Session, tokens: Iterable[str]) -> None:
    """The keys are in use now: one statement, however many they are, always locked in the same order."""
    digests = sorted(hashlib.sha256(token.encode()).digest() for token in tokens)
    if digests:
        session.execute(
            text(
                "update access_token t set last_used_at = :now from ("
                " select id from access_token where sha256 = any(:digests) order by id for no key update"
                ") used where t.id = used.id"
            ),
            {"now": clock.now(), "digests": digests},
        )


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


def _key(value: int | None) -> int:
    if value is None:
        raise ValueError("the row has not been stored yet")
    return value
