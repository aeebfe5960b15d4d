"""Exceptions by law: an agency proposes, changes and takes back its own; the head of Home Affairs decides and lifts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.access.models import AppUser
from hub.agencies.models import Agency
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, NotFound
from hub.kit.seam import Seam
from hub.kpi.exclusion_effect import exclusion_effect
from hub.plan import exclusions
from hub.plan.models import EXCLUSION_STATES, Exclusion, Indicator, Plan
from hub.web.exclusion_form import RECORDS, bases, choices, record_named, row_chosen
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_exclusions
from hub.web.shown_records import ShownRecord, shown_records
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PAGE = 25
PATH = "/exclusions"
_DONE = ("proposed", "amended", "withdrawn", "approved", "returned", "lifted")
_PARTS = ("series", "file", "item")
Proposer, Amender, Decider = aliased(AppUser), aliased(AppUser), aliased(AppUser)


@dataclass(frozen=True)
class Shown:
    """An exception as a page shows it; `kind` archive for a whole one, `record` None for one that he may not see."""

    row: Exclusion
    plan: str
    indicator: Indicator
    agency: str
    kind: str
    record: ShownRecord | None
    proposed_by: str
    amended_by: str | None
    decided_by: str | None


def every(session: Session, visit: Visit) -> Page:
    """Those that the visitor may read, the last proposed first. Raises NotFound for who reads none."""
    return _list(session, visit, ())


def one(session: Session, visit: Visit) -> Page:
    """One of them, with what it does to its figure. Raises NotFound."""
    return _one(session, visit, ())


def propose(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Propose one."""
    actor = require_exclusions(visit).actor

    def work(session: Session) -> int:
        plan, code = row_chosen(visit)
        kind, key = record_named(session, actor, visit)
        said = {"valid_from": clock.today(), **_said(visit)}
        return exclusions.propose_exclusion(session, actor, plan, code, kind, key, **said).id or 0

    made = tried(seam, actor, work, lambda session, told: _list(session, visit, told))
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{made}?done=proposed")


