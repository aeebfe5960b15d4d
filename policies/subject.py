"""Who is asking, as the law sees him: an id and the roles he holds, each with the agency it is held at.

A role is written `clerk` in grants and in the API, `role:clerk` in policy.csv: a user whose name equals a
role can then never be taken for it.
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
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


class Mandate(NamedTuple):
    """A grant that somebody else delegated (ủy quyền): whoever uses it acts on his behalf."""

    grant: Grant
    on_behalf_of: int


class Shape(NamedTuple):
    """What of a subject decides the text of a predicate: signed in, each role with or without a place, a device."""

    signed_in: bool
    roles: tuple[tuple[str, bool], ...]
    reads_only: bool = False


@dataclass(frozen=True)
class Subject:
    """Somebody who asks; id None is the anonymous public. Grants are those in force when he was read.

    `mandates` are those among his grants that were delegated to him. `bound` are the people with whom a delegation
    binds him, in either direction: what one of them submits, the other does not decide. `reads_only`: he asks from
    an enrolled device, which changes nothing and reads no content, whatever his roles allow.
    """

    id: int | None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    granted_ids: frozenset[int] = frozenset()
    mandates: tuple[Mandate, ...] = ()
    bound: frozenset[int] = frozenset()
    reads_only: bool = False

    def holds(self, role: str) -> tuple[Grant, ...]:
        """The grants under which he holds the role (`clerk`); empty when he does not."""
        if role == "anyone":
            return (Grant("anyone"),)
        if role == "user":
            return (Grant("user"),) if self.id is not None else ()
        return tuple(grant for grant in self.grants if grant.role == role)

    @property
    def us(self) -> frozenset[int]:
        """He and those with whom a delegation binds him; empty for the public."""
        return frozenset() if self.id is None else self.bound | {self.id}

    @cached_property
    def own(self) -> "Subject":
        """The same person without what was delegated to him."""
        delegated = Counter(mandate.grant for mandate in self.mandates)
        grants = []
        for grant in self.grants:
            if delegated[grant]:
                delegated[grant] -= 1
            else:
                grants.append(grant)
        return replace(self, grants=tuple(grants), mandates=())

    def under(self, mandate: Mandate) -> "Subject":
        """The same person with one of his mandates beside his own grants."""
        return replace(self.own, grants=(*self.own.grants, mandate.grant), mandates=(mandate,))

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role he holds, the implicit ones first, then in the order of ROLES."""
        held = {grant.role for grant in self.grants}
        implicit = _IMPLICIT if self.id is not None else _IMPLICIT[:1]
        return implicit + tuple(role for role in GRANTABLE_ROLES if role in held)

    @cached_property
    def shape(self) -> Shape:
        """The hashable key under which a compiled statement may be used again by another subject."""
        placed: dict[str, bool] = {}
        for role, agency_id in self.grants:
            placed[role] = placed.get(role, False) or agency_id is not None
        return Shape(self.id is not None, tuple(sorted(placed.items())), self.reads_only)


ANONYMOUS = Subject(None)
