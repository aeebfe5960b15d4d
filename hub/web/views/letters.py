"""The letter to late agencies (công văn đôn đốc) as a file: of today, for Home Affairs."""

from __future__ import annotations

from hub.audit.commands import record
from hub.kit.seam import Seam
from hub.web.page import Page, Sent
from hub.web.rights import require_returns
from hub.web.views.desk import key_of
from hub.web.visit import Visit
from reports.letter import build_letter, letter_pdf


def fetch(seam: Seam, visit: Visit) -> Page | Sent:
    """Print the letter outside any transaction. Raises NotFound, NotPermitted, Invalid where nobody is late."""
    actor, key = require_returns(visit).actor, key_of(visit)
    signed_as = visit.settings.report_signed_as
    letter = seam.read_now(lambda session: build_letter(session, actor, key, signed_as))
    content = letter_pdf(letter)
    name = f"cong-van-don-doc-{letter.late.period.deadline}.pdf"
    detail = {"period": key, "kind": "LETTER", "files": [name]}
    seam.change_now(lambda session: record(session, actor, "report:export", "period", key, detail=detail))
    return Sent(content, "application/pdf", {"content-disposition": f'inline; filename="{name}"'})
