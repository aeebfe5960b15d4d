"""Long work that people can follow: a row of `job` for each, told on the channel `hub_job` with every change.

    job = started(seam, "recount", by=user_id, total=9)
    job = queued(session, "print", by=user_id)    in a transaction of the caller's, then begun(seam, job) by who does it
    advanced(seam, job, done=3, message="…")     raises Stopped when somebody has cancelled it
    ended(seam, job, "SUCCEEDED", result={…})

Each call is a transaction of its own, so that progress is seen while the work's own transaction is still open.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Session, SQLModel

from hub.kit import clock
from hub.kit.seam import Seam
from hub.kit.tables import choice, count, key, moment

CHANNEL = "hub_job"
STATES = ("QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED")
OVER = STATES[2:]


class Job(SQLModel, table=True):
    """Long work: how far it is, and what came of it. `total` and `result` are null while unknown."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state in ({', '.join(repr(one) for one in STATES)})", name="job_state"),
        CheckConstraint(
            "(finished_at is not null) = (state in ('SUCCEEDED', 'FAILED', 'CANCELLED'))", name="job_end"
        ),
        {"comment": "Long work that people can follow (công việc chạy nền)."},
    )

    id: int | None = key()
    kind: str = Field(sa_column=Column(Text, nullable=False))
    state: str = choice("QUEUED")
    done: int = count()
    total: int | None = None
    message: str | None = Field(default=None, sa_column=Column(Text))
    problems: list[Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    created_by: int | None = Field(default=None, sa_column=Column(ForeignKey("app_user.id")))
    created_at: datetime | None = moment(now=True)
    finished_at: datetime | None = moment(nullable=True)
    cancel_requested_at: datetime | None = moment(nullable=True)


class Stopped(Exception):
    """Somebody has asked that the work end."""


def started(seam: Seam, kind: str, *, by: int | None = None, total: int | None = None) -> int:
    """The key of a job that runs from now on."""

    def work(session: Session) -> int:
        job = Job(kind=kind, state="RUNNING", total=total, created_by=by)
        session.add(job)
        session.flush()
        assert job.id is not None
        return job.id

    return seam.change_now(work)


def queued(session: Session, kind: str, *, by: int | None = None, total: int | None = None) -> int:
    """The key of a job that waits, in the caller's transaction."""
    job = Job(kind=kind, total=total, created_by=by)
    session.add(job)
    session.flush()
    assert job.id is not None
    return job.id


def begun(seam: Seam, job: int) -> None:
    """A job that waited, or was broken off, runs from now on. Raises Stopped when it is over already."""

    def work(session: Session) -> bool:
        told = session.connection().execute(
            sql(
                "update job set state = 'RUNNING', done = 0 where id = :id and finished_at is null returning id"
            ),
            {"id": job},
        )
        return told.first() is not None

    if not seam.change_now(work):
        raise Stopped


def advanced(seam: Seam, job: int, *, done: int | None = None, message: str | None = None) -> None:
    """Tell how far the work is, or only what is to be said of it. Raises Stopped when it should end."""

    def work(session: Session) -> bool:
        told = session.connection().execute(
            sql(
                "update job set done = coalesce(:done, done), message = coalesce(:message, message)"
                " where id = :id and finished_at is null returning cancel_requested_at"
            ),
            {"done": done, "message": message, "id": job},
        )
        row = told.first()
        return row is not None and row[0] is not None

    if seam.change_now(work):
        raise Stopped


def ended(
    seam: Seam,
    job: int,
    state: str,
    *,
    result: dict[str, Any] | None = None,
    problems: list[Any] | None = None,
) -> None:
    """The work is over; a second end changes nothing."""

    def work(session: Session) -> None:
        row = session.get(Job, job, with_for_update=True)
        if row is not None and row.finished_at is None:
            row.state, row.finished_at = state, clock.now()
            row.result, row.problems = result, problems
            session.add(row)

    seam.change_now(work)
