"""Whoever shows a key in the header `Authorization: Bearer`: a key of the hub, or an issuer's signed token."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.credentials.issuers import Identity
from hub.access.queries import IDENTITY_SQL, actor_for_token, actor_from_row, caller_values, law
from hub.kit.errors import Unauthenticated


@dataclass(frozen=True)
class Bearer:
    """A key as it was shown, and from where; `identity` is whom a signed token names, once it has been found good."""

    secret: str
    client_ip: str | None
    identity: Identity | None = None


def bearer_secret(authorization: str) -> str:
    """The secret in an Authorization header. Raises Unauthenticated for what is no bearer token."""
    scheme, _, secret = authorization.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret or not secret.isascii():
        raise Unauthenticated
    return secret


def actor_for_bearer(session: Session, shown: Bearer) -> Actor:
    """Who shows it. Raises Unauthenticated."""
    if shown.identity is None:
        return actor_for_token(session, shown.secret, client_ip=shown.client_ip)
    named = shown.identity
    values = caller_values(shown.secret, shown.client_ip, issuer=named.issuer, subject=named.subject)
    row = session.connection().execute(text(IDENTITY_SQL), values).mappings().first()
    if row is None:
        raise Unauthenticated
    return actor_from_row(row, law(session, row))
