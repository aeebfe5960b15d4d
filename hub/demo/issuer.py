"""An identity provider of the demo and of tests: OpenID Connect as small as it can be, without any password.

Whoever comes says who he is by a click; so it is only ever put up in the development profile, for an issuer that
the settings call `local`. Its keys live as long as the process. Public clients only: PKCE (S256) is a must.
"""

from __future__ import annotations

import hmac
import html
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.demo.people import PEOPLE
from hub.kit import clock
from hub.settings import Issuer

LOCAL = "local"
# Everybody of the demo but its program, by the subject that he has here.
PEOPLE_TO_BE = {f"local-{role}": full_name for role, full_name, _ in PEOPLE if role != "client"}
TOKEN_SECONDS, CODE_SECONDS = 600, 60
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", "hub.test")


class Asked(NamedTuple):
    """What a code was given for."""

    subject: str
    client: str
    back: str
    challenge: str
    nonce: str | None
    until: float


class LocalIssuer:
    """The provider: `people` are those who may be chosen, name by subject."""

    def __init__(self, issuer: Issuer, people: Mapping[str, str]) -> None:
        self.issuer = issuer
        self._people = people
        self._codes: dict[str, Asked] = {}
        self.keys: list[ECKey] = []
        self.turn()

    def turn(self) -> None:
        """Sign with a new key; the one before stays known, older ones are withdrawn."""
        self.keys = [
            *self.keys[-1:],
            ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"}),
        ]

    def token(self, subject: str, audience: str, **claims: Any) -> str:
        """A signed token."""
        key, now = self.keys[-1], int(clock.now().timestamp())
        told = {
            "iss": self.issuer.url,
            "sub": subject,
            "aud": audience,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        return jwt.encode({"alg": "ES256", "kid": key.kid}, {**told, **claims}, key)

    def app(self) -> Starlette:
        """Its face: discovery, keys, the page to choose, and the exchange of codes."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._about),
                Route("/jwks", self._keys),
                Route("/authorize", self._choose),
                Route("/token", self._exchange, methods=["POST"]),
            ]
        )

    async def _about(self, request: Request) -> Response:
        url = self.issuer.url
        return JSONResponse(
            {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "jwks_uri": f"{url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def _keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})

    async def _choose(self, request: Request) -> Response:
        asked = request.query_params
        back = asked.get("redirect_uri", "")
        if (
            asked.get("response_type") != "code"
            or asked.get("code_challenge_method") != "S256"
            or not asked.get("code_challenge")
            or urlsplit(back).hostname not in _LOCAL_HOSTS
        ):
            return JSONResponse({"error": "invalid_request"}, 400)
        people = self._people
        chosen = asked.get("login_as", "")
        if chosen not in people:
            return HTMLResponse(_page(people, asked))
        code = secrets.token_urlsafe(24)
        until = clock.now().timestamp() + CODE_SECONDS
        self._codes[code] = Asked(
            chosen, asked.get("client_id", ""), back, asked["code_challenge"], asked.get("nonce"), until
        )
        told = {"code": code, "state": asked.get("state", ""), "iss": self.issuer.url}
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(told)}", 303)

    async def _exchange(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self._codes.pop(form.get("code", ""), None)
        shown = (
            urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        )
        if (
            asked is None
            or asked.until < clock.now().timestamp()
            or (asked.client, asked.back) != (form.get("client_id"), form.get("redirect_uri"))
            or not hmac.compare_digest(asked.challenge.encode(), shown.encode())
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        nonce = {"nonce": asked.nonce} if asked.nonce else {}
        return JSONResponse(
            {
                "access_token": self.token(asked.subject, self.issuer.audience, client_id=asked.client),
                "id_token": self.token(asked.subject, asked.client, **nonce),
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
            },
            headers={"cache-control": "no-store"},
        )


def _page(people: Mapping[str, str], asked: Mapping[str, str]) -> str:
    links = "".join(
        f'<li><a href="?{html.escape(urlencode({**asked, "login_as": subject}))}">{html.escape(name)}</a></li>'
        for subject, name in people.items()
    )
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Hệ thống xác thực mẫu · demo identity provider</title>"
        f"<main><h1>Bạn là ai? · Who are you?</h1><ul>{links}</ul></main></html>"
    )


def at(address: str) -> Issuer:
    """The issuer of a hub at this address, as its settings name it."""
    return Issuer(LOCAL, f"{address}/issuer", label="Hệ thống xác thực mẫu")
