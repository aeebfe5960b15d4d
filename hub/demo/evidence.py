"""What the figures rest on besides records: the plan, periods, lists, exclusions; systems, papers and offices.

Enough of each kind that every measure has rows to count; the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, col, select

from hub.access.models import AppUser
from hub.agencies.models import AgencySuccession
from hub.demo.archive import OLD_FONDS
from hub.demo.city import ARCHIVE, Body
from hub.demo.offices import load_offices
from hub.demo.papers import load_papers
from hub.demo.systems import load_systems
from hub.plan.load import load_plan
from hub.plan.models import (
    DecidedList,
    DecidedListEntry,
    Exclusion,
    Indicator,
    Plan,
)
from hub.records.models import ArchivalFile, FondsExtent, Item
from hub.requests.models import Publication, UseRequest
from hub.returns.models import ReportingPeriod

TODAY = date(2025, 6, 30)
_EXTENT_SHARE = ((date(2020, 12, 31), 0.86), (date(2023, 12, 31), 0.97), (date(2025, 6, 15), 1.0))


def load_evidence(
    session: Session,
    agencies: Mapping[str, int],
    bodies: list[Body],
    fonds: Mapping[str, int],
    users: Mapping[str, AppUser],
) -> Plan:
    """Everything but records and users; `fonds` maps the code of an old fonds to its key."""
    plan = load_plan(session)
    session.add_all(_periods(plan.id or 0))
    session.add(
        AgencySuccession(
            predecessor_id=agencies["UBND-HATAY"], successor_id=agencies["UBND-TP"], effective_on=date(2008, 8, 1),
            kind="MERGED", decision="Nghị quyết 15/2008/QH12",
        )
    )  # fmt: skip
    for old in OLD_FONDS:
        total, described = old.metres
        for measured_on, share in _EXTENT_SHARE:
            session.add(
                FondsExtent(fonds_id=fonds[old.code], measured_on=measured_on, total_metres=total,
                            described_metres=round(described * share, 2))
            )  # fmt: skip
    load_systems(session, agencies, bodies, TODAY)
    _load_lists(session, agencies, fonds)
    _load_exclusions(session, plan.id or 0, agencies, users)
    load_papers(session, plan.id or 0, agencies)
    load_offices(session, plan.id or 0, agencies, bodies, users)
    session.flush()
    return plan


def _periods(plan_id: int) -> list[ReportingPeriod]:
    """Every half-year of the plan: those before the demo's today are published, the newest is open."""
    deadlines = [date(year, month, day) for year in range(2021, 2026) for month, day in ((6, 30), (12, 31))]
    return [
        ReportingPeriod(
            plan_id=plan_id, deadline=deadline, data_cutoff=deadline, returns_due_on=deadline - timedelta(days=10),
            unit_returns_due_on=deadline - timedelta(days=20),
            state="PUBLISHED" if deadline < TODAY else "OPEN" if deadline == TODAY else "PLANNED",
        )
        for deadline in deadlines
    ]  # fmt: skip


def _load_lists(session: Session, agencies: Mapping[str, int], fonds: Mapping[str, int]) -> None:
    """Decided lists, publications and requests of the Historical Archive."""
    archive_id = agencies[ARCHIVE]
    widely = DecidedList(
        kind="WIDELY_USED", decision_number="112/QĐ-SNV", decided_on=date(2022, 5, 20), valid_from=date(2022, 6, 1),
        agency_id=archive_id,
    )  # fmt: skip
    restricted = DecidedList(
        kind="RESTRICTED", decision_number="45/QĐ-TTLTLS", decided_on=date(2021, 9, 1), valid_from=date(2021, 9, 15),
        agency_id=archive_id,
    )  # fmt: skip
    high = DecidedList(
        kind="HIGH_USE", decision_number="46/QĐ-TTLTLS", decided_on=date(2021, 9, 1), valid_from=date(2021, 9, 15),
        agency_id=archive_id,
    )  # fmt: skip
    session.add_all([widely, restricted, high])
    session.flush()
    for code in ("P.UBHC", "P.UBND"):
        session.add(DecidedListEntry(list_id=widely.id or 0, fonds_id=fonds[code]))
    kept = select(ArchivalFile.id, ArchivalFile.access_level, ArchivalFile.published).where(
        ArchivalFile.fonds_id == fonds["P.UBND"]
    )
    for number, (file_id, access, published) in enumerate(
        session.exec(kept.order_by(col(ArchivalFile.id))).all()
    ):
        if access == 1 and number % 3 == 0:
            session.add(DecidedListEntry(list_id=restricted.id or 0, file_id=file_id))
        elif number % 10 == 0:
            session.add(DecidedListEntry(list_id=high.id or 0, file_id=file_id, category="ADMINISTRATIVE"))
        if published:
            level = 2 if number % 9 == 0 else 4 if number % 2 else 3
            session.add(
                Publication(file_id=file_id or 0, service_level=level, published_on=date(2023, 5, 10))
            )
        if published and number % 40 == 0:
            session.add(
                UseRequest(agency_id=archive_id, custodian_id=archive_id, file_id=file_id, state="COMPLETED",
                           purpose="Nghiên cứu lịch sử địa phương", received_on=date(2025, 3, 3),
                           completed_on=date(2025, 3, 7))
            )  # fmt: skip


def _load_exclusions(
    session: Session, plan_id: int, agencies: Mapping[str, int], users: Mapping[str, AppUser]
) -> None:
    """A few documents on paper by law (R5): proposed by one person, approved by another."""
    target = session.exec(
        select(Indicator).where(Indicator.plan_id == plan_id, Indicator.code == "II.1.a")
    ).one()
    agency_id = agencies["STC"]
    chosen = session.exec(
        select(Item.id)
        .where(Item.agency_id == agency_id, Item.origin == "PAPER")
        .order_by(col(Item.id))
        .limit(5)
    ).all()
    for item_id in chosen:
        session.add(
            Exclusion(indicator_id=target.id or 0, agency_id=agency_id, item_id=item_id, basis_code="PAPER_ORIGINAL",
                      legal_basis="Chứng từ gốc bằng giấy theo quy định của pháp luật về kế toán (dữ liệu mẫu)",
                      valid_from=date(2022, 1, 1), state="APPROVED", proposed_by=users["registry"].id or 0,
                      approved_by=users["supervisor_head"].id, decided_at=datetime(2022, 1, 10, tzinfo=UTC))
        )  # fmt: skip
