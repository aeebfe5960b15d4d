"""Trusted documents: named by id in both conventions, judged like any text, and all there is where so set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlmodel import Session, create_engine, select

from hub.access.actor import the_public
from hub.access.documents import TrustedDocument, document_id, register_documents, retire_documents
from hub.access.queries import actor_for_user
from hub.audit.models import AuditEvent
from hub.kit.db import sqlalchemy_url
from hub.kit.errors import HubError, NotPermitted
from schema.http import trusted
from tests.http.conftest import City, Client, Open

pytestmark = pytest.mark.anyio
KNOWN = "query Few($n: Int = 2) { files(first: $n) { nodes { id } } }"
DEAR = "{ files(first: 1000) { nodes { id } } }"
STRANGE = "{ files(first: 3) { nodes { id } } }"
PORTAL = "https://tracuu.example.vn"


def _within(city: City, work: Callable[[Session], Any]) -> Any:
    engine = create_engine(sqlalchemy_url(city.owner_dsn))
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return work(session)
    finally:
        engine.dispose()


@pytest.fixture(autouse=True)
def registered(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents of a portal; what is registered counts at once here."""
    monkeypatch.setattr(trusted, "FRESH_SECONDS", -1.0)
    texts = {KNOWN: "Few", DEAR: None}
    _within(city, lambda session: register_documents(session, actor_for_user(session), "tracuu", texts))


async def _post(
    client: Client, role: str | None = None, origin: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"accept-language": "en"}
    if role:
        headers["authorization"] = f"Bearer {client.tokens[role]}"
    if origin:
        headers["origin"] = origin
    return await client.http.post("/graphql", json=body, headers=headers)


def _code(answer: httpx.Response) -> str:
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code


