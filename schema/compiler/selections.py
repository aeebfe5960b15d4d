"""Which fields an operation selects: aliases, fragments, @include and @skip resolved as the GraphQL standard says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)
from graphql.type import is_abstract_type

from schema.compiler.values import Given


@dataclass(frozen=True)
class Selected:
    """One response key with every node that asks for it."""

    key: str
    nodes: tuple[FieldNode, ...]

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def sets(self) -> tuple[SelectionSetNode, ...]:
        """The selection sets below, to be merged."""
        return tuple(node.selection_set for node in self.nodes if node.selection_set)

    def argument(self, field: GraphQLField, name: str) -> Given | None:
        """An argument as written, or None when it was left out."""
        for argument in self.nodes[0].arguments or ():
            if argument.name.value == name:
                return Given(argument.value, field.args[name].type)
        return None


class Selections:
    """Reads the selection sets of one document under one set of variables."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema = schema
        self.variables = variables
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def of(self, sets: Iterable[SelectionSetNode], kind: GraphQLObjectType) -> list[Selected]:
        """The fields selected on an object type, in the order of the response."""
        found: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(selection_set.selections, kind, found, set())
        return [Selected(key, tuple(nodes)) for key, nodes in found.items()]

    def _collect(
        self,
        selections: Iterable[SelectionNode],
        kind: GraphQLObjectType,
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in seen:
                    continue
                seen.add(node.name.value)
                fragment: FragmentDefinitionNode | InlineFragmentNode = self.fragments[node.name.value]
            else:
                assert isinstance(node, InlineFragmentNode)
                fragment = node
            condition = fragment.type_condition.name.value if fragment.type_condition else kind.name
            if self._applies(condition, kind):
                self._collect(fragment.selection_set.selections, kind, found, seen)

    def _applies(self, condition: str, kind: GraphQLObjectType) -> bool:
        if condition == kind.name:
            return True
        wanted = self.schema.type_map[condition]
        return is_abstract_type(wanted) and self.schema.is_sub_type(wanted, kind)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            if directive.name.value in ("include", "skip"):
                (argument,) = directive.arguments or ()
                condition = Given(argument.value, GraphQLBoolean).value(self.variables)
                if condition is (directive.name.value == "skip"):
                    return False
        return True
