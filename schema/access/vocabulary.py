"""The roles that can be granted, with what they are called in an agency."""

from __future__ import annotations

from enum import Enum

import strawberry

from hub.access.wording import ROLES
from policies.subject import GRANTABLE_ROLES


def _called(role: str) -> str:
    vietnamese, english = ROLES[role]
    return f"{english[0].upper()}{english[1:]} ({vietnamese})."


@strawberry.enum(description="Roles that can be granted (vai trò).")
class Role(Enum):
    """One member for each role of the law that a grant can give."""

    _ignore_ = ["members", "role"]
    members = vars()
    for role in GRANTABLE_ROLES:
        members[role.upper()] = strawberry.enum_value(role.upper(), description=_called(role))
