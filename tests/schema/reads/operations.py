"""Random valid operations over the compiled part of the schema, from a seed."""

from __future__ import annotations

import random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from graphql.type import is_leaf_type

from hub.kit.ids import encode
from tests.schema.reads.world import World

ROOTS = (
    "files", "items", "fondsList", "seriesList", "agencies", "transfers", "reportingPeriods", "returns", "reports",
    "auditEvents", "file", "item", "fonds", "series", "agency", "node", "nodes", "viewer", "codeList",
)  # fmt: skip
# Asked by tests/mutations/test_access_changes.py: this city has no people to propose and confirm.
LEFT_OUT = {"AccessChange"}
TEXTS = ("quy hoach", "đất", "phep xay", "NĂM 2", "", "---", "H00", "không có", "item", "kinh phi")
KEYS = {"fondsId": "Fonds", "seriesId": "Series", "fileId": "ArchivalFile", "periodId": "ReportingPeriod"}
LONG = "a_response_key_that_is_longer_than_the_sixty_three_bytes_of_postgresql"


class Writer:
    """Writes one operation and its variables."""

    def __init__(self, schema: GraphQLSchema, world: World, seed: int) -> None:
        self.schema = schema
        self.world = world
        self.random = random.Random(seed)
        self.variables: dict[str, Any] = {"yes": True, "no": False}
        self.declared = ["$yes: Boolean!", "$no: Boolean!"]
        self.fragments: list[str] = []
        self.aliases = 0
        self.abstract = 0
        self.parent = ""

    def operation(self) -> tuple[str, dict[str, Any]]:
        """The text and the variables."""
        query = self.schema.query_type
        assert query is not None
        fields = [
            self.field(name, query.fields[name], 3)
            for name in self.random.choices(ROOTS, k=self.random.choice([1, 1, 2]))
        ]
        body = " ".join(fields)
        text = f"query({', '.join(self.declared)}) {{ {body} }} {' '.join(self.fragments)}"
        used = {
            name: value
            for name, value in self.variables.items()
            if f"${name}" in body + "".join(self.fragments)
        }
        for name in self.variables.keys() - used.keys():
            text = text.replace(next(one for one in self.declared if one.startswith(f"${name}:")), "", 1)
        return text.replace("query(, ", "query(").replace("()", "").replace("(, )", ""), used

    def alias(self) -> str:
        """A response key of its own."""
        self.aliases += 1
        return f"{LONG if self.random.random() < 0.02 else 'k'}{self.aliases}"

    def field(self, name: str, field: GraphQLField, depth: int) -> str:
        """A field with arguments and selection."""
        arguments = self.arguments(field, get_named_type(field.type).name)
        kind = get_named_type(field.type)
        below = "" if is_leaf_type(kind) else self.selection(kind, depth - 1)
        directive = self.random.choice([""] * 8 + ["@include(if: $yes)", "@skip(if: $no)"])
        renamed = arguments or below or self.abstract or self.random.random() < 0.2
        alias = f"{self.alias()}: " if renamed else ""
        return f"{alias}{name}{arguments} {directive} {below}"

    def selection(self, kind: Any, depth: int) -> str:
        """A selection set; abstract types by fragments."""
        if not isinstance(kind, GraphQLObjectType):
            kinds = self.schema.get_possible_types(kind)
            chosen = self.random.sample(kinds, min(3, len(kinds)))
            self.abstract += 1  # fields of several types may share no response key
            parts = [f"... on {one.name} {self.selection(one, depth)}" for one in chosen]
            self.abstract -= 1
            return f"{{ __typename ... on Node {{ id }} {' '.join(parts)} }}"
        names = [
            name
            for name, field in kind.fields.items()
            if get_named_type(field.type).name not in LEFT_OUT
            if depth > 0 or is_leaf_type(get_named_type(field.type)) or kind.name.endswith(("Edge", "Info"))
        ]
        if not names:
            return "{ __typename }"
        picked = self.random.sample(names, min(len(names), self.random.randint(1, 6)))
        deeper = depth + (1 if kind.name.endswith(("Connection", "Edge")) else 0)
        parts = [self.field(name, kind.fields[name], deeper) for name in picked]
        if self.random.random() < 0.2:
            parts.append("__typename")
        if self.random.random() < 0.2:
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            self.fragments[int(name[1:])] = f"fragment {name} on {kind.name} {{ {' '.join(parts)} }}"
            parts = [f"...{name}"]
        return f"{{ {' '.join(parts)} }}"

    # ---- arguments

    def arguments(self, field: GraphQLField, kind: str) -> str:
        """Some of the arguments, those that must be given among them."""
        given = {}
        for name, argument in field.args.items():
            if name in ("after", "before", "id", "code", "agencyCode", "first", "last"):
                continue
            if isinstance(argument.type, GraphQLNonNull) or self.random.random() < 0.5:
                given[name] = self.written(argument, self.value(argument.type, name))
        if "first" in field.args:
            name = self.random.choice(["first", "first", "last"] if "last" in field.args else ["first"])
            given[name] = self.written(field.args[name], self.random.choice([0, 1, 2, 3, 5, 100]))
        given |= self.which(field, kind)
        return f"({', '.join(f'{name}: {value}' for name, value in given.items())})" if given else ""

    def which(self, field: GraphQLField, kind: str) -> dict[str, str]:
        """Which record a root field shall read."""
        if "id" not in field.args:
            return {}
        if kind == "Node":
            return {"id": self.written(field.args["id"], self.key())}
        if self.random.random() < 0.5:
            return {"id": self.written(field.args["id"], self.key(kind))}
        table = {"ArchivalFile": "file"}.get(kind, kind.lower())
        row = self.random.choice(self.world[table])
        chosen = {"code": self.written(field.args["code"], row.code)}
        if kind != "Agency":
            agency = self.world.one("agency", row.agency_id)
            assert agency is not None
            chosen["agencyCode"] = self.written(field.args["agencyCode"], agency.code)
        return chosen

    def key(self, kind: str | None = None) -> str:
        """A global id, of a row that may not exist."""
        kinds = [
            "Agency",
            "Fonds",
            "Series",
            "ArchivalFile",
            "Item",
            "Transfer",
            "ReportingPeriod",
            "AuditEvent",
        ]
        return encode(
            kind or self.random.choice(kinds), self.random.choice([1, 2, 3, 5, 8, 13, 21, 34, 99999])
        )

    def written(self, argument: GraphQLArgument, value: Any) -> str:
        """A value as a literal or as a variable."""
        if self.random.random() < 0.5:
            return literal(value, argument.type)
        name = f"v{len(self.variables)}"
        self.variables[name] = value
        self.declared.append(f"${name}: {argument.type}")
        return f"${name}"

    def value(self, kind: Any, name: str) -> Any:
        """A value of an input type."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type, name)
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type, name) for _ in range(self.random.choice([0, 1, 1, 2, 3]))]
        if isinstance(kind, GraphQLEnumType):
            return self.random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            chosen = self.random.sample(list(kind.fields), self.random.choice([0, 1, 1, 2, 3]))
            self.parent = "Agency" if kind.name == "AgencyFilter" else "Series"
            values = {one: self.value(kind.fields[one].type, one) for one in chosen}
            return {one: None if self.random.random() < 0.1 else value for one, value in values.items()}
        return self.scalar(kind.name, name)

    def scalar(self, kind: str, name: str) -> Any:
        """A value that some rows have."""
        choose = self.random.choice
        match kind, name:
            case "ID", "ids":
                return self.key()
            case "ID", "objectIds":
                return self.key(self.random.choice(["Agency", "Fonds", "ArchivalFile", "Item"]))
            case "ID", _:
                return self.key(self.parent if name == "parentId" else KEYS[name])
            case "Date", _:
                return choose(["2019-12-30", "2020-01-01", "2025-06-30", "2025-07-01"])
            case "DateTime", _:
                return choose(["2020-01-01T00:00:00Z", "2099-01-01T00:00:00+07:00"])
            case "Boolean", _:
                return choose([True, False])
            case "Int", _:
                return choose([1954, 1975, 2020])
            case "String", "text":
                return choose(TEXTS)
            case "String", "name":
                return choose(["doc_type", "nothing"])
            case "String", "agencyCodes":
                former = [row.value for row in self.world["agency_code"]]
                return choose([*(row.code for row in self.world["agency"]), *former])
            case "String", "docTypes":
                return choose(["01", "02", "zz"])
            case "String", "notations":
                return "QĐ-UBND"
            case "String", "agents":
                return choose([*(row.name for row in self.world["app_user"]), "nobody"])
            case "String", "eventTypes":
                return "file:close"
        return choose(["H001", "P00", "V0001", "N00", "CQ-1", "12"])


def literal(value: Any, kind: Any) -> str:
    """A value in GraphQL's own notation."""
    if isinstance(kind, GraphQLNonNull):
        return literal(value, kind.of_type)
    if value is None:
        return "null"
    if isinstance(kind, GraphQLList):
        return f"[{', '.join(literal(one, kind.of_type) for one in value)}]"
    if isinstance(kind, GraphQLInputObjectType):
        return f"{{{', '.join(f'{name}: {literal(one, kind.fields[name].type)}' for name, one in value.items())}}}"
    if isinstance(kind, GraphQLEnumType):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        str(value) if isinstance(value, int) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
