"""What people have said and decided, in the words of the report: exclusions, returns, declared progress, what waits.

Read by hub/returns/snapshots/said.py: now, under the caller's own rights, so that a report never tells more than its
maker may see; or as it stood when the period was closed, for the report that goes out.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Session, col

from hub.access.actor import Actor
from hub.kit.clock import HANOI
from hub.kit.vietnamese import sort_key
from hub.kpi.lacks import Lack
from hub.plan.models import Plan
from hub.plan.parties import is_general, is_named
from hub.plan.queries import duties as duties_of
from hub.returns.models import PublishedReport, ReportingPeriod
from hub.returns.snapshots.said import Said
from reports import model
from reports.numbers import number
from reports.sources import Body

_UNITS = {"ITEM": "văn bản", "FILE": "hồ sơ", "SERIES": "nhóm hồ sơ", "ARCHIVE": "lưu trữ cơ quan"}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration and the code of the row or duty that it is about."""

    code: str
    declared: model.Declared


def exclusions(said: Said) -> tuple[model.Exclusion, ...]:
    """Exclusions in force at the cut-off, counted by indicator and legal basis (domain rule R5)."""
    counted: Counter[tuple[str, str, str]] = Counter()
    decided: dict[tuple[str, str, str], date] = {}
    for one in said.left_out:
        key = (one.code, one.basis, one.unit)
        counted[key] += one.count
        if one.decided_on is not None:
            decided[key] = max(one.decided_on, decided.get(key, one.decided_on))
    return tuple(
        model.Exclusion(code, basis, count, _UNITS[unit], decided.get((code, basis, unit)))
        for (code, basis, unit), count in counted.items()
    )


def returns(said: Said, *, of_agency: bool) -> model.Returns:
    """What the agencies' returns say: accepted ones for the City, its own for an agency."""
    sent = [one for one in said.returns if of_agency or one.state == "ACCEPTED"]
    sent.sort(key=lambda one: sort_key(one.name))
    owed = () if of_agency else said.owed
    return model.Returns(
        expected=len(owed) or None,
        accepted=len(sent),
        voices=tuple(
            model.Voice(
                one.name, _sentence(one.difficulties), _sentence(one.proposals), _sentence(one.results)
            )
            for one in sent
            if one.difficulties or one.proposals or one.results
        ),
        submitted=sum(one.is_handed_in for one in owed),
        due_on=said.due_on,
        late=tuple(one.name for one in owed if one.is_late),
    )


def pending(said: Said) -> model.Pending:
    """How many proposed exclusions and approved returns wait for Home Affairs, as far as the caller may see."""
    return model.Pending(
        sum(one.exclusions for one in said.waiting), sum(one.returns for one in said.waiting)
    )


def lacks(said: Said, agency: Body | None) -> dict[str, tuple[model.Lacking, ...]]:
    """What the records behind each row lack, most frequent first, by the row's code."""
    whose = agency.id if agency else None
    found: dict[str, list[model.Lacking]] = {}
    for one in said.lacks:
        if one.agency_id == whose:
            found.setdefault(one.code, []).append(model.Lacking(Lack(one.lack).words[0], one.records))
    return {code: tuple(sorted(told, key=lambda one: -one.records)) for code, told in found.items()}


def declarations(said: Said) -> list[Declaration]:
    """The newest declaration of each agency for each row and duty, for the cut-off or before."""
    told = [
        Declaration(
            one.code,
            model.Declared(
                one.name,
                one.as_of,
                _said(one.value, one.numerator, one.denominator, one.note),
                one.document_number or "",
                one.document_date,
            ),
        )
        for one in said.declared
    ]
    return sorted(told, key=lambda one: sort_key(one.declared.agency))


def by_code(told: Sequence[Declaration], codes: Iterable[str]) -> dict[str, tuple[model.Declared, ...]]:
    """The declarations for each of these rows or duties."""
    return {code: tuple(one.declared for one in told if one.code == code) for code in codes}


def published_on(
    session: Session, actor: Actor, period: ReportingPeriod | None, agency: Body | None
) -> date | None:
    """The day on which the period's report of the City or of the agency was published; None while it is not."""
    if period is None:
        return None
    published = sa.select(sa.func.max(PublishedReport.published_at)).where(
        col(PublishedReport.period_id) == period.id,
        col(PublishedReport.agency_id).is_not_distinct_from(agency.id if agency else None),
        col(PublishedReport.state) == "PUBLISHED",
        actor.sees("report", PublishedReport),
    )
    moment = session.execute(published).scalar()
    return moment.astimezone(HANOI).date() if moment else None


def duties(
    session: Session,
    plan: Plan,
    declared: Sequence[Declaration],
    agency: Body | None,
    expected: int | None,
) -> tuple[model.Duty, ...]:
    """The duties of part IV: all of them for the City, those that name the agency for an agency's report."""
    return tuple(
        model.Duty(
            row.code,
            row.responsible,
            row.text_vi,
            tuple(one.declared for one in declared if one.code == row.code),
            expected if is_general(row.responsible) else None,
        )
        for row in duties_of(session, plan.code)
        if agency is None or is_named(row.responsible, agency.name)
    )


def _said(value: str | None, numerator: Decimal | None, denominator: Decimal | None, note: str | None) -> str:
    """A declaration in words: what was typed, or the counts, then the note."""
    counts = ""
    if numerator is not None:
        counts = _count(numerator) if denominator is None else f"{_count(numerator)}/{_count(denominator)}"
    return "; ".join(" ".join(part.split()) for part in (value or "", counts, note or "") if part.strip())


def _count(value: Decimal) -> str:
    return number(value, 0 if value == value.to_integral_value() else 2)


def _sentence(text: str | None) -> str:
    """What people typed, ending as a sentence does."""
    said = " ".join((text or "").split())
    return said if not said or said[-1] in ".!?…" else f"{said}."
