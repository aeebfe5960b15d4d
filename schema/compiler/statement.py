"""One SQL statement in the making: its aliases, its parameters, and the law on every table it names.

This is the only place where a table enters a statement; without a resource in the law it does not enter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.access.actor import Actor
from hub.kit.clock import today
from hub.records.personal import ACTION, FLAG
from policies.law import Law
from policies.resources import RESOURCES
from policies.subject import Shape
from schema.compiler.catalogue import Catalogue
from schema.compiler.cursors import read_cursor
from schema.compiler.declarations import Order, Record
from schema.compiler.selections import Selections
from schema.compiler.values import Given

# The records whose reading is audited where they are restricted.
WATCHED = frozenset({"fonds", "series", "file", "item", "digital"})

# `:name`, but neither a cast (::date) nor the inside of a time format (HH24:MI)
_NAME = re.compile(r"(?<![:\w]):([a-z_]\w*)")
NOTHING: Mapping[str, str] = {}
_OF = re.compile(r"\{(\w+) of ([\w.]+)\}")
_READ = re.compile(r"\{read (\w+) (\w+)\}")
_BITS = re.compile(r"\{bits (elsewhere )?(\w+) (\w+)\}")
_MASKED = re.compile(r"\{masked (\w+) (\w+)\}")


class Bindings:
    """Where one request's parameters come from."""

    def __init__(self, variables: Mapping[str, Any], actor: Actor) -> None:
        self.variables = variables
        self.actor = actor


@dataclass(frozen=True)
class Parameter:
    """A parameter of a statement: what tells it from others, and how its value is read from a request."""

    key: Hashable
    read: Callable[[Bindings], Any]


