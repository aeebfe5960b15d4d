"""A period's figures are frozen: taken from one state of the records, then kept for ever.

    taken = seam.read(lambda session: take(session, actor, period_id))       # REPEATABLE READ: one moment
    seam.change(lambda session: keep(session, actor, taken))                 # written with its audit event

Frozen are the figures of the city and of every agency that has or owes something, how each measure counted, with
which parameters, each record that stood in numerator or denominator, or was left out by law, and what people had said
and decided by then (said.py). Whatever happens to
the records afterwards changes nothing of it: figures are added up again from the frozen members (checking.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import Conflict
from hub.kpi.breakdown import By, breakdowns
from hub.kpi.frozen import freeze, freeze_lines
from hub.kpi.membership import Pack, packs, reasons_of
from hub.kpi.quality import lacks_by_agency
from hub.kpi.registry import Measure, measure
from hub.kpi.scorecard import rows_of, scorecards, scorecards_by_agency
from hub.kpi.statement import Slot, counting, figure_of
from hub.kpi.values import IndicatorRow, IndicatorValue
from hub.plan.models import Indicator, Plan
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from hub.returns.snapshots.models import FrozenFigures, FrozenMembers, PeriodFreeze
from hub.returns.snapshots.said import Said, freeze_said, gather, with_lacks


@dataclass(frozen=True)
class Taken:
    """What is to be kept: figures by agency (None: the city), members by indicator, and how all was counted."""

    period_id: int
    agency_id: int | None
    as_of: date
    taken_at: datetime
    formulas: dict[str, str]
    parameters: dict[str, Any]
    lines: dict[str, Any]
    said: dict[str, Any]
    figures: Mapping[int | None, dict[str, Any]]
    members: Sequence[tuple[str, tuple[str, ...], Pack]]

    @property
    def sha256(self) -> str:
        """Of everything frozen; the same figures and members always give the same."""
        return seal(
            self.as_of,
            self.formulas,
            self.parameters,
            self.lines,
            self.said,
            self.figures,
            [(code, one.agency_id, one.kind, one.packed) for code, _, one in self.members],
        )


@dataclass(frozen=True)
class Behind:
    """How the figures of one day were counted, and the members of each indicator."""

    formulas: dict[str, str]
    parameters: dict[str, Any]
    members: list[tuple[str, tuple[str, ...], Pack]] = field(default_factory=list)


class CutoffNotReached(Conflict):
    """The period's data cut-off has not come."""

    code = "CUTOFF_NOT_REACHED"

    def __init__(self, cutoff: date) -> None:
        super().__init__(
            f"Chưa đến ngày chốt số liệu {cutoff:%d/%m/%Y} của kỳ báo cáo. Hãy chốt vào ngày đó hoặc muộn hơn.",
            f"The period's data cut-off, {cutoff}, has not come. Freeze its figures on that day or later.",
        )


def take(session: Session, actor: Actor, period_id: int) -> Taken:
    """The figures of a period at its data cut-off, as the records stand in this transaction; nothing is written.

    The caller holds the session to one state of the records (`seam.read`). Raises NotFound, NotPermitted,
    CutoffNotReached.
    """
    period = session.get(ReportingPeriod, period_id)
    actor.require("lock", "period", period)
    assert period is not None  # `require` raises for no row
    return take_for(session, actor, period, None)


def take_for(session: Session, actor: Actor, period: ReportingPeriod, agency_id: int | None) -> Taken:
    """The same for a caller who has asked the law himself; with `agency_id` of one agency alone."""
    if period.data_cutoff > clock.today():
        raise CutoffNotReached(period.data_cutoff)
    # Figures of a whole city take longer than any page may.
    session.connection().execute(text("set local statement_timeout = 0"))
    plan = session.get_one(Plan, period.plan_id)
    as_of = period.data_cutoff
    codes = _codes(session, plan)
    rows = rows_of(session, plan.code, [as_of], codes, sides=False)[as_of]
    figures: dict[int | None, dict[str, Any]] = {}
    if agency_id is None:
        whole = scorecards(session, actor, plan.code, [as_of], codes=codes)[as_of]
        figures[None] = freeze(plan.code, whole)
        for agency, told in scorecards_by_agency(session, actor, plan.code, [as_of], codes).items():
            figures[agency.id] = freeze(plan.code, own(told[as_of]))
    else:
        alone = scorecards(session, actor, plan.code, [as_of], agency_id, codes)[as_of]
        figures[agency_id] = freeze(plan.code, own(alone))
    counted = behind(session, {as_of: rows}, agency_id)[as_of]
    return Taken(
        period_id=period.id or 0,
        agency_id=agency_id,
        as_of=as_of,
        taken_at=clock.now(),
        formulas=counted.formulas,
        parameters=counted.parameters,
        lines=_lines(session, actor, rows, as_of) if agency_id is None else {},
        said=freeze_said(_said(session, actor, period, rows, agency_id)),
        figures=figures,
        members=counted.members,
    )


