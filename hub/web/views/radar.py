"""What is due for the historical archive: late, due now, within half a year and a year, and what blocks it."""

from __future__ import annotations

from sqlmodel import Session

from hub.kit import clock
from hub.kit.errors import BadRequest
from hub.kpi.radar import OBSTACLES, Bucket, RadarLine, due_records, radar
from hub.kpi.scorecard import check_reached
from hub.web import live, rights
from hub.web.listing import Columns, listing
from hub.web.page import Elsewhere, Page
from hub.web.views import lookups
from hub.web.views.places import due_place
from hub.web.visit import Visit

RECORDS = 20
_COLUMNS: Columns[tuple[int, RadarLine]] = {
    "name": (lambda row: row[0], False),
    "late": (lambda row: (row[1].files.late, row[1].items.late, -row[0]), True),
    "now": (lambda row: (row[1].files.due_now, -row[0]), True),
    "half": (lambda row: (row[1].files.within_6_months, -row[0]), True),
    "year": (lambda row: (row[1].files.within_12_months, -row[0]), True),
}


def show(session: Session, visit: Visit) -> Page | Elsewhere:
    """The radar of the city, or of the agency that the address names. Raises NotFound, NotPermitted."""
    code = visit.query.get("agency")
    if not code and (own := lookups.own_agencies(session, visit.actor)):
        return Elsewhere(visit.link("/radar", agency=own[0][0]))
    place = lookups.agency(session, code) if code else None
    agency_id = place.id if place else None
    rights.require_live(visit.actor, agency_id)
    as_of = visit.day("as_of") or clock.today()
    check_reached(as_of, clock.today())
    frame = live.frame_of(session, visit.actor, as_of, agency_id)
    found = radar(session, as_of, agency_id)
    bucket, obstacle = _bucket(visit), _obstacle(visit)
    page = due_records(
        session,
        visit.actor,
        "file",
        as_of,
        agency_id,
        buckets=None if bucket is None else [bucket],
        obstacles=None if obstacle is None else [obstacle],
        first=RECORDS,
        after=due_place(visit),
    )
    return Page(
        "radar.html.j2",
        {
            "place": place,
            "as_of": as_of,
            "days": frame.days,
            "whole": found.whole,
            "agencies": listing(list(enumerate(found.lines)), visit, _COLUMNS, "late")
            if place is None
            else None,
            "bucket": bucket,
            "obstacle": obstacle,
            "obstacles": OBSTACLES,
            "page": page,
        },
    )


def _bucket(visit: Visit) -> Bucket | None:
    told = visit.query.get("due")
    if not told:
        return None
    if told not in set(Bucket):
        raise BadRequest("Không có nhóm thời hạn này.", "There is no such group of dates.")
    return Bucket(told)


def _obstacle(visit: Visit) -> str | None:
    told = visit.query.get("obstacle")
    if not told:
        return None
    if told not in OBSTACLES:
        raise BadRequest("Không có lý do này.", "There is no such reason.")
    return told
