"""The library of reports, and the way of one: drafted, submitted with its number, published by another, corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.kit.errors import NotFound
from hub.kit.seam import Seam
from hub.kit.vietnamese import fold
from hub.kpi import small
from hub.kpi.frozen import thaw
from hub.kpi.values import IndicatorValue
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from hub.returns.publication import correcting, drafting, publishing, tasks
from hub.returns.publication.errors import NothingDiffers
from hub.web.listing import Columns, listing
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.trying import Told, or_again, tried
from hub.web.views import report_jobs
from hub.web.visit import Visit

PATH = "/reports"
PAGE = 50
MOST_WAITING = 10
_NAMES = ("báo cáo", "the report")
_DONE = ("drafted", "submitted", "sent_back", "published", "corrected")
_COLUMNS: Columns[tuple[int, Any]] = {"name": (lambda row: row[0], False)}
# The periods that have a report which he may read, the newest first.
_PERIODS = """
select p.id, p.deadline, p.kind, p.state, count(*) as reports
  from published_report r join reporting_period p on p.id = r.period_id
 where {seen} group by p.id order by p.deadline desc, p.kind
"""
# The city's reports before those of its agencies, every revision after the one that took its place.
_OF_PERIOD = """
select r.*, a.name as agency, a.code, s.id as snapshot_id
  from published_report r
  left join agency a on a.id = r.agency_id
  left join lateral (select s.id from snapshot s where s.report_id = r.id order by s.id desc limit 1) s on true
 where {seen} and (r.period_id = :period or r.id = :report or r.id in (
           select o.id from published_report o join published_report m
               on m.period_id = o.period_id and m.agency_id is not distinct from o.agency_id where m.id = :report))
 order by a.name_sort nulls first, a.code, r.revision desc
