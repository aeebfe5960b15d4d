"""Operations as texts: parsed, measured and validated once, then found again by their text.

Validation costs some 3 ms and everything after it far less, so that clients who send variables instead of
literals pay it once.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)

from hub.kit.kept import Kept
from schema.costs import cost_of, size_of
from schema.errors import MAX_ERRORS
from schema.limits import Limits, Shape, bytes_of, check_letters, check_shape, check_tokens, measure

KEPT = 10_000
ROOM = 20_000_000
KEPT_COSTS = 64


class InvalidOperation(Exception):
    """A text that is no valid operation of this schema; `errors` are graphql-core's own."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors


@dataclass
class Document:
    """A text that was parsed; valid when `errors` is empty."""

    text: str
    node: DocumentNode
    shape: Shape
    errors: list[GraphQLError]
    # The variables known to decide costs, and the costs that were found within the limits.
    sizes: tuple[str, ...] = ()
    within: dict[Hashable, int] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises InvalidOperation when the name does not say which."""
        found = [node for node in self.node.definitions if isinstance(node, OperationDefinitionNode)]
        if name is not None:
            found = [node for node in found if node.name and node.name.value == name]
        if len(found) == 1:
            return found[0]
        if not found:
            raise InvalidOperation(
                [GraphQLError(f"Unknown operation named '{name}'." if name else "No operation.")]
            )
        raise InvalidOperation(
            [GraphQLError("Must provide operation name if query contains multiple operations.")]
        )

    def roots(self, name: str | None) -> set[str]:
        """The names of the fields at the top of the operation, those in fragments too."""
        fragments = {
            node.name.value: node
            for node in self.node.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        found: set[str] = set()
        ahead: list[SelectionSetNode] = [self.operation(name).selection_set]
        while ahead:
            for selection in ahead.pop().selections:
                if isinstance(selection, FieldNode):
                    found.add(selection.name.value)
                elif isinstance(selection, FragmentSpreadNode):
                    ahead.append(fragments[selection.name.value].selection_set)
                elif isinstance(selection, InlineFragmentNode):
                    ahead.append(selection.selection_set)
        return found


class Documents:
    """The texts this process knows, least recently used out first."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool) -> None:
        self._schema = schema
        self._introspection = introspection
        self._rules = (
            specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        )
        self._kept: Kept[str, Document] = Kept(KEPT, ROOM)

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, text: str, limits: Limits) -> Document:
        """The text as a valid document inside the limits of form.

        Raises InvalidOperation, CostExceeded.
        """
        document = self._kept.find(text)
        if document is None:
            document = self._read(text, limits)
            self._kept.keep(text, document, bytes_of(document.node))
        else:
            check_shape(document.shape, limits)
        if document.errors:
            raise InvalidOperation(document.errors)
        return document

    def check_cost(
        self, document: Document, operation: OperationDefinitionNode, given: dict[str, Any], limits: Limits
    ) -> int:
        """The cost in rows; the same sizes are counted once. Raises what costs.cost_of raises."""
        sizes = document.sizes
        # null is not the default, which stands where nothing is sent
        told = tuple((name, name in given, size_of(given.get(name))) for name in sizes)
        key = (operation.loc, limits, told)
        known = document.within.get(key)
        if known is not None:
            return known
        cost = cost_of(self._schema, document.node, operation, given, limits)
        if not cost.decided_by <= set(sizes):
            document.sizes = tuple(sorted(cost.decided_by.union(sizes)))
            document.within.clear()
        elif len(document.within) < KEPT_COSTS:
            document.within[key] = cost.rows
        return cost.rows

    def _read(self, text: str, limits: Limits) -> Document:
        check_letters(len(text), limits)
        try:
            node = parse(text, max_tokens=limits.tokens)
        except GraphQLSyntaxError as error:
            if f"more than {limits.tokens} tokens" in error.message:
                check_tokens(limits.tokens + 1, limits)
            raise InvalidOperation([error]) from None
        shape = measure(node)
        check_shape(shape, limits)
        errors = validate(
            self._schema, node, self._rules, max_errors=MAX_ERRORS, hide_suggestions=not self._introspection
        )
        return Document(text, node, shape, errors)
