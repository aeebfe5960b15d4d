"""A return: written by the agency, approved by its head, checked beside the last one, accepted or sent back."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from hub.access.acting import held
from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import FieldError, NotFound, NotPermitted
from hub.kit.seam import Seam
from hub.returns import commands
from hub.returns.asked import asked_of
from hub.returns.ledger import period_seen
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.reading import Saved, last_saved, lines_of
from hub.web import return_form
from hub.web.page import Elsewhere, Page, Sent
from hub.web.return_form import Form, SavedByOther
from hub.web.return_page import Writing, return_page
from hub.web.rights import require_returns
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PATH = "/returns"
_NAMES = ("báo cáo của cơ quan", "the agency's return")


@dataclass(frozen=True)
class _Kept:
    """What is stored once a form was saved; `theirs` are the groups that somebody else has changed meanwhile."""

    version: int
    form: Form
    theirs: Sequence[str] = ()
    by: str | None = None


def show(session: Session, visit: Visit) -> Page:
    """The return: to write for who may, else to read. Raises NotFound."""
    return return_page(session, visit, seen(session, visit))


def save(seam: Seam, visit: Visit) -> Page | Elsewhere | Sent:
    """Save what was typed; for the page's script the answer is data."""
    faults: list[Any] = []
    made = _save(seam, visit, faults)
    if visit.wants_data:
        return _as_data(visit, made, faults)
    if isinstance(made, Page):
        return made
    return Elsewhere(f"{PATH}/{number(visit)}?done={'joined' if made.theirs else 'saved'}")


