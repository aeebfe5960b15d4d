"""Tokens of identity providers: good ones name a user, twelve bad ones nobody; keys turn; the code flow of pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pyotp
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from sqlmodel import Session

from hub.access.credentials import second_factor
from hub.access.credentials.identities import link, unlink
from hub.access.credentials.issuers import COOL_DOWN, KEPT_SECONDS, Provider
from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name
from hub.demo.issuer import LOCAL, PEOPLE_TO_BE, LocalIssuer
from hub.kit import clock
from hub.kit.errors import Unauthenticated
from hub.settings import Issuer, UnknownSetting, load
from tests.http.conftest import City, Client, Open
from tests.web.browsing import listening

pytestmark = pytest.mark.anyio
WHO = "{viewer { user { name } roles { role } }}"


class Counted:
    """Passes requests on and counts those for the keys."""

    def __init__(self, app: Any) -> None:
        self.app, self.fetches = app, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.fetches += scope.get("path") == "/jwks"
        await self.app(scope, receive, send)


class House:
    """The local issuer on a port of its own."""

    def __init__(self, provider: LocalIssuer, face: Counted) -> None:
        self.provider, self.face = provider, face

    @property
    def issuer(self) -> Issuer:
        return self.provider.issuer

    def key(self, **changed: Any) -> str:
        """A good token for the API, but for what is changed; None leaves a claim out."""
        key, now = self.provider.keys[-1], int(clock.now().timestamp())
        claims = {
            "iss": self.issuer.url,
            "sub": "local-officer",
            "aud": "hub-api",
            "iat": now,
            "exp": now + 300,
        }
        told = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": key.kid}, told, key)


@pytest.fixture
def house() -> Iterator[House]:
    provider = LocalIssuer(Issuer(LOCAL, "http://unknown"), PEOPLE_TO_BE)
    face = Counted(provider.app())
    with listening(face) as address:  # type: ignore[arg-type]
        provider.issuer = replace(provider.issuer, url=address)
        yield House(provider, face)


@asynccontextmanager
async def _linked(hub: Open, house: House, *roles: str) -> AsyncIterator[Client]:
    async with hub(issuers=(house.issuer,)) as client:

        def work(session: Session) -> None:
            for role in roles:
                user = user_by_name(session, f"demo.{role}")
                link(session, actor_for_user(session), user, house.issuer.url, f"local-{role}")

        client.services.seam.change_now(work)
        yield client


def _b64(told: Any) -> str:
    raw = told if isinstance(told, bytes) else json.dumps(told).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def test_a_good_token_is_its_user_with_his_grants_and_not_with_claims(hub: Open, house: House) -> None:
    async with _linked(hub, house, "officer") as client:
        for claims in (
            {},
            {"roles": ["sysadmin"], "groups": ["sysadmin"], "agency": 1},
            {"aud": ["x", "hub-api"]},
        ):
            answer = await client.ask(WHO, authorization=f"Bearer {house.key(**claims)}")
            assert answer.json()["data"]["viewer"] == {
                "user": {"name": "demo.officer"}, "roles": [{"role": "officer"}],
            }  # fmt: skip
        assert house.face.fetches == 1


async def test_twelve_bad_tokens_and_more_name_nobody(hub: Open, house: House) -> None:
    async with _linked(hub, house, "officer") as client:
        good, now = house.provider.keys[-1], int(clock.now().timestamp())
        claims = {"iss": house.issuer.url, "sub": "local-officer", "aud": "hub-api", "exp": now + 300}
        head = {"alg": "HS256", "kid": good.kid}
        unsigned = f"{_b64(head)}.{_b64(claims)}"
        mac = hmac.new(good.as_pem(private=False), unsigned.encode(), hashlib.sha256).digest()
        evil, other = ECKey.generate_key("P-256", {"kid": good.kid}), RSAKey.generate_key(2048, {"kid": "zz"})
        withdrawn = house.key()
        bad = {
            "none": f"{_b64({'alg': 'none', 'kid': good.kid})}.{_b64(claims)}.",
            "HS256 with the public key": f"{unsigned}.{_b64(mac)}",
            "another key of the same kid": jwt.encode({"alg": "ES256", "kid": good.kid}, claims, evil),
            "embedded jwk": jwt.encode(
                {"alg": "RS256", "kid": "zz", "jwk": other.as_dict(private=False)}, claims, other
            ),
            "expired": house.key(exp=now - 100),
            "not yet": house.key(nbf=now + 999),
            "another issuer": house.key(iss="http://evil.example"),
            "another audience": house.key(aud="other"),
            "audiences without us": house.key(aud=["x", "y"]),
            "no expiry": house.key(exp=None),
            "no subject": house.key(sub=None),
            "no issuer": house.key(iss=None),
            "no audience": house.key(aud=None),
            "subject is no text": house.key(sub=7),
            "no kid": jwt.encode({"alg": "ES256"}, claims, good),
            "for signing in": house.key(nonce="n"),
            "unknown subject": house.key(sub="local-nobody"),
            "not linked": house.key(sub="local-leader"),
            "broken": withdrawn[:-4] + "AAAA",
            "no token": "a.b.c",
            "huge": f"{withdrawn}{'A' * 9000}",
        }
        for name, token in bad.items():
            answer = await client.ask(WHO, authorization=f"Bearer {token}")
            assert answer.status_code == 401, name
            assert "data" not in answer.json(), name
        assert (await client.ask(WHO, authorization=f"Bearer {withdrawn}")).status_code == 200


async def test_a_token_of_a_withdrawn_key_and_the_turning_of_keys(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def later(seconds: int) -> None:
        moment[0] += timedelta(seconds=seconds)

    provider = Provider(house.issuer)
    old = house.key(exp=int(moment[0].timestamp()) + 9999)
    assert provider.verified(old, "hub-api").subject == "local-officer"
    for number in range(50):  # forged ids do not hammer the issuer
        key = ECKey.generate_key("P-256", {"kid": f"forged{number}"})
        with pytest.raises(Unauthenticated):
            provider.verified(jwt.encode({"alg": "ES256", "kid": key.kid}, {"sub": "x"}, key), "hub-api")
    assert house.face.fetches == 1
    house.provider.turn()
    later(COOL_DOWN + 1)
    assert (
        provider.verified(house.key(), "hub-api").subject == "local-officer"
    )  # at once, not after five minutes
    assert provider.verified(old, "hub-api").subject == "local-officer"  # the one before is still published
    house.provider.turn()
    later(KEPT_SECONDS + 1)
    assert provider.verified(house.key(), "hub-api")
    with pytest.raises(Unauthenticated):
        provider.verified(old, "hub-api")
    assert house.face.fetches == 3


async def test_who_is_disabled_or_unlinked_is_nobody_with_the_next_request(
    hub: Open, house: House, city: City
) -> None:
    async with _linked(hub, house, "finance") as client:
        bearer = f"Bearer {house.key(sub='local-finance')}"
        assert (await client.ask(WHO, authorization=bearer)).status_code == 200
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            for change, back in (("now()", "null"),):
                connection.execute(f"update app_user set disabled_at = {change} where name = 'demo.finance'")
                try:
                    assert await client.code(WHO, authorization=bearer) == "UNAUTHENTICATED"
                finally:
                    connection.execute(
                        f"update app_user set disabled_at = {back} where name = 'demo.finance'"
                    )
        assert (await client.ask(WHO, authorization=bearer)).status_code == 200
        client.services.seam.change_now(
            lambda s: unlink(s, actor_for_user(s), user_by_name(s, "demo.finance"), house.issuer.url)
        )
        assert await client.code(WHO, authorization=bearer) == "UNAUTHENTICATED"


async def test_only_named_clients_may_have_asked_where_the_settings_say_so(house: House) -> None:
    provider = Provider(replace(house.issuer, clients=("portal",)))
    assert provider.verified(house.key(azp="portal"), "hub-api")
    assert provider.verified(house.key(client_id="portal"), "hub-api")
    for claims in ({}, {"azp": "other"}):
        with pytest.raises(Unauthenticated):
            provider.verified(house.key(**claims), "hub-api")


async def test_a_portal_on_its_own_origin_asks_with_its_token(hub: Open, house: House) -> None:
    async with hub(
        issuers=(house.issuer,), profile="production", allowed_origins=("https://portal.example",)
    ) as client:

        def work(session: Session) -> None:
            user = user_by_name(session, "demo.clerk")
            link(session, actor_for_user(session), user, house.issuer.url, "local-clerk")

        client.services.seam.change_now(work)
        bearer = f"Bearer {house.key(sub='local-clerk')}"
        answer = await client.ask(WHO, authorization=bearer, origin="https://portal.example")
        assert answer.headers["access-control-allow-origin"] == "https://portal.example"
        assert answer.json()["data"]["viewer"]["user"] == {"name": "demo.clerk"}
        refused = await client.ask(WHO, authorization=bearer, origin="https://evil.example")
        assert refused.status_code == 403


async def test_a_token_is_stepped_up_for_itself(hub: Open, house: House) -> None:
    async with _linked(hub, house, "archive_head") as client:

        def enrolled(session: Session) -> str:
            secret = second_factor.enrol(session, actor_for_user(session, "demo.archive_head"))
            row = session.get_one(second_factor.SecondFactor, user_by_name(session, "demo.archive_head").id)
            row.confirmed_at = clock.now()
            session.add(row)
            return secret

        code = pyotp.TOTP(client.services.seam.change_now(enrolled)).at(clock.now())
        bearer = f"Bearer {house.key(sub='local-archive_head')}"
        text = "mutation($code: String!) { stepUp(input: {code: $code}) { __typename } }"
        answer = await client.ask(text, {"code": code}, authorization=bearer)
        assert answer.json()["data"]["stepUp"] == {"__typename": "SteppedUp"}


async def _there_and_back(client: Client, house: House, subject: str, **changed: str) -> httpx.Response:
    """The answer to the browser that comes back from the issuer, where somebody has chosen who he is."""
    client.http.cookies.clear()
    left = await client.http.get("/sign-in/issuer/local?next=/annex")
    assert left.status_code == 303
    async with httpx.AsyncClient() as browser:
        shown = await browser.get(left.headers["location"])
        assert "Phạm Đức Bình" in shown.text
        chosen = await browser.get(f"{left.headers['location']}&login_as={subject}")
    back = urlsplit(chosen.headers["location"])
    told = {name: value for name, [value] in parse_qs(back.query).items()} | changed
    return await client.http.get(back.path, params=told)


async def test_pages_sign_in_at_the_issuer(hub: Open, house: House) -> None:
    async with _linked(hub, house, "officer") as client:
        entered = await _there_and_back(client, house, "local-officer")
        assert (entered.status_code, entered.headers["location"]) == (303, "/annex")
        assert entered.cookies.get(cookie_name(secure=False))
        page = await client.http.get("/account")
        assert "Phạm Đức Bình" in page.text
        assert "hệ thống xác thực" in page.text


async def test_an_answer_to_another_question_opens_nothing(hub: Open, house: House, city: City) -> None:
    async with _linked(hub, house, "officer") as client:
        for changed in (
            {"state": "other"},
            {"code": "other"},
            {"iss": "http://evil.example"},
            {"error": "denied"},
        ):
            answer = await _there_and_back(client, house, "local-officer", **changed)
            assert answer.status_code == 400, changed
            assert not answer.cookies.get(cookie_name(secure=False))
        client.http.cookies.clear()  # a link on a foreign page, which brings its own code
        answer = await client.http.get("/sign-in/issuer/local/callback?code=x&state=y")
        assert answer.status_code == 400
        assert (await client.http.get("/sign-in/issuer/other")).status_code == 404
        unknown = await _there_and_back(client, house, "local-leader")
        assert unknown.status_code == 403
        assert "local-leader" in unknown.text
    with psycopg.connect(city.owner_dsn) as connection:
        told = connection.execute(
            "select reason from audit_event where event_type = 'session:refuse' order by id desc limit 2"
        ).fetchall()
    assert [reason for (reason,) in told] == ["UNKNOWN", "INTERRUPTED"]


async def test_a_code_serves_once_and_needs_its_verifier(house: House) -> None:
    async with httpx.AsyncClient() as browser:

        async def code() -> str:
            challenge = base64.urlsafe_b64encode(hashlib.sha256(b"right").digest()).rstrip(b"=").decode()
            asked = {
                "response_type": "code", "client_id": "portal", "redirect_uri": "http://localhost:3000/back",
                "code_challenge": challenge, "code_challenge_method": "S256", "login_as": "local-clerk",
            }  # fmt: skip
            answer = await browser.get(f"{house.issuer.url}/authorize", params=asked)
            return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

        async def exchanged(told: str, verifier: str = "right") -> int:
            form = {
                "code": told, "code_verifier": verifier, "client_id": "portal",
                "redirect_uri": "http://localhost:3000/back",
            }  # fmt: skip
            return (await browser.post(f"{house.issuer.url}/token", data=form)).status_code

        first = await code()
        assert [await exchanged(first, "wrong"), await exchanged(first)] == [400, 400]
        second = await code()
        assert [await exchanged(second), await exchanged(second)] == [200, 400]
        plain = await browser.get(
            f"{house.issuer.url}/authorize?response_type=code&redirect_uri=http://localhost/"
        )
        assert plain.status_code == 400


async def test_the_local_issuer_is_never_there_in_production(hub: Open) -> None:
    local = Issuer(LOCAL, "http://hub.test/issuer")
    for profile, status in (("development", 200), ("production", 404)):
        async with hub(issuers=(local,), profile=profile) as client:
            assert (await client.http.get("/issuer/jwks")).status_code == status
    async with hub() as client:
        assert (await client.http.get("/issuer/jwks")).status_code == 404


async def test_an_issuer_that_is_away_is_said_so(hub: Open) -> None:
    away = Issuer("away", "http://127.0.0.1:9")
    async with hub(issuers=(away,)) as client:
        assert (await client.http.get("/sign-in/issuer/away")).status_code == 503
        key = ECKey.generate_key("P-256", {"kid": "k"})
        token = jwt.encode({"alg": "ES256", "kid": "k"}, {"iss": away.url}, key)
        assert await client.code(WHO, authorization=f"Bearer {token}") == "UNAVAILABLE"


async def test_issuers_come_from_the_settings() -> None:
    told = [{"name": "vneid", "url": "https://sso.example.vn", "clients": ["portal"]}]
    assert load({"HUB_ISSUERS": json.dumps(told)}).issuers == (
        Issuer("vneid", "https://sso.example.vn", clients=("portal",)),
    )
    for bad in (
        '[{"name": "a", "url": "http://sso.example.vn"}]',
        '[{"name": "a"}]',
        "{",
        '[{"nam": "a"}]',
        "[1]",
    ):
        with pytest.raises(UnknownSetting):
            load({"HUB_ISSUERS": bad})
