"""Which page of a connection is asked for, and the cursor of a row on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphql import GraphQLEnumType, get_named_type

from hub.kit.errors import BadRequest
from schema.compiler.catalogue import Field, enum_value
from schema.compiler.cursors import cursor_sql
from schema.compiler.declarations import ID, Order
from schema.compiler.jsontext import Form, Value
from schema.compiler.selections import Selected
from schema.compiler.statement import Statement
from schema.compiler.values import Given

DEFAULT_PAGE = 50
LARGEST_PAGE = 1000


class BadPage(BadRequest):
    """`first` or `last` is out of bounds, or both are given."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"«{where}»: first hoặc last phải từ 0 đến {LARGEST_PAGE}, và chỉ được dùng một trong hai.",
            f'"{where}": first or last must be between 0 and {LARGEST_PAGE}, and only one of them may be given.',
        )


@dataclass(frozen=True)
class Window:
    """Which page is asked for."""

    size: int
    backward: bool
    order: Order
    mark: str
    after: Given | None
    before: Given | None

    @property
    def descending(self) -> bool:
        """The direction in which rows are read."""
        return self.order.descending != self.backward


def window(s: Statement, selected: Selected, field: Field, owner: str) -> Window:
    """The page that the arguments ask for. Raises BadPage and ForgedCursor."""

    def given(name: str) -> Given | None:
        found = selected.argument(field.graphql, name) if name in field.graphql.args else None
        return found if found is not None and found.value(s.variables) is not None else None

    def size(name: str) -> int | None:
        found = given(name)
        return None if found is None else found.value(s.variables)

    first, last = size("first"), size("last")
    length = last if last is not None else DEFAULT_PAGE if first is None else first
    if not 0 <= length <= LARGEST_PAGE or (first is not None and last is not None):
        raise BadPage(f"{owner}.{field.name}")
    name, order = "ID_ASC", Order((ID,), False)
    if "orderBy" in field.graphql.args:
        argument = field.graphql.args["orderBy"]
        kind = get_named_type(argument.type)
        assert isinstance(kind, GraphQLEnumType)
        asked = given("orderBy")
        name = asked.value(s.variables) if asked else argument.default_value.name
        order = enum_value(kind, name)
    mark = f"{owner}.{field.name}:{name}"
    return Window(length, last is not None, order, mark, given("after"), given("before"))


def written_cursor(window: Window, keys: Sequence[str]) -> Value:
    """The cursor of a row from the SQL of its keys; null where a key is."""
    return Value(cursor_sql(window.mark, window.order, keys), Form.WORD)
