"""Exceptions by law in GraphQL: what was proposed, approved or returned, on which basis."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.clock import today
from hub.kpi.exclusion_effect import Pair, exclusion_effect
from hub.plan import models
from schema.compiler.declarations import (
    ID,
    One,
    Page,
    Source,
    by,
    column,
    condition,
    expression,
    identifier,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AFile, AnAgency, AnItem, ASeries
from schema.node import Node
from schema.records.conditions import agency_codes, any_of, include_subtree, key_of, words
from schema.scalars import Percent

_ = strawberry.enum_value
_CODE = "(select i.code from indicator i where i.id = {t}.indicator_id)"


@strawberry.enum(description="Where an exclusion is (trạng thái trường hợp loại trừ).")
class ExclusionState(Enum):
    """States of an exclusion."""

    PROPOSED = _("PROPOSED", description="Proposed by the agency (đã đề nghị).")
    APPROVED = _("APPROVED", description="Approved by Home Affairs (đã duyệt).")
    REJECTED = _("REJECTED", description="Returned to the agency (trả lại).")
    LIFTED = _("LIFTED", description="In force no more, once it was (đã bãi bỏ).")
    WITHDRAWN = _("WITHDRAWN", description="Taken back by the agency (đã rút).")


@strawberry.enum(description="Orders of exclusions (thứ tự trường hợp loại trừ).")
class ExclusionOrder(Enum):
    """Orders of exclusions."""

    ID_ASC = by(ID, description="As proposed (theo thứ tự đề nghị).")
    ID_DESC = by(ID, descending=True, description="Last proposed first (mới đề nghị trước).")


@strawberry.input(description="Which exclusions; every field given must hold (bộ lọc trường hợp loại trừ).")
class ExclusionFilter:
    """Conditions on exclusions."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    states: list[ExclusionState] | None = any_of("state", "Any of these states (trạng thái).")
    indicator_code: str | None = condition(f"{_CODE} = {{v}}", "text", "Of this indicator (mã chỉ tiêu).")
    text: str | None = words("hub_fold({t}.legal_basis || ' ' || {t}.basis_code)")


@record(
    models.Exclusion,
    resource="exclusion",
    description="A record left out of a figure by law (trường hợp loại trừ).",
)
class Exclusion(Node):
    """It leaves both sides of the figure while it is in force."""

    id: strawberry.ID = identifier()
    indicator_code: str = expression(_CODE, "The row of the plan (mã chỉ tiêu).")
    agency: AnAgency | None = to_one("agency_id", "Whose record it is (cơ quan).")
    series: ASeries | None = to_one("series_id", "The series left out, with its files (nhóm hồ sơ).")
    file: AFile | None = to_one("file_id", "The file left out (hồ sơ).")
    item: AnItem | None = to_one("item_id", "The document left out (văn bản).")
    whole_archive: bool = column("whole_archive", "Whether the agency's archive is left out (cả lưu trữ).")
    basis_code: str = column("basis_code", "Code of the basis, of the list exclusion_basis (mã căn cứ).")
    legal_basis: str = column("legal_basis", "The legal basis in words (căn cứ pháp lý).")
    valid_from: date = column("valid_from", "In force from (có hiệu lực từ).")
    valid_to: date | None = column("valid_to", "The first day without it (có hiệu lực đến).")
    state: ExclusionState = column("state", "Where it is (trạng thái).")
    decided_at: datetime | None = column("decided_at", "When decided (thời điểm quyết định).")
    note: str | None = column("note", "What was said in deciding (ý kiến).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When proposed (thời điểm đề nghị).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")


@strawberry.type(description="A page of exclusions (danh sách trường hợp loại trừ).")
class ExclusionConnection(Connection[Exclusion]):
    """Connection to exclusions."""


@strawberry.type(description="A figure on one side (số liệu một phía).")
class EffectSide:
    """As the scorecard would tell it."""

    numerator: int = strawberry.field(description="Numerator (tử số).")
    denominator: int = strawberry.field(description="Denominator (mẫu số).")
    percent: Percent | None = strawberry.field(description="Percent, two places (tỷ lệ).")


@strawberry.type(description="A figure without the exclusion and with it (khi không loại trừ, khi loại trừ).")
class EffectPair:
    """Both counted on the same day."""

    without: EffectSide = strawberry.field(description="Without it (không loại trừ).")
    in_force: EffectSide = strawberry.field(description="With it in force (khi loại trừ).")


@strawberry.type(description="What an exclusion does to its figure (ảnh hưởng của trường hợp loại trừ).")
class ExclusionEffect:
    """Each part is null for who may not read that figure live."""

    as_of: date = strawberry.field(description="Counted on this day (tính đến ngày).")
    city: EffectPair | None = strawberry.field(description="The city's figure (toàn Thành phố).")
    agency: EffectPair | None = strawberry.field(
        description="That of the agency that answers for the record (cơ quan chịu trách nhiệm)."
    )


@strawberry.type
class ExclusionsQuery:
    """Reads of exclusions."""

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("Exclusion")}))
    def exclusion(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")]
    ) -> Exclusion | None:
        """An exclusion by its id; null when absent or not seen by the caller (một trường hợp loại trừ)."""
        raise NotImplementedError

    @root(Page((Source("true"),)))
    def exclusions(
        self,
        filter: ExclusionFilter | None = UNSET,
        order_by: ExclusionOrder | None = ExclusionOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> ExclusionConnection:
        """Exclusions that the caller may see, last first (danh sách trường hợp loại trừ)."""
        raise NotImplementedError

    @strawberry.field(
        description="What an exclusion does to its figure now: without it, and with it in force, whatever its state;"
        " null where the row is not counted yet (ảnh hưởng của trường hợp loại trừ)."
    )
    async def exclusion_effect(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")],
    ) -> ExclusionEffect | None:
        """Each part for who reads the figure live."""
        actor, key = info.context.actor, int(key_of("Exclusion")(id))
        found: ExclusionEffect | None = await info.context.seam.read(
            lambda session: _effect(session, actor, key)
        )
        return found


def _effect(session: Session, actor: Actor, key: int) -> ExclusionEffect | None:
    row = session.get(models.Exclusion, key)
    actor.require("read", "exclusion", row)
    assert row is not None  # `require` raises for no row
    indicator = session.get_one(models.Indicator, row.indicator_id)
    plan = session.get_one(models.Plan, indicator.plan_id).code
    told = exclusion_effect(session, actor, row, plan, indicator.code, today())
    if told is None:
        return None
    return ExclusionEffect(
        as_of=told.as_of,
        city=_pair(told.city),
        agency=_pair(told.agency),
    )


def _pair(pair: Pair | None) -> EffectPair | None:
    if pair is None:
        return None
    without, in_force = (
        EffectSide(
            numerator=side.numerator,
            denominator=side.denominator,
            percent=None if side.percent is None else Percent(side.percent),
        )
        for side in (pair.without, pair.in_force)
    )
    return EffectPair(without=without, in_force=in_force)
