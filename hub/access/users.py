"""Users entered, corrected, disabled and enabled: never deleted, since events name them; each with its audit event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.errors import NAMES, UserNameTaken
from hub.access.grants import require_authority
from hub.access.models import AppUser
from hub.agencies.models import Agency
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.changes import before_and_after
from hub.kit.errors import FieldError, Invalid, NotFound, StaleVersion

# A name that a command line and an address can say again.
_NAME = re.compile(r"[\w.@-]{1,100}")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LONGEST = 200
# What may be corrected of a user; his name is what events and commands call him.
CORRIGIBLE = ("full_name", "email", "agency_id")


def create_user(
    session: Session,
    actor: Actor,
    name: str,
    full_name: str,
    *,
    agency_id: int | None = None,
    email: str | None = None,
    is_service: bool = False,
) -> AppUser:
    """A new user without any role. Raises NotFound, NotPermitted, UserNameTaken, Invalid."""
    user = AppUser(name=name, full_name=full_name, email=email, agency_id=agency_id, is_service=is_service)
    actor.require("create", "user", user)
    _check(session, user)
    if session.exec(select(AppUser.id).where(AppUser.name == name)).first() is not None:
        raise UserNameTaken(name)
    session.add(user)
    session.flush()
    detail = {"name": name, "full_name": full_name, "is_service": is_service}
    record(session, actor, "user:create", "user", user.id, agency_id=agency_id, detail=detail)
    return user


def update_user(
    session: Session, actor: Actor, user_id: int, expected_version: int | None, facts: Mapping[str, Any]
) -> AppUser:
    """Correct what is said of a user (CORRIGIBLE); nobody corrects whom he could not give all his roles.

    Raises NotFound, NotPermitted, StaleVersion, Invalid.
    """
    user = _theirs(session, actor, "update", user_id, expected_version)
    for name in CORRIGIBLE:
        if name in facts:
            setattr(user, name, facts[name])
    actor.require("update", "user", user)  # nor may he be moved out of reach, or into it
    changes = before_and_after(user)
    _check(session, user)
    if changes:
        _store(session, actor, "user:update", user, {"changed": changes})
    return user


def disable_user(
    session: Session,
    actor: Actor,
    user_id: int,
    expected_version: int | None = None,
    *,
    reason: str | None = None,
) -> AppUser:
    """Shut a user out from the next request on; his grants wait, and nobody acts on his behalf meanwhile.

    Disabling him again changes nothing. Raises NotFound, NotPermitted, StaleVersion.
    """
    user = _theirs(session, actor, "disable", user_id, expected_version)
    if user.disabled_at is None:
        user.disabled_at = clock.now()
        _store(session, actor, "user:disable", user, {"name": user.name}, reason=reason)
    return user


def enable_user(
    session: Session,
    actor: Actor,
    user_id: int,
    expected_version: int | None = None,
    *,
    reason: str | None = None,
) -> AppUser:
    """Let a disabled user in again, with the grants that are still in force.

    Enabling him again changes nothing. Raises NotFound, NotPermitted, StaleVersion.
    """
    user = _theirs(session, actor, "enable", user_id, expected_version)
    if user.disabled_at is not None:
        user.disabled_at = None
        _store(session, actor, "user:enable", user, {"name": user.name}, reason=reason)
    return user


def seen_user(session: Session, actor: Actor, user_id: int) -> AppUser:
    """The user of this key. Raises NotFound for none and for one the caller may not see."""
    user = session.get(AppUser, user_id)
    actor.require("read", "user", user)
    assert user is not None  # `require` raises for no row
    return user


def _theirs(
    session: Session, actor: Actor, action: str, user_id: int, expected_version: int | None
) -> AppUser:
    user = session.get(AppUser, user_id, with_for_update={"key_share": True}, populate_existing=True)
    actor.require(action, "user", user)
    assert user is not None  # `require` raises for no row
    require_authority(session, actor, user)
    if expected_version is not None and expected_version != user.version:
        raise StaleVersion(user.version)
    return user


def _store(
    session: Session,
    actor: Actor,
    event: str,
    user: AppUser,
    detail: dict[str, Any],
    *,
    reason: str | None = None,
) -> None:
    user.version += 1
    user.updated_at = clock.now()
    session.add(user)
    session.flush()
    record(session, actor, event, "user", user.id, agency_id=user.agency_id, reason=reason, detail=detail)


def _check(session: Session, user: AppUser) -> None:
    if (
        user.agency_id is not None
        and session.exec(select(Agency.id).where(col(Agency.id) == user.agency_id)).first() is None
    ):
        raise NotFound(*NAMES["agency"], path=("agency_id",))
    if errors := [error for error in (_named(user), _called(user), _addressed(user)) if error is not None]:
        raise Invalid(errors)


def _named(user: AppUser) -> FieldError | None:
    if _NAME.fullmatch(user.name):
        return None
    return FieldError(
        "name",
        "BAD_NAME",
        f"Tên người dùng «{user.name[:100]}» chỉ được có chữ, số và . _ - @, tối đa 100 ký tự.",
        f'The user name "{user.name[:100]}" may hold letters, digits and . _ - @, at most 100.',
    )


def _called(user: AppUser) -> FieldError | None:
    if user.full_name.strip() and len(user.full_name) <= _LONGEST and user.full_name.isprintable():
        return None
    return FieldError(
        "full_name",
        "BAD_NAME",
        f"Họ tên dài 1 đến {_LONGEST} ký tự, không có ký tự điều khiển.",
        f"A full name has 1 to {_LONGEST} visible characters.",
    )


def _addressed(user: AppUser) -> FieldError | None:
    if user.email is None or (_EMAIL.fullmatch(user.email) and len(user.email) <= _LONGEST):
        return None
    return FieldError(
        "email",
        "BAD_EMAIL",
        f"«{user.email[:100]}» không phải địa chỉ thư điện tử.",
        f'"{user.email[:100]}" is no e-mail address.',
    )
