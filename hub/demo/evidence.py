"""What the figures rest on besides records: the plan, periods, lists, exclusions; systems, papers and offices.

Enough of each kind that every measure has rows to count; the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from hub.access.models import AppUser
from hub.agencies.models import AgencySuccession
from hub.demo.archive import OLD_FONDS
from hub.demo.city import ARCHIVE, Body
from hub.demo.handovers import load_handovers
from hub.demo.lists import load_lists
from hub.demo.offices import load_offices
from hub.demo.papers import load_papers
from hub.demo.systems import load_systems
from hub.plan.load import load_plan
from hub.plan.models import Plan
from hub.records.models import FondsExtent
from hub.returns.models import ReportingPeriod

TODAY = date(2025, 6, 30)
_EXTENT_SHARE = ((date(2020, 12, 31), 0.86), (date(2023, 12, 31), 0.97), (date(2025, 6, 15), 1.0))
# Documents that the law wants on paper, and electronic ones of a file that an inquiry holds.
_EXCLUSIONS = """
    insert into exclusion (indicator_id, agency_id, item_id, basis_code, legal_basis, valid_from, state, proposed_by,
                           approved_by, decided_at)
    select n.id, x.agency_id, x.id, x.basis, x.legal, date '2022-01-01', 'APPROVED', :proposer, :approver, :decided
      from ((select i.agency_id, i.id, array['II.1.a'] as codes, 'PAPER_ORIGINAL' as basis,
                    'Chứng từ gốc bằng giấy theo quy định của pháp luật về kế toán (dữ liệu mẫu)' as legal
               from item i where i.agency_id = :paper and i.origin = 'PAPER' order by i.id limit 5)
            union all
            (select i.agency_id, i.id, array['II.1.d', '3.6'], 'LEGAL_HOLD',
                    'Hồ sơ đang tạm giữ phục vụ thanh tra, Quyết định số 12/QĐ-TTTP (dữ liệu mẫu)'
               from item i
              where i.agency_id = :held and i.origin = 'BORN_DIGITAL' and i.retention_kind = 'PERMANENT'
                and i.issued_date between '2020-01-01' and '2021-12-31' order by i.id limit 4)) x
      join indicator n on n.plan_id = :plan and n.code = any(x.codes)
     order by n.id, x.id
"""


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
    load_handovers(session, agencies, bodies, agencies[ARCHIVE], TODAY)
    load_lists(session, agencies, bodies, fonds, TODAY)
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


def _load_exclusions(
    session: Session, plan_id: int, agencies: Mapping[str, int], users: Mapping[str, AppUser]
) -> None:
    """Documents left out by law (R5), a few of each: proposed by one person, approved by another."""
    session.execute(
        text(_EXCLUSIONS),
        {
            "plan": plan_id, "paper": agencies["STC"], "held": agencies["TTTP"], "proposer": users["registry"].id,
            "approver": users["supervisor_head"].id, "decided": datetime(2022, 1, 10, tzinfo=UTC),
        },
    )  # fmt: skip
