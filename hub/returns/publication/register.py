"""A body's register of outgoing documents (sổ đăng ký văn bản đi): in a year, a number of a notation is one report's.

Many bodies write the same notation (12/BC-UBND), each in a register of its own.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.returns.models import PublishedReport

_ISSUED = "coalesce(issued_on, (published_at at time zone 'Asia/Ho_Chi_Minh')::date)"
_BEARS_IT = text(
    f"""
    select {_ISSUED} from published_report
     where id <> :id and state in ('PUBLISHED', 'SUPERSEDED') and number = :number
       and agency_id is not distinct from cast(:agency as bigint)
       and lower(coalesce(notation, '')) = lower(coalesce(:notation, '')) and extract(year from {_ISSUED}) = :year
     limit 1
    """
)
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('hub-report-number'))")


def require_free(
    session: Session,
    report: PublishedReport,
    number: str | None,
    notation: str | None,
    issued_on: date | None,
    *,
    lock: bool = False,
) -> None:
    """That no other report of its body that went out bears this number, a corrected revision included.

    With `lock`, nobody else takes it before the transaction ends. Raises Invalid (NĐ 30/2020, điều 15: numbers follow
    one another through the year).
    """
    if number is None:
        return
    if lock:
        session.execute(_ONE_AT_A_TIME)
    year = (issued_on or clock.today()).year
    asked = {
        "id": report.id,
        "agency": report.agency_id,
        "number": number,
        "notation": notation,
        "year": year,
    }
    bearer = session.execute(_BEARS_IT, asked).scalar()
    if bearer is not None:
        raise Invalid([_taken("/".join(filter(None, (number, notation))), bearer)])


def _taken(number: str, issued_on: date) -> FieldError:
    return FieldError(
        "number",
        "TAKEN",
        f"Số {number} năm {issued_on.year} đã cấp cho một báo cáo khác của cơ quan này, ban hành ngày"
        f" {issued_on.day}/{issued_on.month}/{issued_on.year}. Hãy lấy số tiếp theo trong sổ đăng ký văn bản đi.",
        f"Number {number} of {issued_on.year} is borne by another report of this body, issued on {issued_on}. Take"
        " the next number of the register of outgoing documents.",
    )
