"""The first page: the whole city, in two minutes. What it says first is one sentence."""

from __future__ import annotations

from decimal import Decimal

from sqlmodel import Session

from hub.kpi.shortfall import Shortfall, shortfall
from hub.kpi.values import IndicatorValue
from hub.returns.reminders.notices import notices
from hub.web.dates import sheet_of
from hub.web.page import Page
from hub.web.ranking import is_held_back, ranked
from hub.web.sentences import lead
from hub.web.sheet import Sheet
from hub.web.views import lookups
from hub.web.visit import Visit

AGENCIES = 8
RECORDS = 5


def show(session: Session, visit: Visit) -> Page:
    """The city's figures, the agencies that hold it back, and the records behind its worst figure."""
    sheet = sheet_of(session, visit)
    own = lookups.own_agencies(session, visit.actor)
    asked = notices(session, visit.actor)
    if sheet is None:
        return Page("nothing.html.j2", {"own": own, "notices": asked})
    agencies = ranked(sheet)
    worst = worst_of(sheet)
    return Page(
        "city.html.j2",
        {
            "sheet": sheet,
            "lead": lead(sheet, agencies, visit.say, visit.write),
            "agencies": agencies[:AGENCIES],
            "agencies_in_all": len(agencies),
            "worst": worst,
            "records": _records(session, visit, sheet, worst),
            "own": own,
            "notices": asked,
        },
    )


def worst_of(sheet: Sheet) -> IndicatorValue | None:
    """The figure farthest from its target."""
    short = [value for value in sheet.values if is_held_back(value)]

    def gap(value: IndicatorValue) -> Decimal:
        return (value.indicator.target_percent or Decimal(0)) - Decimal(value.percent or 0)

    return max(short, key=gap, default=None)


def _records(session: Session, visit: Visit, sheet: Sheet, worst: IndicatorValue | None) -> Shortfall | None:
    """The heaviest records behind the worst figure; none with published figures, which name no records."""
    if worst is None or sheet.official:
        return None
    return shortfall(session, visit.actor, worst.indicator, sheet.as_of, first=RECORDS)
