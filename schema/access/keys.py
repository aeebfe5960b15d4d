"""Keys of systems (mã truy cập của hệ thống): each bound to one agency; the key itself is shown once, when made."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.access import models
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
from schema.lazy import AnAgency, AUser
from schema.node import Node
from schema.records.conditions import key_of, words

_ = strawberry.enum_value
_STATE = (
    "case when {t}.revoked_at is not null then 'REVOKED'"
    " when {t}.expires_at <= now() then 'EXPIRED' else 'ACTIVE' end"
)


@strawberry.enum(description="Whether a key works (tình trạng mã truy cập).")
class ApiKeyState(Enum):
    """States of a key."""

    ACTIVE = _("ACTIVE", description="It works (còn hiệu lực).")
    EXPIRED = _("EXPIRED", description="Its time is over (hết hạn).")
    REVOKED = _("REVOKED", description="Somebody ended it (đã thu hồi).")


@strawberry.enum(description="Orders of keys (thứ tự mã truy cập).")
class ApiKeyOrder(Enum):
    """Orders of keys."""

    ID_ASC = by(ID, description="As made (theo thứ tự tạo).")
    ID_DESC = by(ID, descending=True, description="Last made first (mới tạo trước).")


@strawberry.input(description="Which keys; every field given must hold (bộ lọc mã truy cập).")
class ApiKeyFilter:
    """Conditions on keys."""

    states: list[ApiKeyState] | None = condition(
        f"({_STATE}) = {{v}}", "text", "Any of these states (tình trạng).", many=f"({_STATE}) = any({{v}})"
    )
    of_systems: bool | None = condition(
        "({t}.bound_to is not null) = {v}", "bool", "Bound to an agency, or people's own (mã của hệ thống)."
    )
    text: str | None = words("hub_fold({t}.label || ' ' || translate({t}.prefix, '_', ' '))")


@record(
    models.AccessToken,
    resource="apikey",
    facts={
        "agency_id": "coalesce({t}.bound_to, (select u.agency_id from app_user u where u.id = {t}.user_id))"
    },
    description="A key (mã truy cập): of a system, bound to one agency, or of a person, worth all his roles.",
)
class ApiKey(Node):
    """What may be told of a key; not the key."""

    id: strawberry.ID = identifier()
    label: str = column("label", "What it is for (hệ thống, mục đích).")
    prefix: str = column("prefix", "Its first part, by which it is known again (phần đầu của mã).")
    agency: AnAgency | None = to_one("bound_to", "The agency it is bound to; null: a person's own (cơ quan).")
    user: AUser | None = to_one("user_id", "The account it acts as (tài khoản).")
    state: ApiKeyState = expression(_STATE, "Whether it works (tình trạng).")
    ip_ranges: list[str] = expression(
        "coalesce({t}.ip_ranges, '{}')::text[]", "From where it works; empty: from anywhere (dải địa chỉ)."
    )
    expires_at: datetime | None = column("expires_at", "Until when (hết hạn lúc).")
    revoked_at: datetime | None = column("revoked_at", "When it was ended (thu hồi lúc).")
    last_used_at: datetime | None = column(
        "last_used_at", "When it was last used, to the minute (dùng gần nhất)."
    )
    created_at: datetime = column("created_at", "When made (tạo lúc).")
    created_by: AUser | None = to_one("created_by", "Who made it (người tạo).")


@strawberry.type(description="A page of keys (danh sách mã truy cập).")
class ApiKeyConnection(Connection[ApiKey]):
    """Connection to keys."""


@strawberry.type
class ApiKeysQuery:
    """Reads of keys."""

    @root(Page((Source("true"),)))
    def api_keys(
        self,
        filter: ApiKeyFilter | None = UNSET,
        order_by: ApiKeyOrder | None = ApiKeyOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> ApiKeyConnection:
        """Keys that the caller may see: his own, those he administers (mã truy cập)."""
        raise NotImplementedError

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("ApiKey")}))
    def api_key(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")]
    ) -> ApiKey | None:
        """A key by its id (một mã truy cập)."""
        raise NotImplementedError
