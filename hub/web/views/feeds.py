"""The ranking of agencies in the newest published report (plan, IV.3.e): a page, and data for other systems."""

from __future__ import annotations

import json
from typing import Any

from sqlmodel import Session

from hub.kit import clock
from hub.web.page import Page, Sent
from hub.web.visit import Visit
from reports import feed


def show(session: Session, visit: Visit) -> Page:
    """The ranking for people. Raises BadRequest, NoRanking."""
    return Page("ranking.html.j2", {"ranking": _told(session, visit)})


def as_json(session: Session, visit: Visit) -> Sent:
    """The ranking of the newest published report, or of `?as_of=`. Raises BadRequest, NoRanking."""
    told = json.dumps(_told(session, visit), ensure_ascii=False, indent=1)
    return Sent(told.encode(), "application/json")


def as_csv(session: Session, visit: Visit) -> Sent:
    """The same as a table, which spreadsheets open as UTF-8."""
    told = "\ufeff" + feed.as_csv(_told(session, visit))
    return Sent(
        told.encode(), "text/csv", {"content-disposition": 'attachment; filename="xep-hang-co-quan.csv"'}
    )


def _told(session: Session, visit: Visit) -> dict[str, Any]:
    until = visit.day("as_of") or clock.today()
    return feed.ranking(session, visit.actor, until, visit.settings.address, visit.language)
