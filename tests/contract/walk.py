"""Operations over the whole schema, made from the schema itself: every type by its shortest way, every order, every
filter, and as many random ones as wanted.

Arguments reach for what is there, seen or hidden. What is made is valid and inside the limits of the public, so that
nearly all of it is answered. The same seed makes the same operations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from hub.kit.ids import encode
from tests.contract.conftest import ARCHIVE, ELSEWHERE, HERE, City

IDS = {
    "Fonds": "fonds", "Series": "series", "ArchivalFile": "file", "Item": "item", "DigitalObject": "digital_object",
    "Transfer": "transfer", "AgencyReturn": "agency_return", "Agency": "agency", "AppUser": "app_user",
    "RoleGrant": "role_grant", "PublishedReport": "published_report", "ReportingPeriod": "reporting_period",
    "AuditEvent": "audit_event",
}  # fmt: skip
# what an id argument of this name is the id of; an `id` of a root field is one of the field's type
NAMED = {
    "fondsId": "Fonds", "seriesId": "Series", "fileId": "ArchivalFile", "itemId": "Item", "agencyId": "Agency",
    "userId": "AppUser", "reportId": "PublishedReport", "periodId": "ReportingPeriod",
}  # fmt: skip
# how a root field is told which record, when not by an id
KEYS = ("id", "code", "agencyCode", "name")
AGENCIES = (HERE, ELSEWHERE, ARCHIVE, "SNV")
WORDS = ("canary", "canaryitem", "canaryfile", "xay dung", "quy hoach", "ho so", "cap giay phep")
INDICATORS = ("II.1.a", "II.1.b", "II.1.c", "II.2.a", "II.2.b", "II.2.c", "1.1", "2.2", "3.1", "4.2")
DAYS = ("2024-06-30", "2024-12-31", "2025-06-30")


class Step(NamedTuple):
    """A field on the way to a type; `on` is the fragment in which the next is asked."""

    field: str
    parent: GraphQLObjectType
    on: str | None


class Walk:
    """Makes operations; `covered` are the fields that they asked, as (type, field)."""

    def __init__(self, schema: GraphQLSchema, city: City, seed: int, figures: tuple[str, ...] = ()) -> None:
        assert schema.query_type is not None
        self.schema, self.query, self.rng = schema, schema.query_type, Random(seed)
        self.covered: set[tuple[str, str]] = set()
        self._figures = figures
        self._keys = {
            kind: [row.id for row in city.sql(f"select id from {table} order by id")]
            for kind, table in IDS.items()
        }
        self._codes = {
            table: city.sql(
                f"select t.code, a.code as agency from {table} t join agency a on a.id = t.agency_id"
            )
            for table in ("fonds", "file", "item")
        }
        self._codes["series"] = city.sql(
            "select s.code, a.code as agency from series s join fonds f on f.id = s.fonds_id"
            " join agency a on a.id = f.agency_id"
        )
        self.ways = self._ways()

    def _some(self, city: City, table: str) -> list[int]:
        """Keys of a table; those of the roles' own agency are there often, so that something is seen."""
        rows = city.sql(f"select * from {table} order by id")
        here = city.agency(HERE).id
        own = [row.id for row in rows if getattr(row, "agency_id", None) == here]
        return [row.id for row in rows] + own * (len(rows) // (len(own) or 1))

    # ---- the types and the ways to them

    def fields(self, kind: GraphQLObjectType) -> dict[str, GraphQLField]:
        """The fields of a type."""
        return dict(kind.fields)

    def _objects(self, named: GraphQLNamedType) -> list[GraphQLObjectType]:
        if is_abstract_type(named):
            return sorted(self.schema.get_possible_types(named), key=lambda one: one.name)  # type: ignore[arg-type]
        return [named] if isinstance(named, GraphQLObjectType) else []

    def _ways(self) -> dict[str, tuple[Step, ...]]:
        ways: dict[str, tuple[Step, ...]] = {self.query.name: ()}
        queue = deque([self.query])
        while queue:
            kind = queue.popleft()
            for name, field in self.fields(kind).items():
                named = get_named_type(field.type)
                for target in self._objects(named):
                    if target.name not in ways:
                        on = target.name if is_abstract_type(named) else None
                        ways[target.name] = (*ways[kind.name], Step(name, kind, on))
                        queue.append(target)
        return ways

    def reachable(self) -> set[tuple[str, str]]:
        """Every field of every type that a query can reach."""
        return {(name, field) for name in self.ways for field in self.schema.type_map[name].fields}  # type: ignore[attr-defined]

    # ---- operations

    def covering(self) -> Iterator[str]:
        """For each type, one operation by the shortest way that asks all its fields, a few at a time."""
        for name, way in self.ways.items():
            kind = self.schema.type_map[name]
            assert isinstance(kind, GraphQLObjectType)
            if kind is self.query:
                for field in kind.fields:
                    yield "{ " + self._field(kind, field, 2) + " }"
                continue
            leaves = [field for field, it in kind.fields.items() if is_leaf_type(get_named_type(it.type))]
            others = [field for field in kind.fields if field not in leaves]
            yield self._along(way, " ".join(self._field(kind, field, 0) for field in leaves) or "__typename")
            for start in range(0, len(others), 3):
                yield self._along(
                    way, " ".join(self._field(kind, field, 1) for field in others[start : start + 3])
                )

    def probing(self) -> Iterator[str]:
        """For each list of a root field or a type, every order and every condition of its filter by itself."""
        for name, way in self.ways.items():
            kind = self.schema.type_map[name]
            assert isinstance(kind, GraphQLObjectType)
            for field, it in kind.fields.items():
                for argument, values in self._choices(it):
                    for value in values:
                        given = {argument: value}
                        yield self._along(way, self._field(kind, field, 1, given))

    def _choices(self, field: GraphQLField) -> Iterator[tuple[str, list[str]]]:
        for name, argument in field.args.items():
            named = get_named_type(argument.type)
            if isinstance(named, GraphQLEnumType) and not isinstance(argument.type, GraphQLList):
                yield name, list(named.values)
            elif isinstance(named, GraphQLInputObjectType) and name == "filter":
                yield (
                    name,
                    [
                        f"{{{one}: {self._value(it.type, one, named.name)}}}"
                        for one, it in named.fields.items()
                    ],
                )

    def random(self, count: int) -> Iterator[str]:
        """That many operations of random fields and arguments."""
        roots = list(self.query.fields)
        for _ in range(count):
            chosen = self.rng.sample(roots, self.rng.choice((1, 1, 2)))
            yield (
                "{ "
                + " ".join(
                    self._field(self.query, one, self.rng.choice((3, 4, 5)), wide=False) for one in chosen
                )
                + " }"
            )

    def _along(self, way: tuple[Step, ...], selection: str) -> str:
        for step in reversed(way):
            self.covered.add((step.parent.name, step.field))
            inside = f"... on {step.on} {{ {selection} }}" if step.on else selection
            field = step.parent.fields[step.field]
            selection = f"{step.field}{self._arguments(step.parent, step.field, field)} {{ {inside} }}"
        return "{ " + selection + " }"

    def _field(
        self,
        parent: GraphQLObjectType,
        name: str,
        depth: int,
        given: dict[str, str] | None = None,
        wide: bool = True,
    ) -> str:
        field = parent.fields[name]
        self.covered.add((parent.name, name))
        text = name + self._arguments(parent, name, field, given)
        named = get_named_type(field.type)
        return text if is_leaf_type(named) else f"{text} {{ {self._selection(named, depth, wide)} }}"

    def _selection(self, named: GraphQLNamedType, depth: int, wide: bool) -> str:
        objects = self._objects(named)
        if is_abstract_type(named):
            one = self.rng.choice([it for it in objects if it.name in self.ways])
            return f"__typename ... on {one.name} {{ {self._selection(one, depth, wide)} }}"
        [kind] = objects
        leaves = [field for field, it in kind.fields.items() if is_leaf_type(get_named_type(it.type))]
        others = [field for field in kind.fields if field not in leaves]
        if depth <= 0:
            # a page without nodes tells nothing
            chosen = leaves or ["__typename"]
            if "nodes" in others and "pageInfo" in others:
                chosen = [*leaves, "nodes"]
        elif wide:
            chosen = [*leaves, *others[:3]]
        else:
            chosen = self.rng.sample(leaves, min(len(leaves), 4)) + self.rng.sample(
                others, min(len(others), 2)
            )
        if "nodes" in chosen and "edges" in chosen:
            chosen.remove(self.rng.choice(("nodes", "edges")))
        return " ".join(
            "__typename" if one == "__typename" else self._field(kind, one, depth - 1, wide=wide)
            for one in chosen
        )

    # ---- arguments

    def _arguments(
        self, parent: GraphQLObjectType, name: str, field: GraphQLField, given: dict[str, str] | None = None
    ) -> str:
        told = dict(given or {})
        root = parent is self.query
        if root and {"agencyCode", "code"} <= set(field.args) and name in self._codes:
            told |= self._by_code(name)
        for argument, it in field.args.items():
            if argument in told or (argument in KEYS and told.keys() & {"id", "code"}):
                continue
            if argument == "first":
                told["first"] = str(self.rng.choice((5, 20)) if root else 2)
            elif argument in ("last", "after", "before", "plan") or (
                argument == "id" and "code" in field.args and root and self.rng.random() < 0.3
            ):
                continue
            elif is_required_argument(it) or self._wanted(argument):
                told[argument] = self._value(it.type, argument, name)
        if "first" in told and "last" in field.args and self.rng.random() < 0.15:
            told["last"] = told.pop("first")
        return f"({', '.join(f'{key}: {value}' for key, value in told.items())})" if told else ""

    def _by_code(self, name: str) -> dict[str, str]:
        if self.rng.random() < 0.5:
            kind = {"file": "ArchivalFile"}.get(name, name.capitalize())
            return {"id": self._id(kind)}
        row = self.rng.choice(self._codes[name])
        return {"agencyCode": f'"{row.agency}"', "code": '"' + row.code.replace('"', '\\"') + '"'}

    def _wanted(self, argument: str) -> bool:
        likely = {
            "id": 1.0,
            "ids": 1.0,
            "code": 1.0,
            "codes": 1.0,
            "fields": 0.3,
            "orderBy": 0.5,
            "filter": 0.4,
            "agencyCode": 0.6,
        }
        return self.rng.random() < likely.get(argument, 0.5)

    def _id(self, kind: str) -> str:
        if kind not in IDS:
            kinds = sorted(IDS)
            if self._figures and self.rng.random() < 0.2:
                return f'"{self.rng.choice(self._figures)}"'
            kind = self.rng.choice(kinds)
        return f'"{encode(kind, self.rng.choice(self._keys[kind]))}"'

    def _value(self, kind: Any, name: str, owner: str) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, name, owner)
        if isinstance(kind, GraphQLList):
            count = 6 if name == "ids" else 1
            return "[" + ", ".join(self._value(kind.of_type, name, owner) for _ in range(count)) + "]"
        if isinstance(kind, GraphQLEnumType):
            return self.rng.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            chosen = self.rng.sample(sorted(kind.fields), self.rng.choice((1, 1, 2)))
            told = (f"{one}: {self._value(kind.fields[one].type, one, kind.name)}" for one in chosen)
            return "{" + ", ".join(told) + "}"
        return self._scalar(kind.name, name, owner)

    def _scalar(self, kind: str, name: str, owner: str) -> str:
        if kind == "ID":
            owners = {
                "agency": "Agency", "user": "AppUser", "grant": "RoleGrant", "AgencyFilter": "Agency",
                "SeriesFilter": "Series", "fonds": "Fonds", "series": "Series", "file": "ArchivalFile", "item": "Item",
                "report": "PublishedReport", "agencyReturn": "AgencyReturn", "returnCase": "AgencyReturn",
                "reportingPeriod": "ReportingPeriod",
            }  # fmt: skip
            return self._id(NAMED.get(name) or owners.get(owner, "Node"))
        if kind == "Int":
            return "2024" if "ear" in name else "3"
        if kind == "Boolean":
            return self.rng.choice(("true", "false"))
        if kind == "Date":
            return f'"{DAYS[0] if name in ("from", "before") else self.rng.choice(DAYS[1:])}"'
        if kind == "DateTime":
            return '"2025-06-01T00:00:00Z"'
        if kind != "String":
            return '"1"'
        if (
            name in ("agencyCode", "agencyCodes")
            or owner == "AgencyFilter"
            or (owner == "agency" and name == "code")
        ):
            return f'"{self.rng.choice(AGENCIES)}"'
        if name in ("code", "codes"):
            figures = owner in ("indicators", "indicatorChange", "dataQuality", "snapshotIndicators")
            known = INDICATORS if figures else [row.code for row in self.rng.sample(self._codes["file"], 3)]
            return '"' + self.rng.choice(list(known)) + '"'
        if name == "name":
            return '"doc_type"'
        return f'"{self.rng.choice(WORDS)}"'