"""


def every(session: Session, visit: Visit) -> Page:
    """The reports of a period that the visitor may read: published ones everybody.

    Who may draft the city's report finds a closed period here before it has any.
    """
    actor = visit.actor
    seen = actor.sees("report", PublishedReport, alias="r").text
    periods: list[Any] = list(session.execute(text(_PERIODS.format(seen=seen)), actor.values(seen)))
    may_draft = _may_draft(session, actor)
    there = {one.id for one in periods}
    periods += [one for one in may_draft if one.id not in there]
    periods.sort(key=lambda one: one.deadline, reverse=True)
    wanted = visit.number("period", periods[0].id if periods else 1)
    rows = _rows(session, actor, period=wanted)
    words = fold(visit.query.get("q", "")[:100]).split()
    found = [
        row for row in rows if all(word in fold(f"{row.agency or ''} {row.code or ''}") for word in words)
    ]
    values = {
        "periods": periods,
        "wanted": next((one for one in periods if one.id == wanted), None),
        "found": listing(list(enumerate(found)), visit, _COLUMNS, "name", page=PAGE),
        "waiting": [row for row in rows if row.state in ("DRAFT", "SUBMITTED")][:MOST_WAITING],
        "may_draft": may_draft,
        "many": _many(session, actor, wanted, rows),
    }
    return Page("reports.html.j2", values)


def one(session: Session, visit: Visit) -> Page:
    """A report with its revisions and what may be done with it. Raises NotFound."""
    return _page(session, visit, ())


def draft(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Draft the city's report of a closed period."""
    actor, period = require_person(visit).actor, _number(visit.form.get("period", ""))
    made = tried(
        seam,
        actor,
        lambda session: drafting.draft_report(session, actor, period).id,
        lambda session, told: _refused(session, visit, told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{made}?done=drafted")


def submit(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Submit a draft with the number that văn thư gave it, if it has one yet."""
    named = _named(visit)
    return _step(seam, visit, "submitted", lambda *told: drafting.submit_report(*told, **named))


def send_back(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Give a submitted report back."""
    reason = visit.form.get("reason", "")
    return _step(
        seam,
        visit,
        "sent_back",
        lambda s, actor, key, seen: drafting.send_back_report(s, actor, key, seen, reason),
    )


def publish(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Have a submitted report printed and published by a job, which the report's page then shows.

    Asked twice, the job that is there is shown; what is out is answered as it is. Raises StepUpRequired.
    """
    actor, key, version, named = require_person(visit).actor, _key(visit), _version(visit), _named(visit)

    def deed(session: Session) -> bool:
        ready = publishing.to_print(session, actor, key, version, **named)
        if ready is not None:
            seen = tasks.Seen(key, version, named["number"] or None)
            tasks.ask_to_publish(
                session,
                actor,
                ready.report.period_id,
                [seen],
                notation=named["notation"] or None,
                issued_on=named["issued_on"],
            )
        return ready is None

    made = tried(seam, actor, deed, lambda session, told: _refused(session, visit, told))
    if isinstance(made, Page):
        return made
    return Elsewhere(f"{PATH}/{key}?done=published" if made else f"{PATH}/{key}#work")


def correct(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Draft the next revision from the records as they stand now, with the reason."""
    actor, key, seen = require_person(visit).actor, _key(visit), _version(visit)
    reason, made = visit.form.get("reason", ""), []

    def do() -> None:
        taken = seam.read_now(lambda session: correcting.take_again(session, actor, key))
        if seam.read_now(lambda session: correcting.is_idle(session, key, taken)):
            seam.change_now(acting(actor, lambda session: correcting.drop_draft(session, actor, key)))
            raise NothingDiffers
        made.append(
            seam.change_now(
                acting(
                    actor,
                    lambda session: correcting.correct_report(session, actor, key, seen, taken, reason).id,
                )
            )
        )

    answer = _after(seam, visit, actor, do, "corrected")
    return answer if isinstance(answer, Page) else Elsewhere(f"{PATH}/{made[0]}?done=corrected")


def _step(
    seam: Seam, visit: Visit, done: str, deed: Callable[[Session, Actor, int, int], object]
) -> Page | Elsewhere:
    actor, key, seen = require_person(visit).actor, _key(visit), _version(visit)
    made = tried(
        seam,
        actor,
        lambda session: deed(session, actor, key, seen),
        lambda session, told: _refused(session, visit, told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{key}?done={done}")


def _after(seam: Seam, visit: Visit, actor: Actor, do: Callable[[], None], done: str) -> Page | Elsewhere:
    made = or_again(seam, actor, do, lambda session, told: _refused(session, visit, told))
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{_key(visit)}?done={done}")


def _refused(session: Session, visit: Visit, told: Told) -> Page:
    return (
        _page(session, visit, told) if "id" in visit.parts else Page("reports_failed.html.j2", {"told": told})
    )


def _page(session: Session, visit: Visit, told: Told) -> Page:
    actor, key = visit.actor, _key(visit)
    report = session.get(PublishedReport, key)
    actor.require("read", "report", report)
    assert report is not None  # `require` raises for no row
    revisions = _rows(session, actor, report=key)
    period = session.get_one(ReportingPeriod, report.period_id)
    done = visit.query.get("done", "")
    work, failed = report_jobs.work_on(session, actor, key, report.version)
    draft_of = PublishedReport(period_id=report.period_id, agency_id=report.agency_id, created_by=actor.id)
    values = {
        "report": report,
        "row": next(row for row in revisions if row.id == key),
        "period": period,
        "revisions": revisions,
        "figures": _figures(session, actor, key),
        "work": work,
        "offers": () if work is not None else actor.offers("report", report),
        "may_correct": report.state == "PUBLISHED"
        and actor.id is not None
        and actor.may("create", "report", draft_of),
        "told": told or failed,
        "form": visit.form or visit.typed(visit.query),
        "done": f"report.done.{done}" if done in _DONE and not told else None,
    }
    return Page("report.html.j2", values, script=report_jobs.SCRIPT if work is not None else None)


def _figures(session: Session, actor: Actor, report_id: int) -> list[IndicatorValue]:
    """The frozen figures of a report, as far as he may be told them."""
    found = session.exec(
        select(Snapshot).where(Snapshot.report_id == report_id).order_by(col(Snapshot.id).desc()).limit(1)
    ).first()
    told = small.told(actor, thaw(found.figures)) if found else []
    return [value for value in told if actor.may("read", "indicator", value.indicator)]


def _rows(
    session: Session, actor: Actor, *, period: int | None = None, report: int | None = None
) -> list[Any]:
    seen = actor.sees("report", PublishedReport, alias="r").text
    asked = {"period": period, "report": report, **actor.values(seen)}
    return list(session.execute(text(_OF_PERIOD.format(seen=seen)), asked).all())


def _may_draft(session: Session, actor: Actor) -> list[ReportingPeriod]:
    """The closed periods whose city report he may draft, and nobody has."""
    if actor.id is None or not actor.law.reaches_any(actor.shape, "report", "create"):
        return []
    return [
        period
        for period in session.scalars(
            text(
                "select p.id from reporting_period p where p.state = 'CLOSED' and not exists ("
                "select from published_report r where r.period_id = p.id and r.agency_id is null)"
                " order by p.deadline"
            )
        )
        for period in [session.get_one(ReportingPeriod, period)]
        if actor.may("create", "report", PublishedReport(period_id=period.id or 0, created_by=actor.id))
    ]


def _many(session: Session, actor: Actor, period_id: int, rows: list[Any]) -> dict[str, Any] | None:
    """How many agencies' reports wait for which step that he may do for all of them; None where nothing does."""
    period = session.get(ReportingPeriod, period_id)
    if actor.id is None or period is None or period.state not in drafting.CLOSED:
        return None
    own = [row for row in rows if row.agency_id is not None]
    states = {
        state: [row for row in own if row.state == state] for state in ("DRAFT", "SUBMITTED", "PUBLISHED")
    }
    future = PublishedReport(period_id=period_id, agency_id=0, created_by=actor.id)
    can = {
        "draft": len(tasks.without_report(session, period)) if actor.may("create", "report", future) else 0,
        "submit": sum(actor.may("submit", "report", row) for row in states["DRAFT"]),
        "publish": sum(actor.may("publish", "report", row) for row in states["SUBMITTED"]),
    }
    if not any(can.values()):
        return None
    return {"period": period, "can": can, **{state.lower(): len(found) for state, found in states.items()}}


def _named(visit: Visit) -> dict[str, Any]:
    day: date | None = visit.day_of(visit.form.get("issued_on", ""))
    return {"number": visit.form.get("number"), "notation": visit.form.get("notation"), "issued_on": day}


def _key(visit: Visit) -> int:
    return _number(visit.parts["id"])


def _version(visit: Visit) -> int:
    return _number(visit.form.get("version", ""))


def _number(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise NotFound(*_NAMES)
    return int(said)
