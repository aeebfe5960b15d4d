"""How the demo's agencies serve readers online, what they declare, whom they train. All invented.

An agency's stage says when it came so far; the undeclared ones have said nothing, or not with what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, select

from hub.access.models import AppUser
from hub.demo.city import ARCHIVE, Body
from hub.demo.vocabulary import person
from hub.plan.models import (
    DeclaredProgress,
    Duty,
    Exclusion,
    Indicator,
    OnlineProcedure,
    TrainingParticipant,
)
from hub.requests.models import UseRequest

EXCLUDED = "TTTP"
_ADOPTED = {
    "LEADING": date(2021, 10, 1), "GOOD": date(2022, 9, 1), "MIDDLE": date(2023, 11, 1), "LATE": date(2024, 5, 6),
    "UNDECLARED": date(2023, 2, 1),
}  # fmt: skip
# When an agency of a stage declared a thing as done: in the half-year's return before that date.
_DONE: dict[str, dict[str, date]] = {
    "3.1": {"LEADING": date(2021, 12, 20), "GOOD": date(2022, 12, 20), "MIDDLE": date(2024, 6, 20)},
    "3.1.b.live": {
        "LEADING": date(2021, 12, 20), "GOOD": date(2021, 12, 20), "MIDDLE": date(2022, 6, 20),
        "LATE": date(2023, 6, 20), "PAPER": date(2024, 6, 20),
    },
    "1.3.applied": {"LEADING": date(2021, 12, 20), "GOOD": date(2022, 6, 20), "MIDDLE": date(2023, 12, 20)},
    "4.2": {
        "LEADING": date(2021, 12, 20), "GOOD": date(2022, 6, 20), "MIDDLE": date(2023, 6, 20),
        "LATE": date(2024, 12, 20), "PAPER": date(2024, 12, 20),
    },
    "IV.5.a": {"LEADING": date(2021, 6, 20), "GOOD": date(2021, 12, 20), "MIDDLE": date(2022, 6, 20),
               "LATE": date(2023, 6, 20)},
}  # fmt: skip
_DOCUMENTS = {"4.2": "HD-STTTT", "IV.5.a": "KH"}


def load_offices(
    session: Session,
    plan_id: int,
    agencies: Mapping[str, int],
    bodies: list[Body],
    users: Mapping[str, AppUser],
) -> None:
    """Procedures, requests, declarations, people in training, and an archive excluded by law."""
    archives = [body for body in bodies if body.has_archive]
    rows = select(Indicator.code, Indicator.id).where(Indicator.plan_id == plan_id)
    indicators = dict(session.exec(rows).all())
    duties = dict(session.exec(select(Duty.code, Duty.id).where(Duty.plan_id == plan_id)).all())
    procedures: list[dict[str, Any]] = []
    requests: list[dict[str, Any]] = []
    declared: list[dict[str, Any]] = []
    people: list[dict[str, Any]] = []
    for number, body in enumerate(archives):
        agency_id = agencies[body.code]
        if adopted := _adopted(body, number):
            procedures.append(_procedure(body, number, adopted) | {"agency_id": agency_id})
            requests += (_request(agency_id, *told) for told in _requests(body, number, adopted))
        for code, done in _DONE.items():
            subject = {"indicator_id": indicators.get(code), "duty_id": duties.get(code)}
            about = subject | {"agency_id": agency_id, "declared_by": users["registry"].id}
            declared += (about | told for told in _declarations(code, body, number, done))
        people += ({"agency_id": agency_id} | told for told in _people(body, number))
    for table, made in (
        (OnlineProcedure, procedures), (UseRequest, requests), (DeclaredProgress, declared),
        (TrainingParticipant, people),
    ):  # fmt: skip
        session.execute(insert(table), made)
    session.add(
        Exclusion(
            indicator_id=indicators["II.1.c"] or 0, agency_id=agencies[EXCLUDED], whole_archive=True,
            basis_code="STATE_SECRET", valid_from=date(2023, 1, 1), state="APPROVED",
            legal_basis="Hồ sơ thanh tra thuộc danh mục bí mật nhà nước, không khai thác trên mạng (dữ liệu mẫu)",
            proposed_by=users["registry"].id or 0, approved_by=users["supervisor_head"].id,
            decided_at=datetime(2022, 12, 20, tzinfo=UTC),
        )
    )  # fmt: skip


def _adopted(body: Body, number: int) -> date | None:
    if body.code == ARCHIVE:
        return date(2021, 7, 1)
    if (body.stage == "MIDDLE" and number % 2) or (body.stage == "LATE" and number % 3):
        return None
    adopted = _ADOPTED.get(body.stage)
    return adopted + timedelta(days=number) if adopted else None


def _procedure(body: Body, number: int, adopted: date) -> dict[str, Any]:
    tested = body.stage in ("LEADING", "GOOD", "UNDECLARED") or (body.stage == "MIDDLE" and number % 4 == 0)
    return {
        "document_number": "" if body.stage == "UNDECLARED" else f"{number + 1:02d}/QT-{body.code}",
        "adopted_on": adopted,
        "test_transaction_on": adopted + timedelta(days=60) if tested else None,
    }


def _requests(body: Body, number: int, adopted: date) -> Iterator[tuple[date, bool, str]]:
    """When, whether online, and how it ended: leading agencies are asked each quarter, half of the good ones twice a
    year, some of the middle ones on paper only."""
    days = {"LEADING": 91, "GOOD": 182 if number % 2 else None, "MIDDLE": 182 if number % 4 else None}.get(
        body.stage
    )
    day = adopted + timedelta(days=20)
    while days is not None and day < date(2025, 6, 20):
        yield day, body.stage != "MIDDLE", "REFUSED" if day.month == 8 else "COMPLETED"
        day += timedelta(days=days)


def _request(agency_id: int, day: date, online: bool, state: str) -> dict[str, Any]:
    return {
        "agency_id": agency_id, "custodian_id": agency_id, "purpose": "Tra cứu hồ sơ phục vụ công tác (mẫu)",
        "state": state, "is_online": online, "received_on": day, "completed_on": day + timedelta(days=4),
    }  # fmt: skip


def _declarations(code: str, body: Body, number: int, done: Mapping[str, date]) -> Iterator[dict[str, Any]]:
    """First what is still open, then that it is done; for 3.1 the requirements met of four."""
    of = 4 if code == "3.1" else 1
    if body.stage in ("UNDECLARED", "NONE"):
        return
    yield {
        "as_of": date(2021, 6, 10), "numerator": 1 if of > 1 and body.stage != "PAPER" else 0, "denominator": of,
        "document_number": None, "document_date": None,
    }  # fmt: skip
    if (day := done.get(body.stage)) is not None:
        named = code in _DOCUMENTS and body.stage != "PAPER"
        yield {
            "as_of": day, "numerator": of, "denominator": of,
            "document_number": f"{200 + number}/{_DOCUMENTS[code]}-{body.code}" if named else None,
            "document_date": day - timedelta(days=15) if named else None,
        }  # fmt: skip


def _people(body: Body, number: int) -> Iterator[dict[str, Any]]:
    """A few people each year; a tenth leave, and those trained where nothing was declared have no evidence."""
    if body.stage == "NONE":
        return
    rng = Random(f"training:{body.code}")
    for year in range(2021, 2026):
        names: list[str] = []
        while len(names) < 2 + (number + year) % 4:
            if (name := person(rng)) not in names:
                names.append(name)
        for name in names:
            month = {"LEADING": 3, "GOOD": 5, "UNDECLARED": 4, "PAPER": 0}.get(body.stage, 10)
            day = date(year, month, 5 + number % 20) if month and rng.random() < 0.93 else None
            left = date(year, 2, 15) if rng.random() < 0.1 else None
            trained = day if day and left is None and day <= date(2025, 6, 30) else None
            certificate = f"CN-{year}/{rng.randrange(1, 900):03d}"
            yield {
                "person": name, "due_year": year, "trained_on": trained, "left_on": left,
                "evidence": certificate if trained and body.stage != "UNDECLARED" else None,
            }  # fmt: skip