def behind(
    session: Session, rows: Mapping[date, Sequence[IndicatorRow]], agency_id: int | None = None
) -> dict[date, Behind]:
    """What stands behind the rows' figures at each day, of the city or of one agency, as the records stand now."""
    counted = [(day, row, one) for day, told in rows.items() for row in told if (one := _headline(row))]
    made = {
        day: Behind(
            formulas(one.measure for at, _, one in counted if at == day),
            {row.code: dict(one.parameters) for at, row, one in counted if at == day},
        )
        for day in rows
    }
    for pack in packs(session, [Slot(one, day) for day, _, one in counted], agency_id):
        day, row, one = counted[pack.slot]
        made[day].members.append((row.code, reasons_of(one.measure), pack))
    return made


def keep(session: Session, actor: Actor, taken: Taken, *, reason: str | None = None) -> PeriodFreeze:
    """Write what was taken, with its audit event. Raises NotFound, NotPermitted."""
    actor.require("lock", "period", session.get(ReportingPeriod, taken.period_id))
    return store_taken(session, actor, taken, reason=reason)


def store_taken(session: Session, actor: Actor, taken: Taken, *, reason: str | None = None) -> PeriodFreeze:
    """The same for a caller who has asked the law himself.

    What was frozen of a closed period stands; a period that was opened again is frozen anew when it is closed again.
    """
    period = session.get_one(ReportingPeriod, taken.period_id)
    standing = closing_of(session, taken.period_id)
    if reason is None and period.state != "OPEN" and standing is not None:
        return standing
    row = PeriodFreeze(
        period_id=taken.period_id,
        agency_id=taken.agency_id,
        as_of=taken.as_of,
        formulas=taken.formulas,
        parameters=taken.parameters,
        lines=taken.lines,
        said=taken.said,
        sha256=taken.sha256,
        reason=reason,
        taken_by=actor.id,
        taken_at=taken.taken_at,
    )
    session.add(row)
    session.flush()
    session.execute(
        insert(FrozenFigures),
        [
            {"freeze_id": row.id, "agency_id": agency_id, "figures": told}
            for agency_id, told in taken.figures.items()
        ],
    )
    if taken.members:
        session.execute(
            insert(FrozenMembers),
            [
                {
                    "freeze_id": row.id, "indicator_code": code, "agency_id": one.agency_id, "kind": one.kind,
                    "records": one.records, "numerator": one.numerator, "denominator": one.denominator,
                    "excluded": one.excluded, "reasons": list(reasons), "packed": one.packed,
                }
                for code, reasons, one in taken.members
            ],
        )  # fmt: skip
    detail = {
        "freeze": row.id, "as_of": taken.as_of.isoformat(), "sha256": row.sha256,
        "agencies": len(taken.figures), "members": sum(one.records for _, _, one in taken.members),
    }  # fmt: skip
    record(
        session, actor, "period:freeze", "period", taken.period_id, agency_id=taken.agency_id, reason=reason,
        detail=detail,
    )  # fmt: skip
    return row


def closing_of(session: Session, period_id: int) -> PeriodFreeze | None:
    """What was frozen when the period was last closed."""
    return session.exec(
        select(PeriodFreeze)
        .where(PeriodFreeze.period_id == period_id, col(PeriodFreeze.reason).is_(None))
        .order_by(col(PeriodFreeze.id).desc())
        .limit(1)
    ).first()