class Statement:
    """Collects parameters and hands out aliases while the text is written from the inside out."""

    def __init__(self, catalogue: Catalogue, selections: Selections, law: Law, shape: Shape) -> None:
        self.catalogue = catalogue
        self.selections = selections
        self.parameters: list[Parameter] = []
        self._law = law
        self._shape = shape
        self._places: dict[Hashable, int] = {}
        self._aliases = 0
        self._tables: list[str] = []
        self._once: dict[str, str] = {}

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables the statement is written for; only their shape may be relied on."""
        return self.selections.variables

    def alias(self) -> str:
        """A name that no other row of the statement has."""
        self._aliases += 1
        return f"t{self._aliases}"

    def table(self, sql: str) -> None:
        """Adds a common table expression, `name as materialized (…)`; those before it may stand in it."""
        self._tables.append(sql)

    def once(self, sql: str) -> str:
        """A value that is the same for all rows, read once, in however many places it stands; `sql` is a select."""
        name = self._once.get(sql)
        if name is None:
            name = self._once[sql] = f"o{len(self._once) + 1}"
            self.table(f"{name}(it) as materialized {sql}")
        return f"(select it from {name})"

    def whole(self, sql: str) -> str:
        """The statement with its common table expressions."""
        return f"with {', '.join(self._tables)} {sql}" if self._tables else sql

    def bind(self, key: Hashable, read: Callable[[Bindings], Any]) -> str:
        """The placeholder of a parameter; the same key is the same parameter."""
        place = self._places.get(key)
        if place is None:
            self.parameters.append(Parameter(key, read))
            place = self._places[key] = len(self.parameters)
        return f"${place}"

    def given(self, given: Given, convert: Callable[[Any], Any]) -> str:
        """The placeholder of an argument's value."""
        key = ("given", id(given.node), given.path, convert)
        return self.bind(key, lambda b: convert(given.value(b.variables)))

    def cursor(self, given: Given, mark: str, order: Order) -> str:
        """A row constructor of a cursor's values. Raises ForgedCursor already while compiling."""
        read_cursor(given.value(self.variables), mark, order)

        def component(index: int) -> Callable[[Bindings], Any]:
            return lambda b: read_cursor(given.value(b.variables), mark, order)[index]

        places = [
            f"{self.bind(('cursor', id(given.node), mark, index), component(index))}::{key.kind}"
            for index, key in enumerate(order.keys)
        ]
        return f"({', '.join(places)})"

    def text(self, template: str, t: str, p: str = "", names: Mapping[str, str] | None = None) -> str:
        """Declared SQL with its row, parent and names filled in, and its named values bound."""
        sql = template
        for name, value in (names or {}).items():
            sql = sql.replace(f"{{{name}}}", value)
        return self._named(self._lawful(sql.replace("{t}", t).replace("{p}", p)))

    def _lawful(self, sql: str) -> str:
        """`{return of a.id}` is the law on reading a return of that agency of which nothing else is known; `{read
        Item i}` that on reading a row of a type, at an alias; `{masked Item i}` whether its words are kept from the
        caller; `{bits Item f}` which of the items of a file he may read, `{bits elsewhere Item f}` which of those that
        it lists from another custody (policies/bits.py).
        """
        if "{bits " in sql:
            sql = _BITS.sub(lambda match: self._bits(match[2], match[3], elsewhere=bool(match[1])), sql)
        if "{read " in sql:
            sql = _READ.sub(lambda match: self._of_row(match[1], match[2]), sql)
        if "{masked " in sql:
            sql = _MASKED.sub(lambda match: self._masked(match[1], match[2]), sql)
        return _OF.sub(lambda match: self._of_agency(match[1], match[2]), sql) if " of " in sql else sql

    def _of_agency(self, resource: str, agency: str) -> str:
        columns = dict.fromkeys(RESOURCES[resource].names.values(), "null") | {"agency_id": agency}
        return self._law.predicate(self._shape, resource, "read", columns, root=False)

    def _of_row(self, kind: str, t: str) -> str:
        type_ = self.catalogue.schema.type_map[kind]
        return self.may(self.catalogue.record(type_), t, "read")  # type: ignore[arg-type]

    def _bits(self, kind: str, t: str, *, elsewhere: bool) -> str:
        record = self.catalogue.record(self.catalogue.schema.type_map[kind])  # type: ignore[arg-type]
        columns = {name: f"{t}.{name}" for name in ("agency_id", "custodian_id")}
        return self._named(self._law.readable(self._shape, record.resource, columns, elsewhere=elsewhere))

    def _masked(self, kind: str, t: str) -> str:
        type_ = self.catalogue.schema.type_map[kind]
        return self.masked(self.catalogue.record(type_), t)  # type: ignore[arg-type]

    def masked(self, record: Record, t: str) -> str:
        """Whether the row holds personal data that the caller has no need to read: a condition, or `false`."""
        if FLAG not in record.table.c or self._law.covers(self._shape, record.resource, ACTION):
            return "false"
        need = self.may(record, t, ACTION)
        return f"{t}.{FLAG}" if need == "false" else f"({t}.{FLAG} and ({need}) is not true)"

    def permitted(
        self, record: Record, t: str, *, root: bool = False, fixed: Mapping[str, str] = NOTHING
    ) -> str:
        """The law on reading a row: a condition, or an empty text when every such row may be read.

        `fixed` are columns whose value a filter has fixed for all rows.
        """
        predicate = self.may(record, t, "read", root=root, fixed=fixed)
        return "" if predicate == "true" else predicate

    def may(
        self,
        record: Record,
        t: str,
        action: str,
        *,
        root: bool = False,
        fixed: Mapping[str, str] = NOTHING,
    ) -> str:
        """The law's predicate on a row, `true` and `false` included."""
        columns, same = self._facts(record, t, fixed)
        return self._named(
            self._law.predicate(self._shape, record.resource, action, columns, root=root, fixed=same)
        )

    def settled(self, record: Record, t: str, fixed: Mapping[str, str]) -> str:
        """A test made once for the statement: where it holds, every row may be read; empty when there is none."""
        columns, same = self._facts(record, t, fixed)
        return self._named(self._law.settled(self._shape, record.resource, "read", columns, fixed=same))

    def _facts(
        self, record: Record, t: str, fixed: Mapping[str, str]
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        columns = self.catalogue.facts(record, t)
        # a fact that is not the column itself says something else than the filter does
        return columns, {name: sql for name, sql in fixed.items() if columns.get(name) == f"{t}.{name}"}

    def is_watched(self, record: Record) -> bool:
        """Whether rows of the record may be ones for this caller whose reading is audited: restricted, or personal."""
        return (
            record.resource in WATCHED
            and "access_level" in record.table.c
            and (
                self._law.reaches_restricted(self._shape, record.resource)
                or (FLAG in record.table.c and self._law.reaches_any(self._shape, record.resource, ACTION))
            )
        )

    def _named(self, sql: str) -> str:
        return _NAME.sub(lambda match: self._by_name(match[1]), sql) if ":" in sql else sql

    def _by_name(self, name: str) -> str:
        if name == "today":
            return self.bind(name, lambda _: today().isoformat()) + "::date"
        if name == "viewer":
            return self.bind(name, lambda b: _as_text(b.actor.id)) + "::bigint"
        # the law casts its own parameters
        return self.bind(name, lambda b: _as_text(b.actor.law.values(b.actor.subject, (name,))[name]))


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def conjunction(*conditions: str) -> str:
    """The conditions joined by `and`; empty ones are left out."""
    return " and ".join(condition for condition in conditions if condition) or "true"
