"""Root fields: the statements that rows are streamed from, one JSON text for each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.kit.errors import BadRequest
from schema.compiler.catalogue import Field
from schema.compiler.declarations import Every, One, Page, Slot
from schema.compiler.listings import Listing, listing
from schema.compiler.pages import Asked, asked
from schema.compiler.plan import Info, Join, Member, PageJoin, all_rows, one_row
from schema.compiler.rows import Place, columns
from schema.compiler.selections import Selected
from schema.compiler.sought import weighed
from schema.compiler.statement import Statement, conjunction

Root = Callable[[Statement, Selected, Field], tuple[str, Join]]
ROOTS: dict[type[Any], Root] = {}


def answers(spec: type[Any]) -> Callable[[Root], Root]:
    """Registers the writer of root fields that are declared so."""

    def register(root: Root) -> Root:
        ROOTS[spec] = root
        return root

    return register


class NothingNamed(BadRequest):
    """A root field that returns one record was asked without saying which."""

    def __init__(self, name: str, ways: str) -> None:
        super().__init__(
            f"«{name}»: hãy cho biết bản ghi nào, bằng {ways}.", f'"{name}": say which record, by {ways}.'
        )


@answers(One)
def _one(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    record, t = s.catalogue.record(field.target), s.alias()
    spec: One = field.spec
    given = {
        name: found
        for name in field.graphql.args
        if (found := selected.argument(field.graphql, name)) and found.value(s.variables) is not None
    }
    way = next((names for names in spec.by if given.keys() == set(names)), None)
    if way is None:
        raise NothingNamed(field.name, " / ".join(" + ".join(names) for names in spec.by))
    values = {name: s.given(found, spec.reads.get(name, _as_is)) for name, found in given.items()}
    on = s.text(spec.by[way], t, names=values)
    listed = columns(s, selected.sets, Place(field.target, t))
    # the key finds the one row, so the law is a test on it
    where = conjunction(on, s.permitted(record, t))
    return listed.rows(f" from {record.name} {t} where {where}"), one_row


@answers(Every)
def _every(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    record, t = s.catalogue.record(field.target), s.alias()
    spec: Every = field.spec
    values, conditions = {}, []
    for name, condition in spec.arguments.items():
        found = selected.argument(field.graphql, name)
        if found is not None and found.value(s.variables) is not None:
            values[name] = s.given(found, _as_is)
            conditions.append(s.text(condition, t, names={"v": values[name]}))
        elif name in spec.otherwise:
            conditions.append(s.text(spec.otherwise[name], t))
    listed = columns(s, selected.sets, Place(field.target, t))
    where = conjunction(*conditions, s.permitted(record, t, root=True))
    order = s.text(spec.order, t)
    return listed.rows(f" from {record.name} {t} where {where} order by {order}"), all_rows


def _as_is(value: Any) -> Any:
    return value


@answers(Page)
def _page(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    whole = listing(s, selected, field, "Query", "")
    return page_statement(whole, asked(s, selected, field), field)


def page_statement(whole: Listing, wanted: Asked, field: Field) -> tuple[str, Join]:
    """The statement of a root connection, and the join of its rows."""
    s = whole.s
    members: list[Member] = []
    metas: list[str] = []
    lists = 0
    for one, slot in wanted.fields:
        key = one.key.encode()
        if slot is None:
            members.append(Member(key, constant=b'"%b"' % field.target.name.encode()))
        elif slot in (Slot.NODES, Slot.EDGES):
            members.append(Member(key, rows=lists))
            lists += 1
        elif slot is Slot.PAGE_INFO:
            members.append(
                Member(key, info=_infos(whole, one, s.catalogue.field(field.target, one.name), metas))
            )
        else:
            metas.append(
                f"({whole.total()})::text"
                if slot is Slot.TOTAL_COUNT
                else whole.facets(one, s.catalogue.field(field.target, one.name))
            )
            members.append(Member(key, meta=len(metas)))
    keys = range(max(lists, 1), max(lists, 1) + len(whole.window.order.keys)) if wanted.bounds else range(0)
    join = PageJoin(
        tuple(members), whole.window.size, whole.window.backward, whole.window.mark, keys, bool(metas)
    )
    if whole.sought:
        s.table(weighed([whole.sought]))
    return _statement(whole, wanted, metas), join


def _infos(whole: Listing, selected: Selected, field: Field, metas: list[str]) -> tuple[Info, ...]:
    s, infos = whole.s, []
    for one in s.selections.of(selected.sets, field.target):
        key = one.key.encode()
        if one.name == "__typename":
            infos.append(Info(key, b'"%b"' % field.target.name.encode()))
            continue
        slot = s.catalogue.field(field.target, one.name).spec
        if (
            slot in (Slot.HAS_NEXT, Slot.HAS_PREVIOUS)
            and (slot is Slot.HAS_PREVIOUS) != whole.window.backward
        ):
            outside = whole.exists(later=slot is Slot.HAS_NEXT)
            if outside == "false":
                infos.append(Info(key, b"false"))
                continue
            metas.append(f"({outside})::text")
            infos.append(Info(key, slot, len(metas)))
        else:
            infos.append(Info(key, slot))
    return tuple(infos)


def _statement(whole: Listing, wanted: Asked, metas: list[str]) -> str:
    """The rows of the page, then one row that begins with null and holds what is told about the whole.

    Columns are JSON texts: each list, then the keys if a cursor is told; in the closing row the metas.
    """
    if not wanted.is_paged:
        return f"select {', '.join(('null::text', *metas))}"
    have = max(len(wanted.lists), 1) + (len(whole.window.order.keys) if wanted.bounds else 0)
    width = max(have, 1 + len(metas))
    size = whole.window.size + (1 if wanted.bounds or wanted.more else 0)
    rows = whole.rows(wanted.lists, size, keyed=wanted.bounds, filled=width - have)
    if not metas:
        return rows
    closing = ["null::text", *metas] + ["null::text"] * (width - 1 - len(metas))
    return f"({rows}) union all select {', '.join(closing)}"
