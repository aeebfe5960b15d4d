"""The agencies: all of them, worst first, and a page for each that says of it what the first page says of the city."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from hub.kit.vietnamese import sort_key
from hub.kpi.shortfall import shortfall
from hub.kpi.values import IndicatorValue
from hub.web.dates import sheet_of
from hub.web.listing import Columns, listing
from hub.web.page import Page
from hub.web.ranking import ranked
from hub.web.rights import may_read_live
from hub.web.sentences import lead
from hub.web.sheet import Line, Sheet
from hub.web.views import lookups
from hub.web.views.city import worst_of
from hub.web.visit import Visit
from reports.model import Standing

RECORDS = 10


@dataclass(frozen=True)
class Row:
    """An agency in the table: where its figures stand, and what it costs the city."""

    place: int
    code: str
    name: str
    met: int
    short: tuple[str, ...]
    unknown: tuple[str, ...]
    points: Decimal


_COLUMNS: Columns[Row] = {
    "name": (lambda row: row.place, False),
    "met": (lambda row: (row.met, -row.place), True),
    "short": (lambda row: (len(row.short), -row.place), True),
    "cost": (lambda row: (row.points, -row.place), True),
}


def every(session: Session, visit: Visit) -> Page:
    """Every agency that has something to count, by default those first that cost the city most."""
    sheet = sheet_of(session, visit, with_history=False)
    if sheet is None:
        return Page("nothing.html.j2", {"own": lookups.own_agencies(session, visit.actor)})
    found = listing(_rows(sheet), visit, _COLUMNS, "cost", page=50)
    live = may_read_live(visit.actor, None)
    return Page("agencies.html.j2", {"sheet": sheet, "found": found, "may_live": live})


def one(session: Session, visit: Visit) -> Page:
    """One agency's figures, its units, and the records that keep its worst figure down. Raises NotFound."""
    place = lookups.agency(session, visit.parts["code"])
    sheet = sheet_of(session, visit, place.id)
    if sheet is None:
        return Page("unpublished.html.j2", {"place": place})
    worst = worst_of(sheet)
    records = None
    if worst is not None and not sheet.official:
        records = shortfall(session, visit.actor, worst.indicator, sheet.as_of, place.id, first=RECORDS)
    return Page(
        "agency.html.j2",
        {
            "place": place,
            "sheet": sheet,
            "lead": lead(sheet, (), visit.say, visit.write),
            "worst": worst,
            "records": records,
            "may_live": may_read_live(visit.actor, place.id),
        },
    )


def _rows(sheet: Sheet) -> list[Row]:
    """Agencies in the order of their names, as the figures come."""
    names: dict[str, str] = {}
    lines: dict[str, list[tuple[IndicatorValue, Line]]] = {}
    for value in sheet.values:
        for line in sheet.lines.get(value.indicator.code, ()):
            names[line.code] = line.name
            lines.setdefault(line.code, []).append((value, line))
    points = {one.code: one.points for one in ranked(sheet)}
    in_order = sorted(names, key=lambda code: sort_key(names[code]))
    return [
        _row(place, code, names[code], lines[code], points.get(code, Decimal(0)))
        for place, code in enumerate(in_order)
    ]


def _row(place: int, code: str, name: str, lines: list[tuple[IndicatorValue, Line]], points: Decimal) -> Row:
    where = Counter(line.standing(value) for value, line in lines)
    return Row(
        place=place,
        code=code,
        name=name,
        met=where[Standing.MET],
        short=tuple(v.indicator.code for v, line in lines if line.standing(v).is_short_of_target),
        unknown=tuple(v.indicator.code for v, line in lines if line.standing(v) is Standing.MISSING_DATA),
        points=points,
    )
