"""What a reviewer should look at twice in a return: jumps, contradictions with the records, evidence that is missing.

A flag accuses nobody: it names the figure, what was said and what the hub has, so that one call can settle it.
Facts of a period are read for all agencies at once: one statement for the lines, and the scorecards of two days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.numerals import number
from hub.kpi.scorecard import scorecards, scorecards_by_agency
from hub.kpi.values import IndicatorValue
from hub.plan.models import Plan
from hub.returns.figures import day_before
from hub.returns.models import ReportingPeriod

# A percent that moved further than this within a half-year is explained or mended.
JUMP_POINTS = Decimal(20)
KINDS = ("JUMP", "CONTRADICTION", "NO_EVIDENCE")

_LINES = text(
    """
    select r.agency_id, coalesce(i.code, d.code) as code, i.part, l.numerator, l.denominator, l.note,
           l.document_number is not null
               or exists (select from return_attachment a where a.return_id = r.id) as has_evidence,
           l.quantities, before.quantities as quantities_before
      from agency_return r
      join return_line l on l.return_id = r.id
      left join indicator i on i.id = l.indicator_id
      left join duty d on d.id = l.duty_id
      left join lateral (
           select k.quantities from agency_return b join reporting_period q on q.id = b.period_id
             join return_line k on k.return_id = b.id and k.duty_id = l.duty_id
            where b.agency_id = r.agency_id and b.state = 'ACCEPTED' and q.deadline < :deadline
            order by q.deadline desc limit 1) before on true
     where r.period_id = :period and (cast(:agency as bigint) is null or r.agency_id = :agency)
     order by r.agency_id, i.position, d.position
    """
)
_TRAINED = text(
    "select agency_id, count(*) as trained from training_participant"
    " where trained_on > :first and trained_on <= :last group by agency_id"
)


@dataclass(frozen=True)
class Flag:
    """One thing to look at: its kind, the code of the row or duty, and what it is in both languages."""

    kind: str
    code: str
    message_vi: str
    message_en: str

    def message(self, language: str) -> str:
        """The text in the caller's language."""
        return self.message_en if language == "en" else self.message_vi


@dataclass(frozen=True)
class Line:
    """A line of a return with what it is compared with."""

    code: str
    part: str | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    note: str | None = None
    has_evidence: bool = False
    quantities: Mapping[str, str] = field(default_factory=dict)
    quantities_before: Mapping[str, str] | None = None


def anomalies(
    session: Session, actor: Actor, period: ReportingPeriod, agency_id: int | None = None
) -> dict[int, list[Flag]]:
    """The flags of a period by agency, or of one agency; agencies without any are left out."""
    plan = session.get_one(Plan, period.plan_id)
    last = min(period.data_cutoff, clock.today())
    first = day_before(session, period, last)
    figures = _figures(session, actor, plan.code, first, last, agency_id)
    trained = {
        row.agency_id: row.trained
        for row in session.execute(_TRAINED, {"first": first or date.min, "last": last})
    }
    lines: dict[int, list[Line]] = {}
    asked = {"period": period.id, "agency": agency_id, "deadline": period.deadline}
    for row in session.execute(_LINES, asked).mappings():
        told = {name: value for name, value in row.items() if name != "agency_id"}
        lines.setdefault(row["agency_id"], []).append(Line(**told))
    found = {}
    for key in sorted({*lines, *figures} if agency_id is None else {agency_id}):
        flags = flags_of(lines.get(key, ()), figures.get(key, {}), trained.get(key, 0))
        if flags:
            found[key] = flags
    return found


def _figures(
    session: Session, actor: Actor, plan: str, first: date | None, last: date, agency_id: int | None
) -> dict[int, dict[str, tuple[IndicatorValue | None, IndicatorValue]]]:
    """The targets of every agency, or of one, on both days, by code."""
    days = [*([first] if first else []), last]
    if agency_id is not None:
        cards = {agency_id: scorecards(session, actor, plan, days, agency_id, sides=False)}
    else:
        by_agency = scorecards_by_agency(session, actor, plan, days)
        cards = {agency.id: dict(told) for agency, told in by_agency.items()}
    found: dict[int, dict[str, tuple[IndicatorValue | None, IndicatorValue]]] = {}
    for key, told in cards.items():
        before = {value.indicator.code: value for value in told[first]} if first else {}
        found[key] = {value.indicator.code: (before.get(value.indicator.code), value) for value in told[last]}
    return found


