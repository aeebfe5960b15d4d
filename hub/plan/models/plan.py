"""The plan as issued, and what agencies declare about it.

Plan, indicator and duty rows are loaded from data files and never typed into code. Declarations are only ever
added: a correction is a newer row, so that what was once reported can be read again.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hub.kit.tables import document, key, moment, ref

PERCENT: Any = Numeric(5, 2)
COUNT: Any = Numeric(18, 2)


INDICATOR_PARTS = ("TARGET", "ANNEX", "SIDE")  # part II, the annex, or a figure shown beside one of them
INDICATOR_KINDS = ("RATIO", "CHECKLIST", "MILESTONE")  # tỷ lệ, danh mục kiểm tra, mốc (R8b)
PARTY_ROLES = ("LEAD", "COORDINATION")  # chủ trì, phối hợp


class Plan(SQLModel, table=True):
    """Kế hoạch: an issued plan and the years it covers."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("code", name="uq_plan_code"),
        CheckConstraint("period_from <= period_to", name="ck_plan_period"),
    )

    id: int | None = key()
    code: str
    title: str
    number: str
    issued_on: date
    issuer: str
    signed_by: str | None = None
    period_from: date
    period_to: date
    source: str
    loaded_at: datetime | None = moment(now=True)


class Indicator(SQLModel, table=True):
    """Chỉ tiêu, nhiệm vụ: a row of the plan; `measure` names, by meaning, a file of `hub/kpi/measures`."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("plan_id", "code", name="uq_indicator_plan_code"),
        CheckConstraint(f"part in {INDICATOR_PARTS}", name="ck_indicator_part"),
        CheckConstraint(f"kind in {INDICATOR_KINDS}", name="ck_indicator_kind"),
        CheckConstraint("target_percent > 0 and target_percent <= 100", name="ck_indicator_target_percent"),
        CheckConstraint("window_from <= window_to", name="ck_indicator_window"),
        CheckConstraint("starts_on <= due_on", name="ck_indicator_due"),
    )

    id: int | None = key()
    plan_id: int = ref("plan.id")
    code: str
    position: int
    part: str
    section_vi: str | None = None
    kind: str
    title: str
    title_vi: str
    text_vi: str
    text_alias: str | None = None
    legal_basis: str
    measure: str | None = None
    unit: str
    unit_en: str
    target_percent: Decimal | None = Field(default=None, sa_type=PERCENT)
    deadline_text: str | None = None
    window_from: date | None = None
    window_to: date | None = None
    starts_on: date | None = None
    due_on: date | None = None
    parameters: dict[str, Any] = document()


class IndicatorParty(SQLModel, table=True):
    """Who leads and who coordinates, in the plan's order and words; `agency_id` where the hub knows it."""

    __tablename__ = "indicator_party"
    __table_args__ = (
        UniqueConstraint("indicator_id", "role", "position", name="uq_indicator_party_place"),
        CheckConstraint(f"role in {PARTY_ROLES}", name="ck_indicator_party_role"),
        Index("ix_indicator_party_agency_id", "agency_id"),
    )

    id: int | None = key()
    indicator_id: int = ref("indicator.id", ondelete="CASCADE")
    role: str
    position: int = Field(sa_type=SmallInteger)
    name: str
    agency_id: int | None = ref("agency.id", nullable=True)


class IndicatorParameter(SQLModel, table=True):
    """A decided reading of an indicator from a date on, as a decision says; `valid_to` is exclusive."""

    __tablename__ = "indicator_parameter"
    __table_args__ = (
        UniqueConstraint("indicator_id", "name", "valid_from", name="uq_indicator_parameter_from"),
        CheckConstraint("valid_from < valid_to", name="ck_indicator_parameter_dates"),
    )

    id: int | None = key()
    indicator_id: int = ref("indicator.id")
    name: str
    value: Any = Field(default=None, sa_type=JSONB, nullable=False)
    valid_from: date
    valid_to: date | None = None
    decision_number: str
    decided_on: date


class Duty(SQLModel, table=True):
    """Nhiệm vụ ở phần IV: what the plan asks of one body, by its letter.

    `quantities` are the amounts that a return tells of it: code, title, unit.
    """

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("plan_id", "code", name="uq_duty_plan_code"),)

    id: int | None = key()
    plan_id: int = ref("plan.id")
    code: str
    position: int
    responsible: str
    text_vi: str
    text_alias: str | None = None
    quantities: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'::jsonb"))
    )


class DeclaredProgress(SQLModel, table=True):
    """What an agency declares where no record can prove it; the newest row for a date holds."""

    __tablename__ = "declared_progress"
    __table_args__ = (
        CheckConstraint("num_nonnulls(indicator_id, duty_id) = 1", name="ck_declared_progress_subject"),
        CheckConstraint("numerator >= 0 and denominator >= 0", name="ck_declared_progress_counts"),
        Index("ix_declared_progress_indicator", "indicator_id", "agency_id", "as_of"),
        Index("ix_declared_progress_duty", "duty_id", "agency_id", "as_of"),
        Index("ix_declared_progress_agency_id", "agency_id"),
    )

    id: int | None = key()
    indicator_id: int | None = ref("indicator.id", nullable=True)
    duty_id: int | None = ref("duty.id", nullable=True)
    agency_id: int = ref("agency.id")
    as_of: date
    numerator: Decimal | None = Field(default=None, sa_type=COUNT)
    denominator: Decimal | None = Field(default=None, sa_type=COUNT)
    value: str | None = None
    note: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    declared_by: int | None = ref("app_user.id", nullable=True)
    declared_at: datetime | None = moment(now=True)
