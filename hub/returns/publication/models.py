"""Table of the prints of a report: what is to be printed, and the file that came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.kit.tables import bigint, flag, key, moment, ref


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
        {"comment": "Prints of a report: the content, and the PDF made of it by a job (bản in báo cáo)."},
    )

    id: int | None = key()
    report_id: int = ref("published_report.id")
    fingerprint: str
    content: str = Field(sa_column=Column(Text, nullable=False))
    job_id: int = ref("job.id", index=True)
    sha256: str | None = None
    object_key: str | None = None
    byte_size: int | None = bigint(nullable=True)
    is_signed: bool = flag()
    created_at: datetime | None = moment(now=True)
    printed_at: datetime | None = moment(nullable=True)
