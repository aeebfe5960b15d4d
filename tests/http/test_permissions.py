"""The permission that a field needs stands in its description, and is what the law is asked when it is answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from hub.kit.ids import encode
from policies.actions import ACTIONS
from policies.law import Law
from schema import build_schema
from schema.permissions import ANY, COMPUTED, MARK
from tests.http.conftest import Open

pytestmark = pytest.mark.anyio

# Root fields of which the law asks nothing by itself: what they explain or count is asked about when it is named.
UNASKED = {"viewerAccess", "notices"}
# Deeds that concern nobody but the caller.
ABOUT_ONESELF = {"stepUp"}
QUERIES = {
    "indicators": '{ indicators(asOf: "2024-12-31") { percent } }',
    "indicatorChange": '{ indicatorChange(code: "II.1.a", from: "2023-12-31", to: "2024-12-31") { points } }',
    "snapshotIndicators": "query($id: ID!) { snapshotIndicators(reportId: $id) { percent } }",
    "compareSnapshots": 'query($id: ID!) { compareSnapshots(a: $id, b: $id, code: "II.1.a") { sameFormula } }',
    "exclusionEffect": "query($id: ID!) { exclusionEffect(id: $id) { asOf } }",
    "dataQuality": '{ dataQuality(asOf: "2024-12-31") { toMend(first: 1) { nodes { __typename } } } }',
    "transferRadar": '{ transferRadar(asOf: "2024-12-31") { files(first: 1) { totalCount } } }',
    "viewAs": "query($id: ID!) { viewAs(user: $id) { rights { action } } }",
    "returnsDesk": "query($id: ID!) { returnsDesk(periodId: $id) { lateCount } }",
    "returnForm": 'query($id: ID!) { returnForm(periodId: $id, agencyCode: "SNV") { owed } }',
    "returnAttachment": f'{{ returnAttachment(id: "{encode("ReturnAttachment", 1)}") }}',
    "recordAsOf": 'query($id: ID!) { recordAsOf(id: $id, on: "2099-12-31") { values } }',
}
# What the demo has none of: the law is asked first.
MISSING = {"returnAttachment"}
# Where the id that a field takes is found.
NAMED = {
    "compareSnapshots": "snapshots",
    "exclusionEffect": "exclusions",
    "returnsDesk": "reportingPeriods",
    "returnForm": "reportingPeriods",
    "viewAs": "users",
    "recordAsOf": "files",
}


def _rights(description: str | None) -> set[str]:
    found = re.search(rf"{MARK}([^(\n]+)", description or "")
    return {one.strip() for one in found[1].split(",")} if found else set()


def test_every_root_field_says_what_it_needs() -> None:
    schema = build_schema()._schema
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    silent = {name for name, field in schema.query_type.fields.items() if not _rights(field.description)}
    assert silent == UNASKED
    silent = {name for name, field in schema.mutation_type.fields.items() if not _rights(field.description)}
    assert silent == ABOUT_ONESELF


def test_what_is_printed_is_the_law() -> None:
    schema = build_schema()
    questions = {f"{resource}:{action}" for resource, action in Law({}).questions} | {"*:read"}
    for kind in schema._schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        for name, field in kind.fields.items():
            rights = _rights(field.description)
            assert rights <= questions, f"{kind.name}.{name}"
            record = schema.catalogue.resources.get(get_named_type(field.type).name)
            if record is not None and kind is not schema._schema.mutation_type:
                assert rights == {f"{record}:read"}, f"{kind.name}.{name}"
    mutation = schema._schema.mutation_type
    assert mutation is not None
    for name, deed in ACTIONS.items():
        assert _rights(mutation.fields[name].description) == {deed.name}


@pytest.mark.parametrize("name", sorted(COMPUTED))
async def test_a_computed_field_asks_the_law_what_it_says(
    hub: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked: set[str] = set()
    may, predicate = Law.may, Law.predicate

    def hear_may(law: Law, subject: Any, action: str, resource: str, row: object, **known: Any) -> bool:
        asked.add(f"{resource}:{action}")
        return may(law, subject, action, resource, row, **known)

    def hear_predicate(law: Law, shape: Any, resource: str, action: str, *rest: Any, **more: Any) -> str:
        asked.add(f"{resource}:{action}")
        return predicate(law, shape, resource, action, *rest, **more)

    role = "sysadmin" if name == "viewAs" else "supervisor"
    async with hub() as client:
        found = (
            await client.ask(
                '{ reports(first: 1) { nodes { id } } users(filter: { text: "demo clerk" }) { nodes { id } }'
                " files(first: 1) { nodes { id } } reportingPeriods(first: 1) { nodes { id } }"
                " snapshots(first: 1) { nodes { id } } exclusions(first: 1) { nodes { id } } }",
                role=role,
            )
        ).json()["data"]
        nodes = found[NAMED.get(name, "reports")]["nodes"]
        monkeypatch.setattr(Law, "may", hear_may)
        monkeypatch.setattr(Law, "predicate", hear_predicate)
        variables = {"id": nodes[0]["id"]} if "$id" in QUERIES[name] else None
        answer = (await client.ask(QUERIES[name], variables, role=role)).json()
    codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
    assert codes == (["NOT_FOUND"] if name in MISSING else []), answer
    assert {"file:read" if right == ANY else right for right in COMPUTED[name]} <= asked
