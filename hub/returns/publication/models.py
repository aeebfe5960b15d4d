"""Tables of the work on reports: what is to be printed or done by a job, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hub.kit.tables import bigint, choice, flag, key, moment, ref

DEEDS = ("DRAFT", "SUBMIT", "PUBLISH")
TASK_STATES = ("WAITING", "DONE", "FAILED")


class ReportPrint(SQLModel, table=True):
    """A print of a report (bản in báo cáo): one for each content that was ever asked for, made by a job.

    `content` is the whole report as data, `fingerprint` its SHA-256: the same content is printed and signed once.
    """

    __tablename__ = "report_print"
    __table_args__ = (
        UniqueConstraint("report_id", "fingerprint", name="uq_report_print_fingerprint"),
        CheckConstraint(
            "(sha256 is null) = (object_key is null) and (sha256 is null) = (printed_at is null)",
            name="ck_report_print_printed",
        ),
        CheckConstraint(
            "(brief_sha256 is null) = (brief_size is null) and (brief_sha256 is null or sha256 is not null)",
            name="ck_report_print_brief",
        ),
        {"comment": "Prints of a report: the content, and the PDF made of it by a job (bản in báo cáo)."},
    )

    id: int | None = key()
    report_id: int = ref("published_report.id", ondelete="CASCADE")
    fingerprint: str
    content: str = Field(sa_column=Column(Text, nullable=False))
    job_id: int = ref("job.id", index=True)
    sha256: str | None = None
    object_key: str | None = None
    byte_size: int | None = bigint(nullable=True)
    brief_sha256: str | None = None
    brief_size: int | None = bigint(nullable=True)
    is_signed: bool = flag()
    created_at: datetime | None = moment(now=True)
    printed_at: datetime | None = moment(nullable=True)


class ReportTask(SQLModel, table=True):
    """What a job is to do about one report (việc của một báo cáo): draft, submit or publish it.

    `expected_version` is the report's as it was when it was asked for; number, notation and date are those to write
    into it. `problem` says why it failed: `code`, `message` (Vietnamese), `messageEn`. It happens once: done or failed,
    it stands.
    """

    __tablename__ = "report_task"
    __table_args__ = (
        UniqueConstraint(
            "job_id", "agency_id", name="uq_report_task_agency", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint(f"deed in {DEEDS}", name="ck_report_task_deed"),
        CheckConstraint(f"state in {TASK_STATES}", name="ck_report_task_state"),
        CheckConstraint("deed = 'DRAFT' or report_id is not null", name="ck_report_task_report"),
        CheckConstraint(
            "(state = 'WAITING') = (finished_at is null) and (state = 'FAILED') = (problem is not null)",
            name="ck_report_task_finished",
        ),
        Index("ix_report_task_period", "period_id", "agency_id"),
        {"comment": "What a job is to do about one report, and what came of it (việc của một báo cáo)."},
    )

    id: int | None = key()
    job_id: int = ref("job.id")
    deed: str = choice("DRAFT")
    period_id: int = ref("reporting_period.id")
    agency_id: int | None = ref("agency.id", nullable=True)
    report_id: int | None = ref("published_report.id", nullable=True, index=True, ondelete="CASCADE")
    expected_version: int | None = None
    number: str | None = None
    notation: str | None = None
    issued_on: date | None = None
    state: str = choice("WAITING")
    problem: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    finished_at: datetime | None = moment(nullable=True)
