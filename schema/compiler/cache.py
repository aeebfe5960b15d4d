"""Plans kept: by document text, operation name, shape of the variables, shape of the subject, and policy.

Bounded, least recently used out first. Compiling costs a fraction of a millisecond, validating ten times that, so
a client that sends variables instead of literals pays both once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode

from policies.law import Law, product
from policies.subject import Shape
from schema.compiler.operation import compile_operation
from schema.compiler.plan import Bound, Plan
from schema.compiler.values import Signature, literal_variables, shape


@dataclass(frozen=True)
class _Text:
    """What is known of a document before its variables are."""

    signature: Signature
    literal: frozenset[str]


class Plans:
    """The plans of a process. `size` bounds plans and documents each."""

    def __init__(self, size: int = 1024) -> None:
        self.size = size
        self._texts: OrderedDict[Hashable, _Text] = OrderedDict()
        self._plans: OrderedDict[Hashable, Plan] = OrderedDict()

    def __len__(self) -> int:
        return len(self._plans)

    def find(
        self,
        text: str,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        subject: Shape,
        law: Law | None = None,
    ) -> Bound | None:
        """The plan that serves this request, or None. Raises BadVariables, BadText, ForgedId."""
        known = self._texts.get((text, operation_name))
        if known is None:
            return None
        values = known.signature.read(variables)
        key = (text, operation_name, shape(known.signature, values, known.literal), subject, _policy(law))
        plan = self._plans.get(key)
        if plan is None:
            return None
        self._plans.move_to_end(key)
        self._texts.move_to_end((text, operation_name))
        return Bound(plan, values)

    def compile(
        self,
        schema: Any,
        text: str,
        document: DocumentNode,
        operation_name: str | None,
        variables: Mapping[str, Any] | None,
        subject: Shape,
        law: Law | None = None,
    ) -> Plan:
        """Compiles a validated document and keeps the plan. Raises what `compile_operation` raises."""
        plan = compile_operation(schema, document, operation_name, variables, subject, law)
        known = self._texts[text, operation_name] = _Text(plan.signature, literal_variables(document))
        told = shape(known.signature, known.signature.read(variables), known.literal)
        self._plans[text, operation_name, told, subject, _policy(law)] = plan
        for kept in (self._texts, self._plans):
            while len(kept) > self.size:
                kept.popitem(last=False)
        return plan


def _policy(law: Law | None) -> str:
    """The version under which a predicate was written."""
    return product().version if law is None else law.policy.version


PLANS = Plans()
