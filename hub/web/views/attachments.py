"""Evidence of a return: attached, fetched, taken away."""

from __future__ import annotations

from urllib.parse import quote

from sqlmodel import Session

from hub.kit.errors import FieldError, Invalid
from hub.kit.seam import Seam
from hub.returns import attachments
from hub.web.page import Elsewhere, Page, Sent
from hub.web.return_page import return_page
from hub.web.rights import require_returns
from hub.web.trying import tried
from hub.web.views.returns import PATH, number, seen
from hub.web.visit import Visit


def attach(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Attach the file that the form brings."""

    def work(session: Session) -> None:
        file = visit.files.get("file")
        if file is None:
            raise Invalid([FieldError("file", "REQUIRED", "Hãy chọn một tệp.", "Choose a file.")])
        attachments.attach(session, visit.actor, number(visit), _version(visit), file.name, file.content)

    return _done(seam, visit, work, "attached")


def detach(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Take a file away."""
    key = number(visit, visit.form.get("attachment", ""))
    return _done(
        seam,
        visit,
        lambda session: attachments.detach(session, visit.actor, number(visit), _version(visit), key),
        "detached",
    )


def fetch(session: Session, visit: Visit) -> Sent:
    """An attached file, saved rather than shown: what is in it was made by somebody else. Raises NotFound."""
    require_returns(visit)
    found = attachments.attachment_seen(session, visit.actor, number(visit, visit.parts["key"]))
    named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
    return Sent(found.content, found.mime_type, {"content-disposition": named})


def _done(seam: Seam, visit: Visit, work: object, done: str) -> Page | Elsewhere:
    actor = require_returns(visit).actor
    made = tried(
        seam,
        actor,
        work,  # type: ignore[arg-type]
        lambda session, told: return_page(session, visit, seen(session, visit), told=told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{number(visit)}?done={done}#papers")


def _version(visit: Visit) -> int:
    return number(visit, visit.form.get("version", ""))
