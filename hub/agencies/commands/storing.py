"""How an agency is stored: one version on, and a typed problem for each constraint that a caller can break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from hub.agencies.errors import AgencyCodeTaken
from hub.agencies.models import Agency
from hub.agencies.rules import dates_crossed
from hub.kit import clock
from hub.kit.changes import violated
from hub.kit.errors import FieldError, Invalid
from hub.kit.vietnamese import nfc


class Asker(Protocol):
    """Who asks (hub.access.actor.Actor, which lives a floor above)."""

    @property
    def id(self) -> int | None: ...

    def require(self, action: str, resource: str, row: object | None, **known: Any) -> None: ...


def store(session: Session, agency: Agency) -> None:
    """Write a changed agency, one version on. Raises AgencyCodeTaken, Invalid."""
    agency.version += 1
    agency.updated_at = clock.now()
    session.add(agency)
    flush(session, agency.code)


def flush(session: Session, code: str) -> None:
    """Send what is pending; `code` is named when it is taken. Raises AgencyCodeTaken, Invalid."""
    with named_refusals(code):
        session.flush()


@contextmanager
def named_refusals(code: str) -> Iterator[None]:
    """Turn a violated constraint into AgencyCodeTaken or Invalid."""
    try:
        yield
    except IntegrityError as error:
        constraint = violated(error)
        if constraint in ("uq_agency_code", "uq_agency_code_scheme_value"):
            raise AgencyCodeTaken(code) from error
        if constraint in ("ck_agency_validity", "ck_agency_code_validity"):
            raise Invalid([dates_crossed("effective_on")]) from error
        raise


def check(*errors: FieldError | None) -> None:
    """Raise Invalid with the rules that are broken, if any are."""
    if found := [error for error in errors if error is not None]:
        raise Invalid(found)


def tidy(value: str) -> str:
    """A name or code with single blanks, in composed letters."""
    return " ".join(nfc(value).split())
