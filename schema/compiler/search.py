"""Search: hits of several types in one ranked page, counted up to a cap, with facets.

Each type's GIN index finds its hits, asked for the words that are rare; what half of the records hold is met by walking
them (schema/compiler/sought.py). The law and the filters are tested on the hits, and the first few thousand of a type
are ranked. A word that occurs everywhere is thus answered in bounded time: the rest of its hits is not ranked, and the
count says AT_LEAST. The capped candidates come in the order of the table or of their keys, so pages are stable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLObjectType

from schema.compiler import marks
from schema.compiler.catalogue import Field
from schema.compiler.cursors import fragments
from schema.compiler.declarations import Found, Key, Order, Searched, Slot
from schema.compiler.facets import facets, unmasked
from schema.compiler.filters import NONE, filtered
from schema.compiler.jsontext import constant, object_of, written
from schema.compiler.listings import Lister
from schema.compiler.pages import Asked, asked
from schema.compiler.plan import Info, Join, Member, PageJoin
from schema.compiler.roots import answers
from schema.compiler.rows import Place, columns
from schema.compiler.selections import Selected
from schema.compiler.sought import Sought, weighed
from schema.compiler.statement import Statement, conjunction
from schema.compiler.values import Given, words
from schema.compiler.windows import Window, window, written_cursor

COUNTED = 1_000  # the total is exact up to here
RANKED = 4_000  # hits of one type that are ranked and that facets look at; more than are counted

_ORDER = Order(
    (Key("rank", "{t}.rank", "int"), Key("kind", "{t}.kind", "int"), Key("id", "{t}.id", "bigint")), False
)
_KEYS = ("rank", "kind", "id")


@dataclass(frozen=True)
class Hits:
    """What one search field looks for."""

    s: Statement
    found: Found
    window: Window
    text: Given
    filter: Given | None

    @property
    def sought(self) -> tuple[Sought, ...]:
        """The words in each kind of records; null, and so no hit, when there is no word."""
        kinds = enumerate(self.found.searched, 1)
        return tuple(
            Sought(self.words, self.s.catalogue.record(self.kind(searched)), number)
            for number, searched in kinds
        )

    @property
    def phrase(self) -> str:
        """The words folded, one blank between two, made once."""
        return f"(select btrim(regexp_replace(hub_fold({self.words}), '\\s+', ' ', 'g')))"

    @property
    def words(self) -> str:
        """The words as given."""
        return f"{self.s.given(self.text, words)}::text"

    def kind(self, searched: Searched) -> GraphQLObjectType:
        """The type of a hit."""
        kind = self.s.catalogue.schema.type_map[searched.kind]
        assert isinstance(kind, GraphQLObjectType)
        return kind

    def candidates(self, limit: int, *, ranked: bool, without: frozenset[str] | None = NONE) -> str:
        """Hits of all types with what filters ask; `without` None leaves every filter out."""
        return " union all ".join(
            f"({self._of(searched, table, walks, limit, ranked, without)})"
            for searched, table in zip(self.found.searched, self.sought, strict=True)
            for walks in (False, True)
        )

    def _of(
        self,
        searched: Searched,
        table: Sought,
        walks: bool,
        limit: int,
        ranked: bool,
        without: frozenset[str] | None,
    ) -> str:
        s, t, h = self.s, self.s.alias(), self.s.alias()
        record = table.record
        way = table.walked(t, when="crowded") if walks else table.rare(t, unless="crowded")
        listed = [f"{table.kind} as kind", f"{t}.id"]
        if ranked:
            listed.append(f"{self._rank(f'{t}.folded')} as rank")
        listed += [f"{s.text(sql, t)} as {name}" for name, sql in searched.facts.items()]
        permitted = s.permitted(record, t, root=way.indexed)
        where = conjunction(*way.asked, permitted) + unmasked(s, record, t)
        hits = f"select {', '.join(listed)} from {way.row} where {where}"
        if walks:
            hits += f" order by {t}.id"
        kept = () if without is None else filtered(s, self.filter, h, without).conditions
        return f"select {h}.* from ({hits}) {h} where {conjunction(*kept)} limit {limit}"

    def _rank(self, folded: str) -> str:
        """The words as a phrase at the start, then anywhere, then scattered; of equals the shorter text.

        ts_rank knows no places of plain words, and would tell such short texts hardly apart.
        """
        phrase = self.phrase
        place = f"case when starts_with({folded}, {phrase}) then 0 when strpos({folded}, {phrase}) > 0 then 1 else 2"
        return f"({place} end) * 100000 + least(length({folded}), 99999)"

    @property
    def is_filtered(self) -> bool:
        """Whether any condition of the filter is given."""
        values = self.filter.value(self.s.variables) if self.filter else None
        return any(value is not None for value in (values or {}).values())

    # ---- what is told of a hit

    def node(self, selected: Selected, x: str) -> str:
        """JSON text of the record of a hit, by its type."""
        return self._by_kind(
            x,
            lambda one, t: columns(self.s, selected.sets, Place(self.kind(one), t)).rows(
                self._row(one, t, x)
            ),
        )

    def highlight(self, x: str) -> str:
        """JSON of the text of a hit, escaped for HTML, with the found words marked."""

        def write(one: Searched, t: str) -> str:
            record = self.s.catalogue.record(self.kind(one))
            text = f"json_scalar({self._marked(self.s.text(one.heading, t))})::text"
            if self.s.is_watched(record):
                text = f"{text} || {marks.mark(record.resource, t)}"
            return f"select {text}{self._row(one, t, x)}"

        return self._by_kind(x, write)

    def _by_kind(self, x: str, write: object) -> str:
        cases = " ".join(
            f"when {number} then ({write(one, self.s.alias())})"  # type: ignore[operator]
            for number, one in enumerate(self.found.searched, 1)
        )
        return f"case {x}.kind {cases} end"

    def _row(self, searched: Searched, t: str, x: str) -> str:
        record = self.s.catalogue.record(self.kind(searched))
        where = conjunction(f"{t}.id = {x}.id", self.s.permitted(record, t))
        return f" from {record.name} {t} where {where}"

    def _marked(self, heading: str) -> str:
        m, w = self.s.alias(), self.s.alias()
        # a word is what lies between blanks and ASCII signs, as in hub_fold
        sign = r"\s!-/:-@\[-`{-~"
        pieces = f"regexp_matches({heading}, '[^{sign}]+|[{sign}]+', 'g') with ordinality {m}(piece, place)"
        wanted = (
            f"(select string_to_array(btrim(regexp_replace(hub_fold({self.words}), '\\s+', ' ', 'g')), ' '))"
        )
        safe = f"replace(replace(replace({m}.piece[1], '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
        is_found = (
            f"hub_fold({m}.piece[1]) = any({w}.words) or"
            f" starts_with(hub_fold({m}.piece[1]), {w}.words[cardinality({w}.words)])"
        )
        text = f"case when {is_found} then '<mark>' || {safe} || '</mark>' else {safe} end"
        return (
            f"(select string_agg({text}, '' order by {m}.place)"
            f" from {pieces}, (select {wanted} as words) {w})"
        )


@answers(Found)
def _search(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    text = selected.argument(field.graphql, "text")
    assert text is not None
    page = window(s, selected, field, "Query")
    page = Window(page.size, False, _ORDER, "Query.search:RANK", page.after, None)
    hits = Hits(s, field.spec, page, text, selected.argument(field.graphql, "filter"))
    return _statement(hits, asked(s, selected, field), field)


def _statement(hits: Hits, wanted: Asked, field: Field) -> tuple[str, Join]:
    s, page = hits.s, hits.window
    members: list[Member] = []
    metas: list[str] = []
    with_facets = False
    lists = 0
    for one, slot in wanted.fields:
        key = one.key.encode()
        if slot is Slot.TOTAL_COUNT:
            metas.append(f"(select least(count(*), {COUNTED}) from hit)::text")
        elif slot is Slot.TOTAL_RELATION:
            metas.append(
                f"""(select case when count(*) > {COUNTED} then '"AT_LEAST"' else '"EXACT"' end from hit)"""
            )
        elif slot is Slot.FACETS:
            metas.append(_facets(hits, one, s.catalogue.field(field.target, one.name)))
            with_facets = True
        elif slot is Slot.PAGE_INFO:
            members.append(Member(key, info=_infos(hits, one, s.catalogue.field(field.target, one.name))))
            continue
        elif slot is None:
            members.append(Member(key, constant=b'"%b"' % field.target.name.encode()))
            continue
        else:
            members.append(Member(key, rows=lists))
            lists += 1
            continue
        members.append(Member(key, meta=len(metas)))
    first_key = max(lists, 1)
    join = PageJoin(
        tuple(members), page.size, False, page.mark, range(first_key, first_key + len(_KEYS)), bool(metas)
    )
    s.table(weighed(hits.sought))
    s.table(f"hit as materialized ({hits.candidates(RANKED, ranked=True)})")
    if with_facets:
        # without a filter these are the same hits, and one pass over the indexes is enough
        unfiltered = (
            hits.candidates(RANKED, ranked=False, without=None) if hits.is_filtered else "select * from hit"
        )
        s.table(f"every as materialized ({unfiltered})")
    return _rows(hits, wanted, metas), join


def _rows(hits: Hits, wanted: Asked, metas: Sequence[str]) -> str:
    s, page, x = hits.s, hits.window, hits.s.alias()
    keys = [f"{x}.{key}" for key in _KEYS]
    lists = [_list(hits, one, x) for one in wanted.lists] or ["'0'"]
    told = lists + fragments(_ORDER, keys)
    width = max(len(told), 1 + len(metas))
    told += ["null::text"] * (width - len(told))
    after = ""
    if page.after is not None:
        h = ", ".join(f"h.{key}" for key in _KEYS)
        after = f" where ({h}) > {s.cursor(page.after, page.mark, _ORDER)}"
    found = f"select h.rank, h.kind, h.id from hit h{after} order by 1, 2, 3 limit {page.size + 1}"
    rows = f"select {', '.join(told)} from ({found}) {x} order by {', '.join(keys)}"
    if not metas:
        return rows
    closing = ["null::text", *metas] + ["null::text"] * (width - 1 - len(metas))
    if not wanted.is_paged:
        return f"select {', '.join(closing)}"
    return f"({rows}) union all select {', '.join(closing)}"


def _list(hits: Hits, one: Lister, x: str) -> str:
    s = hits.s
    if one.field.spec is Slot.NODES:
        return hits.node(one.selected, x)
    pairs = []
    for selected in s.selections.of(one.selected.sets, one.field.target):
        slot = (
            None if selected.name == "__typename" else s.catalogue.field(one.field.target, selected.name).spec
        )
        match slot:
            case Slot.NODE:
                value = written(hits.node(selected, x))
            case Slot.HIGHLIGHT:
                value = written(hits.highlight(x))
            case Slot.CURSOR:
                value = written_cursor(hits.window, [f"{x}.{key}" for key in _KEYS])
            case _:
                value = constant(one.field.target.name)
        pairs.append((selected.key, value))
    return object_of(pairs)


def _infos(hits: Hits, selected: Selected, field: Field) -> tuple[Info, ...]:
    infos = []
    for one in hits.s.selections.of(selected.sets, field.target):
        key = one.key.encode()
        if one.name == "__typename":
            infos.append(Info(key, b'"%b"' % field.target.name.encode()))
            continue
        slot = hits.s.catalogue.field(field.target, one.name).spec
        # a page that starts after a cursor has what the cursor stood on before it
        infos.append(
            Info(key, (b"true" if hits.window.after else b"false") if slot is Slot.HAS_PREVIOUS else slot)
        )
    return tuple(infos)


def _facets(hits: Hits, selected: Selected, field: Field) -> str:
    def rows(t: str, without: frozenset[str]) -> str:
        return f"every {t} where {conjunction(*filtered(hits.s, hits.filter, t, without).conditions)}"

    return facets(hits.s, selected, field, hits.filter, rows)
