"""Every text of every record names its record: an answer must name none that its reader may not see.

And it must name those that he may, or the test could not fail. The token itself is searched for too, since
counts, facets and highlights would tell as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    NameNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse_value,
    print_ast,
    visit,
)
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from hub.kit.ids import encode
from schema import build_schema
from tests.contract.canary import TOKEN
from tests.contract.conftest import ARCHIVE, ELSEWHERE, HERE, RESOURCES, ROLES, SIGHTS, City, Hub
from tests.contract.test_figures_again import published

TYPES = {
    "fonds": "Fonds", "series": "Series", "file": "ArchivalFile", "item": "Item", "digital": "DigitalObject",
    "transfer": "Transfer", "return": "AgencyReturn",
}  # fmt: skip


def named(text: str) -> set[tuple[str, int]]:
    """The records that an answer names."""
    return {(kind, int(key)) for kind, key in TOKEN.findall(text)}


def leaked(city: City, role: str, text: str) -> set[tuple[str, int]]:
    """The records that an answer names and its reader may not see."""
    return {one for one in named(text) if not city.sees(role, *one)}


def _some(city: City, kind: str, *, per_kind: int = 5) -> list[str]:
    """Ids of records of a kind, spread over it."""
    keys = list(city.rows(kind))
    return [encode(TYPES[kind], key) for key in keys[:: max(1, len(keys) // per_kind)]]


def asked(city: City) -> Iterator[tuple[str, dict[str, Any]]]:
    """The contract's operations with variables that reach for what is hidden."""
    for agency in (HERE, ELSEWHERE, ARCHIVE):
        for name in ("FileList", "FondsTree", "ItemPage", "FilePage"):
            yield name, {"agency": agency}
        [fonds, *_] = [
            row.id for row in city.rows("fonds").values() if row.agency_id == city.agency(agency).id
        ]
        yield "FilesWithItems", {"fonds": encode("Fonds", fonds)}
    for key in (one for kind in RESOURCES for one in _some(city, kind)):
        yield "FileScreen", {"id": key}
    for text in ("canary", "canaryitem"):
        yield "FileBrowse", {"text": text}
        yield "Search", {"text": text}
    yield "CityScorecard", {"asOf": "2025-06-30"}
    yield "IndicatorByAgency", {"asOf": "2025-06-30", "codes": ["II.1.a", "II.2.b"]}
    yield "ReturnsOverview", {"from": "2024-12-01"}


@pytest.mark.parametrize("role", ROLES)
def test_no_operation_of_the_contract_names_what_its_reader_may_not_see(hub: Hub, role: str) -> None:
    told: set[tuple[str, int]] = set()
    for name, variables in asked(hub.city):
        text = hub.ask(name, role, **variables).text
        assert leaked(hub.city, role, text) == set(), (name, variables)
        told |= named(text)
    # There was something to tell of each kind, and something to hide.
    assert {kind for kind, _ in told} >= {"fonds", "series", "file", "item"}
    for kind in ("series", "file", "item"):
        assert len(hub.city.seen(role, kind)) < len(hub.city.rows(kind))
    if role == "supervisor":
        assert "return" in {kind for kind, _ in told}


@pytest.mark.parametrize("role", SIGHTS)
def test_whoever_may_see_a_record_is_told_its_name(hub: Hub, role: str) -> None:
    city = hub.city
    for agency in (HERE, ELSEWHERE):
        key = city.agency(agency).id
        files = city.seen(role, "file", (row for row in city.rows("file").values() if row.agency_id == key))
        answer = hub.ask("FileList", role, agency=agency).text
        assert {one for one in named(answer) if one[0] == "file"} == {("file", row.id) for row in files}


DEEP = """query($text: String!) { search(text: $text, first: 5) { totalCount totalCountRelation
  facets { field buckets { value label count } }
  edges { cursor highlight node { __typename ... on Node { id } } } } }"""


@pytest.mark.parametrize("role", SIGHTS)
def test_searching_for_the_name_itself_finds_it_or_nothing_at_all(hub: Hub, role: str) -> None:
    city = hub.city
    for kind in ("fonds", "series", "file", "item"):
        rows = list(city.rows(kind).values())
        seen = next(row for row in rows if city.sees(role, kind, row.id))
        hidden = next(row for row in rows if not city.sees(role, kind, row.id))
        found = hub.ask(DEEP, role, text=f"canary{kind}{seen.id}z").data["search"]
        assert found["totalCount"] == 1
        assert found["edges"][0]["node"]["id"] == encode(TYPES[kind], seen.id)
        assert f"<mark>canary{kind}{seen.id}z</mark>" in found["edges"][0]["highlight"]
        nothing = hub.ask(DEEP, role, text=f"canary{kind}{hidden.id}z").data["search"]
        assert (nothing["totalCount"], nothing["totalCountRelation"], nothing["edges"]) == (0, "EXACT", [])
        assert [facet["buckets"] for facet in nothing["facets"]] == [[]] * len(nothing["facets"])


@pytest.mark.parametrize("role", SIGHTS)
def test_counts_and_facets_are_of_what_is_seen(hub: Hub, role: str) -> None:
    city = hub.city
    query = """{ files(filter: {text: "canaryfile"}) { totalCount facets { field buckets { value count } } }
      items(filter: {text: "a", agencyCodes: ["%s", "%s"]}) { totalCount } fondsList { totalCount }
      seriesList { totalCount } transfers { totalCount } reports { totalCount } }""" % (HERE, ELSEWHERE)  # noqa: UP031
    data = hub.ask(query, role).data
    assert data["files"]["totalCount"] == len(city.seen(role, "file"))
    assert data["fondsList"]["totalCount"] == len(city.seen(role, "fonds"))
    assert data["seriesList"]["totalCount"] == len(city.seen(role, "series"))
    assert data["transfers"]["totalCount"] == len(city.seen(role, "transfer"))
    for facet in data["files"]["facets"]:
        if facet["field"] in ("STATE", "RETENTION"):  # never empty
            assert sum(bucket["count"] for bucket in facet["buckets"]) == data["files"]["totalCount"]


