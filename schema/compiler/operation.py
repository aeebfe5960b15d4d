"""An operation compiled: each root field that is a table read becomes one statement, the others are left over."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from policies.law import Law
from policies.subject import Shape
from schema.compiler import named, pages, roots, search  # noqa: F401 (most only register writers)
from schema.compiler.catalogue import Catalogue
from schema.compiler.plan import Plan, Read
from schema.compiler.roots import ROOTS
from schema.compiler.selections import Selections
from schema.compiler.statement import Statement
from schema.compiler.values import Signature
from schema.limits import bytes_of


class Unsupported(Exception):
    """Nothing of the operation is a table read: ordinary resolvers answer it."""


@cache
def _product_law() -> Law:
    # the text of a predicate depends on the rules alone, never on the tree of agencies
    return Law({})


def compile_operation(
    schema: Any,
    document: DocumentNode,
    operation_name: str | None,
    variables: Mapping[str, Any] | None,
    shape: Shape,
    law: Law | None = None,
) -> Plan:
    """The plan of a validated operation for subjects of this shape.

    Raises Unsupported for anything without a table read; BadVariables, BadPage, ForgedCursor, ForgedId for
    values that no plan can have.
    """
    operation = _operation(document, operation_name)
    if operation is None or operation.operation is not OperationType.QUERY:
        raise Unsupported
    catalogue: Catalogue = schema.catalogue
    signature = Signature(catalogue.schema, operation.variable_definitions or ())
    selections = Selections(catalogue.schema, document, signature.read(variables))
    query = catalogue.schema.query_type
    assert query is not None
    fields: list[tuple[str, Read | bytes | None]] = []
    left: list[FieldNode] = []
    for selected in selections.of((operation.selection_set,), query):
        root = catalogue.roots.get(selected.name)
        if selected.name == "__typename":
            fields.append((selected.key, b'"Query"'))
        elif root is None or named.is_computed(catalogue, selections, selected, root):
            fields.append((selected.key, None))
            left.extend(selected.nodes)
        else:
            statement = Statement(catalogue, selections, law or _product_law(), shape)
            sql, join = ROOTS[type(root.spec)](statement, selected, root)
            fields.append((selected.key, Read(statement.whole(sql), tuple(statement.parameters), join)))
    if not any(isinstance(read, Read) for _, read in fields):
        raise Unsupported
    size = bytes_of(document) + sum(len(read.sql) for _, read in fields if isinstance(read, Read))
    return Plan(signature, tuple(fields), _rest(document, operation, left), size)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not name:
        return operations[0] if len(operations) == 1 else None
    return next((one for one in operations if one.name and one.name.value == name), None)


def _rest(
    document: DocumentNode, operation: OperationDefinitionNode, left: list[FieldNode]
) -> DocumentNode | None:
    """The document with only the fields that are left over."""
    if not left:
        return None
    reduced = OperationDefinitionNode(
        operation=operation.operation,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=operation.directives,
        selection_set=SelectionSetNode(selections=tuple(left)),
    )
    fragments = (node for node in document.definitions if isinstance(node, FragmentDefinitionNode))
    return DocumentNode(definitions=(reduced, *fragments))
