"""The period desk: a period by agency, what is late or odd, and the deeds on it and on many returns at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, NotFound
from hub.kit.seam import Seam
from hub.kit.vietnamese import fold
from hub.plan.models import Plan
from hub.returns import closing, commands, periods
from hub.returns.cases import assign_reviewer
from hub.returns.desk import NONE, Desk, DeskRow, desk, picked
from hub.returns.errors import RETURN_STATES
from hub.returns.ledger import period_seen
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.reading import reviewers
from hub.returns.reminders.reminding import remind_agencies
from hub.returns.reminders.told import reminders_in
from hub.returns.rules import Days
from hub.web.listing import Columns, listing
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_returns
from hub.web.trying import Told, or_again, tried
from hub.web.views.periods import PATH, days_said
from hub.web.visit import Visit

PAGE = 50
STATES = (NONE, *RETURN_STATES)
_DONE = ("opened", "updated", "closed", "reopened")
_COLUMNS: Columns[tuple[int, DeskRow]] = {
    "name": (lambda row: row[0], False),
    "due": (lambda row: (row[1].due_on, row[0]), False),
    "handed": (
        lambda row: (row[1].handed_in_at.timestamp() if row[1].handed_in_at else 0.0, -row[0]),
        True,
    ),
}
# A picked agency in a form: its key, and the return and version that were seen, both 0 where nothing was begun.
_PICK = "pick"


def show(session: Session, visit: Visit) -> Page:
    """The period as far as the visitor reads returns. Raises NotFound."""
    return _page(session, visit, ())


def open_planned(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Open the period, with the days of the form."""

    def deed(session: Session, actor: Actor, key: int, seen: int) -> object:
        period = period_seen(session, actor, key)
        plan = session.get_one(Plan, period.plan_id).code
        return periods.open_period(session, actor, plan, period.kind, Days(**days_said(visit)))

    return _of_period(seam, visit, "opened", deed)


