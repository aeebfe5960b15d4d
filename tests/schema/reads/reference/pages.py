"""Connections as the reference answers them: filtered, ordered, cut to a page, counted by facets."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from types import SimpleNamespace as Row
from typing import Any

from graphql import GraphQLResolveInfo

from hub.access.actor import Actor
from hub.kit.ids import decode
from hub.kit.vietnamese import fold
from tests.schema.reads.reference.fields import Fields
from tests.schema.reads.reference.rows import ACCESS, TYPES, snake, written

FIRST_DAY = date.min
ORDER_KEYS: dict[str, Callable[[Row], Any]] = {
    "CODE": lambda row: row.code,
    "TITLE": lambda row: row.title_sort,
    "NAME": lambda row: row.name_sort,
    "START_DATE": lambda row: row.start_date or FIRST_DAY,
    "ISSUED_DATE": lambda row: row.issued_date or FIRST_DAY,
    "REGISTERED_ON": lambda row: row.registered_on,
    "DEADLINE": lambda row: row.deadline,
    "POSITION": lambda row: row.position,
}
FACETS: dict[str, tuple[set[str], Callable[[Row], Any]]] = {
    "AGENCY": ({"agencyCodes", "includeSubtree"}, lambda row: row.agency_id),
    "ORIGIN": ({"origins", "originUnknown"}, lambda row: row.origin),
    "ACCESS": ({"accessModes", "accessUnknown"}, lambda row: ACCESS[row.access_level]),
    "STATE": ({"states"}, lambda row: row.state),
    "RETENTION": ({"retentionKinds"}, lambda row: row.retention_kind),
    "DOC_TYPE": ({"docTypes"}, lambda row: row.doc_type),
    "YEAR": (
        {
            *("startDateFrom", "startDateTo", "startDateUnknown"),
            *("issuedDateFrom", "issuedDateTo", "issuedDateUnknown"),
        },
        lambda row: (
            (day := getattr(row, "start_date", None) or getattr(row, "issued_date", None)) and day.year
        ),
    ),
}

# What an id in a filter is the id of; a parent that is not seen is none.
PARENTS = {
    "fondsId": "Fonds", "seriesId": "Series", "parentId": "Series", "fileId": "ArchivalFile",
    "periodId": "ReportingPeriod",
}  # fmt: skip


def holds_words(folded: str, text: str) -> bool:
    """Whether every word is there, the last one as a prefix."""
    asked, there = fold(text).split(), set(fold(folded).split())
    return all(word in there for word in asked[:-1]) and any(word.startswith(asked[-1]) for word in there)


class Pages(Fields):
    """Rows of a type into a connection."""

    def page(
        self,
        actor: Actor,
        owner: str,
        info: GraphQLResolveInfo,
        node: str,
        rows: list[Row],
        args: dict[str, Any],
        edges: dict[int, tuple[int, bool]] | None = None,
    ) -> dict[str, Any]:
        """A connection as the Relay specification says."""
        asked = args.get("filter") or {}
        everything = rows
        rows = [row for row in rows if self.passes(row, asked)]
        order = args.get("orderBy") or self.default_order(info)
        column, _, way = (order or "ID_ASC").rpartition("_")

        def key(row: Row) -> tuple[Any, ...]:
            if column == "ID":
                return (row.id,)
            if column == "ORDINAL":
                return ((edges or {}).get(row.id, (getattr(row, "ordinal", None),))[0], row.id)
            return (ORDER_KEYS[column](row), row.id)

        def cursor(row: Row) -> str:
            parts = ["-infinity" if one == FIRST_DAY else written(one, "") for one in key(row)]
            head = f'[1,"{owner}.{info.field_name}:{order or "ID_ASC"}",'
            values = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))[1:]
            return base64.b64encode((head + " " * (-len(head) % 3) + values).encode()).decode()

        def place(text: str) -> tuple[Any, ...]:
            values = json.loads(base64.b64decode(text))[2:]
            dated = column in ("START_DATE", "ISSUED_DATE", "DEADLINE", "REGISTERED_ON")
            first = [
                (FIRST_DAY if value == "-infinity" else date.fromisoformat(value)) if dated else value
                for value in values[:-1]
            ]
            return (*first, values[-1])

        rows.sort(key=key, reverse=way == "DESC")

        def later(row: Row, text: str) -> bool:
            return key(row) < place(text) if way == "DESC" else key(row) > place(text)

        within = rows
        before_page = after_page = False
        if args.get("after"):
            within = [row for row in within if later(row, args["after"])]
            before_page = any(not later(row, args["after"]) for row in rows)
        if args.get("before"):
            within = [
                row for row in within if not later(row, args["before"]) and key(row) != place(args["before"])
            ]
            after_page = any(later(row, args["before"]) or key(row) == place(args["before"]) for row in rows)
        last = args.get("last")
        size = last if last is not None else 50 if args.get("first") is None else args["first"]
        more = len(within) > size
        shown = within[:size] if last is None else within[max(len(within) - size, 0) :]
        return {
            "nodes": shown,
            "edges": [
                {
                    "cursor": cursor(row),
                    "node": row,
                    "ordinal": (edges or {}).get(row.id, (None, None))[0],
                    "isHome": (edges or {}).get(row.id, (None, None))[1],
                }
                for row in shown
            ],
            "totalCount": len(rows),
            "pageInfo": {
                "hasNextPage": more if last is None else after_page,
                "hasPreviousPage": before_page if last is None else more,
                "startCursor": cursor(shown[0]) if shown else None,
                "endCursor": cursor(shown[-1]) if shown else None,
            },
            "facets": lambda fields=None: self.facets(info, everything, asked, fields),
        }

    @staticmethod
    def default_order(info: GraphQLResolveInfo) -> str | None:
        """The order in the schema when none is asked for."""
        argument = info.parent_type.fields[info.field_name].args.get("orderBy")
        return None if argument is None else str(argument.default_value)

    def facets(
        self, info: GraphQLResolveInfo, rows: list[Row], asked: dict[str, Any], fields: list[str] | None
    ) -> list[dict[str, Any]]:
        """Counts under the other filters."""
        kind: Any = self.schema.type_map[
            "FileFacetField" if "File" in str(info.return_type) else "ItemFacetField"
        ]
        found = []
        for name in dict.fromkeys(fields) if fields is not None else kind.values:
            own, value = FACETS[name]
            others = {key: one for key, one in asked.items() if key not in own}
            counts = Counter(value(row) for row in rows if self.passes(row, others))
            unknown = counts.pop(None, 0)
            if name == "ACCESS":
                place: Callable[[Any], Any] = ["OPEN", "CONDITIONAL", "SECRET"].index
            else:
                place = lambda one: one  # noqa: E731
            listed = sorted(counts.items(), key=lambda pair: (-pair[1], place(pair[0])))
            buckets = [self.bucket(name, one, count) for one, count in listed]
            found.append({"field": name, "buckets": buckets, "unknownCount": unknown})
        return found

    def bucket(self, name: str, value: Any, count: int) -> dict[str, Any]:
        """One value with its labels."""

        def told(value: str, label: str, label_en: str) -> dict[str, Any]:
            return {"value": value, "label": label, "labelEn": label_en, "count": count}

        if name == "AGENCY":
            agency = self.world.one("agency", value)
            assert agency is not None
            return told(agency.code, agency.name, agency.name)
        if name == "DOC_TYPE":
            return told(value, self.label(value) or value, self.label(value, "label_en") or value)
        if name == "YEAR":
            return told(str(value), str(value), str(value))
        enum = {
            "ORIGIN": "Origin",
            "ACCESS": "AccessMode",
            "STATE": "FileState",
            "RETENTION": "RetentionKind",
        }[name]
        kind: Any = self.schema.type_map[enum]
        description = kind.values[value].description or ""
        place = description.rindex("(")
        return told(value, description[place + 1 : -2], description[:place].strip())

    # ---- filters

    def passes(self, row: Row, asked: dict[str, Any]) -> bool:
        """Whether a row passes every condition of a filter."""
        return all(
            self.condition(row, name, value, asked) for name, value in asked.items() if value is not None
        )

    def condition(self, row: Row, name: str, value: Any, asked: dict[str, Any]) -> bool:
        """One condition of a filter."""
        match name:
            case "includeSubtree":
                return True
            case "isLate":
                return self._AgencyReturn_isLate(row) is value
            case "ofUnits":
                return (row.reports_to_id is not None) == value
            case "agencyCodes":
                return row.agency_id in self.agencies(value, bool(asked.get("includeSubtree")))
            case "text":
                return not any(char.isalnum() for char in value) or holds_words(self.searched(row), value)
            case "isClosed":
                return (row.state == "CLOSED") == value
            case "isTopLevel":
                return (row.parent_id is None) == value
            case "originUnknown":
                return (row.origin is None) == value
            case "accessUnknown":
                return (row.access_level is None) == value
            case "startDateUnknown":
                return (row.start_date is None) == value
            case "issuedDateUnknown":
                return (row.issued_date is None) == value
            case "accessModes":
                return ACCESS[row.access_level] in value
            case "objectIds":
                named = {decode(key) for key in value}
                return row.object_type == "file" and ("ArchivalFile", str(row.object_id)) in named
            case "agents":
                users = {one.id for one in self.world["app_user"] if one.name in value}
                return row.agent_id in users or row.on_behalf_of in users
            case "outcomes":
                return row.outcome.upper() in value
            case "validOn":
                day = date.fromisoformat(value)
                return (row.valid_from is None or row.valid_from <= day) and (
                    row.valid_to is None or row.valid_to > day
                )
        if name.endswith("Id"):
            key = int(decode(value)[1])
            kind = "Agency" if row.typename == "Agency" else PARENTS[name]
            above = self.seen(row.reader, kind, self.world.one(TYPES[kind][0], key))
            return getattr(row, snake(name)) == key and above is not None
        if name.endswith(("From", "To")):
            column = snake(name.removesuffix("From").removesuffix("To"))
            found = getattr(row, column)
            if found is None:
                return False
            if isinstance(found, datetime):
                limit: Any = datetime.fromisoformat(value)
            else:
                limit = date.fromisoformat(value) if isinstance(found, date) else value
            return bool(found >= limit if name.endswith("From") else found <= limit)
        if isinstance(value, bool):
            return bool(getattr(row, snake(name)) is value)
        return getattr(row, snake(name[:-1])) in value

    def searched(self, row: Row) -> str:
        """The text that words are looked for in."""
        match row.typename:
            case "ReportingPeriod":
                plan = self.world.one("plan", row.plan_id)
                assert plan is not None
                day = row.deadline
                return f"{day:%d/%m/%Y} {day.day}/{day.month}/{day.year} {plan.code}"
            case "PublishedReport":
                period, agency = self.world.one("reporting_period", row.period_id), None
                if row.agency_id is not None:
                    agency = self.world.one("agency", row.agency_id)
                assert period is not None
                whose = f"{agency.name} {agency.code}" if agency else ""
                told = self.searched(Row(**{**vars(period), "typename": "ReportingPeriod"}))
                return f"{row.number or ''} {whose} {told}"
            case "Transfer":
                return f"{row.code} {row.minutes_number or ''}"
            case "AuditEvent":
                return f"{row.event_type} {row.reason or ''}"
            case "AgencyReturn":
                return f"{row.results or ''} {row.difficulties or ''} {row.proposals or ''}"
        return str(row.folded)

    def agencies(self, codes: Iterable[str], subtree: bool) -> set[int]:
        """The agencies of a filter."""
        found = {key for code in codes if (key := self.agency_of(code)) is not None}
        while subtree:
            more = {row.id for row in self.world["agency"] if row.parent_id in found} - found
            if not more:
                break
            found |= more
        return found

    def agency_of(self, code: str) -> int | None:
        """The agency that a code means: the one that has it, else the only one that had it."""
        for row in self.world["agency"]:
            if row.code == code:
                return int(row.id)
        former = {row.agency_id for row in self.world["agency_code"] if row.value == code}
        return former.pop() if len(former) == 1 else None
