"""Values that clients send: read in wire form, told apart by shape, bound without ever becoming SQL text.

A plan serves every operation of one *shape*: which values are null, how long lists are (none, one, several),
which types ids name, and the full value only of what decides the statement itself (page sizes, orders, facets,
conditions of directives).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    EnumValueNode,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    coerce_input_value,
    get_nullable_type,
    type_from_ast,
    value_from_ast_untyped,
    visit,
)
from graphql.execution.values import get_variable_values

from hub.kit.errors import BadRequest
from hub.kit.ids import decode
from schema.errors import Misfit

# Arguments whose value, not only its shape, decides the statement.
LITERAL_ARGUMENTS = frozenset({"first", "last", "orderBy", "fields", "if"})

# A whole title pasted fits; PostgreSQL compares every word with every row that it ranks.
MAX_WORDS = 100
MAX_LETTERS = 1_000


class BadText(BadRequest):
    """A text holds a character that no database text can hold."""

    def __init__(self) -> None:
        super().__init__(
            "Chuỗi ký tự chứa ký tự không hợp lệ (NUL hoặc nửa cặp thay thế). Hãy bỏ ký tự đó.",
            "A text holds a NUL or half a surrogate pair. Leave that character out.",
        )


class TooManyWords(BadRequest):
    """A text to search for is longer than anybody would type."""

    def __init__(self) -> None:
        super().__init__(
            f"Mỗi lần tìm tối đa {MAX_WORDS} từ và {MAX_LETTERS} ký tự. Hãy bớt từ khóa.",
            f"One search takes at most {MAX_WORDS} words and {MAX_LETTERS} characters. Use fewer.",
        )


class BadVariables(Misfit):
    """Variables do not fit the operation's declarations."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Biến của truy vấn không hợp lệ: {reason}", f"Variables do not fit: {reason}")


class Signature:
    """The variables an operation declares, their types looked up once; `read` runs with every request."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = tuple(definitions)
        self.kinds: dict[str, Any] = {}
        self._defaults: dict[str, Any] = {}
        for definition in self._definitions:
            name = definition.variable.name.value
            kind = self.kinds[name] = type_from_ast(schema, definition.type)
            if definition.default_value is not None:
                self._defaults[name] = _wire(value_from_ast_untyped(definition.default_value), kind)

    def read(self, given: Mapping[str, Any] | None) -> dict[str, Any]:
        """The variables in wire form (enum names, ISO dates, text ids), defaults added. Raises BadVariables."""
        given = given or {}
        values: dict[str, Any] = {}
        for name, kind in self.kinds.items():
            if name in given:
                if not _fits(given[name], kind):
                    raise self._misfit(given)
                values[name] = _wire(given[name], kind)
            elif name in self._defaults:
                values[name] = self._defaults[name]
            elif isinstance(kind, GraphQLNonNull):
                raise self._misfit(given)
        return values

    def _misfit(self, given: Mapping[str, Any]) -> BadVariables:
        """What graphql-core says of variables that do not fit."""
        outcome = get_variable_values(self._schema, self._definitions, dict(given))
        return BadVariables(outcome[0].message if isinstance(outcome, list) else "?")


def _fits(value: Any, kind: Any) -> bool:
    if isinstance(value, str) and get_nullable_type(kind) in (GraphQLString, GraphQLID):
        return True  # nearly every variable
    try:
        return coerce_input_value(value, kind) is not Undefined
    except RecursionError:
        return False


def _wire(value: Any, kind: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        items = value if isinstance(value, list | tuple) else [value]
        return [_wire(item, kind.of_type) for item in items]
    if isinstance(kind, GraphQLInputObjectType):
        return {name: _wire(item, kind.fields[name].type) for name, item in value.items()}
    if kind is GraphQLInt:
        return int(value)
    if kind is GraphQLID:
        value = str(value)
    if isinstance(value, str) and not value.isascii():
        _check(value)
    elif isinstance(value, str) and "\0" in value:
        raise BadText
    return value


def _check(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadText from None
    if "\0" in text:
        raise BadText


class Given:
    """An argument as written in the document, to be read again with the variables of each request."""

    __slots__ = ("kind", "node", "path")

    def __init__(self, node: ValueNode, kind: GraphQLInputType, path: tuple[str, ...] = ()) -> None:
        self.node = node
        self.kind = kind
        self.path = path

    def field(self, name: str) -> Given:
        """A field of an input object: where it is written out, and looked up again only where a variable is sent."""
        if isinstance(self.node, ObjectValueNode):
            kind = get_nullable_type(self.kind)
            for field in self.node.fields:
                if field.name.value == name and isinstance(kind, GraphQLInputObjectType):
                    return Given(field.value, kind.fields[name].type)
        return Given(self.node, self.kind, (*self.path, name))

    def value(self, variables: Mapping[str, Any]) -> Any:
        """The value in wire form; None also when a variable was not given."""
        value = _wire(_plain(self.node, variables), self.kind)
        for name in self.path:
            value = value.get(name) if value is not None else None
        return value


def _plain(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    match node:
        case VariableNode():
            return variables.get(node.name.value)
        case NullValueNode():
            return None
        case ListValueNode():
            return [_plain(item, variables) for item in node.values]
        case ObjectValueNode():
            return {
                field.name.value: _plain(field.value, variables)
                for field in node.fields
                if not (isinstance(field.value, VariableNode) and field.value.name.value not in variables)
            }
        case EnumValueNode():
            return node.value
    return value_from_ast_untyped(node)


def is_wordless(text: str) -> bool:
    """Whether no word is left to search by."""
    return not any(char.isalnum() for char in text)


def words(text: str) -> str:
    """A text to search for. Raises TooManyWords."""
    if len(text) > MAX_LETTERS or len(text.split()) > MAX_WORDS:
        raise TooManyWords
    return text


class _Literals(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value in LITERAL_ARGUMENTS:
            values = node.value.values if isinstance(node.value, ListValueNode) else (node.value,)
            self.names |= {value.name.value for value in values if isinstance(value, VariableNode)}


def literal_variables(document: DocumentNode) -> frozenset[str]:
    """The variables whose full value belongs to the shape."""
    visitor = _Literals()
    visit(document, visitor)
    return frozenset(visitor.names)


def shape(signature: Signature, values: Mapping[str, Any], literal: frozenset[str]) -> Hashable:
    """What of the variables may change the statement. Raises ForgedId for an id that names no type."""
    parts: list[Hashable] = []
    for name, kind in signature.kinds.items():
        if name not in values:
            parts.append(None)
        elif name in literal:
            value = values[name]
            parts.append(tuple(value) if isinstance(value, list) else value)
        else:
            parts.append(_shape(values[name], kind))
    return tuple(parts)


def _shape(value: Any, kind: Any) -> Hashable:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if value is None or isinstance(value, bool):
        return value
    if isinstance(kind, GraphQLInputObjectType):
        return tuple((name, _shape(value[name], kind.fields[name].type)) for name in sorted(value))
    if isinstance(kind, GraphQLList):
        length = min(len(value), 2)
        item = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
        if item is GraphQLID:
            return (length, frozenset(decode(one)[0] for one in value if one is not None))
        return length
    if kind is GraphQLID:
        return decode(value)[0]
    if isinstance(value, str) and not isinstance(kind, GraphQLEnumType):
        return "wordless" if is_wordless(value) else "text"
    return type(value).__name__
