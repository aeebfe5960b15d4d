"""Keyset connections, nested or at the root: one page of rows in an order, and what is told about it.

A page reads one row more than it shows, which tells whether another page follows. Rows may lie in several
places (a file's own items and those listed in it); each place is read in order up to the page's length and the
two are merged, so that a parent costs an index scan for each place and never a join over all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import GraphQLObjectType

from schema.compiler.catalogue import Field
from schema.compiler.cursors import fragments
from schema.compiler.declarations import ID, Order, Page, Record, Slot, Source, TotalOf
from schema.compiler.facets import facets, unmasked
from schema.compiler.filters import NONE, Filtered, filtered
from schema.compiler.jsontext import Form, Value, array_of, constant, written
from schema.compiler.rows import Columns, Place, columns, value_of, writes
from schema.compiler.selections import Selected
from schema.compiler.statement import Statement, conjunction
from schema.compiler.values import Given
from schema.compiler.windows import Window, window, written_cursor


@dataclass(frozen=True)
class Listing:
    """The rows a connection pages over, seen from one parent row."""

    s: Statement
    kind: GraphQLObjectType
    record: Record
    sources: tuple[Source, ...]
    parent: str
    window: Window
    filter: Given | None

    @property
    def _numbers(self) -> range:
        return range(len(self.window.order.keys))

    # ---- one place

    def where(
        self, source: Source, t: str, aliases: Mapping[str, str], without: frozenset[str] = NONE
    ) -> str:
        """Everything a row must fulfil to be in the connection at all."""
        held = filtered(self.s, self.filter, t, without)
        root = not self.parent and not held.narrowed
        return conjunction(
            self._selected(source, t, aliases, held),
            self.s.permitted(self.record, t, root=root, fixed=held.fixed),
        )

    def _selected(self, source: Source, t: str, aliases: Mapping[str, str], held: Filtered) -> str:
        """What a row must fulfil whoever asks; empty when that is nothing."""
        on = self.s.text(source.on, t, self.parent, aliases)
        asked = conjunction(on if on != "true" else "", *held.conditions)
        return asked if asked != "true" else ""

    def place(self, source: Source) -> tuple[str, dict[str, str], str]:
        """A fresh alias for the row, the aliases of its source, and its `from`."""
        t, aliases = self.s.alias(), {"l": self.s.alias()}
        row = f"{self.record.name} {t}"
        joined = self.s.text(source.joined, t, self.parent, {**aliases, "row": row}) if source.joined else row
        return t, aliases, joined

    def keys(self, source: Source, t: str, aliases: Mapping[str, str]) -> list[str]:
        """SQL of the order's keys of a row."""
        return [
            self.s.text(source.keys.get(key.name, key.sql), t, names=aliases)
            for key in self.window.order.keys
        ]

    def beyond(self, cursor: Given, keys: Sequence[str], *, later: bool, inclusive: bool = False) -> str:
        """Whether a row lies after (`later`) or before a cursor."""
        sign = "<" if later == self.window.order.descending else ">"
        place = self.s.cursor(cursor, self.window.mark, self.window.order)
        return f"({', '.join(keys)}) {sign}{'=' if inclusive else ''} {place}"

    def limits(self, keys: Sequence[str]) -> list[str]:
        """The conditions of `after` and `before`."""
        limits = []
        if self.window.after:
            limits.append(self.beyond(self.window.after, keys, later=True))
        if self.window.before:
            limits.append(self.beyond(self.window.before, keys, later=False))
        return limits

    def ordered(self, keys: Sequence[str]) -> str:
        """`order by` in the direction of reading."""
        return " order by " + ", ".join(f"{key} desc" if self.window.descending else key for key in keys)

    # ---- all places

    def read(self, lists: Sequence[Lister], limit: int, *, keyed: bool) -> str:
        """A select of the page: each list's JSON text as c0, c1 …, and with `keyed` the keys as k0, k1 …."""
        merged = len(self.sources) > 1
        branches = []
        for source in self.sources:
            t, aliases, row = self.place(source)
            keys = self.keys(source, t, aliases)
            outputs = [
                f"{one.columns(self, source, t, aliases).one().json} as c{n}" for n, one in enumerate(lists)
            ]
            outputs = outputs or ["1 as c0"]
            if keyed or merged:
                outputs += [f"{key} as k{n}" for n, key in enumerate(keys)]
            where = conjunction(self.where(source, t, aliases), *self.limits(keys))
            listed = ", ".join(outputs)
            branches.append(f"select {listed} from {row} where {where}{self.ordered(keys)} limit {limit}")
        if not merged:
            return branches[0]
        names = [f"u.k{n}" for n in self._numbers]
        union = " union all ".join(f"({branch})" for branch in branches)
        return f"select * from ({union}) u{self.ordered(names)} limit {limit}"

    def rows(self, lists: Sequence[Lister], limit: int, *, keyed: bool, filled: int) -> str:
        """A select of the page as a root: each list's JSON text, with `keyed` the keys', and `filled` nulls."""
        nulls = ["null::text"] * filled
        if len(self.sources) > 1:
            x = self.s.alias()
            outputs = [f"{x}.c{n}" for n in range(max(len(lists), 1))]
            if keyed:
                outputs += fragments(self.window.order, [f"{x}.k{n}" for n in self._numbers])
            listed = ", ".join(outputs + nulls)
            return f"select {listed} from ({self.read(lists, limit, keyed=keyed)}) {x}"
        [source] = self.sources
        t, aliases, row = self.place(source)
        keys = self.keys(source, t, aliases)
        outputs = [one.columns(self, source, t, aliases).one().json for one in lists] or ["'0'"]
        if keyed:
            outputs += fragments(self.window.order, keys)
        where = conjunction(self.where(source, t, aliases), *self.limits(keys))
        listed = ", ".join(outputs + nulls)
        return f"select {listed} from {row} where {where}{self.ordered(keys)} limit {limit}"

    def total(self) -> str:
        """The exact number of rows, whatever the page."""
        counts = []
        for source in self.sources:
            t, aliases, row = self.place(source)
            count = f"(select count(*) from {row} where {self.where(source, t, aliases)})"
            held = filtered(self.s, self.filter, t)
            # Where one test lets the caller read every row, the index alone can count them.
            if settled := self.s.settled(self.record, t, held.fixed):
                every = self._selected(source, t, aliases, held) or "true"
                count = (
                    f"case when {settled} then (select count(*) from {row} where {every}) else {count} end"
                )
            counts.append(count)
        return f"({' + '.join(counts)})"

    def exists(self, *, later: bool) -> str:
        """Whether rows lie on the other side of the cursor that the page starts from."""
        cursor = self.window.before if later else self.window.after
        if cursor is None:
            return "false"
        tests = []
        for source in self.sources:
            t, aliases, row = self.place(source)
            outside = self.beyond(cursor, self.keys(source, t, aliases), later=later, inclusive=True)
            where = conjunction(self.where(source, t, aliases), outside)
            tests.append(f"exists (select 1 from {row} where {where})")
        return f"({' or '.join(tests)})"

    def facets(self, selected: Selected, field: Field) -> str:
        """JSON text of the counts of the asked facets under the other filters."""
        source = self.sources[0]

        def rows(t: str, without: frozenset[str]) -> str:
            where = self.where(source, t, {}, without) + unmasked(self.s, self.record, t)
            return f"{self.record.name} {t} where {where}"

        return facets(self.s, selected, field, self.filter, rows)


