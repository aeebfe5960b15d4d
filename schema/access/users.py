"""Users (tài khoản): people and programs that may act, with the roles they hold and those they delegated."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.access import models
from schema.access.grants import RoleGrantFilter, RoleGrantOrder
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
from schema.lazy import AnAgency, Grants
from schema.node import Node
from schema.records.conditions import agency_codes, include_subtree, key_of, words
from schema.vocabulary import Action

# Whoever could not give him a role that he holds, or will hold, has no say over his account.
_AUTHORITY = (
    "({t}.id = :viewer or not exists (select from role_grant g"
    " where g.user_id = {t}.id and (g.valid_to is null or g.valid_to > :today)"
    " and not exists (select from role_grant mine join role_grantable m on m.granter_role = mine.role"
    " where mine.user_id = :viewer and m.role = g.role and mine.valid_from <= :today"
    " and (mine.valid_to is null or mine.valid_to > :today)"
    " and (m.anywhere or g.agency_id in (with recursive below(id) as (select mine.agency_id"
    " union select a.id from agency a join below on a.parent_id = below.id) select id from below)))))"
)


@strawberry.enum(description="Orders of users (thứ tự tài khoản).")
class UserOrder(Enum):
    """Orders of users."""

    ID_ASC = by(ID, description="As entered (theo thứ tự nhập).")
    ID_DESC = by(ID, descending=True, description="Last entered first (mới nhập trước).")
    NAME_ASC = by(Key("name", '{t}.name collate "C"', "text"), description="By name (theo tên đăng nhập).")
    NAME_DESC = by(
        Key("name", '{t}.name collate "C"', "text"),
        descending=True,
        description="By name, backwards (theo tên đăng nhập, ngược).",
    )


@strawberry.input(description="Which users; every field given must hold (bộ lọc tài khoản).")
class UserFilter:
    """Conditions on users."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    disabled: bool | None = condition(
        "({t}.disabled_at is not null) = {v}", "bool", "Shut out, or for false not (bị khóa)."
    )
    is_service: bool | None = condition(
        "{t}.is_service = {v}", "bool", "Programs only, or people only for false (tài khoản dịch vụ)."
    )
    text: str | None = words("hub_fold(translate({t}.name, '._@-', '    ') || ' ' || {t}.full_name)")


@record(models.AppUser, resource="user", description="An account with its roles (tài khoản và vai trò).")
class AppUser(Node):
    """A person or a program."""

    id: strawberry.ID = identifier()
    name: str = column("name", "Name to sign in with (tên đăng nhập).")
    full_name: str = column("full_name", "Full name (họ tên).")
    email: str | None = column("email", "E-mail address (thư điện tử).")
    is_service: bool = column("is_service", "A program, not a person (tài khoản dịch vụ).")
    agency: AnAgency | None = to_one("agency_id", "Where he works (cơ quan công tác).")
    is_disabled: bool = expression("{t}.disabled_at is not null", "Shut out (bị khóa).")
    disabled_at: datetime | None = column("disabled_at", "Since when (bị khóa từ).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    viewer_can: list[Action] = offers(
        "What the caller may do with it (thao tác được phép).",
        authority=_AUTHORITY,
        disabling=f"({{t}}.disabled_at is null and {_AUTHORITY})",
        enabling=f"({{t}}.disabled_at is not null and {_AUTHORITY})",
    )

    @connection("{t}.user_id = {p}.id")
    def grants(
        self,
        filter: RoleGrantFilter | None = UNSET,
        order_by: RoleGrantOrder | None = RoleGrantOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Grants:
        """Roles he holds, held or will hold (các vai trò)."""
        raise NotImplementedError

    @connection("{t}.on_behalf_of = {p}.id")
    def delegations(
        self,
        filter: RoleGrantFilter | None = UNSET,
        order_by: RoleGrantOrder | None = RoleGrantOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Grants:
        """Roles that others hold on his behalf (các ủy quyền của người này)."""
        raise NotImplementedError


@strawberry.type(description="A page of users (danh sách tài khoản).")
class AppUserConnection(Connection[AppUser]):
    """Connection to users."""


@strawberry.type
class UsersQuery:
    """Reads of users."""

    @root(Page((Source("true"),)))
    def users(
        self,
        filter: UserFilter | None = UNSET,
        order_by: UserOrder | None = UserOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AppUserConnection:
        """Users the caller may see; everybody sees himself (danh sách tài khoản)."""
        raise NotImplementedError

    @root(
        One(
            {("id",): "{t}.id = {id}::bigint", ("name",): "{t}.name = {name}::text"},
            {"id": key_of("AppUser")},
        )
    )
    def user(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Its global id (mã định danh).")
        ] = UNSET,
        name: Annotated[
            str | None, strawberry.argument(description="The name to sign in with (tên đăng nhập).")
        ] = UNSET,
    ) -> AppUser | None:
        """One user by id or by name (một tài khoản)."""
        raise NotImplementedError
