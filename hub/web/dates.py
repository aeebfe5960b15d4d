"""Which figures a page shows: of which date, compared with which, provisional or published."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from hub.kit import clock
from hub.web import live, official
from hub.web.rights import may_read_live
from hub.web.sheet import Sheet
from hub.web.visit import Visit

OFFICIAL = "official"


def wants_live(visit: Visit, agency_id: int | None = None) -> bool:
    """Whether the visitor is shown figures counted now: he may read them and has not asked for the published ones."""
    return visit.query.get("figures") != OFFICIAL and may_read_live(visit.actor, agency_id)


def sheet_of(
    session: Session,
    visit: Visit,
    agency_id: int | None = None,
    *,
    codes: Sequence[str] | None = None,
    parts: Sequence[str] = ("TARGET",),
    with_history: bool = True,
    with_lines: bool = True,
    with_sides: bool = False,
) -> Sheet | None:
    """The figures that the visitor asks for and may see; None where nothing has been published.

    Raises BadRequest for what is no date, FutureDate, NotFound.
    """
    as_of, compared_on = visit.day("as_of") or clock.today(), visit.day("compare")
    if wants_live(visit, agency_id):
        return live.sheet(
            session,
            visit.actor,
            as_of,
            compared_on,
            agency_id,
            codes,
            with_history=with_history,
            with_lines=with_lines,
            with_sides=with_sides,
        )
    return official.sheet(
        session, visit.actor, as_of, compared_on, agency_id, parts=parts, with_lines=with_lines
    )
