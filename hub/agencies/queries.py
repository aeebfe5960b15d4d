"""What commands read about agencies; agencies are public, so no question of permission is asked here."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, text
from sqlmodel import Session, select

from hub.agencies.models import Agency, AgencyCode

# Codes change (đổi tên, hợp nhất, mã định danh mới), and letters, spreadsheets and links go on using the old ones.
# SQL of the key of the agency that `{code}` means, null for none. An old code that several bore means nobody.
AGENCY_OF_CODE = (
    "coalesce((select a.id from agency a where a.code = {code}),"
    " (select min(c.agency_id) from agency_code c where c.value = {code} having count(distinct c.agency_id) = 1))"
)

_FOUND = text(
    f"select a.id, a.code from agency a where a.id = {AGENCY_OF_CODE.replace('{code}', 'cast(:code as text)')}"
)


def agencies_locked(session: Session, keys: list[int]) -> dict[int, Agency]:
    """The agencies of these keys that exist, locked in the order of their keys."""
    rows = session.exec(
        select(Agency)
        .where(Agency.id.in_(keys))  # type: ignore[union-attr]
        .order_by(Agency.id)  # type: ignore[arg-type]
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows if row.id is not None}


def above(session: Session, agency_id: int) -> list[int]:
    """The agencies that an agency is a unit of, at any distance."""
    walk = text(
        "with recursive up(id) as (select parent_id from agency where id = :id union"
        " select a.parent_id from agency a join up on a.id = up.id) select id from up where id is not null"
    )
    return list(session.connection().scalars(walk, {"id": agency_id}))


def scheme_of(session: Session, agency_id: int, code: str) -> str | None:
    """The scheme in which the agency has this code; None when no dated row says so."""
    return session.exec(
        select(AgencyCode.scheme).where(AgencyCode.agency_id == agency_id, AgencyCode.value == code)
    ).first()


def code_since(session: Session, agency_id: int, code: str) -> date | None:
    """The day since which the agency's codes in the scheme of this one are as they are; None when unknown."""
    scheme = select(AgencyCode.scheme).where(AgencyCode.agency_id == agency_id, AgencyCode.value == code)
    changes = func.greatest(AgencyCode.valid_from, AgencyCode.valid_to)
    return session.exec(
        select(func.max(changes)).where(
            AgencyCode.agency_id == agency_id,
            AgencyCode.scheme.in_(scheme),  # type: ignore[attr-defined]
        )
    ).one()


def code_holder(session: Session, scheme: str, value: str) -> int | None:
    """The agency that has the code in the scheme, now or in the past."""
    return session.exec(
        select(AgencyCode.agency_id).where(AgencyCode.scheme == scheme, AgencyCode.value == value)
    ).first()


def agency_by_code(session: Session, code: str) -> tuple[int, str] | None:
    """The key and the present code of the agency that a present or former code means."""
    row = session.execute(_FOUND, {"code": code}).first()
    return None if row is None else (row.id, row.code)
