"""Reads a plan's data file into its tables, so that the next plan comes into force without code.

Loading is an upsert by code: a second load changes nothing, a corrected file corrects the rows. A row that
has left the file stays, because declarations and exclusions may point at it; removing one is a migration.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlmodel import Session, SQLModel

from hub.kit.errors import FieldError, Invalid
from hub.kit.vietnamese import fold
from hub.plan.models import Duty, Indicator, IndicatorParty, Plan
from hub.plan.rules import deadline_days

DATA = Path(__file__).parent / "data"
PLAN_67 = DATA / "plan_67.toml"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", str_min_length=1)


class _PlanEntry(_Entry):
    code: str
    title: str
    number: str
    issued_on: date
    issuer: str
    signed_by: str | None = None
    period_from: date
    period_to: date
    source: str


class _PartEntry(_Entry):
    code: str
    title: str
    title_vi: str


class _IndicatorEntry(_Entry):
    code: str
    part: Literal["TARGET", "ANNEX", "SIDE"]
    of: str | None = None
    section: str | None = None
    kind: Literal["RATIO", "CHECKLIST", "MILESTONE"]
    title: str
    title_vi: str
    text: str | None = None
    alias: str | None = None
    legal_basis: str | None = None
    measure: str | None = None
    unit: str
    unit_en: str
    target_percent: Decimal | None = Field(default=None, gt=0, le=100)
    deadline: str | None = None
    window_from: date | None = None
    window_to: date | None = None
    leads: list[str] = []
    coordination: list[str] = []
    parameters: dict[str, Any] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> _IndicatorEntry:
        if self.deadline is not None and deadline_days(self.deadline) is None:
            raise ValueError(f"deadline «{self.deadline}»: Năm N, Năm N-N, Quý III năm N")
        if self.part == "SIDE" and self.of is None:
            raise ValueError("a SIDE row names the row it is printed beside (of)")
        if self.part != "SIDE" and (self.text is None or self.legal_basis is None):
            raise ValueError("text and legal_basis are required")
        codes = [_PartEntry.model_validate(part).code for part in self.parameters.get("parts", ())]
        if self.kind == "CHECKLIST" and (not codes or len(set(codes)) < len(codes)):
            raise ValueError(
                "a CHECKLIST names its parts, each once (parameters.parts: code, title, title_vi)"
            )
        return self


class _QuantityEntry(_Entry):
    code: str
    title: str
    title_vi: str
    unit: str
    unit_en: str


class _DutyEntry(_Entry):
    code: str
    responsible: str
    text: str
    alias: str | None = None
    quantity: list[_QuantityEntry] = []


class _PlanFile(_Entry):
    plan: _PlanEntry
    indicator: list[_IndicatorEntry]
    duty: list[_DutyEntry] = []

    @model_validator(mode="after")
    def _codes_are_unique(self) -> _PlanFile:
        for name, entries in (("indicator", self.indicator), ("duty", self.duty)):
            codes = [entry.code for entry in cast("list[_DutyEntry]", entries)]
            if twice := sorted({code for code in codes if codes.count(code) > 1}):
                raise ValueError(f"{name}: code used twice: {', '.join(twice)}")
        known = {entry.code for entry in self.indicator if entry.part != "SIDE"}
        if lost := sorted(entry.code for entry in self.indicator if entry.of and entry.of not in known):
            raise ValueError(f"indicator: of names no row of the plan: {', '.join(lost)}")
        return self


def load_plan(session: Session, path: Path = PLAN_67) -> Plan:
    """The plan of a data file, with its rows, duties and parties as the file says. Never commits.

    Raises Invalid, with one error a fault, when the file cannot be read or breaks a rule.
    """
    entry = _read(path)
    plan_id = _keep(session, Plan, [entry.plan.model_dump()], key=("code",))[entry.plan.code]
    by_code = {row.code: row for row in entry.indicator}
    rows = [
        _indicator_row(row, by_code, plan_id, place) for place, row in enumerate(entry.indicator, start=1)
    ]
    indicator_ids = _keep(session, Indicator, rows, key=("plan_id", "code"))
    _keep(session, Duty, _duty_rows(entry.duty, plan_id), key=("plan_id", "code"))
    _replace_parties(session, entry.indicator, indicator_ids)
    plan = session.get(Plan, plan_id, populate_existing=True)
    assert plan is not None
    return plan


def _read(path: Path) -> _PlanFile:
    try:
        with path.open("rb") as stream:
            return _PlanFile.model_validate(tomllib.load(stream))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid([_fault(path.name, str(error))]) from error
    except ValidationError as error:
        raise Invalid(
            [
                _fault(".".join(map(str, fault["loc"])) or path.name, fault["msg"])
                for fault in error.errors(include_url=False)
            ]
        ) from error


def _fault(field: str, reason: str) -> FieldError:
    return FieldError(
        field,
        "PLAN_FILE",
        f"Tệp dữ liệu kế hoạch có lỗi tại {field}: {reason}. Hãy sửa tệp rồi nạp lại.",
        f"The plan's data file has a fault at {field}: {reason}. Mend the file and load it again.",
    )


def _indicator_row(
    entry: _IndicatorEntry, by_code: Mapping[str, _IndicatorEntry], plan_id: int, place: int
) -> dict[str, Any]:
    # A side figure stands under the heading, the legal basis, the deadline and the window of its row.
    of = by_code[entry.of] if entry.of else entry
    deadline = entry.deadline or of.deadline
    starts_on, due_on = (deadline_days(deadline) if deadline else None) or (None, None)
    parameters = of.parameters | entry.parameters | ({"of": entry.of} if entry.of else {})
    return {
        "plan_id": plan_id,
        "code": entry.code,
        "position": place,
        "part": entry.part,
        "section_vi": entry.section or of.section,
        "kind": entry.kind,
        "title": entry.title,
        "title_vi": entry.title_vi,
        "text_vi": entry.text or entry.title_vi,
        "text_alias": entry.alias,
        "legal_basis": entry.legal_basis or of.legal_basis,
        "measure": entry.measure,
        "unit": entry.unit,
        "unit_en": entry.unit_en,
        "target_percent": entry.target_percent,
        "deadline_text": deadline,
        "window_from": entry.window_from or of.window_from,
        "window_to": entry.window_to or of.window_to,
        "starts_on": starts_on,
        "due_on": due_on,
        "parameters": parameters,
    }


def _duty_rows(entries: Iterable[_DutyEntry], plan_id: int) -> list[dict[str, Any]]:
    return [
        {
            "plan_id": plan_id,
            "code": entry.code,
            "position": place,
            "responsible": entry.responsible,
            "text_vi": entry.text,
            "text_alias": entry.alias,
            "quantities": [quantity.model_dump() for quantity in entry.quantity],
        }
        for place, entry in enumerate(entries, start=1)
    ]


def _keep(
    session: Session, table: type[SQLModel], rows: list[dict[str, Any]], *, key: tuple[str, ...]
) -> dict[str, int]:
    """Insert or correct rows by their key; a row that says the same is not written. Returns ids by code."""
    columns = cast(Any, table).__table__.c
    if rows:
        statement: Insert = insert(table).values(rows)
        changing = [name for name in rows[0] if name not in key]
        statement = statement.on_conflict_do_update(
            index_elements=list(key),
            set_={name: statement.excluded[name] for name in changing},
            where=func.row(*(columns[name] for name in changing)).is_distinct_from(
                func.row(*(statement.excluded[name] for name in changing))
            ),
        )
        session.execute(statement)
    owner = rows[0].get("plan_id") if rows else None
    found = select(columns.code, columns.id)
    found = found.where(columns.plan_id == owner) if owner else found
    return {row.code: row.id for row in session.execute(found)}


def _body(name: str) -> str:
    """What a body's name has in common however a plan writes it: «Sở Nội vụ (Trung tâm …)», «Văn phòng UBND …»."""
    return fold(name.partition("(")[0]).replace("ubnd", "uy ban nhan dan").strip()


def _replace_parties(
    session: Session, entries: Iterable[_IndicatorEntry], indicator_ids: Mapping[str, int]
) -> None:
    """Parties have no life of their own: they are written anew when the file says otherwise."""
    bodies = {
        _body(name): agency_id
        for name, agency_id in session.execute(text("select name, id from agency where valid_to is null"))
    }
    wanted = [
        {
            "indicator_id": indicator_ids[entry.code],
            "role": role,
            "position": place,
            "name": name,
            "agency_id": bodies.get(_body(name)),
        }
        for entry in entries
        for role, names in (("LEAD", entry.leads), ("COORDINATION", entry.coordination))
        for place, name in enumerate(names, start=1)
    ]
    table = cast(Any, IndicatorParty).__table__
    known = [
        {name: row[name] for name in ("indicator_id", "role", "position", "name", "agency_id")}
        for row in session.execute(
            select(table).where(table.c.indicator_id.in_(indicator_ids.values()))
        ).mappings()
    ]
    if {tuple(row.values()) for row in known} == {tuple(row.values()) for row in wanted}:
        return
    session.execute(delete(IndicatorParty).where(table.c.indicator_id.in_(indicator_ids.values())))
    session.execute(insert(IndicatorParty).values(wanted))
