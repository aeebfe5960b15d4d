"""Plans kept: by document text, operation name, shape of the variables, shape of the subject, and policy.

Compiling costs a fraction of a millisecond, validating ten times that, so a client that sends variables instead of
literals pays both once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode

from hub.kit.kept import Kept
from policies.law import Law, product
from policies.subject import Shape
from schema.compiler.operation import compile_operation
from schema.compiler.plan import Bound, Plan
from schema.compiler.values import Signature, literal_variables, shape
from schema.limits import bytes_of

# An operation of the hub's own pages takes 70 kB with its plan.
ROOM = 64_000_000


@dataclass(frozen=True)
class _Text:
    """What is known of a document before its variables are."""

    signature: Signature
    literal: frozenset[str]


class Plans:
    """The plans of a process. `size` bounds plans and documents each."""

    def __init__(self, size: int = 1024) -> None:
        self._texts: Kept[Hashable, _Text] = Kept(size, ROOM)
        self._plans: Kept[Hashable, Plan] = Kept(size, ROOM)

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
        known = self._texts.find((text, operation_name))
        if known is None:
            return None
        values = known.signature.read(variables)
        key = (text, operation_name, shape(known.signature, values, known.literal), subject, _policy(law))
        plan = self._plans.find(key)
        return None if plan is None else Bound(plan, values)

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
        known = _Text(plan.signature, literal_variables(document))
        self._texts.keep((text, operation_name), known, bytes_of(document))
        told = shape(known.signature, known.signature.read(variables), known.literal)
        size = plan.size + 8 * len(repr(told))  # a list of words or ids may be as long as a request
        self._plans.keep((text, operation_name, told, subject, _policy(law)), plan, size)
        return plan


def _policy(law: Law | None) -> str:
    """The version under which a predicate was written."""
    return product().version if law is None else law.policy.version


PLANS = Plans()
