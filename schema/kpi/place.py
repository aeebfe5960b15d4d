"""What a question about figures is about: a plan and an agency, from the words of the caller."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.queries import AGENCY_OF_CODE
from hub.kit.errors import NotFound

PlanCode = Annotated[
    str | None,
    strawberry.argument(description="Code of the plan; the one in force when left out (mã kế hoạch)."),
]
AgencyCode = Annotated[
    str | None,
    strawberry.argument(
        description="One agency, by its code or one it had before; the whole city when left out (mã cơ quan)."
    ),
]

# The plan asked for or the one in force at the date, and the agency's key, in one statement.
_PLACE = text(
    "select coalesce(cast(:plan as text), (select code from plan order by period_from <= :as_of desc,"
    " case when period_from <= :as_of then period_from end desc nulls last, period_from limit 1)) as plan,"
    f" {AGENCY_OF_CODE.replace('{code}', 'cast(:agency as text)')} as agency_id"
)


def placed(
    session: Session, plan: str | None, as_of: date, agency_code: str | None
) -> tuple[str, int | None]:
    """The code of the plan and the key of the agency, None for the city. Raises NotFound."""
    place = session.execute(_PLACE, {"plan": plan, "as_of": as_of, "agency": agency_code}).one()
    if agency_code is not None and place.agency_id is None:
        raise NotFound(f"cơ quan «{agency_code}»", f'agency "{agency_code}"', path=("agencyCode",))
    if place.plan is None:
        raise NotFound("kế hoạch nào", "any plan", path=("plan",))
    return place.plan, place.agency_id
