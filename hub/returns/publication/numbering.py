"""Numbers of many reports, one after the other from the first that văn thư gives (số văn bản).

Two documents of one register and year never bear one number (Nghị định 30/2020/NĐ-CP, Điều 15): what another report
bears already, or will once work that is under way is done, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count

from sqlalchemy import text
from sqlmodel import Session

from hub.kit.errors import FieldError, Invalid

LARGEST = 999_999

# The notation tells the register. What is not told yet may turn out to be the same.
_BORNE = text(
    """
    select r.number from (
        select period_id, number, notation, issued_on from published_report
        union all
        select t.period_id, t.number, t.notation, t.issued_on from report_task t join job j on j.id = t.job_id
         where t.state = 'WAITING' and j.finished_at is null and j.cancel_requested_at is null) r
     where r.number is not null and coalesce(r.notation = :notation, true)
       and coalesce(extract(year from r.issued_on) = extract(year from cast(:issued_on as date)),
                    r.period_id = :period)
    """
)


def numbers_from(
    session: Session,
    first: int | None,
    period_id: int,
    notation: str | None,
    issued_on: date | None,
    told: Iterable[str],
) -> Iterator[str]:
    """The free numbers from this one on, none without it; `told` are those of the same act. Raises Invalid."""
    if first is None:
        return iter(())
    if not 1 <= first <= LARGEST:
        raise Invalid([_NO_NUMBER])
    known = {"period": period_id, "notation": notation, "issued_on": issued_on}
    borne = {number.strip().lstrip("0") for number in (*session.scalars(_BORNE, known), *told)}
    # Below ten they are written with a nought (Nghị định 30/2020/NĐ-CP, Phụ lục I).
    return (f"{number:02}" for number in count(first) if str(number) not in borne)


_NO_NUMBER = FieldError(
    "first_number",
    "OUT_OF_RANGE",
    f"Số văn bản đầu tiên phải từ 1 đến {LARGEST}.",
    f"The first number must be between 1 and {LARGEST}.",
)
