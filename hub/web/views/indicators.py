"""One figure: its value, its way, how it is counted, the agencies it is made of and the records that keep it down."""

from __future__ import annotations

from decimal import Decimal

from sqlmodel import Session

from hub.kit.errors import BadRequest, NotFound
from hub.kpi.causes import Cause, MovedPage, moved_records
from hub.kpi.change import Change, change
from hub.kpi.change_words import sentences
from hub.kpi.forecast_words import assumption, conclusion
from hub.kpi.shortfall import Shortfall, shortfall
from hub.kpi.values import IndicatorValue
from hub.plan.queries import plan_by_code
from hub.returns.snapshots.said import Said, left_out
from hub.web.dates import sheet_of
from hub.web.listing import Columns, Listing, listing
from hub.web.page import Page
from hub.web.ranking import Cost, costs_of
from hub.web.rights import may_read_live
from hub.web.sheet import Line, Sheet
from hub.web.views import lookups
from hub.web.views.places import record_place
from hub.web.visit import Visit
from hub.web.words import catalogue
from reports.declared import exclusions
from reports.model import Exclusion

RECORDS = 20
_LAST = Decimal(-1)  # where a figure is unknown


def show(session: Session, visit: Visit) -> Page:
    """The page of a code, for the city or for the agency that the address names. Raises NotFound."""
    code = visit.parts["code"]
    place = lookups.agency(session, visit.query["agency"]) if visit.query.get("agency") else None
    agency_id = place.id if place else None
    sheet = sheet_of(session, visit, agency_id, codes=[code], parts=("TARGET", "ANNEX"), with_sides=True)
    if sheet is None:
        return Page("unpublished.html.j2", {"place": place})
    value = next((one for one in sheet.values if one.indicator.code == code), None)
    if value is None:
        raise NotFound(f"chỉ tiêu «{code}»", f'indicator "{code}"', path=("code",))
    moves = _change(session, visit, sheet, value)
    cause = _cause(visit)
    return Page(
        "indicator.html.j2",
        {
            "sheet": sheet,
            "value": value,
            "place": place,
            "lines": _lines(sheet, value, visit),
            "records": _records(session, visit, value, agency_id) if not sheet.official else None,
            "exclusions": _exclusions(session, visit, sheet, value, place),
            "formula": formula(value, visit),
            "why": sentences,
            "forecast": _forecast(sheet, value, visit),
            "change": moves,
            "cause": cause,
            "moved": _moved(session, visit, moves, cause),
            "may_live": may_read_live(visit.actor, agency_id),
        },
    )


def _forecast(sheet: Sheet, value: IndicatorValue, visit: Visit) -> tuple[str, str] | None:
    """What the pace says and on which assumption; None for what cannot be forecast."""
    found = sheet.forecast(value)
    if found is None:
        return None
    english = visit.language == "en"
    return conclusion(found)[english], assumption(found)[english]


def _change(session: Session, visit: Visit, sheet: Sheet, value: IndicatorValue) -> Change | None:
    """What moved the figure since the date that the address compares with; None when it names none."""
    first = visit.day("compare")
    if sheet.official or first is None or first >= sheet.as_of:
        return None
    agency_id = sheet.agency.id if sheet.agency else None
    return change(session, visit.actor, sheet.plan, value.indicator.code, first, sheet.as_of, agency_id)


def _cause(visit: Visit) -> Cause | None:
    """The cause whose records are asked for. Raises BadRequest for what is none."""
    told = visit.query.get("cause")
    if told and told not in set(Cause):
        raise BadRequest("Không có nguyên nhân này.", "There is no such cause.")
    return Cause(told) if told else None


def _moved(session: Session, visit: Visit, moves: Change | None, cause: Cause | None) -> MovedPage | None:
    """The heaviest records of a cause, as far as the visitor may see them."""
    if moves is None or moves.question is None or cause is None:
        return None
    return moved_records(session, visit.actor, moves.question, [cause], first=RECORDS).get(cause)


def formula(value: IndicatorValue, visit: Visit) -> str | None:
    """How the figure is counted, in words; None for a measure that the catalogue does not know."""
    key = f"formula.{value.indicator.measure}"
    return visit.say(key) if key in catalogue() else None


def _lines(sheet: Sheet, value: IndicatorValue, visit: Visit) -> Listing[tuple[Line, Cost | None]] | None:
    """The agencies behind a figure of the city, each with what it costs."""
    lines = sheet.lines.get(value.indicator.code, ())
    if not lines:
        return None
    costs = {cost.line.code: cost for cost in costs_of(value, lines)}
    names = {line.code: place for place, line in enumerate(lines)}
    columns: Columns[tuple[Line, Cost | None]] = {
        "name": (lambda row: names[row[0].code], False),
        "percent": (
            lambda row: (_LAST if row[0].percent is None else Decimal(row[0].percent), -names[row[0].code]), True,
        ),
        "share": (lambda row: (row[0].denominator or 0, -names[row[0].code]), True),
        "missing": (lambda row: (row[0].missing or 0, -names[row[0].code]), True),
        "cost": (lambda row: (row[1].points if row[1] else Decimal(0), -names[row[0].code]), True),
    }  # fmt: skip
    rows = [(line, costs.get(line.code)) for line in lines]
    return listing(rows, visit, columns, "cost" if costs else "name")


def _records(session: Session, visit: Visit, value: IndicatorValue, agency_id: int | None) -> Shortfall:
    """A page of the records that keep the figure down. Raises WrongPlace."""
    return shortfall(
        session,
        visit.actor,
        value.indicator,
        value.as_of,
        agency_id,
        first=RECORDS,
        after=record_place(visit),
    )


def _exclusions(
    session: Session, visit: Visit, sheet: Sheet, value: IndicatorValue, place: lookups.AgencyPlace | None
) -> tuple[Exclusion, ...]:
    """What was left out by each legal basis, as far as the visitor may see decisions."""
    if sheet.official or not value.excluded:
        return ()
    plan = plan_by_code(session, sheet.plan)
    whose = place.body.id if place else None
    found = exclusions(Said(left_out=left_out(session, visit.actor, plan.id or 0, sheet.as_of, whose)))
    return tuple(one for one in found if one.indicator == value.indicator.code)
