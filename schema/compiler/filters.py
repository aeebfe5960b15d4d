"""Filters: each field given is one condition, all of them hold together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from graphql import GraphQLEnumType, GraphQLInputObjectType, get_named_type

from schema.compiler.catalogue import condition_of
from schema.compiler.declarations import Condition
from schema.compiler.statement import Statement
from schema.compiler.values import Given, is_wordless, words

NONE: frozenset[str] = frozenset()


class Filtered(NamedTuple):
    """The conditions of a filter, whether an index on something else than the law serves them, and the columns
    that hold one and the same value in all rows left.
    """

    conditions: tuple[str, ...]
    narrowed: bool
    fixed: Mapping[str, str]


def filtered(
    s: Statement, given: Given | None, t: str, without: frozenset[str] = NONE, *, found: bool = False
) -> Filtered:
    """The conditions of a filter on the row `t`, those of the fields `without` left out.

    `found`: the row was found by the words of the filter, as `sought` gives them.
    """
    values = given.value(s.variables) if given is not None else None
    if not values or given is None:
        return Filtered((), False, {})
    kind = get_named_type(given.kind)
    assert isinstance(kind, GraphQLInputObjectType)
    conditions, narrowed = [], False
    fixed: dict[str, str] = {}
    for name in kind.fields:
        value = values.get(name)
        if value is None or name in without:
            continue
        declared = condition_of(kind, name)
        names: dict[str, str] = {}
        if found and declared.found is not None:
            template = declared.found
        else:
            widened = bool(values.get(declared.unless))
            template, names = _condition(s, declared, given.field(name), value, widened)
        if (
            names
            and template is declared.sql
            and isinstance(get_named_type(kind.fields[name].type), GraphQLEnumType)
        ):
            # Kept from the planner: for one of a few words PostgreSQL would plan anew with every request.
            names["v"] = f"(select {names['v']})"
        if template and declared.fixes and template is declared.sql:
            column, of = declared.fixes
            fixed[column] = names["it"] = s.once(s.text(of, t, names=names))
        if template:
            conditions.append(s.text(template, t, names=names))
            narrowed = narrowed or declared.narrows
    return Filtered(tuple(conditions), narrowed, fixed)


def sought(s: Statement, given: Given | None) -> str:
    """The words of a filter by which an index finds rows, as SQL; empty when it has none."""
    values = given.value(s.variables) if given is not None else None
    if not values or given is None:
        return ""
    kind = get_named_type(given.kind)
    assert isinstance(kind, GraphQLInputObjectType)
    for name in kind.fields:
        if condition_of(kind, name).found is not None and not is_wordless(values.get(name) or ""):
            return s.given(given.field(name), words) + "::text"
    return ""


def _condition(
    s: Statement, declared: Condition, given: Given, value: Any, widened: bool
) -> tuple[str, dict[str, str]]:
    """The template that holds for a value, empty when it asks nothing, and what its names mean."""
    if declared.words and is_wordless(value):
        return "", {}
    template, many = declared.sql, False
    if widened and declared.instead:
        template, many = declared.instead, True
    elif isinstance(value, list) and len(value) != 1:
        # one value can use the order of an index, several cannot; any of none is nothing
        template, many = declared.many or "false", True
    if "{v}" not in template and "{it}" not in template:
        return template, {}
    read = _reader(declared, isinstance(value, list), many)
    cast = f"::{declared.kind}[]" if many else f"::{declared.kind}"
    return template, {"v": s.given(given, read) + cast}


@cache
def _reader(declared: Condition, is_list: bool, many: bool) -> Callable[[Any], Any]:
    one = declared.reads or (words if declared.words else _text)
    if not is_list:
        return one
    if many:
        return lambda values: [one(value) for value in values]
    return lambda values: one(values[0])


def _text(value: Any) -> Any:
    return value if isinstance(value, bool) else str(value)
