"""Wider access to a record that waits for a second person (thay đổi mức tiếp cận chờ xác nhận)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from hub.records.models.access import AccessChange as Stored
from hub.records.models.access import place_of
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
    offers,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AFile, AFonds, AnAccessChange, AnAgency, AnItem, ASeries, AUser
from schema.node import Node
from schema.records.conditions import agency_of, key_of
from schema.vocabulary import ACCESS_SQL, AccessMode, Action

_ = strawberry.enum_value
_PLACE = place_of("{t}")
_NAME = "(select u.name from app_user u where u.id = {t}.%s)"


@strawberry.enum(description="Where a change of access stands (tình trạng thay đổi mức tiếp cận).")
class AccessChangeState(Enum):
    """States of a change of access."""

    PROPOSED = _("PROPOSED", description="It waits for a second person (chờ xác nhận).")
    CONFIRMED = _("CONFIRMED", description="In force (đã xác nhận).")
    REJECTED = _("REJECTED", description="Given up (không chấp nhận).")
    REPLACED = _("REPLACED", description="Another change came first (đã được thay thế).")


@strawberry.enum(description="Orders of changes of access (thứ tự thay đổi mức tiếp cận).")
class AccessChangeOrder(Enum):
    """Orders of changes of access."""

    ID_ASC = by(ID, description="As proposed (theo thứ tự đề nghị).")
    ID_DESC = by(ID, descending=True, description="Last proposed first (mới đề nghị trước).")


@strawberry.input(
    description="Which changes of access; every field given must hold (bộ lọc thay đổi mức tiếp cận)."
)
class AccessChangeFilter:
    """Conditions on changes of access."""

    states: list[AccessChangeState] | None = condition(
        "{t}.state = {v}", "text", "Any of these states (tình trạng).", many="{t}.state = any({v})"
    )
    agency_codes: list[str] | None = condition(
        f"{_PLACE['agency_id']} = {agency_of('{v}')}",
        "text",
        "Of records owned now by any of these agencies (mã cơ quan).",
        many=f"{_PLACE['agency_id']} = any(array(select {agency_of('g.code')} from unnest({{v}}) g(code)))",
    )
    file_id: strawberry.ID | None = condition(
        "{t}.file_id = {v}", "bigint", "Of this file (của hồ sơ).", reads=key_of("ArchivalFile")
    )
    item_id: strawberry.ID | None = condition(
        "{t}.item_id = {v}", "bigint", "Of this document (của văn bản).", reads=key_of("Item")
    )


@record(
    Stored,
    resource="accesschange",
    facts=_PLACE,
    description="Wider access to one record: in force when a second person has confirmed it (thay đổi mức tiếp cận).",
)
class AccessChange(Node):
    """Exactly one of fonds, series, file and item; null, too, for whoever may not see that record."""

    id: strawberry.ID = identifier()
    state: AccessChangeState = column("state", "Where it stands (tình trạng).")
    file: AFile | None = to_one("file_id", "The file it opens (hồ sơ).")
    item: AnItem | None = to_one("item_id", "The document it opens (văn bản).")
    series: ASeries | None = to_one("series_id", "The series it opens (nhóm hồ sơ).")
    fonds: AFonds | None = to_one("fonds_id", "The fonds it opens (phông).")
    agency: AnAgency | None = to_one(
        f"{{t}}.id = {_PLACE['agency_id'].replace('{t}', '{p}')}", "Who owns the record (cơ quan)."
    )
    access_before: AccessMode | None = expression(
        ACCESS_SQL.replace("access_level", "access_before"),
        "The access mode that is in force while it waits (chế độ sử dụng trước).",
    )
    access_after: AccessMode | None = expression(
        ACCESS_SQL.replace("access_level", "access_after"), "The mode proposed (chế độ sử dụng sau)."
    )
    personal_data_before: bool = column(
        "personal_before", "Whether the record is flagged for personal data (có dữ liệu cá nhân trước)."
    )
    personal_data_after: bool = column(
        "personal_after", "Whether it is to stay flagged (có dữ liệu cá nhân sau)."
    )
    proposed_by: AUser | None = to_one("proposed_by", "Who proposed it (người đề nghị).")
    proposed_by_name: str = expression(
        _NAME % "proposed_by",
        "The name he signs in with, as in the audit trail (tên đăng nhập của người đề nghị).",
    )
    proposed_at: datetime = column("proposed_at", "When (thời điểm đề nghị).")
    decided_by: AUser | None = to_one("decided_by", "Who decided (người quyết định).")
    decided_by_name: str | None = expression(
        _NAME % "decided_by", "The name he signs in with (tên đăng nhập của người quyết định)."
    )
    decided_at: datetime | None = column("decided_at", "When (thời điểm quyết định).")
    note: str | None = column("note", "Why it was rejected (lý do không chấp nhận).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    viewer_can: list[Action] = offers("What the caller may do with it (thao tác được phép).")


def pending(kind: str) -> AnAccessChange | None:
    """The field of a record that shows what waits to open it."""
    found: Any = to_one(
        f"{{t}}.{kind}_id = {{p}}.id and {{t}}.state = 'PROPOSED'",
        "Wider access that waits for a second person; the record stays as it is until then "
        "(thay đổi mức tiếp cận chờ xác nhận).",
    )
    return found


@strawberry.type(description="A page of changes of access (danh sách thay đổi mức tiếp cận).")
class AccessChangeConnection(Connection[AccessChange]):
    """Connection to changes of access."""


@strawberry.type
class AccessChangesQuery:
    """Reads of changes of access."""

    @root(Page((Source("true"),)))
    def access_changes(
        self,
        filter: AccessChangeFilter | None = UNSET,
        order_by: AccessChangeOrder | None = AccessChangeOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AccessChangeConnection:
        """Wider access that waits or waited for a second person (các thay đổi mức tiếp cận)."""
        raise NotImplementedError

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("AccessChange")}))
    def access_change(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")]
    ) -> AccessChange | None:
        """One change of access (một thay đổi mức tiếp cận)."""
        raise NotImplementedError
