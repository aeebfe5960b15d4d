"""Epochs: where a backup is restored into another cluster, transaction ids begin anew, and so does the order."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.audit.commands import record
from hub.audit.models import AuditEpoch
from hub.audit.sealing.heads import last_exported
from hub.audit.sealing.seals import last_seal

_HERE = text("select system_identifier from pg_control_system()")
# Whether the newest epoch was of another cluster.
IS_ELSEWHERE = (
    "select system_identifier <> (select system_identifier from pg_control_system())"
    " from audit_epoch order by epoch desc limit 1"
)


def begin_epoch(session: Session, heads_file: Path, reason: str) -> AuditEpoch:
    """Begin another epoch, as the owner of the tables; exported seals that the backup lacks are declared lost.

    The first seal of the epoch says so and is signed. Raises HeadsUnusable.
    """
    last, exported = last_seal(session), last_exported(heads_file)
    epoch = AuditEpoch(
        epoch=_newest(session).epoch + 1,
        system_identifier=session.scalar(_HERE) or 0,
        reason=reason,
        lost_to=exported if exported > (last.n if last else 0) else None,
    )
    session.add(epoch)
    session.flush()
    session.execute(text(f"alter table audit_event alter column epoch set default {int(epoch.epoch)}"))
    told = {"epoch": epoch.epoch, "reason": reason, "lostTo": epoch.lost_to}
    record(session, None, "audit:epoch", detail=told)
    return epoch


def _newest(session: Session) -> AuditEpoch:
    return session.exec(select(AuditEpoch).order_by(col(AuditEpoch.epoch).desc()).limit(1)).one()
