"""The plan as issued, and what agencies declare about it.

Plan, indicator and duty rows are loaded from data files and never typed into code. Declarations are only ever
added: a correction is a newer row, so that what was once reported can be read again.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hub.plan.models.columns import any_of, count, identity, link, optional_link, part_of, stamp


class IndicatorPart(StrEnum):
    """Where in the plan a row stands: part II, the annex, or a figure shown beside one of them."""

    TARGET = "TARGET"
    ANNEX = "ANNEX"
    SIDE = "SIDE"


class IndicatorKind(StrEnum):
    """Tỷ lệ, danh mục kiểm tra, mốc (R8b)."""

    RATIO = "RATIO"
    CHECKLIST = "CHECKLIST"
    MILESTONE = "MILESTONE"


class PartyRole(StrEnum):
    """Chủ trì, phối hợp."""

    LEAD = "LEAD"
    COORDINATION = "COORDINATION"


class Plan(SQLModel, table=True):
    """Kế hoạch: an issued plan and the years it covers."""

    __tablename__: ClassVar[str] = "plan"
    __table_args__ = (
        UniqueConstraint("code", name="uq_plan_code"),
        CheckConstraint("period_from <= period_to", name="ck_plan_period"),
    )

    id: int | None = identity()
    code: str
    title: str
    number: str
    issued_on: date
    issuer: str
    signed_by: str | None = None
    period_from: date
    period_to: date
    source: str
    loaded_at: datetime | None = stamp()


class Indicator(SQLModel, table=True):
    """Chỉ tiêu, nhiệm vụ: a row of the plan; `measure` names, by meaning, a file of `hub/kpi/measures`."""

    __tablename__: ClassVar[str] = "indicator"
    __table_args__ = (
        UniqueConstraint("plan_id", "code", name="uq_indicator_plan_code"),
        CheckConstraint(any_of("part", IndicatorPart), name="ck_indicator_part"),
        CheckConstraint(any_of("kind", IndicatorKind), name="ck_indicator_kind"),
        CheckConstraint("target_percent > 0 AND target_percent <= 100", name="ck_indicator_target_percent"),
        CheckConstraint("window_from <= window_to", name="ck_indicator_window"),
        CheckConstraint("starts_on <= due_on", name="ck_indicator_due"),
    )

    id: int | None = identity()
    plan_id: int = link("plan.id")
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
    target_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))  # type: ignore[call-overload]
    deadline_text: str | None = None
    window_from: date | None = None
    window_to: date | None = None
    starts_on: date | None = None
    due_on: date | None = None
    parameters: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'::jsonb")},
    )


class IndicatorParty(SQLModel, table=True):
    """Who leads and who coordinates, in the plan's order and words; `agency_id` where the hub knows it."""

    __tablename__: ClassVar[str] = "indicator_party"
    __table_args__ = (
        UniqueConstraint("indicator_id", "role", "position", name="uq_indicator_party_place"),
        CheckConstraint(any_of("role", PartyRole), name="ck_indicator_party_role"),
        Index("ix_indicator_party_agency_id", "agency_id"),
    )

    id: int | None = identity()
    indicator_id: int = part_of("indicator.id")
    role: str
    position: int = Field(sa_type=SmallInteger)
    name: str
    agency_id: int | None = optional_link("agency.id")


class IndicatorParameter(SQLModel, table=True):
    """A decided reading of an indicator from a date on, as a decision says; `valid_to` is exclusive."""

    __tablename__: ClassVar[str] = "indicator_parameter"
    __table_args__ = (
        UniqueConstraint("indicator_id", "name", "valid_from", name="uq_indicator_parameter_from"),
        CheckConstraint("valid_from < valid_to", name="ck_indicator_parameter_dates"),
    )

    id: int | None = identity()
    indicator_id: int = link("indicator.id")
    name: str
    value: Any = Field(default=None, sa_type=JSONB, nullable=False)
    valid_from: date
    valid_to: date | None = None
    decision_number: str
    decided_on: date


class Duty(SQLModel, table=True):
    """Nhiệm vụ ở phần IV: what the plan asks of one body, by its letter."""

    __tablename__: ClassVar[str] = "duty"
    __table_args__ = (UniqueConstraint("plan_id", "code", name="uq_duty_plan_code"),)

    id: int | None = identity()
    plan_id: int = link("plan.id")
    code: str
    position: int
    responsible: str
    text_vi: str
    text_alias: str | None = None


class DeclaredProgress(SQLModel, table=True):
    """What an agency declares where no record can prove it; the newest row for a date holds."""

    __tablename__: ClassVar[str] = "declared_progress"
    __table_args__ = (
        CheckConstraint("num_nonnulls(indicator_id, duty_id) = 1", name="ck_declared_progress_subject"),
        CheckConstraint("numerator >= 0 AND denominator >= 0", name="ck_declared_progress_counts"),
        Index("ix_declared_progress_indicator", "indicator_id", "agency_id", "as_of"),
        Index("ix_declared_progress_duty", "duty_id", "agency_id", "as_of"),
        Index("ix_declared_progress_agency_id", "agency_id"),
    )

    id: int | None = identity()
    indicator_id: int | None = optional_link("indicator.id")
    duty_id: int | None = optional_link("duty.id")
    agency_id: int = link("agency.id")
    as_of: date
    numerator: Decimal | None = count()
    denominator: Decimal | None = count()
    value: str | None = None
    note: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    declared_by: int | None = optional_link("app_user.id")
    declared_at: datetime | None = stamp()
