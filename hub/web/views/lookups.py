"""Looking up what an address names: an agency by any code it has or had."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import AGENCY_OF_CODE
from hub.kit.errors import NotFound
from hub.web import rights
from reports.sources import Body

_AGENCY = text(
    "select a.id, a.code, a.name, a.kind, a.parent_id, p.code as parent_code, p.name as parent_name,"
    " (select jsonb_agg(jsonb_build_array(c.code, c.name) order by c.name_sort, c.name) from agency c"
    "   where c.parent_id = a.id) as units"
    " from agency a left join agency p on p.id = a.parent_id"
    f" where a.id = {AGENCY_OF_CODE.format(code='cast(:code as text)')}"
)


@dataclass(frozen=True)
class AgencyPlace:
    """An agency with the body above it and the units below, each by code and name."""

    body: Body
    parent: tuple[str, str] | None
    units: tuple[tuple[str, str], ...]

    @property
    def id(self) -> int:
        """Its key."""
        return self.body.id


def agency(session: Session, code: str) -> AgencyPlace:
    """The agency of a code, present or former; agencies are public. Raises NotFound."""
    row = session.execute(_AGENCY, {"code": code}).first()
    if row is None:
        raise NotFound(f"cơ quan «{code}»", f'agency "{code}"', path=("agency",))
    parent = (row.parent_code, row.parent_name) if row.parent_code else None
    body = Body(row.id, row.code, row.name, row.kind, row.parent_id)
    return AgencyPlace(body, parent, tuple((code, name) for code, name in row.units or ()))


def own_agencies(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Code and name of the agencies whose provisional figures he may read by a role held there."""
    if not (ids := rights.own_agencies(actor)):
        return []
    found = session.execute(
        text("select code, name from agency where id = any(:ids) order by name_sort"), {"ids": ids}
    )
    return [(row.code, row.name) for row in found]