def submit(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Save what was typed and submit the return, unless somebody else has changed it: then it is looked at first."""
    made = _save(seam, visit, [])
    if isinstance(made, Page):
        return made
    if made.theirs:
        return Elsewhere(f"{PATH}/{number(visit)}?done=joined")
    return _step(
        seam, visit, "submitted", lambda s, actor, key, _: commands.submit_return(s, actor, key, made.version)
    )


def withdraw(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Take the return back."""
    return _step(seam, visit, "withdrawn", commands.withdraw_return)


def approve(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Approve it as the head of the agency. Raises StepUpRequired."""
    note = visit.form.get("note")
    return _step(
        seam, visit, "approved", lambda s, actor, key, at: commands.approve_return(s, actor, key, at, note)
    )


def send_back(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Give it back with the reason."""
    reason = visit.form.get("reason")
    return _step(
        seam,
        visit,
        "sent_back",
        lambda s, actor, key, at: commands.send_back_return(s, actor, key, at, reason),
    )


def accept(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Accept it."""
    note = visit.form.get("note")
    return _step(
        seam, visit, "accepted", lambda s, actor, key, at: commands.accept_return(s, actor, key, at, note)
    )


def number(visit: Visit, told: str | None = None) -> int:
    """The return's key, or another number of the form. Raises NotFound."""
    said = visit.parts["id"] if told is None else told
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise NotFound(*_NAMES)
    return int(said)


def seen(session: Session, visit: Visit) -> AgencyReturn:
    """The return of the address. Raises NotFound where there is none that the visitor may read."""
    actor = require_returns(visit).actor
    row = session.get(AgencyReturn, number(visit))
    actor.require("read", "return", row)
    assert row is not None  # `require` raises for no row
    return row


def _step(
    seam: Seam, visit: Visit, done: str, deed: Callable[[Session, Actor, int, int], object]
) -> Page | Elsewhere:
    actor, key = require_returns(visit).actor, number(visit)
    version = number(visit, visit.form.get("version", ""))
    made = tried(
        seam,
        actor,
        lambda session: deed(session, actor, key, version),
        lambda session, told: return_page(session, visit, seen(session, visit), told=told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{key}?done={done}")


def _save(seam: Seam, visit: Visit, faults: list[Any]) -> _Kept | Page:
    """What is stored now, or the page again with every word that was typed."""
    actor = require_returns(visit).actor
    codes: list[str] = []

    def work(session: Session) -> _Kept:
        row = held(session, AgencyReturn, number(visit))
        actor.require("read", "return", row)
        assert row is not None  # `require` raises for no row
        period = period_seen(session, actor, row.period_id)
        lines = lines_of(session, row.id or 0)
        fields = _fields(session, actor, row, period, visit)
        mine = return_form.typed(visit.form, fields)
        now = return_form.stored(row, lines, fields)

        def saved(group: str) -> Saved | None:
            return last_saved(session, number(visit), group)

        told = return_form.said(mine, now, visit.form.get("was", ""), lines, saved)
        other = saved(told.theirs[0]) if told.theirs else None
        codes[:] = [line.code for line in told.lines]
        if told.texts or told.lines:
            row = commands.save_return(
                session, actor, row.period_id, row.agency_id, row.version, dict(told.texts), told.lines
            )
            session.flush()
        after = return_form.stored(row, lines_of(session, row.id or 0), fields)
        return _Kept(row.version, after, told.theirs, other.by if other else None)

    def again(session: Session, told: Told) -> Page:
        faults[:] = named = [_of_line(one, codes) for one in told]
        row = seen(session, visit)
        fields = _fields(session, actor, row, period_seen(session, actor, row.period_id), visit)
        now = return_form.stored(row, lines_of(session, row.id or 0), fields)
        mine = return_form.typed(visit.form, fields)
        clash = [group for one in told if isinstance(one, SavedByOther) for group in one.groups]
        written = Writing(
            return_form.merged(mine, now, visit.form.get("was", "")),
            # Only who has been shown the others' words may write over them.
            return_form.marks(now) if clash else visit.form.get("was", ""),
            {group: (last_saved(session, row.id or 0, group), now[group]) for group in clash},
        )
        return return_page(session, visit, row, told=named, writing=written)

    return tried(seam, actor, work, again)


def _fields(
    session: Session, actor: Actor, row: AgencyReturn, period: ReportingPeriod, visit: Visit
) -> dict[str, tuple[str, ...]]:
    """The fields of the form that was sent: the figures are those that its page has named."""
    asked = asked_of(session, actor, row.agency_id, period)
    known = {*return_form.TEXTS, *(one.code for one in asked)}
    marked = (part.rpartition(".")[0] for part in visit.form.get("was", "").split())
    return return_form.fields_of(asked, [group for group in marked if group not in known])


def _of_line(error: Any, codes: Sequence[str]) -> Any:
    """An error of a line says of which."""
    if isinstance(error, FieldError) and error.row is not None and 0 < error.row <= len(codes):
        code = codes[error.row - 1]
        return replace(
            error, message_vi=f"{code}: {error.message_vi}", message_en=f"{code}: {error.message_en}"
        )
    return error


def _as_data(visit: Visit, made: _Kept | Page, faults: Sequence[Any]) -> Sent:
    if isinstance(made, Page):
        clash = any(isinstance(one, SavedByOther) for one in faults)
        told: dict[str, Any] = {
            "state": "conflict" if clash else "refused",
            "said": visit.say("return.conflict")
            if clash
            else " ".join(one.message(visit.language) for one in faults),
        }
        denied = any(isinstance(one, NotPermitted) for one in faults)
        status = 403 if denied else 409 if clash else 422
    else:
        moment = visit.write.moment(clock.now())
        others = {name: text for group in made.theirs for name, text in made.form[group].items()}
        told = {
            "state": "saved",
            "version": made.version,
            "was": return_form.marks(made.form),
            "said": visit.say("return.saved.at", at=moment),
            "others": {name: return_form.shown(name, text, visit.language) for name, text in others.items()},
            "told": visit.say("return.joined.by", name=made.by or "–") if made.theirs else None,
        }
        status = 200
    return Sent(json.dumps(told, ensure_ascii=False).encode(), "application/json", status=status)