def update(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Change the days of the period."""
    return _of_period(
        seam,
        visit,
        "updated",
        lambda s, actor, key, seen: periods.update_period(s, actor, key, seen, days_said(visit)),
    )


def close(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Close the period with its figures, which are taken from one state of the records."""
    note = visit.form.get("reason")

    actor, key = require_returns(visit).actor, key_of(visit)
    seen = key_of(visit, visit.form.get("version", ""))

    def do() -> None:
        counted = seam.read_now(lambda session: closing.count_to_close(session, actor, key))
        seam.change_now(
            acting(actor, lambda session: closing.close_period(session, actor, key, seen, counted, note))
        )

    made = or_again(
        seam, actor, lambda: closing.counted_again(do), lambda session, told: _page(session, visit, told)
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{key}?done=closed")


def reopen(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Open a closed period again."""
    why = visit.form.get("reason")
    return _of_period(
        seam, visit, "reopened", lambda s, actor, key, seen: periods.reopen_period(s, actor, key, seen, why)
    )


def accept(seam: Seam, visit: Visit) -> Page:
    """Accept the picked returns, each by itself; those that could not be are told with the reason."""

    def deed(session: Session, actor: Actor, agency: int, key: int, seen: int) -> None:
        commands.accept_return(session, actor, key, seen)

    return _one_by_one(seam, visit, "accepted", deed, needs_return=True)


def assign(seam: Seam, visit: Visit) -> Page:
    """Say who checks the picked agencies' returns."""
    reviewer, period = visit.form.get("reviewer") or None, key_of(visit)

    def deed(session: Session, actor: Actor, agency: int, key: int, seen: int) -> None:
        assign_reviewer(session, actor, period, agency, reviewer)

    return _one_by_one(seam, visit, "assigned", deed)


def remind(seam: Seam, visit: Visit) -> Page:
    """Remind the picked agencies by mail, all in one act; those that have nobody to write to are told."""
    actor, key = require_returns(visit).actor, key_of(visit)
    picks = [
        key_of(visit, name.removeprefix(f"{_PICK}-")) for name in visit.form if name.startswith(f"{_PICK}-")
    ]
    late_only = bool(visit.form.get("late_only"))

    def work(session: Session) -> int:
        if not picks and not late_only:
            raise Invalid([_NOTHING_PICKED])
        note = visit.form.get("note")
        turn = remind_agencies(session, actor, key, picks or None, late_only=late_only, note=note)
        return turn.id or 0

    made = tried(seam, actor, work, lambda session, told: _page(session, visit, told))
    if isinstance(made, Page):
        return made

    def page(session: Session) -> Page:
        names = {row.agency_id: row.name for row in desk(session, actor, _period(session, visit)).rows}
        told = reminders_in(session, made)
        mute = [_of(names.get(one.agency_id, ""), [_NOBODY]) for one in told if not one.written]
        return _page(session, visit, mute, ("reminded", len(told)))

    return seam.read_now(page)


def key_of(visit: Visit, told: str | None = None) -> int:
    """The period's key, or another number that a page has written. Raises NotFound."""
    said = visit.parts["id"] if told is None else told
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise NotFound("kỳ báo cáo", "the reporting period")
    return int(said)


_Deed = Callable[[Session, Actor, int, int], Any]
_OneDeed = Callable[[Session, Actor, int, int, int], None]


def _of_period(seam: Seam, visit: Visit, done: str, deed: _Deed) -> Page | Elsewhere:
    actor, key = require_returns(visit).actor, key_of(visit)
    seen = key_of(visit, visit.form.get("version", ""))
    made = tried(
        seam,
        actor,
        lambda session: deed(session, actor, key, seen),
        lambda session, told: _page(session, visit, told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{key}?done={done}")


def _one_by_one(seam: Seam, visit: Visit, done: str, deed: _OneDeed, *, needs_return: bool = False) -> Page:
    actor = require_returns(visit).actor
    names = {
        row.agency_id: row.name
        for row in seam.read_now(lambda session: desk(session, actor, _period(session, visit))).rows
    }
    told: list[Any] = []
    count = 0
    for field in visit.form:
        if not field.startswith(f"{_PICK}-"):
            continue
        agency = key_of(visit, field.removeprefix(f"{_PICK}-"))
        key, _, seen = visit.form[field].partition(".")
        numbers = key_of(visit, key), key_of(visit, seen)
        if needs_return and not numbers[0]:
            told.append(_of(names.get(agency, ""), [_NOTHING_SENT]))
            continue
        faults: list[Any] = []

        def refused(session: Session, why: Told, faults: list[Any] = faults) -> Page:
            faults += why
            return Page("failed.html.j2")

        made = tried(
            seam,
            actor,
            lambda session, agency=agency, numbers=numbers: deed(session, actor, agency, *numbers),  # type: ignore[misc]
            refused,
        )
        if isinstance(made, Page):
            told.append(_of(names.get(agency, ""), faults))
        else:
            count += 1
    if not count and not told:
        told.append(_NOTHING_PICKED)
    page = seam.read_now(lambda session: _page(session, visit, told, (done, count) if count else None))
    return replace(page, status=422 if told and not count else 200)


def _of(name: str, faults: list[Any]) -> FieldError:
    """What stood in the way, with whose return it was."""
    vi = " ".join(one.message("vi") for one in faults)
    en = " ".join(one.message("en") for one in faults)
    return FieldError("id", "REFUSED", f"{name}: {vi}", f"{name}: {en}")


_NOTHING_PICKED = FieldError(
    "id",
    "NOTHING_PICKED",
    "Hãy đánh dấu ít nhất một cơ quan trong bảng.",
    "Tick at least one agency of the table.",
)
_NOBODY = FieldError(
    "id", "NOBODY_TO_WRITE_TO", "Không có địa chỉ thư; hãy gọi điện hoặc ghi đầu mối liên hệ.",
    "There is no address to write to; call, or enter a contact.",
)  # fmt: skip
_NOTHING_SENT = FieldError(
    "id", "NOTHING_SENT", "Chưa có báo cáo để tiếp nhận.", "There is no return to accept."
)


def _period(session: Session, visit: Visit) -> ReportingPeriod:
    return period_seen(session, require_returns(visit).actor, key_of(visit))


def _page(session: Session, visit: Visit, told: Told, done: tuple[str, int] | None = None) -> Page:
    actor, period = require_returns(visit).actor, _period(session, visit)
    found = desk(session, actor, period, flagged=period.state != "PLANNED")
    rows = _picked(found, visit)
    accepts = _accepts(actor, found)
    said = visit.query.get("done", "")
    values = {
        "period": period,
        "desk": found,
        "states": STATES,
        "found": listing(list(enumerate(rows)), visit, _COLUMNS, "name", page=PAGE),
        "odd": sum(bool(row.flags) for row in found.rows),
        "waiting": sum(
            row.state == "APPROVED" and accepts[row.reports_to_id] and row.approved_by not in actor.subject.us
            for row in found.rows
        ),
        "days_left": (period.deadline - clock.today()).days,
        "told": told,
        "done": done,
        "done_period": f"period.done.{said}" if said in _DONE and not told and done is None else None,
        "offers": actor.offers("period", period),
        "reviewers": reviewers(session) if _may_assign(actor, period) else [],
        "may_accept": period.state == "OPEN" and any(accepts.values()),
        "is_city": any(row.reports_to_id is None for row in found.rows) and len(found.rows) > 1,
    }
    return Page("desk.html.j2", values)


def _accepts(actor: Actor, found: Desk) -> dict[int | None, bool]:
    """Whether he accepts approved returns that go to a body (None: to Home Affairs), for every body there is."""
    asked = {row.reports_to_id: row.agency_id for row in found.rows}
    return {
        above: actor.may(
            "accept",
            "return",
            AgencyReturn(
                period_id=found.period.id or 0, agency_id=agency, reports_to_id=above, state="APPROVED"
            ),
            of_unit=above is not None,
        )
        for above, agency in asked.items()
    }


def _may_assign(actor: Actor, period: ReportingPeriod) -> bool:
    anybody = AgencyReturn(period_id=period.id or 0, agency_id=0)
    return actor.may("follow", "return", anybody, of_unit=False)


def _picked(found: Desk, visit: Visit) -> list[DeskRow]:
    """The rows that the address asks for."""
    asked = visit.query
    rows = picked(
        found.rows,
        states=[state] if (state := asked.get("state", "")) in STATES else (),
        late=True if asked.get("late") else None,
        flagged=True if asked.get("odd") else None,
        reviewer=visit.actor.name if asked.get("mine") else asked.get("reviewer") or None,
    )
    words = fold(asked.get("q", "")[:100]).split()
    return [row for row in rows if all(word in fold(f"{row.name} {row.code}") for word in words)]
