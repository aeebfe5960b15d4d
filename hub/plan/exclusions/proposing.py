"""An agency proposes an exception by law for a record or its whole archive, changes it, or takes it back."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, SQLModel, col, or_, select

from hub.access.acting import held
from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, NotFound
from hub.plan.exclusions.errors import ExclusionDecided, ExclusionNotGranted
from hub.plan.exclusions.ledger import at_version, exclusion_held, stored, wrong_text
from hub.plan.models import Exclusion, Indicator
from hub.plan.queries import plan_by_code
from hub.plan.rules import allows_exclusions, excludes_archives
from hub.records.models import ArchivalFile, CodeListEntry, Item, Series

BASES = "exclusion_basis"
_TABLES: dict[str, type[SQLModel]] = {
    "series": Series, "file": ArchivalFile, "item": Item, "agency": Agency,
}  # fmt: skip


def propose_exclusion(
    session: Session,
    actor: Actor,
    plan: str,
    code: str,
    kind: str,
    key: int,
    *,
    basis_code: str,
    legal_basis: str,
    valid_from: date,
    valid_to: date | None = None,
) -> Exclusion:
    """Propose that a record (kind: series, file or item), or an agency's whole archive (agency), leaves both sides of a
    figure from a day on; whole archives where the figure counts them, records where it counts records.

    The same record proposed again for the same figure is answered with the proposal that waits or is in force.
    Raises NotFound, NotPermitted, ExclusionNotGranted, Invalid.
    """
    # Held, so that what is proposed twice at once is one proposal.
    row = held(session, _TABLES[kind], key)
    actor.require(
        "read", kind, row, **({"file_state": _home_state(session, row)} if isinstance(row, Item) else {})
    )
    assert isinstance(row, Series | ArchivalFile | Item | Agency)  # `require` raises for no row
    indicator = _indicator(session, plan, code)
    made = Exclusion(
        indicator_id=indicator.id or 0,
        agency_id=key if isinstance(row, Agency) else row.agency_id,
        basis_code=basis_code,
        legal_basis=" ".join(legal_basis.split()),
        valid_from=valid_from,
        valid_to=valid_to,
        proposed_by=actor.id or 0,
        series_id=key if kind == "series" else None,
        file_id=key if kind == "file" else None,
        item_id=key if kind == "item" else None,
        whole_archive=kind == "agency",
    )
    actor.require("create", "exclusion", made)
    if not allows_exclusions(indicator.parameters):
        raise ExclusionNotGranted(plan, code)
    if excludes_archives(indicator.measure) != made.whole_archive:
        raise ExclusionNotGranted(plan, code, "record" if made.whole_archive else "archive")
    _check(session, made)
    standing = session.exec(
        select(Exclusion).where(
            Exclusion.indicator_id == indicator.id,
            col(Exclusion.whole_archive) == made.whole_archive,
            getattr(Exclusion, f"{kind}_id") == key,
            or_(
                Exclusion.state == "PROPOSED",
                (col(Exclusion.state) == "APPROVED")
                & (col(Exclusion.valid_to).is_(None) | (col(Exclusion.valid_to) > valid_from)),
            ),
        )
    ).first()
    if standing is not None:
        return standing
    session.add(made)
    session.flush()
    detail = {"indicator": code, "basis": basis_code, kind: key, "valid_from": valid_from.isoformat()}
    record(
        session, actor, "exclusion:create", "exclusion", made.id, agency_id=made.agency_id,
        reason=made.legal_basis, detail=detail,
    )  # fmt: skip
    return made


def amend_exclusion(
    session: Session,
    actor: Actor,
    exclusion_id: int,
    expected_version: int | None,
    *,
    basis_code: str,
    legal_basis: str,
    valid_from: date,
    valid_to: date | None = None,
) -> Exclusion:
    """Change what a proposal that still waits says; whoever changes it decides on it as little as who proposed it.

    Raises NotFound, NotPermitted, StaleVersion, ExclusionDecided, Invalid.
    """
    row = exclusion_held(session, actor, "update", exclusion_id, "PROPOSED", ExclusionDecided)
    at_version(row, expected_version)
    row.basis_code, row.legal_basis = basis_code, " ".join(legal_basis.split())
    row.valid_from, row.valid_to = valid_from, valid_to
    with session.no_autoflush:
        _check(session, row)
    if session.is_modified(row):
        row.amended_by = actor.id
    return stored(session, actor, "update", row)


def withdraw_exclusion(
    session: Session, actor: Actor, exclusion_id: int, expected_version: int | None
) -> Exclusion:
    """Take back a proposal that still waits. Raises NotFound, NotPermitted, StaleVersion, ExclusionDecided."""
    row = exclusion_held(session, actor, "update", exclusion_id, "PROPOSED", ExclusionDecided)
    at_version(row, expected_version)
    row.state, row.decided_at = "WITHDRAWN", clock.now()
    return stored(session, actor, "update", row)


def _home_state(session: Session, item: Item) -> str:
    return session.exec(select(ArchivalFile.state).where(ArchivalFile.id == item.file_id)).one()


def _indicator(session: Session, plan: str, code: str) -> Indicator:
    found = session.exec(
        select(Indicator).where(Indicator.plan_id == plan_by_code(session, plan).id, Indicator.code == code)
    ).first()
    if found is None:
        raise NotFound(
            f"chỉ tiêu «{code}» của kế hoạch {plan}",
            f'indicator "{code}" of plan {plan}',
            path=("indicatorCode",),
        )
    return found


def _check(session: Session, made: Exclusion) -> None:
    errors = [wrong_text("legal_basis", made.legal_basis)]
    known = session.exec(
        select(CodeListEntry.value).where(
            CodeListEntry.list_name == BASES,
            CodeListEntry.value == made.basis_code,
            CodeListEntry.valid_from <= made.valid_from,
            or_(col(CodeListEntry.valid_to).is_(None), col(CodeListEntry.valid_to) > made.valid_from),
        )
    ).first()
    if known is None:
        errors.append(
            FieldError(
                "basis_code", "UNKNOWN_CODE",
                f"Danh mục exclusion_basis không có «{made.basis_code}» vào ngày {made.valid_from:%d/%m/%Y}.",
                f'The code list exclusion_basis has no "{made.basis_code}" on {made.valid_from}.',
            )
        )  # fmt: skip
    if made.valid_to is not None and made.valid_to <= made.valid_from:
        errors.append(
            FieldError(
                "valid_to", "OUT_OF_ORDER", "Ngày hết hiệu lực phải sau ngày bắt đầu.",
                "The first day without it comes after its first day.",
            )
        )  # fmt: skip
    if broken := [one for one in errors if one]:
        raise Invalid(broken)
