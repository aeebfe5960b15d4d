"""Evidence of a return: attached, fetched, taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

from sqlmodel import Session

from hub.kit.errors import FieldError, HubError, Invalid, NotFound
from hub.kit.ids import encode
from hub.kit.seam import Seam
from hub.returns import attachments
from hub.returns.models import AgencyReturn
from hub.web import failing
from hub.web.page import Elsewhere, Page, Sent
from hub.web.return_page import return_page
from hub.web.rights import require_returns
from hub.web.trying import Told, tried
from hub.web.views.returns import PATH, number, seen
from hub.web.visit import Visit


def attach(seam: Seam, visit: Visit) -> Page | Elsewhere | Sent:
    """Attach the file that the form brings; a program, which sends the same form with its key, is answered in data."""

    def work(session: Session) -> AgencyReturn:
        file = visit.files.get("file")
        if file is None:
            raise Invalid([FieldError("file", "REQUIRED", "Hãy chọn một tệp.", "Choose a file.")])
        return attachments.attach(
            session, visit.actor, number(visit), _version(visit), file.name, file.content
        )

    return _done(seam, visit, work, "attached") if visit.key is None else _in_data(seam, visit, work)


def _in_data(seam: Seam, visit: Visit, work: Callable[[Session], AgencyReturn]) -> Sent:
    told: list[FieldError | HubError] = []

    def refused(session: Session, why: Told) -> Page:
        told.extend(why)
        return Page("failed.html.j2")

    made = tried(seam, require_returns(visit).actor, work, refused)
    if isinstance(made, Page):
        unfound = any(isinstance(one, NotFound) for one in told)
        return failing.refused(told, visit, 404 if unfound else made.status)
    body = {"id": encode("AgencyReturn", made.id or 0), "version": made.version}
    return Sent(json.dumps(body).encode(), "application/json")


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
