"""Which rule decided: the answer of the law with every rule that was looked at (`hub explain`)."""

from typing import Any

from hub.access.actor import Actor


def explain(actor: Actor, action: str, resource: str, row: object, **known: Any) -> list[str]:
    """Lines for people: the answer, the deciding rule of policy.csv, and why the others did not speak."""
    decision = actor.law.decide(actor.subject, action, resource, row, **known)
    who = actor.name or "anyone"
    lines = [f"{who} {'may' if decision.allowed else 'may not'} {resource}:{action}"]
    if decision.rule is not None:
        lines.append(f"decided by policy.csv line {decision.rule.line}: {decision.rule}")
    elif decision.steps:
        lines.append("no rule allows it")
    else:
        lines.append(f"no rule speaks about {resource}:{action}")
    lines += [
        f"  line {step.rule.line}: {step.rule} — {step.obstacle or 'speaks'}" for step in decision.steps
    ]
    return lines
