"""The role matrix: for each resource and role, which actions, how far, and under which words.

`python -m policies.matrix > tests/policies/matrix.txt` writes the golden copy; its diff shows a reviewer what a
change of policy.csv does to people. Marks: * any, = own agency, ^ subtree, @ custody.
"""

from collections.abc import Iterator, Sequence

from policies.enforcer import Rule, read_rules
from policies.law import policy_text
from policies.resources import RESOURCES
from policies.subject import ROLES

MARKS = {"any": "*", "self": "=", "tree": "^", "hold": "@"}


def matrix(rules: Sequence[Rule]) -> str:
    """The matrix as text, resources and roles in their own order, one line for each role and kind of right."""
    return "\n".join(line for resource in RESOURCES for line in _table(resource, rules))


def _table(resource: str, rules: Sequence[Rule]) -> Iterator[str]:
    yield resource
    for role in ROLES:
        rights: dict[tuple[str, str, str], list[str]] = {}
        for rule in rules:
            if (rule.resource, rule.role) == (resource, role):
                rights.setdefault((rule.effect, rule.scope, rule.condition), []).append(rule.action)
        for (effect, scope, condition), actions in rights.items():
            never = "never " if effect == "deny" else ""
            yield f"  {role:<16}{never}{' '.join(actions)} {MARKS[scope]} {condition}"
    yield ""


if __name__ == "__main__":
    print(matrix(read_rules(policy_text())))
