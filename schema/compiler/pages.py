"""Keyset connections, nested or at the root: what is selected on them, and a nested one as a value of its parent."""

from __future__ import annotations

from dataclasses import dataclass

from schema.compiler.catalogue import Field
from schema.compiler.declarations import ID, Order, Page, Slot, TotalOf
from schema.compiler.jsontext import Form, Value, array_of, constant, written
from schema.compiler.listings import Lister, Listing, listing
from schema.compiler.rows import Columns, Place, writes
from schema.compiler.selections import Selected
from schema.compiler.sought import Way
from schema.compiler.statement import Statement, conjunction
from schema.compiler.windows import Window, written_cursor


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
    where = conjunction(whole.where(first, t, aliases, Way(row)), *whole.limits(keys))
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
