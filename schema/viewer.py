"""The caller himself: who he is and which roles he holds where, as the law reads them at this moment."""

from __future__ import annotations

from datetime import date

import strawberry

from hub.access import models
from schema.compiler.declarations import One, column, part, record, root, several, to_one
from schema.lazy import AnAgency


@strawberry.type(description="An account (tài khoản).")
class User:
    """A person or a service."""

    name: str = column("name", "Name to sign in with (tên đăng nhập).")
    full_name: str = column("full_name", "Full name (họ tên).")
    email: str | None = column("email", "E-mail address (thư điện tử).")
    is_service: bool = column("is_service", "A program, not a person (tài khoản dịch vụ).")
    agency: AnAgency | None = to_one("agency_id", "Where he works (cơ quan công tác).")


@record(
    models.RoleGrant,
    resource="grant",
    description="A role held at an agency (vai trò tại cơ quan).",
)
class HeldRole:
    """A grant in force today."""

    role: str = column("role", "The role, e.g. clerk (vai trò).")
    agency: AnAgency | None = to_one("agency_id", "Where it is held; null when everywhere (cơ quan).")
    valid_from: date = column("valid_from", "In force from (có hiệu lực từ).")
    valid_to: date | None = column("valid_to", "In force until, that day excluded (có hiệu lực đến).")


@record(models.AppUser, resource="user", description="The caller and what he may be (người đang truy cập).")
class Viewer:
    """Who asks."""

    user: User = part("His account (tài khoản).")
    roles: list[HeldRole] = several(
        "{t}.user_id = {p}.id and {t}.valid_from <= :today and ({t}.valid_to is null or {t}.valid_to > :today)",
        "{t}.id",
        "The roles he holds today (các vai trò).",
    )


@strawberry.type
class ViewerQuery:
    """The read of the caller."""

    @root(One({(): "{t}.id = :viewer"}))
    def viewer(self) -> Viewer | None:
        """Who is asking; null when anonymous (người đang truy cập)."""
        raise NotImplementedError
