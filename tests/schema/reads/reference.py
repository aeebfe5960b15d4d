"""The same answers made another way: graphql-core over plain rows, each row asked of the point check.

Nothing here is shared with the compiler but the printed schema and the written form of cursors.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from types import SimpleNamespace as Row
from typing import Any

from graphql import GraphQLResolveInfo, build_schema, execute_sync, parse

from hub.access.actor import Actor
from hub.kit.ids import decode, encode
from hub.kit.vietnamese import fold
from schema.compiler.rows import action_name
from tests.records.told import told
from tests.schema.reads.reference_returns import Returns
from tests.schema.reads.world import TODAY, World

TYPES = {
    "Agency": ("agency", "agency"),
    "Fonds": ("fonds", "fonds"),
    "Series": ("series", "series"),
    "ArchivalFile": ("file", "file"),
    "Item": ("item", "item"),
    "DigitalObject": ("digital_object", "digital"),
    "Transfer": ("transfer", "transfer"),
    "Plan": ("plan", "plan"),
    "ReportingPeriod": ("reporting_period", "period"),
    "AgencyReturn": ("agency_return", "return"),
    "PublishedReport": ("published_report", "report"),
    "AuditEvent": ("audit_event", "audit"),
    "Change": ("audit_event", "change"),
    "Viewer": ("app_user", "user"),
}
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
ACCESS = {0: "OPEN", 1: "CONDITIONAL", 2: "SECRET", None: None}
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


def snake(name: str) -> str:
    """camelCase as a column."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def written(value: Any, kind: str) -> Any:
    """A value in the text form of its scalar."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None and kind.startswith(("BigInt", "Decimal")) else value


def holds_words(folded: str, text: str) -> bool:
    """Whether every word is there, the last one as a prefix."""
    asked, there = fold(text).split(), set(fold(folded).split())
    return all(word in there for word in asked[:-1]) and any(word.startswith(asked[-1]) for word in there)


class Reference(Returns):
    """Answers operations over the rows of a city."""

    def __init__(self, sdl: str, world: World) -> None:
        self.schema = build_schema(sdl)
        self.world = world
        self._seen: dict[tuple[str, str, int], Row | None] = {}

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

    # ---- rows

    def seen(self, actor: Actor, typename: str, row: Row | None) -> Row | None:
        """The row with its type, if the actor may read it."""
        if row is None:
            return None
        key = (actor.name, typename, row.id)
        if key not in self._seen:  # Casbin is slow, and the city does not change
            may = actor.may("read", TYPES[typename][1], row)
            more = {"typename": typename, "reader": actor}
            if may and typename == "ArchivalFile":
                more |= self.told(actor, row)
            self._seen[key] = Row(**{**vars(row), **more}) if may else None
        return self._seen[key]

    def told(self, actor: Actor, file: Row) -> dict[str, Any]:
        """What a file tells of the documents in it that the actor may read."""
        listings = {one.item_id for one in self.world["item_listing"] if one.file_id == file.id}
        own = self.rows(actor, "Item", lambda one: one.file_id == file.id)
        return told(file, own, self.rows(actor, "Item", lambda one: one.id in listings))

    def rows(self, actor: Actor, typename: str, where: Callable[[Row], bool] = lambda row: True) -> list[Row]:
        """The rows of a type that the actor may read."""
        found = (self.seen(actor, typename, row) for row in self.world[TYPES[typename][0]] if where(row))
        return [row for row in found if row is not None]

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

    def _id(self, row: Row, actor: Actor) -> str:
        return encode(row.typename, row.id)

    def _parent(self, row: Row, actor: Actor) -> Row | None:
        return self.seen(actor, row.typename, self.world.one(TYPES[row.typename][0], row.parent_id))

    def _access(self, row: Row, actor: Actor) -> str | None:
        return ACCESS[row.access_level]

    def _viewerCan(self, row: Row, actor: Actor) -> list[str]:
        beside: dict[str, bool] = {}
        if row.typename == "ArchivalFile":
            fonds = self.world.one("fonds", row.fonds_id)
            beside["fonds_open"] = fonds is not None and fonds.state == "OPEN"
        if row.typename == "AgencyReturn":
            period = self.world.one("reporting_period", row.period_id)
            beside["period_open"] = period is not None and period.state == "OPEN"
        if row.typename == "Agency":
            beside["not_ended"] = row.valid_to is None or row.valid_to > TODAY
        return [action_name(one) for one in actor.offers(TYPES[row.typename][1], row, **beside)]

    def _retention(self, row: Row, actor: Actor) -> dict[str, Any]:
        return {"kind": row.retention_kind, "years": row.retention_years, "text": row.retention_text}

    def _dates(self, row: Row, actor: Actor) -> dict[str, Any]:
        return {end: self._imprecise(row, end) for end in ("start", "end")}

    def _issued(self, row: Row, actor: Actor) -> dict[str, Any]:
        return self._imprecise(row, "issued")

    def _imprecise(self, row: Row, end: str) -> dict[str, Any]:
        return {
            "earliest": written(getattr(row, f"{end}_date"), "Date"),
            "latest": written(getattr(row, f"{end}_latest"), "Date"),
            "precision": getattr(row, f"{end}_precision"),
            "text": getattr(row, f"{end}_text"),
        }

    def _signer(self, row: Row, actor: Actor) -> dict[str, Any] | None:
        if row.signer_name is None and row.signer_position is None:
            return None
        return {"name": row.signer_name, "position": row.signer_position}

    def _docType(self, row: Row, actor: Actor) -> dict[str, Any] | None:
        if row.doc_type is None and row.doc_type_text is None:
            return None
        otherwise = row.doc_type_text or row.doc_type
        return {
            "value": row.doc_type,
            "label": self.label(row.doc_type) or otherwise,
            "labelEn": self.label(row.doc_type, "label_en") or otherwise,
        }

    def label(self, value: str | None, name: str = "label") -> str | None:
        """The label of a document type: in force first, then the newest."""
        entries = [entry for entry in self.world["code_list_entry"] if entry.value == value]
        entries.sort(key=lambda entry: (entry.valid_from <= TODAY, entry.valid_from))
        return getattr(entries[-1], name) if entries else None

    def _transferDue(self, row: Row, actor: Actor) -> dict[str, Any] | None:
        home = row if row.typename == "ArchivalFile" else self.world.one("file", row.file_id)
        assert home is not None
        gone = home.state in ("TRANSFERRED", "DISPOSED") or row.state in ("WITHDRAWN", "DESTROYED")
        if row.retention_kind != "PERMANENT" or gone:
            return None
        made = (row.end_date or row.start_date) if home is row else row.issued_date
        year = None if home.accepted_at is None else home.accepted_at.astimezone(UTC).year
        if home.accepted_at is not None and (
            home.accepted_at.month,
            home.accepted_at.day,
            home.accepted_at.hour,
        ) >= (12, 31, 17):
            year = home.accepted_at.year + 1  # Hà Nội is seven hours ahead of UTC
        blocked = (
            "ON_HOLD"
            if row.on_hold
            else "SECRET"
            if (row.access_level or 0) >= 2
            else "FILE_OPEN"
            if home.state == "OPEN"
            else "NOT_IN_AGENCY_ARCHIVE"
            if home.state in ("CLOSED", "SUBMITTED")
            else None
        )
        plan = None
        if made is not None:
            day = 28 if (made.month, made.day) == (2, 29) else made.day
            plan = date(made.year + 3, made.month, day).isoformat()
        return {"plan": plan, "law": None if year is None else f"{year + 5}-12-31", "blockedBy": blocked}

    def _listed(self, kind: str, column: str, keys: set[int | None]) -> bool:
        lists = {
            one.id
            for one in self.world["decided_list"]
            if one.kind == kind and one.valid_from <= TODAY and (one.valid_to is None or one.valid_to > TODAY)
        }
        named = {
            getattr(entry, column) for entry in self.world["decided_list_entry"] if entry.list_id in lists
        }
        return bool((named - {None}) & keys)

    def _isWidelyUsed(self, row: Row, actor: Actor) -> bool:
        return self._listed("WIDELY_USED", "fonds_id", {row.id})

    def _Series_isHighUse(self, row: Row, actor: Actor) -> bool:
        return self._listed("HIGH_USE", "series_id", {row.id})

    def _ArchivalFile_isHighUse(self, row: Row, actor: Actor) -> bool:
        return self._listed("HIGH_USE", "file_id", {row.id}) or self._listed(
            "HIGH_USE", "series_id", {row.series_id}
        )

    def _isClosed(self, row: Row, actor: Actor) -> bool:
        return row.state == "CLOSED"

    def _isTransferSource(self, row: Row, actor: Actor) -> bool:
        return any(
            one.agency_id == row.id
            and one.valid_from <= TODAY
            and (one.valid_to is None or one.valid_to > TODAY)
            for one in self.world["source_membership"]
        )

    def _codes(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        found = [code for code in self.world["agency_code"] if code.agency_id == row.id]
        found.sort(key=lambda code: (code.scheme, code.valid_from or date.max, code.value))
        return [
            {
                "scheme": code.scheme,
                "value": code.value,
                "validFrom": written(code.valid_from, ""),
                "validTo": written(code.valid_to, ""),
            }
            for code in found
        ]

    def _Agency_history(self, row: Row, actor: Actor) -> dict[str, Any]:
        def dated(one: Any) -> dict[str, Any]:
            days = {name: written(getattr(one, snake(name)), "") for name in ("validFrom", "validTo")}
            return {**days, "decision": one.decision}

        def own(table: str) -> list[Row]:
            found = [one for one in self.world[table] if one.agency_id == row.id]
            return sorted(found, key=lambda one: (one.valid_to or date.max, one.id))

        def agency(key: int | None) -> Row | None:
            return self.seen(actor, "Agency", self.world.one("agency", key))

        def steps(mine: str) -> list[dict[str, Any]]:
            found = [one for one in self.world["agency_succession"] if getattr(one, mine) == row.id]
            return [
                {
                    "predecessor": agency(one.predecessor_id),
                    "successor": agency(one.successor_id),
                    "kind": one.kind,
                    "effectiveOn": written(one.effective_on, ""),
                    "decision": one.decision,
                    "decidedOn": written(one.decided_on, ""),
                }
                for one in sorted(found, key=lambda one: (one.effective_on, one.id))
            ]

        return {
            "names": [{"name": one.name, **dated(one)} for one in own("agency_name")],
            "parents": [{"parent": agency(one.parent_id), **dated(one)} for one in own("agency_parent")],
            "cameFrom": steps("successor_id"),
            "wentInto": steps("predecessor_id"),
        }

    def _listings(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        found = []
        for listing in sorted(self.world["item_listing"], key=lambda one: one.file_id):
            file = self.seen(actor, "ArchivalFile", self.world.one("file", listing.file_id))
            if listing.item_id == row.id and file is not None:
                found.append({"file": file, "ordinal": listing.ordinal})
        return found

    def _entryCount(self, row: Row, actor: Actor) -> int:
        return sum(entry.transfer_id == row.id for entry in self.world["transfer_entry"])

    def _agent(self, row: Row, actor: Actor) -> str | None:
        user = self.world.one("app_user", row.agent_id)
        return user.name if user else None

    def _onBehalfOf(self, row: Row, actor: Actor) -> str | None:
        user = self.world.one("app_user", row.on_behalf_of)
        return user.name if user else None

    def _AuditEvent_outcome(self, row: Row, actor: Actor) -> str:
        return str(row.outcome).upper()

    def _told(self, row: Row, actor: Actor) -> bool:
        """Whether the actor may know what an event says of its object."""
        kinds = {"fonds": "Fonds", "series": "Series", "file": "ArchivalFile", "item": "Item"}
        kind = kinds.get(row.object_type)
        if kind is None:
            return True
        return self.seen(actor, kind, self.world.one(row.object_type, row.object_id)) is not None

    def _AuditEvent_number(self, row: Row, actor: Actor) -> str:
        return str(row.id)

    def _AuditEvent_isRedacted(self, row: Row, actor: Actor) -> bool:
        return not self._told(row, actor)

    def _AuditEvent_detail(self, row: Row, actor: Actor) -> Any:
        return row.detail if self._told(row, actor) else None

    def _AuditEvent_reason(self, row: Row, actor: Actor) -> Any:
        return row.reason if self._told(row, actor) else None

    def _AuditEvent_objectId(self, row: Row, actor: Actor) -> str | None:
        return encode("ArchivalFile", row.object_id) if row.object_type == "file" else None

    def _AuditEvent_seal(self, row: Row, actor: Actor) -> None:
        return None

    def _premisType(self, row: Row, actor: Actor) -> str | None:
        return {"item:update": "metadata modification", "file:close": "metadata modification"}[row.event_type]

    def _pdfUrl(self, row: Row, actor: Actor) -> None:
        return None

    def _briefUrl(self, row: Row, actor: Actor) -> None:
        return None

    def _snapshotId(self, row: Row, actor: Actor) -> str | None:
        keys = [one.id for one in self.world["snapshot"] if one.report_id == row.id]
        return encode("Snapshot", max(keys)) if keys else None

    def _itemCount(self, row: Row, actor: Actor) -> int:
        listed = {one.item_id for one in self.world["item_listing"] if one.file_id == row.id}
        return len(self.rows(actor, "Item", lambda one: one.file_id == row.id or one.id in listed))

    def _user(self, row: Row, actor: Actor) -> Row:
        return row

    def _roles(self, row: Row, actor: Actor) -> list[Row]:
        return [
            grant
            for grant in sorted(self.world["role_grant"], key=lambda one: one.id)
            if grant.user_id == row.id and (grant.valid_to is None or grant.valid_to > TODAY)
        ]

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

    def agency_of(self, code: str) -> int | None:
        """The agency that a code means: the one that has it, else the only one that had it."""
        for row in self.world["agency"]:
            if row.code == code:
                return int(row.id)
        former = {row.agency_id for row in self.world["agency_code"] if row.value == code}
        return former.pop() if len(former) == 1 else None

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

    # ---- pages

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
