"""Tokens that identity providers sign (OpenID Connect): who they say somebody is, and never what he may do.

An issuer is one of the settings. Its keys are fetched when they are needed and kept for a while; an unknown key id
asks for them again at most every half minute, so that forged ids cannot hammer the issuer. The algorithms are a fixed
list of signatures: what the token itself says is never believed beyond choosing among them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hub.kit import clock
from hub.kit.errors import Unauthenticated, Unavailable
from hub.settings import Issuer, Settings

log = logging.getLogger("hub.access")

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
_KINDS = ("RSA", "EC", "OKP")
# Clocks of two machines may differ by so much.
LEEWAY = 30
KEPT_SECONDS = 300
COOL_DOWN = 30
_TIMEOUT = 5
_MOST_TOKEN = 8_192
_MOST_ANSWER = 256_000


class IssuerAway(Unavailable):
    """The identity provider does not answer, or not what its protocol says."""

    code = "UNAVAILABLE"
    retry_after = 10

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Hệ thống xác thực «{name}» tạm thời không trả lời. Hãy thử lại sau ít phút hoặc đăng nhập cách khác.",
            f'The identity provider "{name}" does not answer just now. Try again later, or sign in otherwise.',
        )


@dataclass(frozen=True)
class Identity:
    """Whom an issuer names: nobody else has this subject there."""

    issuer: str
    subject: str


class Provider:
    """One issuer: its addresses and keys, as it told them last."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self._lock = threading.Lock()
        self._addresses: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None
        self._fetched = self._tried = 0.0

    def address(self, name: str) -> str:
        """An address of the issuer: authorization_endpoint, token_endpoint, jwks_uri. Raises IssuerAway."""
        if self._addresses is None:
            told = self._asked(f"{self.issuer.url}/.well-known/openid-configuration")
            if told.get("issuer") != self.issuer.url:  # another one answers in its name
                raise IssuerAway(self.issuer.name)
            self._addresses = told
        found = self._addresses.get(name)
        if not isinstance(found, str):
            raise IssuerAway(self.issuer.name)
        return found

    def verified(self, token: str, audience: str, *, nonce: str | None = None) -> Identity:
        """Whom a token names that this issuer signed for the audience. Raises Unauthenticated, IssuerAway."""
        kid = header_of(token).get("kid")
        if not isinstance(kid, str):
            raise Unauthenticated
        try:
            claims = jwt.decode(token, self._keys_with(kid), algorithms=ALGORITHMS).claims
            _registry(self.issuer.url, audience).validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            log.info("a token of %s was refused (%s)", self.issuer.name, type(error).__name__)
            raise Unauthenticated from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise Unauthenticated
        self._check(claims, audience, nonce)
        return Identity(self.issuer.url, subject)

    def _check(self, claims: Mapping[str, Any], audience: str, nonce: str | None) -> None:
        """What the registry does not: that a token for signing in is no key of the API, and who asked for it."""
        told = claims.get("nonce")
        if nonce is None and told is not None:
            raise Unauthenticated
        if nonce is not None and not (
            isinstance(told, str) and hmac.compare_digest(told.encode(), nonce.encode())
        ):
            raise Unauthenticated
        party = claims.get("azp") or claims.get("client_id")
        if nonce is None:
            if self.issuer.clients and party not in self.issuer.clients:
                raise Unauthenticated
        elif party not in (None, audience):
            raise Unauthenticated

    def _keys_with(self, kid: str) -> KeySet:
        """The keys, fetched anew when they are old or lack this one."""
        with self._lock:
            now = clock.now().timestamp()
            known = self._keys is not None and any(key.kid == kid for key in self._keys.keys)
            is_due = now - self._fetched >= KEPT_SECONDS or not known
            if is_due and now - self._tried >= COOL_DOWN:
                self._tried = now
                try:
                    self._keys, self._fetched = self._fetched_keys(), now
                except IssuerAway:
                    if not known:
                        raise
            if self._keys is None:
                raise IssuerAway(self.issuer.name)
            return self._keys

    def _fetched_keys(self) -> KeySet:
        told = self._asked(self.address("jwks_uri"))
        keys = [
            key
            for key in told.get("keys") or ()
            if isinstance(key, dict)
            and key.get("kty") in _KINDS
            and key.get("use") in (None, "sig")
            and key.get("kid")
        ]
        try:
            return KeySet.import_key_set({"keys": keys})
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise IssuerAway(self.issuer.name) from error

    def exchanged(self, code: str, verifier: str, back: str) -> str:
        """The identity token for the code that a browser has brought back. Raises Unauthenticated, IssuerAway."""
        import httpx  # ten megabytes, with a command line of its own: for servers that have an issuer

        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.issuer.client_id,
            "code_verifier": verifier,
        }
        secret = self.issuer.client_secret
        login = httpx.BasicAuth(self.issuer.client_id, secret) if secret else None
        try:
            answer = httpx.post(self.address("token_endpoint"), data=form, auth=login, timeout=_TIMEOUT)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise IssuerAway(self.issuer.name) from error
        token = told.get("id_token") if isinstance(told, dict) and answer.status_code == 200 else None
        if not isinstance(token, str):
            raise Unauthenticated
        return token

    def _asked(self, url: str) -> Mapping[str, Any]:
        import httpx

        try:
            answer = httpx.get(url, timeout=_TIMEOUT)
            answer.raise_for_status()
            told = json.loads(answer.content) if len(answer.content) <= _MOST_ANSWER else None
        except (httpx.HTTPError, ValueError) as error:
            log.warning("issuer %s does not answer (%s)", self.issuer.name, error)
            raise IssuerAway(self.issuer.name) from error
        if not isinstance(told, dict):
            raise IssuerAway(self.issuer.name)
        return told


class Issuers:
    """Every issuer of the settings."""

    def __init__(self, settings: Settings) -> None:
        self._by_url = {issuer.url: Provider(issuer) for issuer in settings.issuers}

    def named(self, name: str) -> Provider | None:
        """The issuer that the settings call so."""
        return next((one for one in self._by_url.values() if one.issuer.name == name), None)

    def bearer(self, token: str) -> Identity:
        """Whom a bearer token of any issuer names. Raises Unauthenticated, IssuerAway."""
        told = _part(token, 1).get("iss")
        provider = self._by_url.get(told) if isinstance(told, str) else None
        if provider is None:
            raise Unauthenticated
        return provider.verified(token, provider.issuer.audience)


def is_signed_token(secret: str) -> bool:
    """Whether a bearer token has the form of an issuer's; keys of the hub have no dots."""
    return secret.count(".") == 2


def header_of(token: str) -> Mapping[str, Any]:
    """What a token says of its signature, which is not believed. Raises Unauthenticated."""
    return _part(token, 0)


def _part(token: str, which: int) -> Mapping[str, Any]:
    if len(token) > _MOST_TOKEN:
        raise Unauthenticated
    try:
        raw = token.split(".")[which]
        told = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    except (IndexError, ValueError, binascii.Error, RecursionError):
        raise Unauthenticated from None
    if not isinstance(told, dict):
        raise Unauthenticated
    return told


def _registry(issuer: str, audience: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=lambda: int(clock.now().timestamp()),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    )
