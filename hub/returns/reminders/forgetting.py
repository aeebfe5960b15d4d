"""Addresses of people do not stay in the outbox for good: after some days a mail keeps what it was, not to whom.

What stays is the fact: which agency was reminded, when and why (the reminder), when the mail went out or that it did
not, and how often it was tried. A mail that waits is never touched, nor one that was refused while its period is open:
somebody may still mend the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.mail import forget_files
from hub.kit.seam import Seam
from hub.returns.reminders.sending import mailbox
from hub.settings import Settings

_FORGET = text(
    """
    update outbox_message m set recipient = null, text = null, last_error = null, forgotten_at = :now
      from reminder d join reporting_period p on p.id = d.period_id
     where d.id = m.reminder_id and m.forgotten_at is null
       and (m.state in ('SENT', 'DROPPED') or m.state = 'FAILED' and p.state <> 'OPEN')
       and coalesce(m.sent_at, m.created_at) < :before
    returning m.id
    """
)


@dataclass(frozen=True)
class Forgotten:
    """How many mails lost address and words, and how many files of mails were deleted."""

    mails: int
    files: int


def forget_mails(seam: Seam, settings: Settings, actor: Actor) -> Forgotten:
    """Forget the mails of more than `mail_keep_days` days ago; 0 keeps none beyond its day. One audit event, if any."""
    before = clock.now() - timedelta(days=settings.mail_keep_days)

    def work(session: Session) -> int:
        keys = session.execute(_FORGET, {"now": clock.now(), "before": before}).scalars().all()
        if keys:
            detail = {"kind": "OUTBOX", "mails": len(keys), "before": before.isoformat()}
            record(session, actor, "mail:forget", "period", None, detail=detail)
        return len(keys)

    mails = seam.change_now(work)
    return Forgotten(mails, forget_files(mailbox(settings).folder, before))
