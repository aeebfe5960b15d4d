"""The cost of an operation: how many rows it returns in the worst case, counted before any SQL runs.

It is the product of page sizes along each path to a deepest connection, summed over the operation. A connection
without `first` or `last` counts its default. Figures are counted from all records whatever the size of the answer, so
each scorecard, breakdown, shortfall and each point of a history has a weight in rows.

Stops being enough when one row is expensive (content, images): then weights go beside the page sizes.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.pyutils import Undefined

from hub.kit.errors import BadRequest
from hub.kpi.forecast import HALF_YEARS
from hub.kpi.history import MOST_POINTS, YEARS_BACK
from schema.limits import Limits, fragments, refuse

DEFAULT_PAGE = 50
# Rows that are read in the time of a scorecard, or of one figure's breakdown or shortfall, in a city of 20,000 items.
SCORECARD, BEHIND_A_FIGURE, POINT = 400, 200, 15
DEED = 20  # what a mutation reads before and after its change
FIGURE = "the id of a figure"  # longer than any word
LONGEST_WORD = 10  # a day, YYYY-MM-DD; the words of enums that decide a cost are shorter
TARGETS = 8  # the figures of a plan when no codes are given
# How ids begin that count a figure, or a line of one, again; of whole groups of three bytes.
FIGURE_IDS = tuple(base64.b64encode(start).decode() for start in (b"IndicatorValue:", b"IndicatorBreakdown"))


class Cost(NamedTuple):
    """Rows of the worst case, and the variables that decided it."""

    rows: int
    decided_by: frozenset[str]


def cost_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    limits: Limits,
) -> Cost:
    """The cost of a valid operation. Raises CostExceeded, and BadRequest for a negative page.

    The same values of `decided_by`, as `size_of` tells them, give the same answer.
    """
    root = schema.get_root_type(operation.operation)
    reader = _CostReader(schema, document, {**_defaults(operation), **variables}, limits)
    rows = reader.of(operation.selection_set, root)
    refuse("tổng số dòng và số liệu phải đọc", "rows and figures to read", rows, limits.cost, limits)
    return Cost(rows, frozenset(reader.asked))


def size_of(value: Any) -> int | bool | str | None:
    """What of a variable's value may decide a cost: a number, a condition, the length of a list, a day, a word."""
    if isinstance(value, list):
        return f"{len(value)} values, {sum(map(_is_figure, value))} figures"
    if isinstance(value, str):
        return FIGURE if _is_figure(value) else value if len(value) <= LONGEST_WORD else None
    number = _number(value)
    return number if isinstance(number, int) else None


