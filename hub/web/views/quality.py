"""How far the figures can be believed: what the records lack, and the list of those to mend."""

from __future__ import annotations

from sqlmodel import Session

from hub.kit import clock
from hub.kit.errors import BadRequest
from hub.kpi.lacks import Lack
from hub.kpi.quality import AgencyQuality, quality, to_mend
from hub.kpi.scorecard import check_reached
from hub.web import live, rights
from hub.web.listing import Columns, listing
from hub.web.page import Elsewhere, Page
from hub.web.views import lookups
from hub.web.views.places import record_place
from hub.web.visit import Visit

RECORDS = 20
_COLUMNS: Columns[tuple[int, AgencyQuality]] = {
    "name": (lambda row: row[0], False),
    "records": (lambda row: (row[1].records, -row[0]), True),
}


def of_city(session: Session, visit: Visit) -> Page | Elsewhere:
    """The whole city's data; who may see only his own agency's is led there. Raises NotPermitted."""
    if own := lookups.own_agencies(session, visit.actor):
        return Elsewhere(visit.link(f"/agencies/{own[0][0]}/quality"))
    return _page(session, visit, None)


def of_agency(session: Session, visit: Visit) -> Page:
    """One agency's data. Raises NotFound, NotPermitted."""
    return _page(session, visit, lookups.agency(session, visit.parts["code"]))


def _page(session: Session, visit: Visit, place: lookups.AgencyPlace | None) -> Page:
    agency_id = place.id if place else None
    rights.require_live(visit.actor, agency_id)
    as_of = visit.day("as_of") or clock.today()
    check_reached(as_of, clock.today())
    frame = live.frame_of(session, visit.actor, as_of, agency_id)
    whole = quality(session, visit.actor, frame.plan, as_of, agency_id)
    rows = [one.value.indicator for one in whole.indicators]
    lack = _lack(visit)
    mending = to_mend(
        session,
        visit.actor,
        rows,
        as_of,
        agency_id,
        lacks=None if lack is None else [lack],
        first=RECORDS,
        after=record_place(visit),
    )
    return Page(
        "quality.html.j2",
        {
            "place": place,
            "as_of": as_of,
            "days": frame.days,
            "whole": whole,
            "lack": lack,
            "mending": mending,
            "agencies": listing(list(enumerate(whole.agencies)), visit, _COLUMNS, "records")
            if place is None
            else None,
        },
    )


def _lack(visit: Visit) -> Lack | None:
    """What the list is narrowed to. Raises BadRequest for what nothing lacks."""
    told = visit.query.get("lack")
    if not told:
        return None
    if told not in set(Lack):
        raise BadRequest("Không có loại dữ liệu thiếu này.", "There is no such kind of missing data.")
    return Lack(told)
