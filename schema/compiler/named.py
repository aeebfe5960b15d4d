"""`node` and `nodes`: rows of any type, named by global ids.

An id may also name what is computed (a figure); then the field is left to its resolver. The types inside the
ids belong to the shape of the variables, so the statement reads only the tables that are named. A hidden row and
an absent one are both null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLObjectType

from hub.kit.ids import ForgedId, decode, decode_as
from schema.compiler.catalogue import Catalogue, Field
from schema.compiler.declarations import Named
from schema.compiler.plan import Join, all_rows, one_row
from schema.compiler.roots import answers
from schema.compiler.rows import Place, columns
from schema.compiler.selections import Selected, Selections
from schema.compiler.statement import Statement, conjunction


@answers(Named)
def _named(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    return _nodes(s, selected, field) if field.spec.many else _node(s, selected, field)


def is_computed(catalogue: Catalogue, selections: Selections, selected: Selected, field: Field) -> bool:
    """Whether an id of the field names what no table holds. Raises ForgedId."""
    if not isinstance(field.spec, Named):
        return False
    given = selected.argument(field.graphql, "ids" if field.spec.many else "id")
    assert given is not None
    value = given.value(selections.variables)
    computed = catalogue.computed_nodes()
    return any(decode(text)[0] in computed for text in (value if field.spec.many else [value]))


def _type_of(s: Statement, text: str) -> GraphQLObjectType:
    name, _ = decode(text)
    kind = s.catalogue.nodes().get(name)
    if kind is None:
        raise ForgedId(text)
    decode_as(text, name)
    return kind


def _node(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    given = selected.argument(field.graphql, "id")
    assert given is not None
    kind = _type_of(s, given.value(s.variables))
    t = s.alias()
    key = s.given(given, _key_of(kind.name)) + "::bigint"
    return _row(s, selected, kind, t, key), one_row


def _row(s: Statement, selected: Selected, kind: GraphQLObjectType, t: str, key: str) -> str:
    record = s.catalogue.record(kind)
    listed = columns(s, selected.sets, Place(kind, t))
    tail = f" from {record.name} {t} where {conjunction(f'{t}.id = {key}', s.permitted(record, t))}"
    return listed.rows(tail)


_KEYS: dict[str, Callable[[Any], Any]] = {}


def _key_of(name: str) -> Callable[[Any], Any]:
    """One function for each type, since the function is part of a parameter's identity."""
    return _KEYS.setdefault(name, lambda text: str(decode_as(text, name)))


def _nodes(s: Statement, selected: Selected, field: Field) -> tuple[str, Join]:
    given = selected.argument(field.graphql, "ids")
    assert given is not None
    kinds = {kind.name: kind for text in given.value(s.variables) for kind in [_type_of(s, text)]}
    if not kinds:
        return "select null::text limit 0", all_rows
    x = s.alias()
    names, keys = s.given(given, _names), s.given(given, _numbers)
    cases = [
        f"when '{name}' then ({_row(s, selected, kind, s.alias(), f'{x}.key')})"
        for name, kind in sorted(kinds.items())
    ]
    listed = f"unnest({names}::text[], {keys}::bigint[]) with ordinality {x}(kind, key, place)"
    return f"select case {x}.kind {' '.join(cases)} end from {listed} order by {x}.place", all_rows


def _names(texts: list[str]) -> list[str]:
    return [decode(text)[0] for text in texts]


def _numbers(texts: list[str]) -> list[str]:
    return [str(decode_as(text, decode(text)[0])) for text in texts]
