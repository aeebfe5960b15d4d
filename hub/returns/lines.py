"""Lines of a return: what an agency declares of rows and duties, taken apart, checked, stored, and made to count.

A line is named by the code of its row (3.1, II.1.a) or duty (IV.5.d). Accepted, it becomes declared progress, which
is only ever added to: the newest for a date holds. A return that is sent back afterwards declares nothing any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.kit.errors import FieldError, Invalid
from hub.kit.numerals import number
from hub.plan.models import DeclaredProgress, Duty, Indicator
from hub.returns.kept import ReturnLine
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.rules import LONGEST_LINE, amount, says_nothing, wrong_text

_TEXTS = ("value", "note", "document_number")


@dataclass(frozen=True)
class LineSaid:
    """What was said of one row or duty; a line that says nothing takes the old one away."""

    code: str
    numerator: str | None = None
    denominator: str | None = None
    value: str | None = None
    note: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    quantities: Mapping[str, str | None] = field(default_factory=dict)


def write_lines(
    session: Session, row: AgencyReturn, period: ReportingPeriod, said: Sequence[LineSaid]
) -> list[str]:
    """Put lines into a return, each in the place of what it said before; returns the codes that changed.

    Raises Invalid with every fault of every line.
    """
    if not said:
        return []
    subjects = _subjects(session, period.plan_id, {line.code for line in said})
    held = {
        (line.indicator_id, line.duty_id): line
        for line in session.exec(select(ReturnLine).where(ReturnLine.return_id == row.id))
    }
    errors: list[FieldError] = []
    changed: list[str] = []
    for place, line in enumerate(said, 1):
        subject = subjects.get(line.code)
        if subject is None:
            errors.append(_unknown(line.code, place))
            continue
        values, wrong = _checked(line, subject, place)
        errors += wrong
        if wrong:
            continue
        key = (subject.id, None) if isinstance(subject, Indicator) else (None, subject.id)
        if _put(session, row, held, key, values):
            changed.append(line.code)
    if errors:
        raise Invalid(errors)
    return changed


def _put(
    session: Session,
    row: AgencyReturn,
    held: dict[tuple[int | None, int | None], ReturnLine],
    key: tuple[int | None, int | None],
    values: dict[str, Any],
) -> bool:
    line = held.get(key)
    if says_nothing(values):
        if line is not None:
            session.delete(line)
            held.pop(key)
        return line is not None
    if line is None:
        line = ReturnLine(
            return_id=row.id or 0, agency_id=row.agency_id, indicator_id=key[0], duty_id=key[1], **values
        )
        held[key] = line
        session.add(line)
        return True
    differs = any(getattr(line, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(line, name, value)
    session.add(line)
    return differs


def _subjects(session: Session, plan_id: int, codes: Collection[str]) -> dict[str, Indicator | Duty]:
    rows = session.exec(select(Indicator).where(Indicator.plan_id == plan_id, col(Indicator.code).in_(codes)))
    duties = session.exec(select(Duty).where(Duty.plan_id == plan_id, col(Duty.code).in_(codes)))
    return {one.code: one for one in (*rows, *duties)}


def _checked(
    line: LineSaid, subject: Indicator | Duty, place: int
) -> tuple[dict[str, Any], list[FieldError]]:
    errors: list[FieldError | None] = []
    values: dict[str, Any] = {"document_date": line.document_date}
    for name in _TEXTS:
        told = getattr(line, name)
        values[name] = (told or "").strip() or None
        errors.append(wrong_text(f"lines.{name}", told, LONGEST_LINE))
    for name in ("numerator", "denominator"):
        values[name], wrong = amount(f"lines.{name}", getattr(line, name))
        errors.append(wrong)
    top, whole = values["numerator"], values["denominator"]
    if whole is not None and top is None:
        errors.append(
            _fault("lines.numerator", "REQUIRED", "Có mẫu số thì phải có tử số.", "A whole needs its part.")
        )
    if top is not None and whole is not None and top > whole:
        errors.append(
            _fault(
                "lines.numerator", "TOO_LARGE", "Tử số lớn hơn mẫu số. Hãy kiểm tra lại.",
                "The part is larger than the whole. Check both.",
            )
        )  # fmt: skip
    known = {one["code"] for one in subject.quantities} if isinstance(subject, Duty) else set()
    values["quantities"] = {}
    for code, said in line.quantities.items():
        if code not in known:
            listed = ", ".join(sorted(known)) or "–"
            errors.append(
                _fault(
                    "lines.quantities", "UNKNOWN_QUANTITY",
                    f"«{line.code}» không có số lượng «{code[:40]}». Các số lượng: {listed}.",
                    f'"{line.code}" has no quantity "{code[:40]}". There are: {listed}.',
                )
            )  # fmt: skip
            continue
        told_amount, wrong = amount("lines.quantities", said)
        errors.append(wrong)
        if told_amount is not None:
            values["quantities"][code] = str(told_amount)
    return values, [
        FieldError(one.field, one.code, one.message_vi, one.message_en, row=place)
        for one in errors
        if one is not None
    ]


def _fault(name: str, code: str, vi: str, en: str) -> FieldError:
    return FieldError(name, code, vi, en)


def _unknown(code: str, place: int) -> FieldError:
    return FieldError(
        "lines.code",
        "UNKNOWN_CODE",
        f"Kế hoạch không có chỉ tiêu, nhiệm vụ «{code[:40]}». Hãy dùng mã như 3.1, IV.5.d.",
        f'The plan has no row or duty "{code[:40]}". Use a code like 3.1 or IV.5.d.',
        row=place,
    )


def declare(session: Session, row: AgencyReturn, period: ReportingPeriod) -> int:
    """Make the lines of an accepted return declared progress of its agency at the data cut-off; how many.

    A line that only explains a figure of the hub (a note, nothing else) declares nothing.
    """
    told = session.exec(
        select(ReturnLine, Duty)
        .join(Duty, col(Duty.id) == col(ReturnLine.duty_id), isouter=True)
        .where(ReturnLine.return_id == row.id)
        .order_by(col(ReturnLine.id))
    ).all()
    made = []
    for line, duty in told:
        amounts = _said_amounts(line.quantities, duty)
        value = "; ".join(part for part in (line.value, amounts) if part) or None
        if line.numerator is None and value is None and line.document_number is None:
            continue
        made.append(
            DeclaredProgress(
                indicator_id=line.indicator_id, duty_id=line.duty_id, agency_id=row.agency_id, as_of=period.data_cutoff,
                numerator=line.numerator, denominator=line.denominator, value=value, note=line.note,
                document_number=line.document_number, document_date=line.document_date, declared_by=row.submitted_by,
            )
        )  # fmt: skip
    session.add_all(made)
    session.flush()
    return len(made)


def retract(session: Session, row: AgencyReturn, period: ReportingPeriod) -> None:
    """Let hold again what the agency had declared for an earlier day, or nothing, of what its return had declared."""
    session.execute(_RETRACTED, {"return": row.id, "agency": row.agency_id, "day": period.data_cutoff})


# What is declared is only ever added to: what held before is said anew, for the same day as what is taken back.
_RETRACTED = text(
    """
    insert into declared_progress (indicator_id, duty_id, agency_id, as_of, numerator, denominator, value, note,
                                   document_number, document_date, declared_by)
    select l.indicator_id, l.duty_id, :agency, :day, b.numerator, b.denominator, b.value, b.note, b.document_number,
           b.document_date, b.declared_by
      from return_line l
      left join lateral (
           select * from declared_progress p
            where p.agency_id = :agency and p.as_of < :day and p.indicator_id is not distinct from l.indicator_id
              and p.duty_id is not distinct from l.duty_id
            order by p.as_of desc, p.declared_at desc, p.id desc limit 1) b on true
     where l.return_id = :return and exists (
           select from declared_progress p
            where p.agency_id = :agency and p.as_of = :day and p.indicator_id is not distinct from l.indicator_id
              and p.duty_id is not distinct from l.duty_id)
    """
)


def _said_amounts(quantities: Mapping[str, str], duty: Duty | None) -> str:
    if duty is None:
        return ""
    return "; ".join(
        f"{one['title_vi']}: {_number(quantities[one['code']])} {one['unit']}"
        for one in duty.quantities
        if one["code"] in quantities
    )


def _number(said: str) -> str:
    value = Decimal(said)
    return number(value, 0 if value == value.to_integral_value() else 2)
