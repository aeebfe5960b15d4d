"""How publication gets its PDF: from a job that has made it, or made while the caller waits."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

import anyio.to_thread
import strawberry
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import progress
from hub.returns.publication import prints, publishing
from hub.returns.publication.errors import WrongReportState as NotSubmitted
from reports.figures import as_json
from reports.official import build_official
from reports.printing import issued
from schema.mutations.doing import Deed
from schema.mutations.inputs import key_in, or_none


class ToPrint(Protocol):
    """What an input says of a report that is to be printed."""

    id: strawberry.ID
    expected_version: int
    number: str | None
    notation: str | None
    issued_on: date | None


async def to_publish(info: strawberry.Info, input: ToPrint) -> Deed:
    """The deed of publishing, with its PDF on the disk already: a death before the commit publishes nothing.

    What printReport has printed of the same content is taken; otherwise it is printed here.
    """
    settings, seam = info.context.settings, info.context.seam
    key = key_in("PublishedReport", input.id, "id")
    report = await seam.read(lambda session: _official(session, info, input))
    paper = None
    if report is not None:
        content = as_json(report)
        paper = await seam.read(lambda session: prints.printed_of(session, key, content))
    if report is not None and paper is None:
        paper = await anyio.to_thread.run_sync(issued, report, settings)
    return lambda session, who: publishing.publish_report(
        session, who, key, input.expected_version, paper, **_named(input)
    )


async def to_print(info: strawberry.Info, input: ToPrint) -> Deed:
    """The deed of asking for a print; the content is read before, in one state of the records."""
    key = key_in("PublishedReport", input.id, "id")
    report = await info.context.seam.read(lambda session: _official(session, info, input))
    if report is None:
        raise NotSubmitted("PUBLISHED", ("SUBMITTED",))
    content = as_json(report)

    def deed(session: Session, who: Actor) -> progress.Job:
        return session.get_one(progress.Job, prints.ask(session, who, key, content).job_id)

    return deed


def _official(session: Session, info: strawberry.Info, input: ToPrint) -> Any:
    """The report as it would go out, once the law and its state allow it; None where it is published."""
    actor, settings = info.context.actor, info.context.settings
    key = key_in("PublishedReport", input.id, "id")
    ready = publishing.to_print(session, actor, key, input.expected_version, **_named(input))
    if ready is None:
        return None
    return build_official(session, actor, ready, settings.address, settings.report_signed_as)


def _named(input: ToPrint) -> dict[str, Any]:
    return {
        "number": or_none(input.number),
        "notation": or_none(input.notation),
        "issued_on": or_none(input.issued_on),
    }
