"""Sessions (phiên đăng nhập): who is signed in to the pages, and which devices are enrolled."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.access import models
from schema.compiler.declarations import (
    ID,
    Key,
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
from schema.lazy import AUser
from schema.node import Node
from schema.records.conditions import key_of, words

_ = strawberry.enum_value
_ALIVE = "({t}.ended_at is null and {t}.idle_until > now() and {t}.expires_at > now())"


@strawberry.enum(description="How somebody signed in (cách đăng nhập).")
class SignInMethod(Enum):
    """Ways to sign in."""

    LINK = _("LINK", description="By a link that works once (liên kết dùng một lần).")
    PASSWORD = _("PASSWORD", description="By name and password (tên và mật khẩu).")
    ISSUER = _("ISSUER", description="At an identity provider (hệ thống xác thực).")
    DEVICE = _(
        "DEVICE", description="A device enrolled once, which reads only (thiết bị đã đăng ký, chỉ xem)."
    )


@strawberry.enum(description="Orders of sessions (thứ tự phiên đăng nhập).")
class SessionOrder(Enum):
    """Orders of sessions."""

    ID_ASC = by(ID, description="As begun (theo thứ tự bắt đầu).")
    ID_DESC = by(ID, descending=True, description="Last begun first (mới bắt đầu trước).")
    LAST_SEEN_DESC = by(
        Key("seen", "{t}.last_seen_at", "timestamptz"),
        descending=True,
        description="Last seen first (hoạt động gần nhất trước).",
    )


@strawberry.input(description="Which sessions; every field given must hold (bộ lọc phiên đăng nhập).")
class SessionFilter:
    """Conditions on sessions."""

    alive: bool | None = condition(
        f"{_ALIVE} = {{v}}", "bool", "Those that go on, or for false those that are over (còn hiệu lực)."
    )
    methods: list[SignInMethod] | None = condition(
        "{t}.method = {v}", "text", "Any of these ways (cách đăng nhập).", many="{t}.method = any({v})"
    )
    text: str | None = words("hub_fold(coalesce({t}.user_agent, ''))")


@record(
    models.WebSession, resource="session", description="Somebody signed in to the pages (phiên đăng nhập)."
)
class Session(Node):
    """What may be told of a session; not its secret."""

    id: strawberry.ID = identifier()
    user: AUser | None = to_one("user_id", "Whose it is (người dùng).")
    user_name: str = expression(
        "(select u.name from app_user u where u.id = {t}.user_id)", "Name of its user (tên đăng nhập)."
    )
    method: SignInMethod = column("method", "How he signed in (cách đăng nhập).")
    is_alive: bool = expression(_ALIVE, "Whether it goes on (còn hiệu lực).")
    label: str | None = column("label", "Name of an enrolled device (tên thiết bị).")
    user_agent: str | None = column("user_agent", "What the browser calls itself (trình duyệt).")
    client_ip: str | None = expression("host({t}.client_ip)", "From where it began (địa chỉ).")
    created_at: datetime = column("created_at", "When it began (bắt đầu lúc).")
    last_seen_at: datetime = column("last_seen_at", "When last seen, to the minute (hoạt động gần nhất).")
    expires_at: datetime = column("expires_at", "When it ends in any case (hết hạn lúc).")
    ended_at: datetime | None = column("ended_at", "When it was ended (kết thúc lúc).")


@strawberry.type(description="A page of sessions (danh sách phiên đăng nhập).")
class SessionConnection(Connection[Session]):
    """Connection to sessions."""


@strawberry.type
class SessionsQuery:
    """Reads of sessions."""

    @root(Page((Source("true"),)))
    def sessions(
        self,
        filter: SessionFilter | None = UNSET,
        order_by: SessionOrder | None = SessionOrder.LAST_SEEN_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> SessionConnection:
        """Sessions that the caller may see: his own, of IT security all (phiên đăng nhập)."""
        raise NotImplementedError

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("Session")}))
    def session(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")]
    ) -> Session | None:
        """A session by its id (một phiên đăng nhập)."""
        raise NotImplementedError
