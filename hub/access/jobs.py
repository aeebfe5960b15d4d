"""Long work is cancelled by whoever asked for it, or by an administrator; the work itself ends where it can."""

from __future__ import annotations

from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.progress import OVER, Job


def cancel_job(session: Session, actor: Actor, job_id: int) -> Job:
    """Ask that the work end; what only waits ends now, what is over stays so. Raises NotFound, NotPermitted."""
    job = session.exec(select(Job).where(Job.id == job_id).with_for_update()).first()
    actor.require("cancel", "job", job)
    assert job is not None
    if job.state in OVER or job.cancel_requested_at is not None:
        return job
    job.cancel_requested_at = clock.now()
    if job.state == "QUEUED":
        job.state, job.finished_at = "CANCELLED", job.cancel_requested_at
    session.add(job)
    session.flush()
    record(session, actor, "job:cancel", "job", job.id, detail={"kind": job.kind})
    return job
