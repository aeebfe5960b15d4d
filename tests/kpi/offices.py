"""What agencies have besides records: systems, places on lists, procedures, requests, declarations, people."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from sqlmodel import SQLModel, select

from hub.agencies.models import RegisteredSystem, SourceMembership, SystemAgency, SystemExchange
from hub.kit.clock import HANOI
from hub.kpi.scorecard import rows_of
from hub.kpi.shortfall import shortfall
from hub.plan.models import (
    DecidedList,
    DecidedListEntry,
    DeclaredProgress,
    Duty,
    OnlineProcedure,
    TrainingParticipant,
)
from hub.requests.models import UseRequest
from tests.kpi.city import CUT_OFF, PLAN, City

_NUMBERS = count(1)


def _add(city: City, row: SQLModel) -> int:
    city.session.add(row)
    city.session.flush()
    return getattr(row, "id", None) or 0


def system(city: City, *agencies: int, **told: Any) -> int:
    """A system that serves the agencies: accepted in 2022, integrated since 2023, heard of in May 2025."""
    heard = told.pop("heard", datetime(2025, 5, 1, 8, tzinfo=HANOI))
    known: dict[str, Any] = {
        "state": "OPERATING", "accepted_on": date(2022, 6, 1), "operating_since": date(2023, 1, 1),
        "is_integrated": True, "integrated_on": date(2023, 3, 1), "security_level": 3,
        "security_decision": "1/QĐ", "security_decided_on": date(2022, 7, 1),
    }  # fmt: skip
    number = next(_NUMBERS)
    key = _add(
        city, RegisteredSystem(**{"code": f"HT-{number}", "name": f"Hệ thống {number}"} | known | told)
    )
    for agency in agencies:
        serves(city, key, agency)
    if heard is not None:
        exchange(city, key, heard)
    return key


def serves(
    city: City, system: int, agency: int, since: date | None = None, until: date | None = None
) -> None:
    """The system serves the agency."""
    _add(city, SystemAgency(system_id=system, agency_id=agency, valid_from=since, valid_to=until))


def exchange(
    city: City,
    system: int,
    at: datetime,
    *,
    agency: int | None = None,
    accepted: bool = True,
    kind: str = "HEARTBEAT",
) -> None:
    """An exchange between the system and the archive's."""
    _add(city, SystemExchange(system_id=system, agency_id=agency, at=at, kind=kind, accepted=accepted))


def source(city: City, *agencies: int, since: date = date(2012, 1, 1), until: date | None = None) -> None:
    """The agencies are on the source list."""
    for agency in agencies:
        _add(city, SourceMembership(agency_id=agency, valid_from=since, valid_to=until))


def roadmap(city: City, *agencies: int, since: date = date(2021, 6, 1), until: date | None = None) -> None:
    """A decided roadmap of integration that names the agencies."""
    number = f"{next(_NUMBERS)}/QĐ"
    decided = DecidedList(
        kind="INTEGRATION_ROADMAP", decision_number=number, decided_on=since, valid_from=since, valid_to=until
    )
    key = _add(city, decided)
    for agency in agencies:
        _add(city, DecidedListEntry(list_id=key, agency_id=agency))


def procedure(city: City, agency: int, **told: Any) -> None:
    """An online procedure adopted in 2022, not tested."""
    known: dict[str, Any] = {"document_number": "1/QT", "adopted_on": date(2022, 1, 1)}
    _add(city, OnlineProcedure(agency_id=agency, **known | told))


def request(city: City, agency: int, **told: Any) -> None:
    """A request to the archive, received and completed online in March 2025."""
    known: dict[str, Any] = {
        "agency_id": agency, "custodian_id": agency, "state": "COMPLETED", "received_on": date(2025, 3, 1),
        "completed_on": date(2025, 3, 5),
    }  # fmt: skip
    _add(city, UseRequest(**known | told))


def declaration(city: City, code: str, agency: int, as_of: date = date(2025, 6, 20), **told: Any) -> None:
    """The agency declares a row of the plan, or a duty of part IV, as done."""
    if code.startswith("IV."):
        subject = {"duty_id": city.session.exec(select(Duty.id).where(Duty.code == code)).one()}
    else:
        subject = {"indicator_id": city.indicator(code)}
    _add(city, DeclaredProgress(**subject, agency_id=agency, as_of=as_of, **{"numerator": 1} | told))


def person(city: City, agency: int, name: str, due_year: int = 2025, **told: Any) -> None:
    """Somebody due for training."""
    _add(city, TrainingParticipant(agency_id=agency, person=name, due_year=due_year, **told))


def owing(
    city: City, code: str, role: str = "supervisor", as_of: date = CUT_OFF, agency: int | None = None
) -> dict[int, tuple[str, int, str]]:
    """The agencies that keep a figure down: reason, weight and the message in Vietnamese."""
    row = next(row for row in rows_of(city.session, PLAN, [as_of], [code])[as_of] if row.code == code)
    found = shortfall(city.session, city.actor(role, None), row, as_of, agency)
    assert found.hidden == 0
    assert {one.kind for one in found.rows} <= {"agency"}
    assert len({one.id for one in found.rows}) == len(found.rows) == found.total
    return {one.id: (one.reason, one.weight, one.message("vi")) for one in found.rows}
