"""What commands read about agencies; agencies are public, so no question of permission is asked here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from hub.agencies.models import Agency, AgencyCode, AgencyName, AgencyParent, AgencySuccession

# Codes change (đổi tên, hợp nhất, mã định danh mới), and letters, spreadsheets and links go on using the old ones.
# SQL of the key of the agency that `{code}` means, null for none. An old code that several bore means nobody.
# A select as a whole: under row-level security PostgreSQL takes a bare coalesce for something that may leak, no longer
# for one value that all rows share, and then sorts what an index has in order.
AGENCY_OF_CODE = (
    "(select coalesce((select a.id from agency a where a.code = {code}),"
    " (select min(c.agency_id) from agency_code c where c.value = {code} having count(distinct c.agency_id) = 1)))"
)

_FOUND = text(
    f"select a.id, a.code from agency a where a.id = {AGENCY_OF_CODE.replace('{code}', 'cast(:code as text)')}"
)

# SQL of what held on `{day}` of the agency with the alias `{a}`: the name it bore, the body it stood under. Before its
# first date it is the first one; after its end the last.
_AT = (
    "(select h.{column} from {table} h where h.agency_id = {{a}}.id and (h.valid_to is null or h.valid_to > {{day}})"
    " order by h.valid_to limit 1)"
)
CALLED = _AT.format(column="name, h.name_sort", table="agency_name")  # a row, for a lateral join
NAME_AT = _AT.format(column="name", table="agency_name")
NAME_SORT_AT = _AT.format(column="name_sort", table="agency_name")
PARENT_AT = _AT.format(column="parent_id", table="agency_parent")

_NAMES_AT = text(
    f"select d.day, {NAME_AT.format(a='a', day='d.day')} as name"
    " from agency a cross join unnest(cast(:days as date[])) d(day) where a.id = :id"
)


def names_at(session: Session, agency_id: int, days: Collection[date]) -> dict[date, str]:
    """The names that an agency bore on these days; empty for no such agency."""
    found = session.execute(_NAMES_AT, {"id": agency_id, "days": list(days)})
    return {row.day: row.name for row in found}


def parent_at(session: Session, agency_id: int, day: date) -> int | None:
    """The body that an agency stood under on a day."""
    sql = f"select {PARENT_AT.format(a='a', day=':day')} from agency a where a.id = :id"
    return session.connection().scalar(text(sql), {"id": agency_id, "day": day})


def tree_held(session: Session) -> None:
    """Nobody else changes the tree until the end of the transaction: two moves at once could close a circle."""
    session.connection().execute(text("select pg_advisory_xact_lock(hashtext('hub-agency-tree'))"))


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


def units_of(session: Session, agency_id: int) -> list[int]:
    """The agencies right below one, in the order of their keys."""
    return list(session.exec(select(Agency.id).where(Agency.parent_id == agency_id).order_by(col(Agency.id))))  # type: ignore[arg-type]


def historical_archives(session: Session, on: date) -> list[int]:
    """The historical archives in being on a day."""
    being = select(Agency.id).where(
        Agency.is_historical_archive, col(Agency.valid_to).is_(None) | (col(Agency.valid_to) > on)
    )
    return list(session.exec(being.order_by(col(Agency.id))))  # type: ignore[arg-type]


def is_listed(session: Session, agency_id: int, day: date) -> bool:
    """Whether the agency is on the source list on a day."""
    sql = (
        "select exists (select from source_membership where agency_id = :id and valid_from <= :day"
        " and (valid_to is null or valid_to > :day))"
    )
    return bool(session.connection().scalar(text(sql), {"id": agency_id, "day": day}))


def named_since(session: Session, agency_id: int) -> date | None:
    """The day since which the agency has its present name; None when unknown."""
    return session.exec(
        select(func.max(AgencyName.valid_from)).where(
            AgencyName.agency_id == agency_id, col(AgencyName.valid_to).is_(None)
        )
    ).one()


def placed_since(session: Session, keys: Collection[int]) -> date | None:
    """The last day on which one of these agencies came under the body it stands under; None when unknown."""
    return session.exec(
        select(func.max(AgencyParent.valid_from)).where(
            col(AgencyParent.agency_id).in_(keys), col(AgencyParent.valid_to).is_(None)
        )
    ).one()


def followed_since(session: Session, agency_id: int) -> date | None:
    """The last day on which the agency came after another, or gave a part away; None when it never did."""
    return session.exec(
        select(func.max(AgencySuccession.effective_on)).where(
            (AgencySuccession.successor_id == agency_id) | (AgencySuccession.predecessor_id == agency_id)
        )
    ).one()


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
