"""Lists of what is administered are refused while administration is closed, not told shorter."""

from __future__ import annotations

from hub.access.actor import Actor
from hub.access.errors import AdministrationClosed
from hub.audit.commands import record_refusal
from hub.kit.seam import Seam
from schema.http.documents import Document

# Root fields that list what is administered, and the law's name for it.
ADMINISTERED = {
    "users": "user",
    "user": "user",
    "grants": "grant",
    "grant": "grant",
    "apiKeys": "apikey",
    "apiKey": "apikey",
    "sessions": "session",
    "session": "session",
    "auditEvents": "audit",
    "auditEvent": "audit",
}


async def require_open(seam: Seam, actor: Actor, document: Document, operation_name: str | None) -> None:
    """Raise AdministrationClosed, told to the audit, for lists that would be shorter while his roles rest."""
    if actor.closed is None:
        return
    try:
        for name in document.roots(operation_name):
            if name in ADMINISTERED:
                actor.require_open(ADMINISTERED[name])
    except AdministrationClosed as refused:
        action, reason = refused.action, refused.problem_code
        await seam.change(lambda session: record_refusal(session, actor, action, reason))
        raise
