"""The period desk's deeds on one agency: more time, a reviewer, a call noted, whom to call.

They need no return to be there: most are about agencies that have sent nothing. Each leaves a line in the case's log,
which is only ever added to.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.returns.errors import WrongPeriodState
from hub.returns.kept import AgencyContact, CaseNote, ReturnCase
from hub.returns.ledger import period_held, place_held
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.periods import needed_reason
from hub.returns.reminders.sending import send_elsewhere
from hub.returns.rules import wrong_text

REVIEWERS = ("supervisor", "supervisor_head")
LONGEST_EXTENSION = timedelta(days=60)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"[+0-9][0-9 .()-]{5,24}")
_REVIEWS = text(
    "select exists (select from role_grant where user_id = :user and role = any(:roles) and valid_from <= :today"
    " and (valid_to is null or valid_to > :today))"
)


def extend_return(
    session: Session, actor: Actor, period_id: int, agency_id: int, due_on: date, reason: str | None
) -> ReturnCase:
    """Give an agency more time, with the reason: Home Affairs, to a unit also the head of the body above.

    Raises NotFound, NotPermitted, AgencyEnded, ReturnNotOwed, WrongPeriodState, Invalid.
    """
    case, period = _case(session, actor, "extend", period_id, agency_id)
    if period.state != "OPEN":
        raise WrongPeriodState(period.state)
    why = needed_reason(reason)
    units = period.unit_returns_due_on if case.reports_to_id else None
    usual = units or period.returns_due_on
    if not usual < due_on <= period.deadline + LONGEST_EXTENSION:
        last = period.deadline + LONGEST_EXTENSION
        raise Invalid(
            [
                FieldError(
                    "due_on", "NOT_AN_EXTENSION",
                    f"Hạn mới phải sau hạn chung {usual:%d/%m/%Y} và không quá {last:%d/%m/%Y}. Hãy chọn ngày khác.",
                    f"The new day must lie after {usual}, when all are due, and by {last}. Choose another one.",
                )
            ]
        )  # fmt: skip
    case.extended_to, case.extension_reason = due_on, why
    return _noted(session, actor, "extend", case, "EXTENSION", f"{due_on:%d/%m/%Y}: {why}")


def assign_reviewer(
    session: Session, actor: Actor, period_id: int, agency_id: int, reviewer: str | None
) -> ReturnCase:
    """Say who at Home Affairs checks the agency's return; None: nobody yet.

    Raises NotFound, NotPermitted, AgencyEnded, ReturnNotOwed, Invalid for somebody without such a role.
    """
    case, _ = _case(session, actor, "follow", period_id, agency_id)
    if reviewer is None:
        case.reviewer_id = None
        return _noted(session, actor, "follow", case, "REVIEWER", "–")
    user = session.exec(select(AppUser).where(AppUser.name == reviewer)).first()
    asked = {"user": user.id if user else 0, "roles": list(REVIEWERS), "today": clock.today()}
    if user is None or not session.connection().scalar(_REVIEWS, asked):
        raise Invalid(
            [
                FieldError(
                    "reviewer", "NOT_A_REVIEWER",
                    f"«{reviewer[:60]}» không phải người của Sở Nội vụ được tiếp nhận báo cáo. Hãy chọn người khác.",
                    f'"{reviewer[:60]}" is nobody at Home Affairs who may accept returns. Choose somebody else.',
                )
            ]
        )  # fmt: skip
    case.reviewer_id = user.id
    return _noted(session, actor, "follow", case, "REVIEWER", user.full_name or user.name)


def note_call(
    session: Session, actor: Actor, period_id: int, agency_id: int, note: str, promised_on: date | None = None
) -> ReturnCase:
    """Note a call to an agency, and by when it promised its return.

    Raises NotFound, NotPermitted, AgencyEnded, ReturnNotOwed, Invalid.
    """
    case, _ = _case(session, actor, "follow", period_id, agency_id)
    _check("note", note)
    return _noted(session, actor, "follow", case, "CALL", needed_reason(note), promised_on)


def set_contact(
    session: Session,
    actor: Actor,
    period_id: int,
    agency_id: int,
    name: str,
    position: str | None = None,
    phone: str | None = None,
    email: str | None = None,
) -> ReturnCase:
    """Say whom to call at an agency, in this period and after: the agency itself, or Home Affairs.

    A reminder that was refused goes to the new address.

    Raises NotFound, NotPermitted, AgencyEnded, ReturnNotOwed, Invalid.
    """
    case, _ = _case(session, actor, "contact", period_id, agency_id)
    told = {
        part: (value or "").strip() or None
        for part, value in (("name", name), ("position", position), ("phone", phone), ("email", email))
    }
    errors = [_shape(part, value) for part, value in told.items()]
    if faults := [error for error in errors if error]:
        raise Invalid(faults)
    row = session.exec(select(AgencyContact).where(AgencyContact.agency_id == agency_id)).first()
    row = row or AgencyContact(agency_id=agency_id, name="")
    for part, value in told.items():
        setattr(row, part, value)
    row.updated_at = clock.now()
    session.add(row)
    if row.email is not None:
        send_elsewhere(session, agency_id, row.email)
    return _noted(session, actor, "contact", case, "CONTACT", row.name)


def _case(
    session: Session, actor: Actor, action: str, period_id: int, agency_id: int
) -> tuple[ReturnCase, ReportingPeriod]:
    """The case of an agency that owes a return for the period, made when it is first needed, and locked."""
    period = period_held(session, actor, period_id)
    future = AgencyReturn(period_id=period_id, agency_id=agency_id)
    actor.require("read", "return", future, of_unit=False)
    place = place_held(session, actor, agency_id, period)
    future.reports_to_id = place.reports_to
    actor.require(action, "return", future, of_unit=place.reports_to is not None)
    values = {"period_id": period_id, "agency_id": agency_id, "reports_to_id": place.reports_to}
    session.connection().execute(insert(ReturnCase).values(values).on_conflict_do_nothing())
    case = session.exec(
        select(ReturnCase)
        .where(ReturnCase.period_id == period_id, ReturnCase.agency_id == agency_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    case.reports_to_id = place.reports_to
    return case, period


def _noted(
    session: Session,
    actor: Actor,
    action: str,
    case: ReturnCase,
    kind: str,
    note: str,
    promised_on: date | None = None,
) -> ReturnCase:
    case.version += 1
    case.updated_at = clock.now()
    session.add(case)
    session.flush()
    session.add(
        CaseNote(
            case_id=case.id or 0, agency_id=case.agency_id, kind=kind, note=note, promised_on=promised_on,
            by_id=actor.id, at=clock.instant(),
        )
    )  # fmt: skip
    session.flush()
    detail = {
        "period": case.period_id,
        "kind": kind,
        "promised_on": promised_on.isoformat() if promised_on else None,
    }
    record(
        session,
        actor,
        f"return:{action}",
        "return_case",
        case.id,
        agency_id=case.agency_id,
        reason=note,
        detail=detail,
    )
    return case


def _check(field: str, value: str | None) -> None:
    if error := wrong_text(field, value, 2_000):
        raise Invalid([error])


def _shape(part: str, value: str | None) -> FieldError | None:
    if part == "name" and value is None:
        return FieldError("name", "REQUIRED", "Hãy ghi tên người liên hệ.", "Name the person to call.")
    wrong = {"phone": _PHONE, "email": _EMAIL}.get(part)
    if value is not None and wrong is not None and not wrong.fullmatch(value):
        return FieldError(
            part, "BAD_CONTACT", f"«{value[:60]}» không đúng dạng. Ví dụ: 024 3825 0000, ten@coquan.gov.vn.",
            f'"{value[:60]}" has not the right form. For example: 024 3825 0000, name@agency.gov.vn.',
        )  # fmt: skip
    return wrong_text(part, value, 200)
