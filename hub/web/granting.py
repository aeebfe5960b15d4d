"""Roles as pages show them: who holds which, until when, on whose behalf, and which a visitor may give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.models import RoleGrantable
from hub.access.wording import ROLES
from hub.kit import clock
from policies.subject import GRANTABLE_ROLES

# Those in force and to come, then those ended, the newest first.
_GRANTS = text(
    """
    select g.id, g.role, a.name as agency, a.code, g.valid_from, g.valid_to, g.reason, g.on_behalf_of, g.user_id,
           u.full_name as holder, u.name as holder_name, h.full_name as behalf,
           g.valid_to is null or g.valid_to > :today as goes_on
      from role_grant g
      join app_user u on u.id = g.user_id
      left join app_user h on h.id = g.on_behalf_of
      left join agency a on a.id = g.agency_id
     where g.user_id = :user_id or g.on_behalf_of = :user_id
     order by g.valid_to is null or g.valid_to > :today desc, g.on_behalf_of is not distinct from :user_id, g.id desc
     limit 200
    """
)


@dataclass(frozen=True)
class ShownGrant:
    """A row of the table of roles; `given` is what the user himself has delegated to somebody."""

    id: int
    role: str
    agency: str | None
    code: str | None
    valid_from: date
    valid_to: date | None
    reason: str | None
    holder: str
    behalf: str | None
    goes_on: bool
    given: bool

    def called(self, language: str) -> str:
        """What the role is called in an agency."""
        return role_called(self.role, language)


def grants_shown(session: Session, actor: Actor, user_id: int) -> list[ShownGrant]:
    """The grants of a user, whom the visitor may see, and what he has delegated."""
    rows = session.execute(_GRANTS, {"user_id": user_id, "today": clock.today()}).all()
    return [
        ShownGrant(
            row.id,
            row.role,
            row.agency,
            row.code,
            row.valid_from,
            row.valid_to,
            row.reason,
            row.holder,
            row.behalf,
            row.goes_on,
            row.on_behalf_of == user_id,
        )
        for row in rows
    ]


def roles_to_give(session: Session, actor: Actor) -> list[str]:
    """The roles that he may give somewhere, in the order of the law."""
    held = [grant.role for grant in actor.subject.grants]
    found = set(session.exec(select(RoleGrantable.role).where(col(RoleGrantable.granter_role).in_(held))))
    return [role for role in GRANTABLE_ROLES if role in found]


def role_called(role: str, language: str) -> str:
    """What a role is called, in the visitor's language."""
    vietnamese, english = ROLES[role]
    return english if language == "en" else vietnamese
