"""Who is asking, as the law sees him: an id and the roles he holds, each with the agency it is held at.

A role is written `clerk` in grants and in the API, `role:clerk` in policy.csv: a user whose name equals a
role can then never be taken for it.
"""

from dataclasses import dataclass
from typing import NamedTuple

ROLES = (
    "anyone",
    "user",
    "staff",
    "clerk",
    "officer",
    "approver",
    "archivist",
    "archive_head",
    "supervisor",
    "supervisor_head",
    "leader",
    "finance",
    "itsec",
    "agency_admin",
    "sysadmin",
    "client",
)
# anyone and user are facts (somebody asks; he is signed in), not grants
GRANTABLE_ROLES = ROLES[2:]
_IMPLICIT = ROLES[:2]


class Grant(NamedTuple):
    """A role held at an agency; without agency it counts only in rules of scope `any`."""

    role: str
    agency_id: int | None = None


class Shape(NamedTuple):
    """What of a subject decides the text of a predicate: signed in, and each role with or without a place."""

    signed_in: bool
    roles: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Subject:
    """Somebody who asks; id None is the anonymous public. Grants are those in force when he was read."""

    id: int | None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    granted_ids: frozenset[int] = frozenset()

    def holds(self, role: str) -> tuple[Grant, ...]:
        """The grants under which he holds the role (`clerk`); empty when he does not."""
        if role == "anyone":
            return (Grant("anyone"),)
        if role == "user":
            return (Grant("user"),) if self.id is not None else ()
        return tuple(grant for grant in self.grants if grant.role == role)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role he holds, the implicit ones first, then in the order of ROLES."""
        held = {grant.role for grant in self.grants}
        implicit = _IMPLICIT if self.id is not None else _IMPLICIT[:1]
        return implicit + tuple(role for role in GRANTABLE_ROLES if role in held)

    @property
    def shape(self) -> Shape:
        """The hashable key under which a compiled statement may be used again by another subject."""
        placed: dict[str, bool] = {}
        for role, agency_id in self.grants:
            placed[role] = placed.get(role, False) or agency_id is not None
        return Shape(self.id is not None, tuple(sorted(placed.items())))


ANONYMOUS = Subject(None)
