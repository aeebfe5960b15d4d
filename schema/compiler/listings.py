"""The rows a connection pages over: read in an order, counted, and told apart by facets.

A page reads one row more than it shows, which tells whether another page follows. Rows may lie in several
places (a file's own items and those listed in it); each place is read in order up to the page's length and the
two are merged, so that a parent costs an index scan for each place and never a join over all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import GraphQLObjectType

from schema.compiler.catalogue import Field
from schema.compiler.cursors import fragments
from schema.compiler.declarations import ID, Page, Record, Slot, Source
from schema.compiler.facets import facets, unmasked
from schema.compiler.filters import NONE, Filtered, filtered, sought
from schema.compiler.jsontext import constant
from schema.compiler.rows import Columns, Place, columns, value_of
from schema.compiler.selections import Selected
from schema.compiler.sought import Sought, Way
from schema.compiler.statement import Statement, conjunction
from schema.compiler.tally import tallied
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
    sought: Sought | None = None

    @property
    def _numbers(self) -> range:
        return range(len(self.window.order.keys))

    # ---- one place

    def where(
        self,
        source: Source,
        t: str,
        aliases: Mapping[str, str],
        way: Way,
        without: frozenset[str] = NONE,
    ) -> str:
        """Everything a row must fulfil to be in the connection at all, and to come this way."""
        held = self._held(t, way, without)
        root = not self.parent and not held.narrowed and way.indexed
        return conjunction(
            self._selected(source, t, aliases, way, held),
            self.s.permitted(self.record, t, root=root, fixed=held.fixed),
        )

    def _held(self, t: str, way: Way, without: frozenset[str] = NONE) -> Filtered:
        return filtered(self.s, self.filter, t, without, found=way.found)

    def _selected(self, source: Source, t: str, aliases: Mapping[str, str], way: Way, held: Filtered) -> str:
        """What a row must fulfil whoever asks; empty when that is nothing."""
        on = self.s.text(source.on, t, self.parent, aliases)
        asked = conjunction(*way.asked, on if on != "true" else "", *held.conditions)
        return asked if asked != "true" else ""

    def place(self, source: Source) -> tuple[str, dict[str, str], str]:
        """A fresh alias for the row, the aliases of its source, and its `from`."""
        t, aliases = self.s.alias(), {"l": self.s.alias()}
        row = f"{self.record.name} {t}"
        joined = self.s.text(source.joined, t, self.parent, {**aliases, "row": row}) if source.joined else row
        return t, aliases, joined

    def _ways(self, *, paged: bool) -> Iterator[tuple[Source, str, Mapping[str, str], Way]]:
        """Every way to the rows of every place, for a page in order or for all of them."""
        for source in self.sources:
            t, aliases, row = self.place(source)
            if self.sought is None:
                yield source, t, aliases, Way(row)
                continue
            yield source, t, aliases, self.sought.rare(t)
            t, aliases, _ = self.place(source)
            walks = paged and self._is_indexed(t)
            yield source, t, aliases, self.sought.walked(t) if walks else self.sought.every(t)

    def _is_indexed(self, t: str) -> bool:
        """Whether an index has the rows in the order that is asked for."""
        fixed = filtered(self.s, self.filter, t).fixed
        return all(key == ID or key.within in fixed for key in self.window.order.keys)

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
            where = conjunction(self.where(source, t, aliases, Way(row)), *self.limits(keys))
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
        if self.sought:
            where = f"{t}.id = any({self._found(limit)})"
        else:
            where = conjunction(self.where(source, t, aliases, Way(row)), *self.limits(keys))
        listed = ", ".join(outputs + nulls)
        return f"select {listed} from {row} where {where}{self.ordered(keys)} limit {limit}"

    def _found(self, limit: int) -> str:
        """SQL of the ids of the rows of a page, each way to them by itself."""
        pages = []
        for source, t, aliases, way in self._ways(paged=True):
            keys = self.keys(source, t, aliases)
            where = conjunction(self.where(source, t, aliases, way), *self.limits(keys))
            pages.append(f"(select {t}.id from {way.row} where {where}{self.ordered(keys)} limit {limit})")
        return f"array({' union all '.join(pages)})"

    def total(self) -> str:
        """The exact number of rows, whatever the page."""
        counts = []
        for source, t, aliases, way in self._ways(paged=False):
            where = self.where(source, t, aliases, way)
            whole_table = self.sought is None and not source.joined
            told = tallied(self.record, t, where) if whole_table else ""
            counts.append(told or self._counted(source, t, aliases, way, where))
        return f"({' + '.join(counts)})"

    def _counted(self, source: Source, t: str, aliases: Mapping[str, str], way: Way, where: str) -> str:
        count = f"(select count(*) from {way.row} where {where})"
        held = self._held(t, way)
        # Where one test lets the caller read every row, the index alone can count them.
        if way.indexed and (settled := self.s.settled(self.record, t, held.fixed)):
            every = self._selected(source, t, aliases, way, held) or "true"
            whole = f"(select count(*) from {way.row} where {every})"
            return f"case when {settled} then {whole} else {count} end"
        return count

    def exists(self, *, later: bool) -> str:
        """Whether rows lie on the other side of the cursor that the page starts from."""
        cursor = self.window.before if later else self.window.after
        if cursor is None:
            return "false"
        tests = []
        for source, t, aliases, way in self._ways(paged=True):
            outside = self.beyond(cursor, self.keys(source, t, aliases), later=later, inclusive=True)
            where = conjunction(self.where(source, t, aliases, way), outside)
            tests.append(f"exists (select 1 from {way.row} where {where})")
        return f"({' or '.join(tests)})"

    def facets(self, selected: Selected, field: Field) -> str:
        """JSON text of the counts of the asked facets under the other filters."""

        def rows(t: str, without: frozenset[str]) -> str:
            kept = []
            for source, row, aliases, way in self._ways(paged=False):
                where = self.where(source, row, aliases, way, without) + unmasked(self.s, self.record, row)
                kept.append(f"select {row}.* from {way.row} where {where}")
            return f"({' union all '.join(kept)}) {t}"

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
    record, asked = s.catalogue.record(node), window(s, selected, field, owner)
    words = "" if parent else sought(s, given)
    found = Sought(words, record) if words else None
    return Listing(s, node, record, spec.sources, parent, asked, given, found)