# ---- generated operations

SCALARS = {
    name: st.just(nodes.String("x")) for name in ("Date", "DateTime", "Percent", "Decimal", "BigInt", "JSON")
}


_OTHERS = {
    "reportingPeriod": ("ReportingPeriod", "reporting_period"),
    "returnCase": ("ReturnCase", "return_case"),
    "returnAttachment": ("ReturnAttachment", "return_attachment"),
}


class _Aim(Visitor):
    """Replaces generated arguments, which would find nothing, by such as reach for records of the city."""

    def __init__(self, info: TypeInfo, city: City, salt: str) -> None:
        super().__init__()
        self.info, self.city, self.salt = info, city, salt

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        parent, definition = self.info.get_parent_type(), self.info.get_field_def()
        if definition is None or parent is None or not definition.args:
            return None
        # The same field of the same type always gets the same arguments, so that fields can still be merged.
        rng = Random(f"{self.salt}:{parent.name}:{node.name.value}")
        kept = [one for one in node.arguments or () if one.name.value == "orderBy"]
        root = parent.name == "Query"
        wanted = dict(self._arguments(node.name.value, set(definition.args), root, rng, definition))
        return FieldNode(
            alias=node.alias,
            name=node.name,
            directives=(),
            selection_set=node.selection_set,
            arguments=tuple(kept)
            + tuple(
                ArgumentNode(name=NameNode(value=name), value=parse_value(text))
                for name, text in wanted.items()
            ),
        )

    def _arguments(
        self, name: str, known: set[str], root: bool, rng: Random, definition: Any
    ) -> Iterator[tuple[str, str]]:
        if "first" in known:
            yield "first", "30" if root else "4"
        if "ids" in known:
            yield "ids", "[" + ", ".join(f'"{self._id(rng)}"' for _ in range(12)) + "]"
        elif "id" in known:
            kinds = {
                "file": "file", "item": "item", "fonds": "fonds", "series": "series", "agencyReturn": "return",
            }  # fmt: skip
            yield "id", f'"{self._other(name, rng) or self._id(rng, kinds.get(name))}"'
        if "periodId" in known:
            yield "periodId", f'"{self._other("reportingPeriod", rng)}"'
        if "agencyCode" in known and name in ("returnForm", "agencyReturn"):
            yield "agencyCode", f'"{rng.choice([HERE, ELSEWHERE])}"'
        if "text" in known:
            yield "text", rng.choice(['"canary"', '"canaryitem"', '"canaryfile"', '"xay dung"'])
        if "filter" in known and root:
            offered = get_named_type(definition.args["filter"].type).fields
            if "agencyCodes" in offered and rng.random() < 0.5:
                yield "filter", '{agencyCodes: ["%s"]}' % rng.choice([HERE, ELSEWHERE, ARCHIVE])  # noqa: UP031
        if name == "codeList":
            yield "name", '"doc_type"'
        if name == "snapshotIndicators":
            [report] = self.city.sql(
                "select id from published_report where state = 'PUBLISHED' order by id limit 1"
            )
            yield "reportId", f'"{encode("PublishedReport", report.id)}"'
        if name == "indicators":
            yield "asOf", '"2025-06-30"'
            yield "codes", '["II.1.a"]'

    def _other(self, name: str, rng: Random) -> str | None:
        """The id of what a field reads that is no record of the archives."""
        if name == "agency":
            return encode("Agency", 1)
        kind, table = _OTHERS.get(name, ("", ""))
        rows = self.city.sql(f"select id from {table} order by id desc limit 20") if table else []
        return encode(kind, rng.choice(rows).id) if rows else None

    def _id(self, rng: Random, kind: str | None = None) -> str:
        kind = kind or rng.choice(RESOURCES)
        return encode(TYPES[kind], rng.choice(list(self.city.rows(kind))))


def aimed(schema: GraphQLSchema, document: DocumentNode, city: City) -> str:
    """A generated document with arguments that reach for records."""
    info = TypeInfo(schema)
    visitor = _Aim(info, city, print_ast(document))
    return print_ast(visit(document, TypeInfoVisitor(info, visitor)))


def test_generated_operations_name_nothing_hidden(hub: Hub) -> None:
    schema = build_schema()._schema
    told: dict[str, set[tuple[str, int]]] = {}
    refusals: list[str] = []
    asked: list[str] = []

    @seed(67)
    @settings(max_examples=20, database=None, deadline=None, phases=[Phase.generate])
    @given(queries(schema, custom_scalars=SCALARS, print_ast=lambda document: document))
    def ask(document: Any) -> None:
        text = aimed(schema, document, hub.city)
        for role in ("anyone", "clerk", "leader"):
            answer = hub.ask(text, role)
            asked.append(text)
            if "errors" in answer.body:
                assert answer.code in ("COST_EXCEEDED", "BAD_REQUEST", "NOT_FOUND"), answer.text[:800] + text
                # What somebody may not see is not found: that is an answer.
                refusals.extend([text] if answer.code != "NOT_FOUND" else [])
            assert leaked(hub.city, role, answer.text) == set(), text
            told.setdefault(role, set()).update(named(answer.text))

    with published(hub.city, frozen=True):  # for snapshotIndicators
        ask()
    # Many were answered, and something was told: texts made at random are often too much.
    assert len(refusals) * 3 < len(asked) * 2
    assert any(told.values())
