"""What a visitor is told when there is no page: what happened and what to do next, in his language."""

from __future__ import annotations

import json
from collections.abc import Sequence

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from hub.access.errors import LinkSpent, StepUpRequired
from hub.kit.errors import FieldError, HubError, Invalid, NotFound, NotPermitted, Refusal
from hub.web.page import Page, Sent
from hub.web.visit import Visit

GONE, FAULT = 410, 500


class ForeignForm(Refusal):
    """A form that no page of the hub has sent."""

    code = "FORBIDDEN"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "Yêu cầu này không đến từ trang của hệ thống nên không được thực hiện. Hãy mở lại trang và thử lại.",
            "This request did not come from a page of the hub, so nothing was done. Open the page again and retry.",
        )


def page(error: Exception) -> Page:
    """The page for a failure; of what nobody foresaw it says a number only."""
    if isinstance(error, StepUpRequired):
        return Page("failed.html.j2", {"kind": "step_up", "error": error}, status=403)
    if isinstance(error, HubError):
        return Page("failed.html.j2", {"kind": _kind(error), "error": error}, status=_status(error))
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return Page("failed.html.j2", {"kind": "slow", "error": None}, status=503)
    if isinstance(cause, NoConnection | psycopg.OperationalError):
        return Page("failed.html.j2", {"kind": "away", "error": None}, status=503)
    return Page("failed.html.j2", {"kind": "fault", "error": None}, status=FAULT)


def data(page: Page, visit: Visit) -> Sent:
    """The same for a program, which has asked with a key."""
    error = page.values["error"]
    if error is not None:
        return refused([error], visit, page.status)
    code = "INTERNAL" if page.status == FAULT else "UNAVAILABLE"
    return _told(code, visit.say(f"failed.{page.values['kind']}.text"), (), visit, page.status)


def refused(told: Sequence[FieldError | HubError], visit: Visit, status: int) -> Sent:
    """What stood in a program's way, as a problem in GraphQL: code, message, and each broken rule with its field."""
    broken = [one for one in told if isinstance(one, FieldError)]
    for one in told:
        if isinstance(one, Invalid):
            broken += one.errors
    first = next((one for one in told if isinstance(one, HubError)), None) or Invalid(broken)
    return _told(first.problem_code, first.message(visit.language), broken, visit, status)


def _told(code: str, message: str, broken: Sequence[FieldError], visit: Visit, status: int) -> Sent:
    errors = [
        {"field": one.field, "code": one.code, "message": one.message(visit.language)} for one in broken
    ]
    body = {"code": code, "message": message, "errors": errors, "requestId": visit.request_id}
    return Sent(json.dumps(body, ensure_ascii=False).encode(), "application/json", status=status)


def nothing_here() -> Page:
    """The page for an address that leads nowhere."""
    return Page("failed.html.j2", {"kind": "nowhere", "error": None}, status=404)


def _kind(error: HubError) -> str:
    if isinstance(error, NotPermitted):
        return "forbidden"
    return "missing" if isinstance(error, NotFound) else "refused"


def _status(error: HubError) -> int:
    if isinstance(error, LinkSpent):
        return GONE
    if isinstance(error, NotPermitted):
        return 403
    if isinstance(error, Refusal):
        return error.status
    return 404 if isinstance(error, NotFound) else 400
