"""Compiled reads: a selection set becomes one SQL statement whose rows are finished JSON.

    plan = PLANS.find(text, name, variables, shape)                    a kept plan and its values, or None
    plan = PLANS.compile(schema, text, document, name, variables, shape)   raises Unsupported, BadRequest
    data = await plan.run(connection, variables, actor, rest)          bytes of `data`

`plan.rest` is what graphql-core must answer (None: nothing). May import policies and hub. Start at operation.py.
"""

from schema.compiler.cache import PLANS, Plans
from schema.compiler.operation import Unsupported, compile_operation
from schema.compiler.plan import Bound, Plan

__all__ = ["PLANS", "Bound", "Plan", "Plans", "Unsupported", "compile_operation"]
