"""The report as it goes out: its figures are those of its snapshot, and it says where it can be checked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.kpi.frozen import thaw
from hub.returns.models import Snapshot
from hub.returns.publication.publishing import Ready
from hub.returns.snapshots.models import PeriodFreeze
from hub.returns.snapshots.said import Said, thaw_said
from reports.build import Half, build_report, half_of
from reports.model import Edition, Report


def build_official(
    session: Session,
    actor: Actor,
    ready: Ready,
    address: str,
    signed_as: Sequence[str] = (),
    *,
    half: Half | None = None,
) -> Report:
    """The report that a snapshot freezes, numbered and official; `address` is where people reach the hub.

    `half` is what reports of the same freezing share, for who makes many.
    """
    agency_id = ready.report.agency_id
    agency = session.get_one(Agency, agency_id) if agency_id is not None else None
    day: date = ready.snapshot.as_of
    report = build_report(
        session,
        actor,
        period=ready.period.deadline,
        agency_code=agency.code if agency else None,
        signed_as=() if agency else tuple(signed_as),
        frozen={day: thaw(ready.snapshot.figures)},
        said=said_in(session, ready.snapshot),
        half=half or half_of(session, actor, ready.period.deadline, ready.snapshot.freeze_id),
    )
    edition = Edition(
        snapshot_id=ready.snapshot.id or 0,
        verify_url=f"{address}/verify/{ready.snapshot.id}",
        revision=ready.report.revision,
        number="/".join((ready.number, ready.notation))
        if ready.number and ready.notation
        else ready.number or "",
        issued_on=ready.issued_on,
        reason=ready.report.correction_reason or "",
    )
    # The number is written by hand before the notation that is known.
    letterhead = replace(report.letterhead, notation=ready.notation or report.letterhead.notation)
    return replace(report, official=True, edition=edition, letterhead=letterhead)


def said_in(session: Session, snapshot: Snapshot) -> Said | None:
    """What people had said by the freezing of a snapshot; None where that was not kept, and the tables are read."""
    if snapshot.freeze_id is None:
        return None
    return thaw_said(session.get_one(PeriodFreeze, snapshot.freeze_id).said)
