"""The root field `indicators`: a plan's scorecard in at most four statements, whatever is asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from sqlalchemy import text
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.errors import NotFound
from hub.kpi import scorecard as card
from hub.kpi import values
from schema.kpi.values import IndicatorValue

# The plan asked for or the one in force at the date, and the agency's key, in one statement.
_PLACE = text(
    "select coalesce(cast(:plan as text), (select code from plan order by period_from <= :as_of desc,"
    " case when period_from <= :as_of then period_from end desc nulls last, period_from limit 1)) as plan,"
    " (select id from agency where code = :agency) as agency_id"
)


def read_indicators(
    session: Session,
    actor: Actor,
    plan: str | None,
    as_of: date,
    agency_code: str | None,
    codes: list[str] | None,
) -> tuple[str, list[values.IndicatorValue]]:
    """The plan's code and its figures. Raises NotFound for an unknown plan, agency or code."""
    place = session.execute(_PLACE, {"plan": plan, "as_of": as_of, "agency": agency_code}).one()
    if agency_code is not None and place.agency_id is None:
        raise NotFound(f"cơ quan «{agency_code}»", f'agency "{agency_code}"', path=("agencyCode",))
    if place.plan is None:
        raise NotFound("kế hoạch nào", "any plan", path=("plan",))
    return place.plan, card.scorecard(session, actor, place.plan, as_of, place.agency_id, codes)


@strawberry.type
class IndicatorsQuery:
    """Root fields about figures."""

    @strawberry.field(description="The figures of a plan at a date (các chỉ tiêu của kế hoạch tại một ngày).")
    async def indicators(
        self,
        info: Info,
        as_of: Annotated[
            date, strawberry.argument(description="Facts true at this date, as known now (tính đến ngày).")
        ],
        plan: Annotated[
            str | None,
            strawberry.argument(
                description="Code of the plan; the one in force when left out (mã kế hoạch)."
            ),
        ] = None,
        agency_code: Annotated[
            str | None,
            strawberry.argument(description="One agency; the whole city when left out (mã cơ quan)."),
        ] = None,
        codes: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Codes of indicators; the targets of part II when left out (mã chỉ tiêu)."
            ),
        ] = None,
    ) -> list[IndicatorValue]:
        """Null figures mean unknown, never 0."""
        actor = info.context.actor
        code, found = await info.context.seam.read(
            lambda session: read_indicators(session, actor, plan, as_of, agency_code, codes)
        )
        return [IndicatorValue(value=value, plan=code) for value in found]
