"""Signing in at an identity provider: there with a question, and back with its answer (OpenID Connect, code, PKCE)."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from hub.access.credentials import identities
from hub.access.credentials.errors import IdentityUnknown, SignInInterrupted
from hub.access.credentials.identities import Flow
from hub.access.credentials.issuers import Provider
from hub.kit.errors import NotFound, Unauthenticated
from hub.kit.origin import cookie
from hub.kit.seam import Seam
from hub.web.page import Elsewhere
from hub.web.site import session_cookie
from hub.web.visit import Visit, flow_name, local

_SECONDS = 600


def leave(seam: Seam, visit: Visit) -> Elsewhere:
    """Send the browser to the issuer; what it must bring back stays in a cookie of its own. Raises IssuerAway."""
    provider, flow = _provider(visit), identities.begun()
    address = identities.authorization_address(provider, flow, _back(visit, provider))
    kept = json.dumps([provider.issuer.name, flow.state, flow.nonce, flow.verifier, visit.next]).encode()
    return Elsewhere(address, (_flow_cookie(visit, urlsafe_b64encode(kept).decode().rstrip("=")),))


def come_back(seam: Seam, visit: Visit) -> Elsewhere:
    """The issuer's answer opens a session. Raises SignInInterrupted, IdentityUnknown, IssuerAway."""
    provider = _provider(visit)
    try:
        flow, there = _kept(visit, provider)
        token = provider.exchanged(visit.query.get("code", ""), flow.verifier, _back(visit, provider))
        identity = provider.verified(token, provider.issuer.client_id, nonce=flow.nonce)
    except (Unauthenticated, SignInInterrupted) as error:
        seam.change_now(lambda session: identities.refused(session, "INTERRUPTED"))
        raise SignInInterrupted from error
    try:
        opened = seam.change_now(
            lambda session: identities.sign_in(
                session, identity, visit.settings, before=visit.secret, user_agent=visit.user_agent
            )
        )
    except IdentityUnknown:
        seam.change_now(lambda session: identities.refused(session, "UNKNOWN"))
        raise
    return Elsewhere(there, (session_cookie(visit, opened.secret), _flow_cookie(visit, None)))


def _provider(visit: Visit) -> Provider:
    provider = visit.issuers.named(visit.parts["name"])
    if provider is None:
        raise NotFound("hệ thống xác thực", "the identity provider")
    return provider


def _back(visit: Visit, provider: Provider) -> str:
    return f"{visit.settings.address}/sign-in/issuer/{provider.issuer.name}/callback"


def _kept(visit: Visit, provider: Provider) -> tuple[Flow, str]:
    """What this browser was sent with. Raises SignInInterrupted when the answer is to another question."""
    told = visit.flow or ""
    try:
        name, state, nonce, verifier, there = json.loads(urlsafe_b64decode(told + "=" * (-len(told) % 4)))
        flow = Flow(state, nonce, verifier)
        same = hmac.compare_digest(state.encode(), visit.query.get("state", "").encode())
    except (ValueError, TypeError, AttributeError):
        raise SignInInterrupted from None
    by = visit.query.get("iss", provider.issuer.url)  # RFC 9207
    if not same or name != provider.issuer.name or by != provider.issuer.url or "error" in visit.query:
        raise SignInInterrupted
    return flow, local(there)


def _flow_cookie(visit: Visit, value: str | None) -> str:
    name = flow_name(secure=visit.secure)
    return cookie(name, value or "", secure=visit.secure, age=_SECONDS if value else 0)
