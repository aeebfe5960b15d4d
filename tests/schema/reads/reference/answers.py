"""Operations answered by graphql-core, its fields and lists by the parts beside this module."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace as Row
from typing import Any

from graphql import GraphQLResolveInfo, execute_sync, parse

from hub.access.actor import Actor
from hub.kit.ids import decode
from tests.schema.reads.reference.pages import Pages
from tests.schema.reads.reference.rows import TYPES, snake, written
from tests.schema.reads.world import TODAY

TO_ONE = {
    "agency": "Agency",
    "creator": "Agency",
    "custodian": "Agency",
    "fonds": "Fonds",
    "series": "Series",
    "file": "ArchivalFile",
    "item": "Item",
    "plan": "Plan",
    "period": "ReportingPeriod",
    "corrects": "PublishedReport",
}


class Reference(Pages):
    """Answers operations over the rows of a city."""

    def answer(self, text: str, actor: Actor, variables: dict[str, Any] | None = None) -> Any:
        """The data; an error of the reference itself is raised."""
        result = execute_sync(
            self.schema,
            parse(text),
            variable_values=variables,
            context_value=actor,
            field_resolver=self.resolve,
            type_resolver=lambda value, info, kind: value.typename,
        )
        if result.errors:
            raise result.errors[0].original_error or result.errors[0]
        return json.loads(json.dumps(result.data))

    # ---- fields

    def resolve(self, source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        """One field."""
        owner, name = info.parent_type.name, info.field_name
        special = getattr(self, f"_{owner}_{name}", None) or getattr(self, f"_{name}", None)
        if isinstance(source, dict):
            value = source[name]
            return value(**args) if callable(value) else value
        if owner == "Query":
            return self.root(info, name, args)
        if str(info.return_type).rstrip("!").endswith("Connection"):
            return self.nested(source, info, name, args)
        if special is not None:
            return special(source, info.context)
        if name in TO_ONE:
            kind = TO_ONE[name]
            return self.seen(
                info.context, kind, self.world.one(TYPES[kind][0], getattr(source, f"{name}_id"))
            )
        return written(getattr(source, snake(name)), str(info.return_type))

    # ---- lists

    def root(self, info: GraphQLResolveInfo, name: str, args: dict[str, Any]) -> Any:
        """A root field."""
        actor: Actor = info.context
        if name == "node":
            return self.named(actor, args["id"])
        if name == "nodes":
            return [self.named(actor, one) for one in args["ids"]]
        if name == "viewer":
            return self.seen(actor, "Viewer", self.world.one("app_user", actor.id))
        if name == "codeList":
            return self.code_list(**args)
        kind = str(info.return_type).rstrip("!")
        if not kind.endswith("Connection"):
            return self.by_code(actor, kind, args)
        node = self.node_of(info)
        return self.page(actor, "Query", info, node, self.rows(actor, node), args)

    def node_of(self, info: GraphQLResolveInfo) -> str:
        """The type of a connection's nodes."""
        kind: Any = self.schema.type_map[str(info.return_type).rstrip("!")]
        return str(kind.fields["nodes"].type).strip("[]!")

    def named(self, actor: Actor, key: str) -> Row | None:
        """The row with this global id."""
        kind, number = decode(key)
        return self.seen(actor, kind, self.world.one(TYPES[kind][0], int(number)))

    def by_code(self, actor: Actor, kind: str, args: dict[str, Any]) -> Row | None:
        """The row with this id or code."""
        if args.get("id"):
            return self.named(actor, args["id"])
        if kind == "Agency":
            return self.seen(actor, kind, self.world.one("agency", self.agency_of(args["code"])))
        owner = self.agency_of(args["agencyCode"])
        for row in self.world[TYPES[kind][0]]:
            if row.code == args["code"] and row.agency_id == owner:
                return self.seen(actor, kind, row)
        return None

    def code_list(self, name: str, asOf: str | None = None) -> list[dict[str, Any]]:
        """A code list as of a day."""
        day = date.fromisoformat(asOf) if asOf else TODAY
        found = []
        for entry in sorted(
            self.world["code_list_entry"], key=lambda one: (one.position, one.value, one.valid_from)
        ):
            ended = entry.valid_to is not None and entry.valid_to <= day
            if entry.list_name == name and not ended and entry.valid_from <= day:
                values = {key: written(value, "") for key, value in vars(entry).items()}
                found.append(
                    values
                    | {
                        "labelEn": values["label_en"],
                        "validFrom": values["valid_from"],
                        "validTo": values["valid_to"],
                        "legalSource": values["legal_source"],
                    }
                )
        return found

    def nested(self, row: Row, info: GraphQLResolveInfo, name: str, args: dict[str, Any]) -> Any:
        """A connection below a record."""
        actor: Actor = info.context
        owner, node = info.parent_type.name, self.node_of(info)
        edges: dict[int, tuple[int, bool]] = {}
        if (owner, name) == ("ArchivalFile", "items"):
            listed = {one.item_id: one.ordinal for one in self.world["item_listing"] if one.file_id == row.id}
            found = self.rows(actor, node, lambda item: item.file_id == row.id or item.id in listed)
            edges = {
                item.id: (item.ordinal, True) if item.file_id == row.id else (listed[item.id], False)
                for item in found
            }
        else:
            found = self.rows(actor, node, self.belonging(actor, owner, name, row))
        return self.page(actor, owner, info, node, found, args, edges)

    def belonging(self, actor: Actor, owner: str, name: str, row: Row) -> Callable[[Row], bool]:
        """Which rows belong to a record."""
        if name in ("predecessors", "successors"):
            mine, other = (
                ("successor_id", "predecessor_id")
                if name == "predecessors"
                else ("predecessor_id", "successor_id")
            )
            keys = {
                getattr(one, other) for one in self.world["agency_succession"] if getattr(one, mine) == row.id
            }
            return lambda one: one.id in keys
        if name == "overdue":
            late = self.late(actor, row)
            return lambda one: one.id in late
        if name == "unitReturns":
            return lambda one: (one.period_id, one.reports_to_id) == (row.period_id, row.agency_id)
        if name == "spans":
            first = row.covers_from or date.max
            return lambda one: (
                (one.plan_id, one.kind) == (row.plan_id, "HALF_YEAR")
                and (first <= one.deadline <= row.deadline)
            )
        if name == "changes":
            kind = TYPES[owner][0]
            return lambda one: (one.object_type, one.object_id, one.outcome) == (kind, row.id, "success")
        if owner == "Transfer":
            keys = {one.file_id for one in self.world["transfer_entry"] if one.transfer_id == row.id}
            return lambda one: one.id in keys
        column = {
            "children": "parent_id",
            "returns": "period_id",
            "createdFonds": "creator_id",
        }.get(name) or {
            "Agency": "agency_id",
            "Fonds": "fonds_id",
            "Series": "series_id",
            "ArchivalFile": "file_id",
            "Item": "item_id",
        }[owner]
        return lambda one: getattr(one, column) == row.id
