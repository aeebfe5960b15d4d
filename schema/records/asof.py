"""A record as it was on a day (bản ghi tại một ngày), deleted or not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import strawberry

from hub.kit.ids import ForgedId, decode, decode_as
from hub.records import asof
from schema.audit import RECORDS
from schema.scalars import JSON

_RESOURCES = {kind: resource for resource, kind in RECORDS.items()}


@strawberry.type(description="A change on the way to a state (thay đổi trước đó).")
class EarlierChange:
    """One deed."""

    at: datetime = strawberry.field(description="When (thời điểm).")
    event_type: str = strawberry.field(description="What was done, e.g. file:close (loại sự kiện).")
    agent: str | None = strawberry.field(description="Who did it (người thực hiện).")
    on_behalf_of: str | None = strawberry.field(description="For whom (thay mặt).")
    reason: str | None = strawberry.field(description="Why (lý do).")
    changed: JSON = strawberry.field(description="Fields with their values before and after (trường đã đổi).")


@strawberry.type(description="What a record said on a day (bản ghi tại một ngày).")
class RecordAsOf:
    """A past state, told by the audit trail."""

    id: strawberry.ID = strawberry.field(description="Its global id, still there or not (mã định danh).")
    on: date = strawberry.field(description="The day, at its end in Hà Nội (ngày).")
    values: JSON = strawberry.field(description="Its columns by name (giá trị các trường).")
    unknown: list[str] = strawberry.field(description="Fields the trail cannot tell (trường không rõ).")
    history: list[EarlierChange] = strawberry.field(
        description="What had been done to it by then, first deed first (lịch sử đến ngày đó)."
    )
    deleted_at: datetime | None = strawberry.field(description="When it was deleted (thời điểm xóa).")


@strawberry.type
class AsOfQuery:
    """The read of past states."""

    @strawberry.field(
        description=(
            "A fonds, series, file or document as it was at the end of a day, told by the audit trail, also after its"
            " deletion; null when it was not there, or the caller may not read it as it was (bản ghi tại một ngày)."
        )
    )
    async def record_as_of(
        self,
        info: strawberry.Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")],
        on: Annotated[date, strawberry.argument(description="The day (ngày).")],
    ) -> RecordAsOf | None:
        """See the description."""
        kind, _ = decode(id)
        if kind not in _RESOURCES:
            raise ForgedId(id)
        key, actor = decode_as(id, kind), info.context.actor
        found = await info.context.seam.read(
            lambda session: asof.as_of(session, actor, _RESOURCES[kind], key, on)
        )
        if found is None:
            return None
        changes = [EarlierChange(**vars(one)) for one in found.changes]
        return RecordAsOf(
            id=id,
            on=on,
            values=found.values,
            unknown=list(found.unknown),
            history=changes,
            deleted_at=found.ended_at,
        )