@dataclass(frozen=True)
class Lister:
    """A list of the page, `nodes` or `edges`, with what is selected in it."""

    selected: Selected
    field: Field

    def columns(self, listing: Listing, source: Source, t: str, aliases: Mapping[str, str]) -> Columns:
        """The columns of one element."""
        s = listing.s
        node = Place(listing.kind, t)
        if self.field.spec is Slot.NODES:
            return columns(s, self.selected.sets, node)
        edge = {name: s.text(sql, t, names=aliases) for name, sql in source.edge.items()}
        pairs = []
        kind = self.field.target
        for selected in s.selections.of(self.selected.sets, kind):
            if selected.name == "__typename":
                value = constant(kind.name)
            elif (declared := s.catalogue.field(kind, selected.name)).spec is Slot.NODE:
                value = columns(s, selected.sets, node).one()
            elif declared.spec is Slot.CURSOR:
                value = written_cursor(listing.window, listing.keys(source, t, aliases))
            else:
                value = value_of(edge[declared.spec.name], declared)
            pairs.append((selected.key, value))
        return Columns(tuple(pairs))


def listing(s: Statement, selected: Selected, field: Field, owner: str, parent: str) -> Listing:
    """What a connection field pages over."""
    spec: Page = field.spec
    node = s.catalogue.field(field.target, "nodes").target
    given = selected.argument(field.graphql, "filter") if "filter" in field.graphql.args else None
    asked = window(s, selected, field, owner)
    return Listing(s, node, s.catalogue.record(node), spec.sources, parent, asked, given)


