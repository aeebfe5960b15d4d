"""Long work (công việc chạy nền): how far it is, to be read, followed and cancelled by whom the law lets."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.kit import progress
from hub.returns.publication.models import ReportTask
from schema.compiler.declarations import One, column, identifier, record, root, several, to_one
from schema.lazy import AnAgency
from schema.node import Node
from schema.records.conditions import key_of
from schema.returns import PublishedReport
from schema.scalars import JSON

_ = strawberry.enum_value
_Id = Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")]


@strawberry.enum(description="How far long work is (trạng thái công việc).")
class JobState(Enum):
    """States."""

    QUEUED = _("QUEUED", description="Waiting (đang chờ).")
    RUNNING = _("RUNNING", description="Running (đang chạy).")
    SUCCEEDED = _("SUCCEEDED", description="Done (đã xong).")
    FAILED = _("FAILED", description="Failed (thất bại).")
    CANCELLED = _("CANCELLED", description="Cancelled (đã hủy).")


@strawberry.enum(description="What a job does about a report (việc của một báo cáo).")
class ReportDeed(Enum):
    """Deeds of jobs on reports."""

    DRAFT = _("DRAFT", description="Draft it from frozen figures (lập).")
    SUBMIT = _("SUBMIT", description="Submit it for publication (trình).")
    PUBLISH = _("PUBLISH", description="Print, sign and publish it (công bố).")


@strawberry.enum(description="Where a task of a job is (trạng thái việc).")
class TaskState(Enum):
    """States of a task."""

    WAITING = _("WAITING", description="Not done; of a job that is over it never will be (chưa làm).")
    DONE = _("DONE", description="Done (đã xong).")
    FAILED = _("FAILED", description="It could not be done; see the problem (không làm được).")


@record(
    ReportTask,
    resource="job",
    facts={
        "id": "{t}.job_id",
        "created_by": "(select j.created_by from job j where j.id = {t}.job_id)",
    },
    description="What a job does about one report (việc của một báo cáo).",
)
class ReportTaskOfJob:
    """In the order in which they are done."""

    deed: ReportDeed = column("deed", "What is to be done (việc).")
    state: TaskState = column("state", "Where it is (trạng thái).")
    agency: AnAgency | None = to_one("agency_id", "Whose report; null for the city's (cơ quan).")
    report: PublishedReport | None = to_one("report_id", "The report, once there is one (báo cáo).")
    problem: JSON | None = column(
        "problem", "Why it failed: code, message (Vietnamese), messageEn (lý do không làm được)."
    )
    finished_at: datetime | None = column("finished_at", "When done or failed (kết thúc lúc).")


@record(progress.Job, resource="job", description="Long work (công việc chạy nền).")
class Job(Node):
    """Work that outlasts a request."""

    id: strawberry.ID = identifier()
    kind: str = column("kind", "What it does, e.g. recount (loại công việc).")
    state: JobState = column("state", "How far it is (trạng thái).")
    done: int = column("done", "Steps done (số bước đã xong).")
    total: int | None = column("total", "Steps in all; null while unknown (tổng số bước).")
    message: str | None = column("message", "What it is at (đang làm gì).")
    problems: JSON | None = column("problems", "What went wrong, a line each (các lỗi).")
    result: JSON | None = column("result", "What came of it (kết quả).")
    report_tasks: list[ReportTaskOfJob] = several(
        "{t}.job_id = {p}.id", "{t}.id", "What it does about reports, one by one (việc của từng báo cáo)."
    )
    created_at: datetime = column("created_at", "When it was asked for (tạo lúc).")
    finished_at: datetime | None = column("finished_at", "When it ended (kết thúc lúc).")


@strawberry.type
class JobsQuery:
    """Reads of long work."""

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("Job")}))
    def job(self, id: _Id) -> Job | None:
        """Long work by its id; null when absent or not seen by the caller (một công việc)."""
        raise NotImplementedError


@strawberry.type(description="What can be followed (theo dõi).")
class Subscription:
    """Each field is the query of WATCHED (schema/http/subscriptions.py), asked again with every change."""

    @strawberry.subscription(
        description="Long work now and with every change, until it is over or no longer seen (theo dõi một công việc)."
    )
    async def job_updated(self, id: _Id) -> AsyncGenerator[Job, None]:
        """Answered by `job`, again and again."""
        never: list[Job] = []
        for one in never:
            yield one
