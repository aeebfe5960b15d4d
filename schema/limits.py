"""What one operation may ask for, decided from its text and variables before any SQL runs.

Two sets of figures: for whoever is signed in, and for the anonymous public. The cost of an operation is the
product of page sizes along each path to a deepest connection, summed over the operation: the number of rows
that the worst case could return. A connection without `first` or `last` counts its default. Figures are counted
from all records whatever the size of the answer, so each scorecard, breakdown, shortfall and each point of a history
has a weight in rows.

Stops being enough when one row is expensive (content, images): then weights go beside the page sizes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
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

from hub.kit.errors import BadRequest, CostExceeded
from hub.kpi.forecast import HALF_YEARS
from hub.kpi.history import MOST_POINTS, YEARS_BACK

DEFAULT_PAGE = 50
# Rows that are read in the time of a scorecard, or of one figure's breakdown or shortfall, in a city of 20,000 items.
SCORECARD, BEHIND_A_FIGURE, POINT = 400, 200, 15
DEED = 20  # what a mutation reads before and after its change
FIGURE = "the id of a figure"  # longer than any word
LONGEST_WORD = 10  # a day, YYYY-MM-DD; the words of enums that decide a cost are shorter
TARGETS = 8  # the figures of a plan when no codes are given
# How ids begin that count a figure, or a line of one, again; of whole groups of three bytes.
FIGURE_IDS = tuple(base64.b64encode(start).decode() for start in (b"IndicatorValue:", b"IndicatorBreakdown"))


@dataclass(frozen=True)
class Limits:
    """The borders of one kind of caller; each is the last value that is still allowed."""

    page: int
    cost: int
    tokens: int
    letters: int
    depth: int = 12
    aliases: int = 30
    directives: int = 3


# To read a letter takes up to 0.8 µs: 300 texts a minute as long as this from one stranger are a twelfth of a core.
SIGNED_IN = Limits(page=1_000, cost=20_000, tokens=2_000, letters=100_000)
ANONYMOUS = Limits(page=100, cost=2_000, tokens=1_000, letters=20_000)


def limits_for(signed_in: bool) -> Limits:
    """The borders for a caller."""
    return SIGNED_IN if signed_in else ANONYMOUS


class Shape(NamedTuple):
    """What a text shows before anything is known about the schema; `directives` is the most on one node."""

    letters: int
    tokens: int
    depth: int
    aliases: int
    directives: int


def measure(document: DocumentNode) -> Shape:
    """The shape of a parsed text; of several operations, the largest figures."""
    reader = _ShapeReader(document)
    measured = [reader.measure(operation.selection_set) for operation in reader.operations]
    return Shape(
        _letters(document),
        document.token_count,
        max((depth for depth, _ in measured), default=0),
        max((aliases for _, aliases in measured), default=0),
        max((len(directives) for directives in _directives(document)), default=0),
    )


def bytes_of(document: DocumentNode) -> int:
    """What a parsed text takes of memory, about: its tokens, and its letters, which stand in the text and in them.

    Of few tokens it may still be long, by a comment or a word.
    """
    return 350 * document.token_count + 8 * _letters(document)


def _letters(document: DocumentNode) -> int:
    return len(document.loc.source.body) if document.loc else 0


def check_shape(shape: Shape, limits: Limits) -> None:
    """Refuse by the text alone. Raises CostExceeded.

    Runs before validation, whose time grows with the square of overlapping fields.
    """
    check_letters(shape.letters, limits)
    check_tokens(shape.tokens, limits)
    most = limits.directives
    _refuse("số chỉ thị trên một trường", "directives on a field", shape.directives, most, limits)
    _refuse("độ sâu", "depth", shape.depth, limits.depth, limits)
    _refuse("số bí danh", "aliases", shape.aliases, limits.aliases, limits)


def check_letters(letters: int, limits: Limits) -> None:
    """Refuse a text that is too long to be read. Raises CostExceeded."""
    _refuse(
        "độ dài văn bản (ký tự; giá trị dài nên đặt trong biến)",
        "letters of the text (long values go in variables)",
        letters,
        limits.letters,
        limits,
    )


def check_tokens(tokens: int, limits: Limits) -> None:
    """Refuse a text that has too many parts to be looked at. Raises CostExceeded."""
    _refuse("số từ tố", "tokens", tokens, limits.tokens, limits)


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
    _refuse("tổng số dòng và số liệu phải đọc", "rows and figures to read", rows, limits.cost, limits)
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


def _refuse(what_vi: str, what_en: str, found: int, most: int, limits: Limits) -> None:
    if found > most:
        higher = (
            ("; người đã đăng nhập có giới hạn cao hơn", "; the limits of a signed-in caller are higher")
            if limits is ANONYMOUS
            else ("", "")
        )
        raise CostExceeded(
            f"Yêu cầu vượt giới hạn {what_vi}: {found} (tối đa {most}). Hãy chia nhỏ yêu cầu "
            f"hoặc giảm kích thước trang{higher[0]}.",
            f"The operation exceeds the limit of {what_en}: {found} (at most {most}). Split it or ask "
            f"for smaller pages{higher[1]}.",
        )


def _directives(document: DocumentNode) -> Iterator[tuple[DirectiveNode, ...]]:
    """The directives of every node that has any; a walk without recursion, since the text is hostile."""
    stack: list[Any] = list(document.definitions)
    while stack:
        node = stack.pop()
        directives = getattr(node, "directives", None)
        if directives:
            yield tuple(directives)
        selection_set = getattr(node, "selection_set", None)
        if selection_set is not None:
            stack.extend(selection_set.selections)


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }


class _ShapeReader:
    """Depth and aliases with fragments spread out; each fragment is measured once, a cycle counts nothing."""

    def __init__(self, document: DocumentNode) -> None:
        self.operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._fragments = _fragments(document)
        self._known: dict[str, tuple[int, int]] = {}

    def measure(self, selection_set: SelectionSetNode | None) -> tuple[int, int]:
        """Depth and number of aliases below this selection set."""
        depth = aliases = 0
        for node in selection_set.selections if selection_set else ():
            deeper, more = self._one(node)
            depth, aliases = max(depth, deeper), aliases + more
        return depth, aliases

    def _one(self, node: Any) -> tuple[int, int]:
        if isinstance(node, FieldNode):
            aliased = int(node.alias is not None)
            if node.name.value.startswith("__"):
                return 0, aliased
            depth, aliases = self.measure(node.selection_set)
            return depth + 1, aliases + aliased
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        return self.measure(node.selection_set)

    def _fragment(self, name: str) -> tuple[int, int]:
        if name not in self._known:
            self._known[name] = (0, 0)  # seen while it is being measured: a cycle, which validation reports
            fragment = self._fragments.get(name)
            self._known[name] = self.measure(fragment.selection_set if fragment else None)
        return self._known[name]


class _CostReader:
    """Rows that the worst case returns below a selection set."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], limits: Limits
    ) -> None:
        self._schema, self._variables, self._limits = schema, variables, limits
        self._fragments = _fragments(document)
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
        _refuse(f"số dòng một trang («{name}»)", f'rows on a page ("{name}")', size, most, self._limits)

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
