"""Prints of a report are asked for and kept; a job makes them (reports/print_jobs.py).

    asked = ask(session, actor, report_id, content)       # in the caller's transaction: row, job, and its place in line
    paper = printed_of(session, report_id, content)       # the file, once the job has made it

The content is asked for, not the report: number and date of the paper may still change, and each change is another
print. What was printed once is not printed again, and so not signed twice.
"""

from __future__ import annotations

import hashlib

from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.jobs import defer
from hub.kit.progress import OVER, Job, queued
from hub.returns.models import PublishedReport
from hub.returns.publication.models import ReportPrint
from hub.returns.publication.papers import Paper, key_of

KIND = "report:print"
QUEUE = "reports"
STEPS = 4


def ask(session: Session, actor: Actor, report_id: int, content: str) -> ReportPrint:
    """The print of this content, made or under way, with a job that makes it where there is none.

    The caller has asked the law. One that failed or was cancelled is tried again by another job.
    """
    row = _held(session, report_id, content)
    if row is not None and (row.sha256 is not None or session.get_one(Job, row.job_id).state not in OVER):
        return row
    job = queued(session, KIND, by=actor.id, total=STEPS)
    row = _of_job(session, row, report_id, content, job)
    defer(session, KIND, {"print_id": row.id, "job": job}, queue=QUEUE)
    detail = {"print": row.id, "fingerprint": row.fingerprint}
    record(session, actor, KIND, "report", report_id, detail=detail)
    return row


def enter(session: Session, report_id: int, content: str, job: int) -> ReportPrint:
    """The print of this content that a job is about to make, or that is made already."""
    row = _held(session, report_id, content)
    if row is not None and row.sha256 is not None:
        return row
    return _of_job(session, row, report_id, content, job)


def _held(session: Session, report_id: int, content: str) -> ReportPrint | None:
    # Two that ask for the same at once find one print: the second waits for the first at the report.
    session.get_one(PublishedReport, report_id, with_for_update=True, populate_existing=True)
    return session.exec(
        select(ReportPrint).where(
            ReportPrint.report_id == report_id, ReportPrint.fingerprint == fingerprint_of(content)
        )
    ).first()


def _of_job(session: Session, row: ReportPrint | None, report_id: int, content: str, job: int) -> ReportPrint:
    if row is None:
        fingerprint = fingerprint_of(content)
        row = ReportPrint(report_id=report_id, fingerprint=fingerprint, content=content, job_id=job)
    row.job_id = job
    session.add(row)
    session.flush()
    return row


def printed_of(session: Session, report_id: int, content: str) -> Paper | None:
    """The file of this content; None while there is none."""
    row = session.exec(
        select(ReportPrint).where(
            ReportPrint.report_id == report_id, ReportPrint.fingerprint == fingerprint_of(content)
        )
    ).first()
    return None if row is None else paper_of(row)


def paper_of(row: ReportPrint) -> Paper | None:
    """The file of a print; None while there is none."""
    if row.sha256 is None or row.object_key is None:
        return None
    brief = None
    if row.brief_sha256 is not None:
        brief = Paper(key_of(row.brief_sha256), row.brief_sha256, row.brief_size or 0)
    return Paper(row.object_key, row.sha256, row.byte_size or 0, brief)


def keep(session: Session, print_id: int, paper: Paper, *, is_signed: bool) -> Paper:
    """Write which file came of a print, or answer with the one that is there already."""
    row = session.get_one(ReportPrint, print_id, with_for_update=True)
    standing = paper_of(row)
    if standing is not None:
        return standing
    row.sha256, row.object_key, row.byte_size = paper.sha256, paper.key, paper.byte_size
    if paper.brief is not None:
        row.brief_sha256, row.brief_size = paper.brief.sha256, paper.brief.byte_size
    row.is_signed, row.printed_at = is_signed, clock.now()
    session.add(row)
    return paper


def fingerprint_of(content: str) -> str:
    """The SHA-256 of a content."""
    return hashlib.sha256(content.encode()).hexdigest()