def freeze_of(session: Session, period_id: int, agency_id: int | None) -> PeriodFreeze | None:
    """The newest freezing that tells the figures of an agency, or of the city (None), for a period.

    That of a correction counts once the correction is out: until then nobody's report is of it but that one.
    """
    is_out = (
        select(Snapshot.id)
        .join(PublishedReport)
        .where(
            Snapshot.freeze_id == PeriodFreeze.id, col(PublishedReport.state).in_(("PUBLISHED", "SUPERSEDED"))
        )
    )
    return session.exec(
        select(PeriodFreeze)
        .join(FrozenFigures)
        .where(
            PeriodFreeze.period_id == period_id,
            col(FrozenFigures.agency_id).is_not_distinct_from(agency_id),
            or_(col(PeriodFreeze.reason).is_(None), is_out.exists()),
        )
        .order_by(col(PeriodFreeze.id).desc())
        .limit(1)
    ).first()


def formulas(measures: Any) -> dict[str, str]:
    """How each measure counts, as the SHA-256 of its text: another text may count otherwise."""
    return {one.name: formula(one) for one in measures}


def formula(one: Measure) -> str:
    """The SHA-256 of all that makes a measure count as it does."""
    told = [one.facts, one.counted or "", one.members, one.headline, sorted(one.parameters.items())]
    return hashlib.sha256(written(told)).hexdigest()


def formula_version(told: Mapping[str, str]) -> str:
    """All formulas in one short word, as a report prints it."""
    return hashlib.sha256(written(dict(told))).hexdigest()[:12]


def written(told: Any) -> bytes:
    """JSON in one form: the same content always gives the same bytes."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def seal(
    as_of: date,
    formulas: Mapping[str, str],
    parameters: Mapping[str, Any],
    lines: Mapping[str, Any],
    said: Mapping[str, Any],
    figures: Mapping[int | None, dict[str, Any]],
    members: Sequence[tuple[str, int, str, bytes]],
) -> str:
    """The SHA-256 over a freezing's parts, in an order that does not depend on how they were read.

    One that keeps nothing of what was said, as before there was such a part, is sealed without it.
    """
    parts: list[Any] = [as_of.isoformat(), dict(formulas), dict(parameters), dict(lines)]
    parts += [dict(said)] if said else []
    parts += [[key, figures[key]] for key in sorted(figures, key=lambda key: (key is not None, key or 0))]
    parts += [
        [code, agency, kind, hashlib.sha256(body).hexdigest()] for code, agency, kind, body in sorted(members)
    ]
    whole = hashlib.sha256()
    for part in parts:
        whole.update(written(part))
    return whole.hexdigest()


def own(values: Sequence[IndicatorValue]) -> list[IndicatorValue]:
    """An agency's figures: its targets, and of the annex the rows that count something of it."""
    return [
        value for value in values if value.indicator.part == "TARGET" or value.denominator or value.missing
    ]


def _codes(session: Session, plan: Plan) -> list[str]:
    """Targets and annex, in plan order."""
    return list(
        session.exec(
            select(Indicator.code)
            .where(Indicator.plan_id == plan.id, col(Indicator.part).in_(("TARGET", "ANNEX")))
            .order_by(col(Indicator.position))
        )
    )


def _lines(session: Session, actor: Actor, rows: Sequence[IndicatorRow], as_of: date) -> dict[str, Any]:
    """Each ratio by agency and by kind of agency."""
    ratios = [row for row in rows if row.has_percent]
    asked = [(as_of, row) for row in ratios]
    return freeze_lines(
        {
            cut: {
                row.code: told
                for row, told in zip(ratios, breakdowns(session, actor, asked, cut), strict=True)
            }
            for cut in (By.AGENCY, By.KIND)
        }
    )


def _said(
    session: Session,
    actor: Actor,
    period: ReportingPeriod,
    rows: Sequence[IndicatorRow],
    agency_id: int | None,
) -> Said:
    """What people had said, and what the records lack, which a report prints beside the figures."""
    as_of = period.data_cutoff
    lacks = lacks_by_agency(session, rows, as_of, agency_id)
    if agency_id is not None:
        lacks.pop(None, None)  # the same once more
    return with_lacks(gather(session, actor, period.plan_id, as_of, period, agency_id), lacks)


def _headline(row: IndicatorRow) -> Any:
    """How a row is counted, where its figure is its measure's own: other figures of a measure have no members."""
    found = measure(row.measure)
    return counting(row) if found is not None and figure_of(row, found) == found.headline else None
