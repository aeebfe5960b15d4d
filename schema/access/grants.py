"""Grants (vai trò được cấp): a role held at an agency for a time, one's own or on behalf of somebody."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.access import models
from schema.access.vocabulary import Role
from schema.compiler.declarations import (
    ID,
    Key,
    One,
    Page,
    Source,
    by,
    column,
    condition,
    connection,
    expression,
    identifier,
    offers,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AGrant, AnAgency, AUser, Grants
from schema.node import Node
from schema.records.conditions import agency_codes, include_subtree, key_of, words
from schema.vocabulary import Action

_IN_FORCE = "({t}.valid_from <= :today and ({t}.valid_to is null or {t}.valid_to > :today))"
_NOT_ENDED = "({t}.valid_to is null or {t}.valid_to > :today)"
# Who delegated it ends it, and whoever may grant the role.
_MAY_END = (
    "({t}.on_behalf_of = :viewer or exists (select from role_grant g"
    " join role_grantable m on m.granter_role = g.role and m.role = {t}.role"
    " where g.user_id = :viewer and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)))"
)
_NAME = "(select u.name from app_user u where u.id = {t}.%s)"


@strawberry.enum(description="Orders of grants (thứ tự vai trò được cấp).")
class RoleGrantOrder(Enum):
    """Orders of grants."""

    ID_ASC = by(ID, description="As granted (theo thứ tự cấp).")
    ID_DESC = by(ID, descending=True, description="Last granted first (mới cấp trước).")
    VALID_FROM_ASC = by(
        Key("valid_from", "{t}.valid_from", "date"),
        description="By their first day (theo ngày có hiệu lực).",
    )
    VALID_FROM_DESC = by(
        Key("valid_from", "{t}.valid_from", "date"),
        descending=True,
        description="By their first day, last first (ngày có hiệu lực gần nhất trước).",
    )


@strawberry.input(description="Which grants; every field given must hold (bộ lọc vai trò được cấp).")
class RoleGrantFilter:
    """Conditions on grants."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    roles: list[Role] | None = condition(
        "{t}.role = {v}",
        "text",
        "Any of these roles (vai trò).",
        many="{t}.role = any({v})",
        reads=str.lower,
    )
    in_force_on: date | None = condition(
        "({t}.valid_from <= {v} and ({t}.valid_to is null or {t}.valid_to > {v}))",
        "date",
        "In force on this day (có hiệu lực vào ngày).",
    )
    delegated: bool | None = condition(
        "({t}.on_behalf_of is not null) = {v}",
        "bool",
        "Delegations only, or own grants only for false (chỉ ủy quyền).",
    )
    text: str | None = words("hub_fold({t}.role || ' ' || coalesce({t}.reason, ''))")


@record(models.RoleGrant, resource="grant", description="A role held at an agency (vai trò được cấp).")
class RoleGrant(Node):
    """A grant, past, present or to come."""

    id: strawberry.ID = identifier()
    role: Role = expression("upper({t}.role)", "The role (vai trò).")
    user: AUser | None = to_one("user_id", "Who holds it (người giữ vai trò).")
    user_name: str = expression(_NAME % "user_id", "Name of its holder (tên người giữ).")
    agency: AnAgency | None = to_one("agency_id", "Where it is held; null for the whole city (cơ quan).")
    valid_from: date = column("valid_from", "In force from (có hiệu lực từ).")
    valid_to: date | None = column("valid_to", "In force until, that day excluded (có hiệu lực đến).")
    is_in_force: bool = expression(_IN_FORCE, "In force today (đang có hiệu lực).")
    on_behalf_of: AUser | None = to_one("on_behalf_of", "Who delegated it; null: his own (thay mặt ai).")
    on_behalf_of_name: str | None = expression(
        _NAME % "on_behalf_of", "Name of the delegator (tên người ủy quyền)."
    )
    delegated_from: AGrant | None = to_one(
        "delegated_from", "The delegator's own grant, with which it ends (vai trò gốc)."
    )
    granted_by: AUser | None = to_one("granted_by", "Who entered it (người cấp).")
    reason: str | None = column("reason", "Why, or by which decision (lý do, quyết định).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    viewer_can: list[Action] = offers(
        "What the caller may do with it (thao tác được phép).",
        ending=f"({_NOT_ENDED} and {_MAY_END})",
        ending_delegation=f"({{t}}.on_behalf_of is not null and {_NOT_ENDED} and {_MAY_END})",
    )

    @connection("{t}.delegated_from = {p}.id")
    def delegations(
        self,
        filter: RoleGrantFilter | None = UNSET,
        order_by: RoleGrantOrder | None = RoleGrantOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Grants:
        """What was delegated from it (các ủy quyền từ vai trò này)."""
        raise NotImplementedError


@strawberry.type(description="A page of grants (danh sách vai trò được cấp).")
class RoleGrantConnection(Connection[RoleGrant]):
    """Connection to grants."""


@strawberry.type
class GrantsQuery:
    """Reads of grants."""

    @root(Page((Source("true"),)))
    def grants(
        self,
        filter: RoleGrantFilter | None = UNSET,
        order_by: RoleGrantOrder | None = RoleGrantOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> RoleGrantConnection:
        """Roles held, with delegations; everybody sees his own (các vai trò được cấp)."""
        raise NotImplementedError

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("RoleGrant")}))
    def grant(
        self,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")],
    ) -> RoleGrant | None:
        """One grant (một vai trò được cấp)."""
        raise NotImplementedError
