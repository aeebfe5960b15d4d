"""Figures as a document, for the snapshot of a report: written once at publication, read as they stood.

    {"plan": "67/KH-UBND", "indicators": [{"indicator": {…}, "agency": {…} | null, "as_of": "2025-06-30", …}]}

The names are those of hub/kpi/values.py. What later versions add is null in older documents; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from hub.kpi import rules
from hub.kpi.breakdown import By
from hub.kpi.values import (
    AgencyRef,
    BreakdownRow,
    Evidence,
    EvidenceState,
    IndicatorRow,
    IndicatorValue,
    Result,
    Schedule,
    SideFigure,
)

T = TypeVar("T")


def freeze(plan: str, values: Iterable[IndicatorValue]) -> dict[str, Any]:
    """The document of these figures."""
    return {"plan": plan, "indicators": [_plain(asdict(value)) for value in values]}


def thaw(document: Mapping[str, Any]) -> list[IndicatorValue]:
    """The figures in a document; none in one that holds none."""
    return [_value(told) for told in document.get("indicators") or ()]


def without_units(value: IndicatorValue) -> IndicatorValue:
    """An agency's figure of a row that counted nothing of it when its figures were frozen, which keep no such row.

    Whatever the records say by now; a row that nobody counts stays as it is.
    """
    if not value.denominator and not value.missing:
        return value
    status, status_en = rules.status(Result.NOT_APPLICABLE, value.schedule)
    return replace(
        value, numerator=0, denominator=0, excluded=0, missing=0, percent=None, percent_low=None,
        percent_with_excluded=None, result=Result.NOT_APPLICABLE, status_text=status, status_text_en=status_en,
        coverage=None, estimated=False, agencies_reported=0, agencies_expected=0, side=(),
    )  # fmt: skip


def freeze_lines(lines: Mapping[By, Mapping[str, Iterable[BreakdownRow]]]) -> dict[str, Any]:
    """The document of breakdowns: by what they are cut, then by the indicator's code."""
    return {
        by.value: {code: [_plain(asdict(row)) for row in rows] for code, rows in told.items()}
        for by, told in lines.items()
    }


def thaw_lines(document: Mapping[str, Any]) -> dict[By, dict[str, list[BreakdownRow]]]:
    """The breakdowns in a document."""
    return {
        By(by): {code: [_line(row) for row in rows] for code, rows in told.items()}
        for by, told in document.items()
    }


def _line(told: Mapping[str, Any]) -> BreakdownRow:
    agency = told.get("agency")
    known = {
        "agency": None if agency is None else _made(AgencyRef, agency),
        "result": Result(told["result"]),
        "withheld": False,
    }
    return _made(BreakdownRow, told, **known)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, date | Decimal) else value


def _value(told: Mapping[str, Any]) -> IndicatorValue:
    row, agency = told["indicator"], told.get("agency")
    target = row.get("target_percent")
    dates = {
        name: None if row.get(name) is None else date.fromisoformat(row[name])
        for name in ("starts_on", "due_on", "window_from", "window_to")
    }
    known = dates | {
        "target_percent": None if target is None else Decimal(target),
        "evidence": tuple(_evidence(one) for one in row.get("evidence") or ()),
    }
    return _made(
        IndicatorValue,
        told,
        indicator=_made(IndicatorRow, row, **known),
        agency=None if agency is None else _made(AgencyRef, agency),
        as_of=date.fromisoformat(told["as_of"]),
        result=Result(told["result"]),
        schedule=Schedule(told["schedule"]),
        side=tuple(_made(SideFigure, one) for one in told.get("side") or ()),
    )


def _evidence(told: Mapping[str, Any]) -> Evidence:
    day = told.get("document_date")
    return _made(
        Evidence,
        told,
        document_date=None if day is None else date.fromisoformat(day),
        state=EvidenceState(told["state"]),
    )


def _made(kind: type[T], told: Mapping[str, Any], **known: Any) -> T:
    return kind(**{one.name: told.get(one.name) for one in fields(kind)} | known)  # type: ignore[arg-type]
