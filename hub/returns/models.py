"""Tables of the half-year: a period (30/6, 31/12), the agencies' returns, the published report and its snapshot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Computed, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.kit.tables import bigint, choice, count, document, key, moment, ref

# Nửa năm; sơ kết, tổng kết (IV.1.h), which span the half-years from `covers_from` on.
PERIOD_KINDS = ("HALF_YEAR", "INTERIM", "FINAL")


class ReportingPeriod(SQLModel, table=True):
    """One reporting date of a plan (IV.1.g, IV.5.h: 30/6 and 31/12 each year), with its own deadlines.

    `deadline` is the day of the city's report, on which bodies, their names and places are read.
    """

    __tablename__ = "reporting_period"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind", "deadline", name="uq_reporting_period_deadline"),
        CheckConstraint("state in ('PLANNED','OPEN','CLOSED','PUBLISHED')", name="ck_reporting_period_state"),
        CheckConstraint(f"kind in {PERIOD_KINDS}", name="ck_reporting_period_kind"),
        CheckConstraint(
            "(kind = 'HALF_YEAR') = (covers_from is null) and (covers_from is null or covers_from < deadline)",
            name="ck_reporting_period_covers",
        ),
        CheckConstraint(
            "returns_due_on <= deadline and unit_returns_due_on <= returns_due_on and data_cutoff <= deadline",
            name="ck_reporting_period_days",
        ),
    )

    id: int | None = key()
    plan_id: int = ref("plan.id")
    kind: str = choice("HALF_YEAR")
    covers_from: date | None = None
    deadline: date
    returns_due_on: date
    unit_returns_due_on: date | None = None
    data_cutoff: date
    state: str = choice("PLANNED")
    opened_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
    closed_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)


class AgencyReturn(SQLModel, table=True):
    """An agency's return: results, difficulties (khó khăn, vướng mắc) and proposals for one period.

    `reports_to_id` is the body that a unit's return goes to; null: to Home Affairs. `handed_in_at` is the first time
    it was submitted and neither withdrawn nor sent back inside the agency: by it one is late or not.
    """

    __tablename__ = "agency_return"
    __table_args__ = (
        UniqueConstraint("period_id", "agency_id", name="uq_agency_return_period_agency"),
        CheckConstraint(
            "state in ('DRAFT','SUBMITTED','APPROVED','SENT_BACK','ACCEPTED')", name="ck_agency_return_state"
        ),
        CheckConstraint(
            "approved_by is null or approved_by <> submitted_by", name="ck_agency_return_approved_by_another"
        ),
        CheckConstraint(
            "state <> 'ACCEPTED' or decided_by <> submitted_by", name="ck_agency_return_accepted_by_another"
        ),
        CheckConstraint(
            "state <> 'ACCEPTED' or decided_by <> approved_by",
            name="ck_agency_return_accepted_by_no_approver",
        ),
        Index("ix_agency_return_agency", "agency_id", "period_id"),
        Index("ix_agency_return_reports_to", "reports_to_id", "period_id"),
    )

    id: int | None = key()
    period_id: int = ref("reporting_period.id")
    agency_id: int = ref("agency.id")
    reports_to_id: int | None = ref("agency.id", nullable=True)
    of_unit: bool | None = Field(
        default=None, sa_column=Column(Boolean, Computed("reports_to_id is not null", persisted=True))
    )
    state: str = choice("DRAFT")
    results: str | None = None
    difficulties: str | None = None
    proposals: str | None = None
    figures: dict[str, Any] = document()
    submitted_by: int | None = ref("app_user.id", nullable=True)
    submitted_at: datetime | None = moment(nullable=True)
    handed_in_at: datetime | None = moment(nullable=True)
    approved_by: int | None = ref("app_user.id", nullable=True)
    approved_at: datetime | None = moment(nullable=True)
    decided_by: int | None = ref("app_user.id", nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    decision_note: str | None = None
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)


class PublishedReport(SQLModel, table=True):
    """A half-year report (báo cáo) of the city or of one agency; a correction is a new revision.

    `number`, `notation` and `issued_on` are those of the document (số, ký hiệu, ngày), which văn thư gives. `sha256`,
    `object_key` and `byte_size` are those of its PDF (publication/papers.py), `brief_sha256` and `brief_size` those of
    the one page for leadership that goes out with the city's. A correction says what it corrects, why
    (`correction_reason`) and what differs (`changes`). What is published changes no more; it is superseded.
    """

    __tablename__ = "published_report"
    __table_args__ = (
        UniqueConstraint(
            "period_id",
            "agency_id",
            "revision",
            name="uq_published_report_revision",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint(
            "state in ('DRAFT','SUBMITTED','PUBLISHED','SUPERSEDED')", name="ck_published_report_state"
        ),
        CheckConstraint(
            "published_by is null or published_by <> submitted_by",
            name="ck_published_report_published_by_another",
        ),
        CheckConstraint(
            "(corrects_id is null) = (correction_reason is null)", name="ck_published_report_correction"
        ),
        CheckConstraint(
            "(brief_sha256 is null) = (brief_size is null) and (brief_sha256 is null or sha256 is not null)",
            name="ck_published_report_brief",
        ),
        Index(
            "uq_published_report_in_force",
            "period_id",
            "agency_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'PUBLISHED'"),
        ),
    )

    id: int | None = key()
    period_id: int = ref("reporting_period.id")
    agency_id: int | None = ref("agency.id", nullable=True, index=True)
    revision: int = count(1)
    state: str = choice("DRAFT")
    number: str | None = None
    notation: str | None = None
    issued_on: date | None = None
    sha256: str | None = None
    object_key: str | None = None
    byte_size: int | None = bigint(nullable=True)
    brief_sha256: str | None = None
    brief_size: int | None = bigint(nullable=True)
    corrects_id: int | None = ref("published_report.id", nullable=True, index=True)
    correction_reason: str | None = None
    changes: dict[str, Any] = document()
    submitted_by: int | None = ref("app_user.id", nullable=True)
    submitted_at: datetime | None = moment(nullable=True)
    published_by: int | None = ref("app_user.id", nullable=True)
    published_at: datetime | None = moment(nullable=True)
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)


class Snapshot(SQLModel, table=True):
    """The figures of a report, frozen: cut-off, formula version, figures; never re-computed in place.

    A draft's is replaced when its figures are frozen anew; that of a report on its way, or out, stands. `freeze_id` is
    the freezing that holds the records behind them; what was published before there was one has none.
    """

    __tablename__ = "snapshot"
    __table_args__ = (UniqueConstraint("report_id", name="uq_snapshot_report_id"),)

    id: int | None = key()
    report_id: int = ref("published_report.id")
    as_of: date
    formula_version: str
    figures: dict[str, Any] = document()
    sha256: str
    freeze_id: int | None = ref("period_freeze.id", nullable=True, index=True)
    created_at: datetime | None = moment(now=True)
