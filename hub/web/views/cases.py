"""One agency in one period: where its return is, whom to call, what was said, more time, who checks it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlmodel import Session, select

from hub.kit.errors import FieldError, Invalid, NotFound
from hub.kit.seam import Seam
from hub.returns import cases
from hub.returns.commands import save_return
from hub.returns.desk import DeskRow, desk
from hub.returns.kept import AgencyContact
from hub.returns.ledger import period_seen
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.reading import notes_of, reviewers
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_returns
from hub.web.trying import Told, tried
from hub.web.views import lookups
from hub.web.views.desk import key_of
from hub.web.views.periods import PATH
from hub.web.visit import Visit

_DONE = ("noted", "contact", "extended", "assigned")


def show(session: Session, visit: Visit) -> Page:
    """The agency's case. Raises NotFound where the visitor may not read its return."""
    return _page(session, visit, ())


def begin(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Begin the return, so that it can be written."""
    actor, key = require_returns(visit).actor, key_of(visit)

    def work(session: Session) -> int:
        return save_return(session, actor, key, _agency(session, visit), None, {}).id or 0

    made = tried(seam, actor, work, lambda session, told: _page(session, visit, told))
    return made if isinstance(made, Page) else Elsewhere(f"/returns/{made}")


def note(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Note a call."""
    form = visit.form
    return _done(
        seam,
        visit,
        "noted",
        lambda s, actor, key, agency: cases.note_call(
            s, actor, key, agency, form.get("note", ""), visit.day_of(form.get("promised_on", ""))
        ),
    )


def contact(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Say whom to call."""
    form = visit.form
    parts = [form.get(name) for name in ("position", "phone", "email")]
    return _done(
        seam,
        visit,
        "contact",
        lambda s, actor, key, agency: cases.set_contact(s, actor, key, agency, form.get("name", ""), *parts),
    )


def extend(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Give more time."""

    def work(session: Session, actor: Any, key: int, agency: int) -> object:
        due_on = visit.day_of(visit.form.get("due_on", ""))
        if due_on is None:
            raise Invalid([FieldError("due_on", "REQUIRED", "Hãy chọn hạn mới.", "Choose the new day.")])
        return cases.extend_return(session, actor, key, agency, due_on, visit.form.get("reason"))

    return _done(seam, visit, "extended", work)


def assign(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Say who checks the return."""
    reviewer = visit.form.get("reviewer") or None
    return _done(
        seam,
        visit,
        "assigned",
        lambda s, actor, key, agency: cases.assign_reviewer(s, actor, key, agency, reviewer),
    )


def _done(seam: Seam, visit: Visit, done: str, deed: Any) -> Page | Elsewhere:
    actor, key = require_returns(visit).actor, key_of(visit)
    made = tried(
        seam,
        actor,
        lambda session: deed(session, actor, key, _agency(session, visit)),
        lambda session, told: _page(session, visit, told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{_path(visit)}?done={done}")


def _page(session: Session, visit: Visit, told: Told) -> Page:
    actor, period = require_returns(visit).actor, _period(session, visit)
    row, agency_id = _row(session, visit, period), _agency(session, visit)
    asked = AgencyReturn(period_id=period.id or 0, agency_id=agency_id, reports_to_id=row.reports_to_id)
    known = {"of_unit": row.reports_to_id is not None}
    may = {
        step: actor.may(step, "return", asked, **known) for step in ("follow", "contact", "extend", "create")
    }
    is_open = period.state == "OPEN"
    done = visit.query.get("done", "")
    values = {
        "period": period,
        "row": row,
        "path": _path(visit),
        "notes": notes_of(session, period.id or 0, agency_id),
        "contact": session.exec(select(AgencyContact).where(AgencyContact.agency_id == agency_id)).first(),
        "may": may | {"extend": may["extend"] and is_open, "create": may["create"] and is_open},
        "reviewers": reviewers(session) if may["follow"] else [],
        "told": told,
        "form": visit.form,
        "done": f"case.done.{done}" if done in _DONE and not told else None,
    }
    return Page("case.html.j2", values)


def _period(session: Session, visit: Visit) -> ReportingPeriod:
    return period_seen(session, require_returns(visit).actor, key_of(visit))


def _agency(session: Session, visit: Visit) -> int:
    return lookups.agency(session, visit.parts["code"]).id


def _row(session: Session, visit: Visit, period: ReportingPeriod) -> DeskRow:
    """The agency on the desk. Raises NotFound for one that owes nothing, or whose return he may not read."""
    agency_id = _agency(session, visit)
    actor = visit.actor
    for row in desk(session, actor, period, flagged=True, agency_id=agency_id).rows:
        return row
    raise NotFound("báo cáo của cơ quan", "the agency's return")


def _path(visit: Visit) -> str:
    return f"{PATH}/{key_of(visit)}/agencies/{quote(visit.parts['code'])}"
