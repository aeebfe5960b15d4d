"""The form by which an agency proposes an exception by law: what may be chosen, and which record a code means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, or_, select

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.plan.exclusions import BASES
from hub.plan.models import Indicator, Plan
from hub.plan.rules import allows_exclusions
from hub.records.models import CodeListEntry
from hub.web.shown_records import FILE_STATE, KINDS
from hub.web.visit import Visit

RECORDS = ("file", "item", "series", "agency")
_BETWEEN = "|"  # a plan's code and a row's, in the value of a choice


@dataclass(frozen=True)
class Choices:
    """What the form offers: rows that grant exceptions (value, row), and bases (code, label of the visitor)."""

    rows: list[tuple[str, Indicator]]
    bases: list[CodeListEntry]


def choices(session: Session) -> Choices:
    """The rows of the plans in force, and the bases in force today."""
    today = clock.today()
    rows = session.exec(
        select(Plan.code, Indicator)
        .join(Plan, col(Plan.id) == col(Indicator.plan_id))
        .where(Indicator.part != "SIDE", Plan.period_from <= today)
        .order_by(col(Plan.period_from).desc(), col(Indicator.position))
    ).all()
    granting = [(plan + _BETWEEN + row.code, row) for plan, row in rows if allows_exclusions(row.parameters)]
    return Choices(granting, bases(session))


def bases(session: Session) -> list[CodeListEntry]:
    """The bases in force today."""
    today = clock.today()
    listed = select(CodeListEntry).where(
        CodeListEntry.list_name == BASES,
        CodeListEntry.valid_from <= today,
        or_(col(CodeListEntry.valid_to).is_(None), col(CodeListEntry.valid_to) > today),
    )
    return list(session.exec(listed.order_by(col(CodeListEntry.position))))


def row_chosen(visit: Visit) -> tuple[str, str]:
    """Plan and row of the choice."""
    plan, _, code = visit.form.get("row", "").rpartition(_BETWEEN)
    return plan, code


def record_named(session: Session, actor: Actor, visit: Visit) -> tuple[str, int]:
    """Kind and key of the record that the form names, among those he may propose. Raises Invalid."""
    kind, code = visit.form.get("kind", ""), visit.form.get("code", "").strip()
    if kind not in RECORDS or not code:
        raise Invalid([FieldError("code", "REQUIRED", "Hãy nêu loại và mã.", "Give the kind and the code.")])
    table: Any = Agency if kind == "agency" else KINDS[kind]
    further: dict[str, Any] = {"file_state": FILE_STATE} if kind == "item" else {}
    if kind == "agency":
        listed, place = select(Agency.id, Agency.code), "agency.id"
    else:
        listed = select(table.id, Agency.code).join(Agency, col(Agency.id) == table.agency_id)
        place = f"{kind}.agency_id"
    proposed: dict[str, Any] = {"agency_id": place, "state": "'PROPOSED'", "proposed_by": "null::bigint"}
    found: Any = session.exec(
        listed.where(
            table.code == code,
            actor.sees(kind, table, **further),
            actor.sees("exclusion", table, "create", **proposed),
        ).order_by(Agency.code)
    ).all()
    if (said := visit.form.get("agency", "").strip()) and len(found) > 1:
        found = [row for row in found if row[1] == said]
    if len(found) == 1:
        return kind, found[0][0]
    if not found:
        raise Invalid(
            [
                FieldError(
                    "code", "NOT_FOUND",
                    f"Không tìm thấy mã «{code}» loại này trong phạm vi của bạn. Hãy kiểm tra mã và loại.",
                    f'Nothing of this kind has the code "{code}" where you may propose. Check code and kind.',
                )
            ]
        )  # fmt: skip
    places = ", ".join(row[1] for row in found)
    raise Invalid(
        [
            FieldError(
                "agency", "AMBIGUOUS",
                f"Mã «{code}» có ở nhiều cơ quan: {places}. Hãy ghi thêm mã cơ quan.",
                f'Several agencies have the code "{code}": {places}. Give the code of the agency, too.',
            )
        ]
    )  # fmt: skip