def amend(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Change what waits."""

    def deed(session: Session, actor: Actor, key: int, version: int) -> object:
        said = _said(visit)
        if "valid_from" not in said:
            raise Invalid([FieldError("valid_from", "REQUIRED", "Hãy chọn ngày.", "Choose the day.")])
        return exclusions.amend_exclusion(session, actor, key, version, **said)

    return _step(seam, visit, "amended", deed)


def withdraw(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Take it back."""
    return _step(seam, visit, "withdrawn", exclusions.withdraw_exclusion)


def approve(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Approve it. Raises StepUpRequired."""
    return _step(seam, visit, "approved", exclusions.approve_exclusion)


def send_back(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Return it with the reason."""
    reason = visit.form.get("reason", "")
    return _step(
        seam,
        visit,
        "returned",
        lambda s, actor, key, version: exclusions.return_exclusion(s, actor, key, version, reason),
    )


def lift(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """End an approved one."""
    form = visit.form

    def deed(session: Session, actor: Actor, key: int, version: int) -> object:
        day = visit.day_of(form.get("ends_on", ""))
        return exclusions.lift_exclusion(session, actor, key, version, form.get("reason", ""), day)

    return _step(seam, visit, "lifted", deed)


def _said(visit: Visit) -> dict[str, Any]:
    """What the form says of basis and days; the days only where it does."""
    form = visit.form
    days = {name: visit.day_of(form.get(name, "")) for name in ("valid_from", "valid_to")}
    return {
        "basis_code": form.get("basis_code", ""),
        "legal_basis": form.get("legal_basis", ""),
        **{name: day for name, day in days.items() if day is not None},
    }


def _step(
    seam: Seam, visit: Visit, done: str, deed: Callable[[Session, Actor, int, int], object]
) -> Page | Elsewhere:
    actor, key = require_exclusions(visit).actor, _number(visit.parts["id"])
    version = _number(visit.form.get("version", ""))
    made = tried(
        seam,
        actor,
        lambda session: deed(session, actor, key, version),
        lambda session, told: _one(session, visit, told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{key}?done={done}")


def _list(session: Session, visit: Visit, told: Told) -> Page:
    actor = require_exclusions(visit).actor
    seen: Any = actor.sees("exclusion", Exclusion)
    counts = dict(
        session.exec(select(Exclusion.state, func.count()).where(seen).group_by(Exclusion.state)).all()
    )
    state = visit.query.get("state", "")
    asked: list[Any] = [Exclusion.state == state] if state in EXCLUSION_STATES else []
    if visit.query.get("before"):
        asked.append(col(Exclusion.id) < visit.number("before"))
    found = _found(session, actor, *asked, most=PAGE + 1)
    values = {
        "rows": found[:PAGE],
        "counts": counts,
        "states": EXCLUSION_STATES,
        "next": found[PAGE - 1].row.id if len(found) > PAGE else None,
        "choices": choices(session) if actor.law.reaches_any(actor.shape, "exclusion", "create") else None,
        "kinds": RECORDS,
        "told": told,
        "form": visit.form,
    }
    return Page("exclusions.html.j2", values)


def _one(session: Session, visit: Visit, told: Told) -> Page:
    actor, key = require_exclusions(visit).actor, _number(visit.parts["id"])
    found = _found(session, actor, Exclusion.id == key, most=1)
    if not found:
        raise NotFound(*NAMES["exclusion"])
    [shown] = found
    row = shown.row
    waits, is_ours = (
        row.state == "PROPOSED",
        not actor.subject.us.isdisjoint({row.proposed_by, row.amended_by}),
    )
    decides = waits and not is_ours
    done = visit.query.get("done", "")
    values = {
        "shown": shown,
        "effect": exclusion_effect(session, actor, row, shown.plan, shown.indicator.code, clock.today()),
        "bases": bases(session),
        "may": {
            "amend": waits and actor.may("update", "exclusion", row),
            "approve": decides and actor.may("approve", "exclusion", row),
            "return": decides and actor.may("return", "exclusion", row),
            "lift": row.state == "APPROVED" and actor.may("revoke", "exclusion", row),
        },
        "is_ours": is_ours and actor.law.reaches_any(actor.shape, "exclusion", "approve"),
        "told": told,
        "form": visit.form,
        "done": f"exclusion.done.{done}" if done in _DONE and not told else None,
    }
    return Page("exclusion.html.j2", values)


def _found(session: Session, actor: Actor, *asked: Any, most: int) -> list[Shown]:
    rows = session.execute(
        sql_select(
            Exclusion,
            col(Plan.code),
            Indicator,
            col(Agency.name),
            col(Proposer.full_name),
            col(Amender.full_name),
            col(Decider.full_name),
        )
        .join(Indicator, col(Indicator.id) == col(Exclusion.indicator_id))
        .join(Plan, col(Plan.id) == col(Indicator.plan_id))
        .join(Agency, col(Agency.id) == col(Exclusion.agency_id))
        .join(Proposer, col(Proposer.id) == Exclusion.proposed_by)
        .outerjoin(Amender, col(Amender.id) == Exclusion.amended_by)
        .outerjoin(Decider, col(Decider.id) == Exclusion.approved_by)
        .where(actor.sees("exclusion", Exclusion), *asked)
        .order_by(col(Exclusion.id).desc())
        .limit(most)
    ).all()
    named = {row.id: place for row, *_ in rows if (place := _named(row)) is not None}
    records = shown_records(session, actor, named.values())
    return [
        Shown(
            row, plan, indicator, agency,
            named[row.id][0] if row.id in named else "archive",
            records.get(named[row.id]) if row.id in named else None,
            *people,
        )
        for row, plan, indicator, agency, *people in rows
    ]  # fmt: skip


def _named(row: Exclusion) -> tuple[str, int] | None:
    keys: Sequence[tuple[str, int | None]] = [(part, getattr(row, f"{part}_id")) for part in _PARTS]
    return next(((part, key) for part, key in keys if key is not None), None)


def _number(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) < 18):
        raise NotFound(*NAMES["exclusion"])
    return int(told)