def _number(value: Any) -> Any:
    """A value as it is counted: 1000.0 and 1e3 are a whole number for GraphQL, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_figure(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(FIGURE_IDS)


class _CostReader:
    """Rows that the worst case returns below a selection set."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], limits: Limits
    ) -> None:
        self._schema, self._variables, self._limits = schema, variables, limits
        self._fragments = fragments(document)
        self._known: dict[str, int] = {}
        self.asked: set[str] = set()

    def of(self, selection_set: SelectionSetNode | None, parent: Any) -> int:
        """The cost of one selection set on one type."""
        return sum(self._one(node, parent) for node in (selection_set.selections if selection_set else ()))

    def _one(self, node: Any, parent: Any) -> int:
        if not self._included(node):
            return 0
        if isinstance(node, FieldNode):
            field = getattr(parent, "fields", {}).get(node.name.value)
            if field is None:  # __typename, __schema
                return 0
            below = self.of(node.selection_set, get_named_type(field.type))
            rows = self._rows(node, field)
            below = below if rows is None else rows * max(1, below)
            return self._figures(node, parent, below)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.of(
                node.selection_set, self._schema.get_type(condition.name.value) if condition else parent
            )
        return self._fragment(node.name.value)

    def _figures(self, node: FieldNode, parent: Any, below: int) -> int:
        """The cost of a field with the weight of the figures it counts."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        match (parent.name, node.name.value):
            case ("Mutation", _):
                return DEED + below
            case ("Query", "indicators"):
                codes = self._value(given["codes"]) if "codes" in given else None
                return SCORECARD + below * (len(codes) if isinstance(codes, list) else TARGETS)
            case ("Query", "snapshotIndicators"):
                return TARGETS * max(1, below)
            case ("Query", "node" | "nodes"):
                named = self._value(given.get("ids") or given["id"])
                ids = [self._plain(one) for one in (named if isinstance(named, list) else [named])]
                return below + SCORECARD * sum(map(_is_figure, ids))
            case ("IndicatorValue", "breakdown" | "shortfall"):
                return BEHIND_A_FIGURE + below
            case ("Query", "exclusionEffect"):
                return 2 * BEHIND_A_FIGURE + below
            case ("Query", "compareSnapshots"):
                return 3 * BEHIND_A_FIGURE + below
            case ("Query", "dataQuality" | "indicatorChange"):
                return 3 * SCORECARD + below
            case ("Query", "returnsDesk" | "returnForm"):
                return 2 * SCORECARD + below
            case ("Query", "transferRadar") | ("TransferRadar", "files" | "items"):
                return SCORECARD + below
            case ("DataQuality", "toMend") | ("IndicatorChangeCause", "records"):
                return 3 * BEHIND_A_FIGURE + below
            case ("DataQuality", "indicators"):
                return TARGETS * below
            case ("IndicatorValue", "history"):
                first, last, grain = (
                    self._value(given[name]) if name in given else None for name in ("from", "to", "grain")
                )
                return POINT * _points(first, last, grain)
            case ("IndicatorValue", "forecast"):
                return POINT * HALF_YEARS
        return below

    def _plain(self, value: Any) -> Any:
        """An element of a list, which the text may give as it is or as a variable."""
        return self._value(value) if isinstance(value, ValueNode) else value

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            fragment = self._fragments[name]
            condition = self._schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self.of(fragment.selection_set, condition)
        return self._known[name]

    def _rows(self, node: FieldNode, field: GraphQLField) -> int | None:
        """The page size of a connection, the length of a list of ids; None for any other field."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in field.args:
            sizes = [self._value(given[name]) for name in ("first", "last") if name in given]
            asked = [size for size in sizes if isinstance(size, int)]
            if any(size < 0 for size in asked):
                raise BadRequest(
                    f"«{node.name.value}»: first và last phải từ 0 trở lên.",
                    f'"{node.name.value}": first and last must be 0 or more.',
                )
            size = max(asked) if asked else _default(field)
            self._refuse_page(node, size)
            return size
        if "ids" in given:
            ids = self._value(given["ids"])
            size = len(ids) if isinstance(ids, list) else 1
            self._refuse_page(node, size)
            return size
        return None

    def _refuse_page(self, node: FieldNode, size: int) -> None:
        name = node.name.value
        most = self._limits.page
        refuse(f"số dòng một trang («{name}»)", f'rows on a page ("{name}")', size, most, self._limits)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("include", "skip") and directive.arguments:
                value = self._value(directive.arguments[0].value)
                if isinstance(value, bool) and value is (name == "skip"):
                    return False
        return True

    def _value(self, node: ValueNode) -> Any:
        if isinstance(node, VariableNode):
            self.asked.add(node.name.value)
            return _number(self._variables.get(node.name.value))
        return _literal(node)


def _points(first: Any, last: Any, grain: Any) -> int:
    """How many points a history has at most."""
    months = 12 * YEARS_BACK if first is None else MOST_POINTS
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        months = min(max((end.year - start.year) * 12 + end.month - start.month, 0), MOST_POINTS)
    except (TypeError, ValueError):
        pass  # an end that only the figure knows, or no day: refused elsewhere
    return 1 + (months // 6 + 1 if grain == "PERIOD" else months)


def _literal(node: ValueNode | None) -> Any:
    if isinstance(node, IntValueNode):
        return int(node.value)
    if isinstance(node, BooleanValueNode | StringValueNode | EnumValueNode):
        return node.value
    if isinstance(node, ListValueNode):
        return list(node.values)
    return None


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        definition.variable.name.value: _literal(definition.default_value)
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }


def _default(field: GraphQLField) -> int:
    default = field.args["first"].default_value
    return default if default is not Undefined and isinstance(default, int) else DEFAULT_PAGE