def flags_of(
    lines: Sequence[Line],
    figures: Mapping[str, tuple[IndicatorValue | None, IndicatorValue]],
    trained: int,
) -> list[Flag]:
    """The flags of one agency's return, pure: from its lines, its figures on both days, and persons trained."""
    explained = {line.code for line in lines if line.note}
    flags = [
        jump
        for code, (before, now) in figures.items()
        if code not in explained and (jump := _jump(code, before, now)) is not None
    ]
    for line in lines:
        counted = figures.get(line.code)
        flags += [
            flag
            for flag in (
                _counted_otherwise(line, counted[1] if counted else None),
                _without_evidence(line),
                *_amounts(line, trained),
            )
            if flag is not None
        ]
    return flags


def _jump(code: str, before: IndicatorValue | None, now: IndicatorValue) -> Flag | None:
    if before is None or before.percent is None or now.percent is None:
        return None
    points = Decimal(now.percent) - Decimal(before.percent)
    if abs(points) < JUMP_POINTS:
        return None
    way = ("tăng", "rose") if points > 0 else ("giảm", "fell")
    return Flag(
        "JUMP",
        code,
        f"{code} {way[0]} {number(abs(points), 2)} điểm so với kỳ trước"
        f" ({number(Decimal(before.percent), 2)}% → {number(Decimal(now.percent), 2)}%) mà chưa có giải trình.",
        f"{code} {way[1]} by {abs(points)} points since the period before"
        f" ({before.percent}% → {now.percent}%), unexplained.",
    )


def _counted_otherwise(line: Line, counted: IndicatorValue | None) -> Flag | None:
    """The hub counts the row itself, and otherwise."""
    if counted is None or line.numerator is None:
        return None
    same = line.numerator == (counted.numerator or 0) and (
        line.denominator is None or line.denominator == (counted.denominator or 0)
    )
    if same:
        return None
    said = _pair(line.numerator, line.denominator)
    kept = _pair(counted.numerator or 0, counted.denominator or 0)
    return Flag(
        "CONTRADICTION",
        line.code,
        f"{line.code}: cơ quan kê khai {said}, hồ sơ trong hệ thống cho {kept}.",
        f"{line.code}: the agency says {said}, the records say {kept}.",
    )


def _without_evidence(line: Line) -> Flag | None:
    """A row or duty is said to be done, and no paper proves it."""
    done = line.denominator is not None and line.denominator > 0 and line.numerator == line.denominator
    if not done or line.has_evidence or line.part == "TARGET":
        return None
    return Flag(
        "NO_EVIDENCE",
        line.code,
        f"{line.code}: kê khai đã hoàn thành ({_pair(line.numerator, line.denominator)}) nhưng chưa có số văn bản"
        " hay tài liệu kèm theo.",
        f"{line.code}: said to be done ({_pair(line.numerator, line.denominator)}), without a paper or attachment.",
    )


def _amounts(line: Line, trained: int) -> list[Flag | None]:
    """Amounts that contradict each other, the period before, or the register of persons trained."""
    said = {name: Decimal(value) for name, value in line.quantities.items()}
    before = {name: Decimal(value) for name, value in (line.quantities_before or {}).items()}
    found: list[Flag | None] = []
    if said.get("funds_spent", Decimal(0)) > said.get("funds_granted", Decimal("Infinity")):
        found.append(
            _contradiction(
                line, f"đã sử dụng {_pair(said['funds_spent'])}, nhiều hơn được giao {_pair(said['funds_granted'])}",
                f"{said['funds_spent']} spent is more than {said['funds_granted']} granted",
            )
        )  # fmt: skip
    if "backlog_left" in said and "backlog_left" in before:
        gone = before["backlog_left"] - said["backlog_left"]
        arranged = said.get("backlog_arranged", Decimal(0))
        if gone > arranged:
            found.append(
                _contradiction(
                    line, f"tồn đọng giảm {_pair(gone)} mét nhưng chỉ chỉnh lý {_pair(arranged)} mét",
                    f"the backlog fell by {gone} metres, of which only {arranged} were arranged",
                )
            )  # fmt: skip
    if "trained" in said and said["trained"] != trained:
        found.append(
            _contradiction(
                line, f"kê khai {_pair(said['trained'])} người được đào tạo, danh sách trong hệ thống có {trained}",
                f"{said['trained']} persons are said to be trained, the register has {trained}",
            )
        )  # fmt: skip
    return found


def _contradiction(line: Line, vi: str, en: str) -> Flag:
    return Flag("CONTRADICTION", line.code, f"{line.code}: {vi}.", f"{line.code}: {en}.")


def _pair(top: Any, whole: Any = None) -> str:
    """A count, or a part of a whole, as people write it."""
    shown = [
        number(Decimal(one), 0 if Decimal(one) == int(one) else 2) for one in (top, whole) if one is not None
    ]
    return "/".join(shown)