def _apq(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": document_id(text)}}


@pytest.mark.parametrize("mode", ["allow", "only"])
async def test_a_document_is_named_in_either_way(hub: Open, mode: str) -> None:
    async with hub(trusted_documents=mode, profile="production") as client:
        plain = {"documentId": document_id(KNOWN)}
        for body in (plain, {"documentId": f"sha256:{document_id(KNOWN)}"}, {"extensions": _apq(KNOWN)}):
            for role in (None, "officer"):
                for _ in range(2):  # compiled, then found
                    answer = await _post(client, role, variables={"n": 1}, **body)
                    assert len(answer.json()["data"]["files"]["nodes"]) == 1
                    assert answer.json()["extensions"]["cost"]["requested"] == 1


@pytest.mark.parametrize("name", ["documentI\\u0064", "persistedQuer\\u0079", "\\u0064ocumentId"])
async def test_a_retired_document_is_retired_however_it_is_spelled(hub: Open, city: City, name: str) -> None:
    named = f'"{document_id(KNOWN)}"'
    member = f'"{name}": {named}'
    if "ersisted" in name:
        member = f'"extensions": {{"{name}": {{"version": 1, "sha256Hash": {named}}}}}'

    async with hub(trusted_documents="only", profile="production") as client:

        async def ask() -> httpx.Response:
            headers = {"content-type": "application/json"}
            return await client.http.post("/graphql", content=f"{{{member}}}", headers=headers)

        assert (await _post(client, documentId=document_id(KNOWN))).status_code == 200
        assert (await ask()).status_code == 200
        _within(
            city,
            lambda session: retire_documents(session, actor_for_user(session), "tracuu", document_id(KNOWN)),
        )
        assert _code(await ask()) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_get_names_one_too(hub: Open) -> None:
    async with hub() as client:
        answer = await client.http.get("/graphql", params={"documentId": document_id(KNOWN)})
        assert answer.json()["data"]["files"]


async def test_what_a_document_costs_is_judged(hub: Open) -> None:
    async with hub(trusted_documents="only") as client:
        assert (await _post(client, "officer", documentId=document_id(DEAR))).status_code == 200
        assert _code(await _post(client, documentId=document_id(DEAR))) == "COST_EXCEEDED"
        dear = await _post(client, documentId=document_id(KNOWN), variables={"n": 101})
        assert _code(dear) == "COST_EXCEEDED"


async def test_an_unknown_document_is_told_so_that_clients_send_the_text(hub: Open) -> None:
    async with hub() as client:
        for body in ({"documentId": document_id(STRANGE)}, {"extensions": _apq(STRANGE)}):
            assert _code(await _post(client, **body)) == "PERSISTED_QUERY_NOT_FOUND"
            assert (await _post(client, query=STRANGE, **body)).json()["data"]["files"]
            assert (
                _code(await _post(client, **body)) == "PERSISTED_QUERY_NOT_FOUND"
            )  # nobody registers by asking
        assert _code(await _post(client, query=STRANGE, documentId="0" * 64)) == "BAD_REQUEST"
        for wrong in ("", "x", "F" * 64, 7, {}):
            assert _code(await _post(client, documentId=wrong)) == "BAD_REQUEST"
        assert _code(await _post(client, extensions={"persistedQuery": 7})) == "BAD_REQUEST"


async def test_only_documents_run_for_pages_and_for_the_public(hub: Open) -> None:
    async with hub(trusted_documents="only", allowed_origins=(PORTAL,), profile="production") as client:
        for role, origin in ((None, None), (None, PORTAL), ("officer", PORTAL)):
            refused = await _post(client, role, origin, query=STRANGE)
            assert (refused.status_code, _code(refused)) == (403, "FORBIDDEN")
            sent_along = await _post(client, role, origin, query=STRANGE, documentId=document_id(STRANGE))
            assert _code(sent_along) == "FORBIDDEN"
            assert (await _post(client, role, origin, documentId=document_id(KNOWN))).status_code == 200
        assert (await _post(client, "officer", query=STRANGE)).status_code == 200  # a program with its key
        assert (await _post(client, "officer", "http://hub.test", query=STRANGE)).status_code == 200


async def test_they_can_be_off(hub: Open) -> None:
    async with hub(trusted_documents="off") as client:
        assert _code(await _post(client, documentId=document_id(KNOWN))) == "PERSISTED_QUERY_NOT_FOUND"
        assert (await _post(client, query=KNOWN, documentId=document_id(KNOWN))).status_code == 200


async def test_a_retired_document_is_unknown_and_may_come_back(hub: Open, city: City) -> None:
    async with hub() as client:
        named = document_id(KNOWN)
        for role in (None, "officer", "officer", "officer"):  # compiled, found, kept with its bytes
            assert (await _post(client, role, documentId=named)).json()["data"]
        _within(
            city, lambda session: retire_documents(session, actor_for_user(session), "tracuu", named[:12])
        )
        for role in (None, "officer"):
            assert _code(await _post(client, role, documentId=named)) == "PERSISTED_QUERY_NOT_FOUND"
        _within(
            city,
            lambda session: register_documents(session, actor_for_user(session), "tracuu", {KNOWN: "Few"}),
        )
        assert (await _post(client, documentId=named)).json()["data"]

    def events(session: Session) -> list[str]:
        kinds = session.exec(select(AuditEvent.event_type).where(AuditEvent.object_type == "setting")).all()
        return sorted(set(kinds))

    assert _within(city, events) == ["document:register", "document:retire"]


@pytest.mark.parametrize("role", [None, "officer", "agency_admin", "archive_head"])
def test_who_may_not_change_settings_registers_nothing(city: City, role: str | None) -> None:
    def work(session: Session) -> None:
        actor = actor_for_user(session, f"demo.{role}") if role else the_public()
        register_documents(session, actor, "evil", {STRANGE: None})

    with pytest.raises(HubError) as refused:
        _within(city, work)
    assert isinstance(refused.value, NotPermitted)
    wanted = select(TrustedDocument).where(TrustedDocument.application == "evil")
    assert _within(city, lambda session: session.exec(wanted).all()) == []
