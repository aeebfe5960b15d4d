"""An exception by law (trừ trường hợp pháp luật có quy định khác, R5): proposed by an agency, decided at Home Affairs.

    PROPOSED → APPROVED            from its first day on the record leaves both sides of the figure, and is printed
             → REJECTED            returned to the agency, with a reason; it may propose anew

Only rows of the plan that grant the exception take one (R5b), always on a legal basis, and never decided by who
proposed it. What was frozen of a closed period stays as it was.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, SQLModel, col, or_, select

from hub.access.acting import held
from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import Conflict, FieldError, Invalid, NotFound, NotPermitted, StaleVersion
from hub.plan.models import Exclusion, Indicator
from hub.plan.queries import plan_by_code
from hub.plan.rules import allows_exclusions
from hub.records.models import ArchivalFile, CodeListEntry, Item, Series

BASES = "exclusion_basis"
_LONGEST = 2_000
_TABLES: dict[str, type[SQLModel]] = {"series": Series, "file": ArchivalFile, "item": Item}


class ExclusionDecided(Conflict):
    """It has been approved, returned or lifted already."""

    code = "EXCLUSION_DECIDED"

    def __init__(self) -> None:
        super().__init__(
            "Trường hợp loại trừ này đã được quyết định. Hãy tải lại để xem kết quả; nếu cần, hãy đề nghị mới.",
            "This exclusion has been decided already. Load it again to see how; propose another if need be.",
        )


class ExclusionNotGranted(Conflict):
    """The row of the plan grants no exception."""

    code = "EXCLUSION_NOT_GRANTED"

    def __init__(self, plan: str, code: str) -> None:
        super().__init__(
            f"Chỉ tiêu {code} của kế hoạch {plan} không cho phép loại trừ. Hãy chọn chỉ tiêu có «trừ những trường hợp"
            " pháp luật có quy định khác».",
            f"Row {code} of plan {plan} grants no exceptions. Choose one that does.",
            path=("indicatorCode",),
        )


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
    """Propose that a record (kind: series, file or item) leaves both sides of a figure from a day on.

    The same record proposed again for the same figure is answered with the proposal that waits or is in force.
    Raises NotFound, NotPermitted, ExclusionNotGranted, Invalid.
    """
    # Held, so that what is proposed twice at once is one proposal.
    row = held(session, _TABLES[kind], key)
    actor.require(
        "read", kind, row, **({"file_state": _home_state(session, row)} if isinstance(row, Item) else {})
    )
    assert isinstance(row, Series | ArchivalFile | Item)  # `require` raises for no row
    indicator = _indicator(session, plan, code)
    made = Exclusion(
        indicator_id=indicator.id or 0,
        agency_id=row.agency_id,
        basis_code=basis_code,
        legal_basis=" ".join(legal_basis.split()),
        valid_from=valid_from,
        valid_to=valid_to,
        proposed_by=actor.id or 0,
        series_id=key if kind == "series" else None,
        file_id=key if kind == "file" else None,
        item_id=key if kind == "item" else None,
    )
    actor.require("create", "exclusion", made)
    if not allows_exclusions(indicator.parameters):
        raise ExclusionNotGranted(plan, code)
    _check(session, made)
    standing = session.exec(
        select(Exclusion).where(
            Exclusion.indicator_id == indicator.id,
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


def approve_exclusion(
    session: Session, actor: Actor, exclusion_id: int, expected_version: int | None
) -> Exclusion:
    """Approve a proposal; from its first day on it counts.

    Raises NotFound, NotPermitted, StepUpRequired, StaleVersion, ExclusionDecided.
    """
    return _decided(session, actor, "approve", exclusion_id, expected_version, "APPROVED", None)


def return_exclusion(
    session: Session, actor: Actor, exclusion_id: int, expected_version: int | None, reason: str
) -> Exclusion:
    """Return a proposal to its agency with a reason. Raises what approving raises, and Invalid."""
    said = " ".join(reason.split())
    if errors := [one for one in [_text("reason", said)] if one]:
        raise Invalid(errors)
    return _decided(session, actor, "return", exclusion_id, expected_version, "REJECTED", said)


def _decided(
    session: Session,
    actor: Actor,
    action: str,
    exclusion_id: int,
    expected_version: int | None,
    state: str,
    note: str | None,
) -> Exclusion:
    row = session.get(Exclusion, exclusion_id)
    actor.require("read", "exclusion", row)
    assert row is not None  # `require` raises for no row
    if row.state != "PROPOSED":
        raise ExclusionDecided
    actor.require(action, "exclusion", row)
    # Held only now: the database holds no row for whom no deed reaches (policies/rls.py).
    session.refresh(row, with_for_update=True)
    if row.state != "PROPOSED":
        raise ExclusionDecided
    if row.proposed_by == actor.id:  # the law forbids him to approve; the other decision is not his either
        raise NotPermitted(f"exclusion:{action}", "trường hợp loại trừ", "the exclusion")
    if expected_version is not None and row.version != expected_version:
        raise StaleVersion(row.version)
    row.state, row.approved_by, row.decided_at = state, actor.id, clock.now()
    row.note = note or row.note
    row.version += 1
    row.updated_at = clock.now()
    session.add(row)
    session.flush()
    record(
        session, actor, f"exclusion:{action}", "exclusion", row.id, agency_id=row.agency_id, reason=note,
        detail={"basis": row.basis_code, "valid_from": row.valid_from.isoformat()},
    )  # fmt: skip
    return row


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
    errors = [_text("legal_basis", made.legal_basis)]
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


def _text(field: str, said: str) -> FieldError | None:
    if not said:
        return FieldError(field, "REQUIRED", "Hãy nêu căn cứ hoặc lý do.", "Give the basis or the reason.")
    if len(said) > _LONGEST:
        return FieldError(
            field, "TOO_LONG", f"Tối đa {_LONGEST} ký tự, đã nhập {len(said)}.",
            f"At most {_LONGEST} characters; there are {len(said)}.",
        )  # fmt: skip
    return None