@writes(TotalOf)
def _total_of(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    held = s.catalogue.field(place.kind, field.spec.connection)
    node = s.catalogue.field(held.target, "nodes").target
    nothing = Window(0, False, Order((ID,), False), "", None, None)
    whole = Listing(s, node, s.catalogue.record(node), held.spec.sources, place.t, nothing, None)
    return Value(whole.total(), Form.BARE)


@dataclass(frozen=True)
class Asked:
    """The fields selected on a connection, sorted by what they need."""

    fields: tuple[tuple[Selected, Slot | None], ...]
    lists: tuple[Lister, ...]
    bounds: bool
    more: bool

    @property
    def is_paged(self) -> bool:
        """Whether rows must be read at all."""
        return bool(self.lists) or self.bounds or self.more


def asked(s: Statement, selected: Selected, field: Field) -> Asked:
    """Reads the selection on a connection."""
    fields: list[tuple[Selected, Slot | None]] = []
    lists, bounds, more = [], False, False
    for one in s.selections.of(selected.sets, field.target):
        declared = None if one.name == "__typename" else s.catalogue.field(field.target, one.name)
        fields.append((one, declared.spec if declared else None))
        if declared is None:
            continue
        if declared.spec in (Slot.NODES, Slot.EDGES):
            lists.append(Lister(one, declared))
        elif declared.spec is Slot.PAGE_INFO:
            told = {
                s.catalogue.field(declared.target, info.name).spec
                for info in s.selections.of(one.sets, declared.target)
                if info.name != "__typename"
            }
            bounds = bounds or bool(told & {Slot.START, Slot.END})
            more = more or bool(told & {Slot.HAS_NEXT, Slot.HAS_PREVIOUS})
    return Asked(tuple(fields), tuple(lists), bounds, more)


@writes(Page)
def _nested(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    whole = listing(s, selected, field, place.kind.name, place.t)
    wanted = asked(s, selected, field)
    simple = not (wanted.bounds or wanted.more or whole.window.backward)
    page = s.alias()
    pairs: list[tuple[str, Value]] = []
    number = 0
    for one, slot in wanted.fields:
        declared = None if slot is None else s.catalogue.field(field.target, one.name)
        match slot:
            case None:
                value = constant(field.target.name)
            case Slot.TOTAL_COUNT:
                value = Value(whole.total(), Form.BARE)
            case Slot.FACETS:
                assert declared is not None
                value = written(whole.facets(one, declared))
            case Slot.PAGE_INFO:
                assert declared is not None
                value = _page_info(whole, one, declared, page)
            case _ if simple:
                value = _simple(whole, wanted.lists[number])
                number += 1
            case _:
                kept = "" if whole.window.backward else f"[1:{whole.window.size}]"
                value = array_of(f"({page}.c{number}){kept}")
                number += 1
        pairs.append((one.key, value))
    tail = "" if simple or not wanted.is_paged else f" from {_aggregated(whole, wanted, page)}"
    return Columns(tuple(pairs)).one(tail)


def _simple(whole: Listing, one: Lister) -> Value:
    """A list of which nothing else is asked: the rows themselves, straight from the index.

    Where a second place can be seen to be empty, which is nearly always, merging would cost for nothing.
    """
    first, *others = whole.sources
    t, aliases, row = whole.place(first)
    keys = whole.keys(first, t, aliases)
    where = conjunction(whole.where(first, t, aliases), *whole.limits(keys))
    tail = f" from {row} where {where}{whole.ordered(keys)} limit {whole.window.size}"
    plain = f"array({one.columns(whole, first, t, aliases).rows(tail)})"
    if not others:
        return array_of(plain)
    x = whole.s.alias()
    merged = f"array(select {x}.c0 from ({whole.read((one,), whole.window.size, keyed=False)}) {x})"
    tests = [whole.s.text(other.exists, t, whole.parent) for other in others]
    return array_of(
        f"case when {' or '.join(tests)} then {merged} else {plain} end" if all(tests) else merged
    )


def _aggregated(whole: Listing, wanted: Asked, page: str) -> str:
    """The page as one row: each list as an array, the keys as arrays, and how many rows were read."""
    size, x = whole.window.size, whole.s.alias()
    rows = f"({whole.read(wanted.lists, size + 1, keyed=wanted.bounds)}) {x}"
    within = ""
    if whole.window.backward:
        rows = f"(select {x}.*, row_number() over () as n from {rows}) {x}"
        within = f" order by {x}.n desc) filter (where {x}.n <= {size}"
    outputs = [f"coalesce(array_agg({x}.c{n}{within}), '{{}}') as c{n}" for n in range(len(wanted.lists))]
    if wanted.bounds:
        keys = range(len(whole.window.order.keys))
        outputs += [f"array_agg({x}.k{n}{within}) as k{n}" for n in keys]
    return f"(select {', '.join((*outputs, 'count(*) as n'))} from {rows}) {page}"


def _page_info(whole: Listing, selected: Selected, field: Field, page: str) -> Value:
    s, size, backward = whole.s, whole.window.size, whole.window.backward
    keys = range(len(whole.window.order.keys))
    pairs = []
    for one in s.selections.of(selected.sets, field.target):
        slot = None if one.name == "__typename" else s.catalogue.field(field.target, one.name).spec
        match slot:
            case Slot.HAS_NEXT if not backward:
                value = Value(f"{page}.n > {size}", Form.BARE)
            case Slot.HAS_PREVIOUS if backward:
                value = Value(f"{page}.n > {size}", Form.BARE)
            case Slot.HAS_NEXT | Slot.HAS_PREVIOUS:
                value = Value(whole.exists(later=slot is Slot.HAS_NEXT), Form.BARE)
            case Slot.START | Slot.END if not size:
                value = written("null")
            case Slot.START:
                value = written_cursor(whole.window, [f"{page}.k{n}[1]" for n in keys])
            case Slot.END:
                last = f"least({page}.n, {size})"
                value = written_cursor(whole.window, [f"{page}.k{n}[{last}]" for n in keys])
            case _:
                value = constant(field.target.name)
        pairs.append((one.key, value))
    return Columns(tuple(pairs)).one()
