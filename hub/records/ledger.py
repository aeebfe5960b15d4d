"""How a record is stored: version, time, typed problems for violated constraints, and the audit event.

Every command ends here, so that none can change a record without leaving the values before and after.
A record of mode 03 leaves the names of the changed fields only: the trail is append-only, and a state secret
written into it could never be taken out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.changes import before_and_after, facts_of, violated
from hub.kit.errors import HubError
from hub.kit.vietnamese import sort_key
from hub.records.errors import OwnSubmission, ReferenceCodeTaken
from hub.records.models import ArchivalFile, Fonds, Item, Series
from hub.records.rules.description import SECRET

Record = Fonds | Series | ArchivalFile | Item
RESOURCES: dict[type[Any], str] = {Fonds: "fonds", Series: "series", ArchivalFile: "file", Item: "item"}


def resource_of(row: Record) -> str:
    """The word by which the law and the audit call this kind of record."""
    return RESOURCES[type(row)]


def added(session: Session, actor: Actor, row: Record) -> None:
    """Store a new record and its audit event. Raises ReferenceCodeTaken."""
    _sort(row)
    session.add(row)
    with _named_refusals(row):
        session.flush()
    resource = resource_of(row)
    detail = (
        {"access_level": SECRET} if row.access_level == SECRET else facts_of(row)
    )  # a stub: only that it is there
    record(
        session,
        actor,
        f"{resource}:create",
        resource,
        row.id,
        agency_id=row.agency_id,
        detail={"after": detail},
    )


def changed(
    session: Session,
    actor: Actor,
    action: str,
    row: Record,
    *,
    reason: str | None = None,
    also: dict[str, Any] | None = None,
) -> bool:
    """Store a changed record, one version on, and its audit event; False when nothing had changed.

    `also` tells of rows beside the record (a listing, shifted places). Raises ReferenceCodeTaken.
    """
    changes = before_and_after(row)
    if not changes and not also:
        return False
    _sort(row)
    row.version += 1
    row.updated_at = clock.now()
    session.add(row)
    with _named_refusals(row):
        session.flush()
    levels = changes.get("access_level", [row.access_level])
    if SECRET in levels:
        changes = {name: values if name in OPEN_FACTS else [None, None] for name, values in changes.items()}
    resource = resource_of(row)
    detail = {"changed": changes, **(also or {})}
    record(
        session,
        actor,
        f"{resource}:{action}",
        resource,
        row.id,
        agency_id=row.agency_id,
        reason=reason,
        detail=detail,
    )
    return True


OPEN_FACTS = frozenset(
    {"access_level", "state", "closed_on", "submitted_by", "submitted_at", "accepted_by", "accepted_at", "file_id"}
)  # fmt: skip


def denied(
    session: Session, actor: Actor, event: str, resource: str | None, key: int | None, *, reason: str
) -> None:
    """Write that a deed was refused, in a transaction of its own; of the record only what it is, not what it says."""
    agency_id = key if resource == "agency" else None
    for kind, name in RESOURCES.items():
        if name == resource and key is not None:
            agency_id = session.exec(select(kind.agency_id).where(kind.id == key)).first()
    record(session, actor, event, resource, key, agency_id=agency_id, outcome="denied", reason=reason)


def _sort(row: Record) -> None:
    if not isinstance(row, Item):
        row.title_sort = sort_key(row.title)


@contextmanager
def _named_refusals(row: Record) -> Iterator[None]:
    code = row.code  # after a failed flush the row can no longer be asked
    try:
        yield
    except IntegrityError as error:
        raise refusal(violated(error), code) or error from error


def refusal(constraint: str | None, code: str) -> HubError | None:
    """The typed problem behind the name of a violated constraint; None for one that no caller can cause."""
    if constraint in {f"uq_{table}_agency_code" for table in RESOURCES.values()}:
        return ReferenceCodeTaken(code)
    if constraint == "ck_file_accepted_by_another":
        return OwnSubmission()
    return None
