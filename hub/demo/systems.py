"""Records systems of the demo's agencies, from 2021 on: accepted, integrated, heard of, shared, stale, retired.

Leading agencies were there first; others came later, some are still building, one has no known dates. All invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from hub.agencies.models import RegisteredSystem, SourceMembership, SystemAgency, SystemExchange
from hub.demo.city import Body
from hub.plan.models import DecidedList, DecidedListEntry

SHARED = {"SKHDT": "STC"}  # works in the system of the other
SILENT = {"UBND-TAYHO": date(2024, 10, 15)}  # nothing was heard of it after that day
UNCOUPLED = {"STP": date(2024, 11, 15)}  # its integration ended
REPLACED = "SGDDT"  # had another system before


def sources(bodies: list[Body]) -> list[Body]:
    """The agencies on the source list."""
    return [body for body in bodies if body.is_source and body.kind != "UNIT"]


def load_systems(session: Session, agencies: Mapping[str, int], bodies: list[Body], today: date) -> None:
    """The source list, the roadmap of integration, the systems, whom they serve, and what was heard of them."""
    listed = sources(bodies)
    session.add_all(
        SourceMembership(
            agency_id=agencies[body.code],
            valid_from=date(2012, 1, 1),
            decision="Danh mục nguồn nộp lưu (mẫu)",
        )
        for body in listed
    )
    roadmap = DecidedList(
        kind="INTEGRATION_ROADMAP", decision_number="205/QĐ-SNV", decided_on=date(2021, 11, 15),
        valid_from=date(2021, 12, 1), agency_id=agencies["SNV"],
    )  # fmt: skip
    session.add(roadmap)
    session.flush()
    session.add_all(
        DecidedListEntry(list_id=roadmap.id or 0, agency_id=agencies[body.code]) for body in listed
    )
    served: dict[str, int] = {}
    for number, body in enumerate(listed):
        if body.code in SHARED:
            served[body.code] = served[SHARED[body.code]]
            continue
        for told in _systems_of(body, number):
            system = RegisteredSystem(**told)
            session.add(system)
            session.flush()
            served[body.code] = system.id or 0
            if system.retired_on is not None:
                session.add(SystemAgency(system_id=system.id or 0, agency_id=agencies[body.code]))
            else:
                heard = list(_heard(system, number, SILENT.get(body.code, today)))
                if heard:
                    session.execute(insert(SystemExchange), heard)
    session.add_all(
        SystemAgency(system_id=system, agency_id=agencies[code]) for code, system in served.items()
    )
    session.flush()


def _systems_of(body: Body, number: int) -> Iterator[dict[str, Any]]:
    """The columns of each system of an agency, the one in use last."""
    name = f"Hệ thống quản lý tài liệu lưu trữ điện tử - {body.name}"
    if body.code == REPLACED:
        yield {
            "code": f"HT-{body.code}-1", "name": f"{name} (cũ)", "state": "RETIRED", "accepted_on": date(2021, 9, 1),
            "operating_since": date(2021, 9, 15), "retired_on": date(2023, 12, 31),
        }  # fmt: skip
    accepted = {
        "LEADING": date(2021, 8 + number % 4, 10),
        "GOOD": date(2022, 1 + number % 12, 15),
        "MIDDLE": date(2023, 1 + number % 12, 20),
        "LATE": date(2024, 3 + number % 9, 12) if number % 2 else None,
    }.get(body.stage)
    system: dict[str, Any] = {"code": f"HT-{body.code}", "name": name, "accepted_on": accepted}
    if body.stage == "UNDECLARED":  # works, and nobody said since when
        yield system | {"state": "OPERATING", "operating_since": date(2022, 5, 1), "is_integrated": True}
    elif accepted is None:
        if body.stage == "LATE":
            yield system | {"state": "BUILDING"}
    elif body.stage == "LATE":
        yield system | {"state": "ACCEPTED"}
    else:
        yield system | {
            "state": "OPERATING",
            "operating_since": accepted + timedelta(days=75),
            **_integration(body, number, accepted),
            **_security(body, number, accepted),
        }


def _integration(body: Body, number: int, accepted: date) -> dict[str, Any]:
    days = {"LEADING": 120, "GOOD": 240, "MIDDLE": 420 if number % 3 == 0 else None}[body.stage]
    if days is None:
        return {}
    ended = UNCOUPLED.get(body.code)
    return {
        "is_integrated": ended is None,
        "integrated_on": accepted + timedelta(days=days),
        "integration_ended_on": ended,
    }


def _security(body: Body, number: int, accepted: date) -> dict[str, Any]:
    if body.stage == "MIDDLE" and number % 2:
        return {"security_level": 2}
    return {
        "security_level": 2 if body.stage == "MIDDLE" else 3,
        "security_decision": f"{100 + number}/QĐ-STTTT",
        "security_decided_on": accepted + timedelta(days=180),
    }


def _heard(system: RegisteredSystem, number: int, until: date) -> Iterator[dict[str, Any]]:
    """A heartbeat each month from the integration on; each seventh is refused."""
    last = min(until, system.integration_ended_on or until)
    day = system.integrated_on
    month = 0
    while day is not None and day <= last:
        yield {
            "system_id": system.id,
            "at": datetime.combine(day, time(2 + number % 20), UTC),
            "kind": "HEARTBEAT" if month % 3 else "PUSH",
            "accepted": month % 7 != 6,
        }
        month += 1
        day += timedelta(days=30)
