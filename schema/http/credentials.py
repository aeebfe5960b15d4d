"""What a request shows of who calls: a bearer token, or the session cookie of the hub's own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.requests import cookie_parser
from starlette.types import Scope

from hub.access.bearers import bearer_secret
from hub.access.sessions import cookie_name
from hub.kit.origin import client_ip, is_own_page
from schema.errors import ForeignOrigin


class Credential(NamedTuple):
    """What a caller shows, and from where: a key, the session of somebody signed in to the pages, an issuer's token.

    `issuer` and `subject` are whom a token names, once its signature has been found good.
    """

    secret: str
    client_ip: str | None
    is_session: bool = False
    is_secure: bool = False
    issuer: str | None = None
    subject: str | None = None

    @property
    def cookie(self) -> str:
        """The name of the cookie that carries the secret of a session."""
        return cookie_name(secure=self.is_secure)


def credential(scope: Scope, headers: Mapping[str, str], *, secure: bool) -> Credential | None:
    """The credential of a request: a bearer token, else the session cookie; None when it carries neither.

    Raises Unauthenticated for what is no bearer token, and ForeignOrigin for a cookie that came along with the
    request of another page.
    """
    authorization = headers.get("authorization")
    if authorization is not None:
        return Credential(bearer_secret(authorization), client_ip(scope))
    if scope["method"] != "POST":
        return None  # a link on a foreign page must not ask in somebody's name
    secret = cookie_parser(headers.get("cookie", "")).get(cookie_name(secure=secure))
    if not secret:
        return None
    if not is_own_page(scope, headers):
        raise ForeignOrigin(headers.get("origin") or headers.get("sec-fetch-site") or "?")
    return Credential(secret, client_ip(scope), is_session=True, is_secure=secure)
