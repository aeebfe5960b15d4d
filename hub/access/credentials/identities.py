"""Whom an identity provider's subject is here: linked by an administrator, ended, and signed in."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.commands import require_credential
from hub.access.credentials.errors import IdentityTaken, IdentityUnknown
from hub.access.credentials.issuers import Identity, Provider
from hub.access.credentials.models import UserIdentity
from hub.access.models import AppUser
from hub.access.sessions import Opened, open_session
from hub.audit.commands import record
from hub.kit import clock
from hub.settings import Settings


@dataclass(frozen=True)
class Flow:
    """What a browser takes along to the issuer and must bring back: an answer to another question counts nothing."""

    state: str
    nonce: str
    verifier: str


def begun() -> Flow:
    """A new one (RFC 7636, OpenID Connect 3.1.2)."""
    return Flow(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def authorization_address(provider: Provider, flow: Flow, back: str) -> str:
    """Where the browser is sent to sign in. Raises IssuerAway."""
    challenge = urlsafe_b64encode(sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.issuer.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    base = provider.address("authorization_endpoint")
    return f"{base}{'&' if '?' in base else '?'}{urlencode(asked)}"


def link(session: Session, actor: Actor, user: AppUser, issuer: str, subject: str) -> UserIdentity:
    """From now on the issuer's subject is this user. It is worth all his roles, like a key, and needs the same right.

    Raises NotPermitted, StepUpRequired, IdentityTaken.
    """
    row = UserIdentity(user_id=user.id or 0, issuer=issuer, subject=subject, created_by=actor.id)
    require_credential(session, actor, user, row)
    there = _linked(session, Identity(issuer, subject))
    if there is not None:
        if there.user_id == user.id:
            return there
        raise IdentityTaken(subject)
    session.add(row)
    session.flush()
    detail = {"user": user.name, "issuer": issuer, "subject": subject}
    record(session, actor, "user:link", "user", user.id, agency_id=user.agency_id, detail=detail)
    return row


def unlink(session: Session, actor: Actor, user: AppUser, issuer: str) -> int:
    """The issuer's subjects of this user are nobody here any more. Returns how many. Raises NotPermitted."""
    actor.require("update", "user", user)
    rows = session.exec(
        select(UserIdentity).where(
            UserIdentity.user_id == user.id,
            UserIdentity.issuer == issuer,
            col(UserIdentity.ended_at).is_(None),
        )
    ).all()
    for row in rows:
        row.ended_at = clock.now()
        session.add(row)
        session.flush()
        detail = {"user": user.name, "issuer": issuer, "subject": row.subject}
        record(session, actor, "user:unlink", "user", user.id, agency_id=user.agency_id, detail=detail)
    return len(rows)


def sign_in(
    session: Session,
    identity: Identity,
    settings: Settings,
    *,
    before: str | None = None,
    user_agent: str | None = None,
) -> Opened:
    """A session for whom the issuer names. Raises IdentityUnknown, for a disabled user too."""
    row = _linked(session, identity)
    user = session.get(AppUser, row.user_id) if row is not None else None
    if user is None or user.disabled_at is not None:
        raise IdentityUnknown(identity.subject)
    return open_session(session, user, "ISSUER", before=before, user_agent=user_agent, settings=settings)


def refused(session: Session, reason: str) -> None:
    """Somebody came back from an issuer and was not let in."""
    detail = {"method": "ISSUER"}
    record(session, None, "session:refuse", "user", None, outcome="denied", reason=reason, detail=detail)


def _linked(session: Session, identity: Identity) -> UserIdentity | None:
    return session.exec(
        select(UserIdentity).where(
            UserIdentity.issuer == identity.issuer,
            UserIdentity.subject == identity.subject,
            col(UserIdentity.ended_at).is_(None),
        )
    ).first()
