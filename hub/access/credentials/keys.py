"""Keys of systems: each bound to one agency, worth the role client there and nothing else.

    key, shown = create_api_key(session, actor, agency_id, "Phần mềm QLVB", settings=settings)   shown once
    key, shown = rotate_api_key(session, actor, key.id, settings=settings)      both work until the old one ends
    revoke_api_key(session, actor, key.id)

Behind a key stands an account of a program, made with it; its next keys belong to the same account, so that what
the system has made stays its own. At most two of its keys are valid at once: the one in use and its successor.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from hub.access.actor import Actor
from hub.access.commands import revoke_token
from hub.access.credentials.errors import KeyEnded, KeyInRotation
from hub.access.errors import NAMES
from hub.access.grants import grant_role
from hub.access.models import AccessToken, AppUser
from hub.access.sessions import USUAL, hash_of
from hub.access.users import create_user
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, NotFound
from hub.settings import Settings

# How long the old key goes on, so that the new one can be carried to the system without haste.
OVERLAP = timedelta(days=7)
_MOST_LABEL, _MOST_RANGES = 200, 20


def create_api_key(
    session: Session,
    actor: Actor,
    agency_id: int,
    label: str,
    *,
    expires_at: datetime | None = None,
    ip_ranges: Sequence[str] = (),
    settings: Settings = USUAL,
) -> tuple[AccessToken, str]:
    """A new system of an agency with its first key. Raises NotFound, NotPermitted, StepUpRequired, Invalid."""
    kept = _checked(settings, label, expires_at, ip_ranges)
    number = secrets.token_hex(4)
    user = create_user(session, actor, f"key.{number}", label.strip(), agency_id=agency_id, is_service=True)
    grant_role(session, actor, user, "client", agency_id=agency_id)
    return _issued(session, actor, user, number, label.strip(), agency_id, *kept)


def rotate_api_key(
    session: Session,
    actor: Actor,
    key_id: int,
    *,
    expires_at: datetime | None = None,
    overlap: timedelta = OVERLAP,
    settings: Settings = USUAL,
) -> tuple[AccessToken, str]:
    """The successor of a key, for the same system; the old one ends after the overlap.

    Raises NotFound, NotPermitted, StepUpRequired, KeyEnded, KeyInRotation, Invalid.
    """
    old = seen_key(session, actor, key_id, "update")
    user = session.get_one(AppUser, old.user_id, with_for_update=True)  # one rotation of a system at a time
    session.refresh(old)
    alive = _alive(session, user)
    if old not in alive:
        raise KeyEnded
    if len(alive) > 1:
        raise KeyInRotation
    until, ranges = _checked(settings, old.label, expires_at, [str(one) for one in old.ip_ranges or ()])
    made = _issued(session, actor, user, secrets.token_hex(4), old.label, old.bound_to or 0, until, ranges)
    last = clock.now() + overlap
    old.expires_at = min(old.expires_at or last, last)
    session.add(old)
    session.flush()
    detail = {
        "user": user.name,
        "old": old.prefix,
        "new": made[0].prefix,
        "until": old.expires_at.isoformat(),
    }
    record(session, actor, "apikey:update", "apikey", old.id, agency_id=old.bound_to, detail=detail)
    return made


def revoke_api_key(session: Session, actor: Actor, key_id: int) -> AccessToken:
    """End a key now; again changes nothing. Raises NotFound, NotPermitted."""
    return revoke_token(session, actor, _row(session, key_id))


def seen_key(session: Session, actor: Actor, key_id: int, action: str) -> AccessToken:
    """A system's key, where he may do the action to it. Raises NotFound, NotPermitted."""
    key = _row(session, key_id)
    actor.require(action, "apikey", key, agency_id=key.bound_to)
    if key.bound_to is None:
        raise NotFound(*NAMES["apikey"], path=("id",))
    return key


def _row(session: Session, key_id: int) -> AccessToken:
    key = session.get(AccessToken, key_id)
    if key is None:
        raise NotFound(*NAMES["apikey"], path=("id",))
    return key


def _alive(session: Session, user: AppUser) -> list[AccessToken]:
    now = clock.now()
    return list(
        session.exec(
            select(AccessToken).where(
                AccessToken.user_id == user.id,
                col(AccessToken.revoked_at).is_(None),
                or_(col(AccessToken.expires_at).is_(None), col(AccessToken.expires_at) > now),
            )
        )
    )


def _issued(
    session: Session,
    actor: Actor,
    user: AppUser,
    number: str,
    label: str,
    agency_id: int,
    expires_at: datetime,
    ip_ranges: list[str] | None,
) -> tuple[AccessToken, str]:
    shown = f"hub_{number}_{secrets.token_urlsafe(32)}"
    key = AccessToken(
        user_id=user.id or 0,
        label=label,
        sha256=hash_of(shown),
        prefix=f"hub_{number}",
        expires_at=expires_at,
        bound_to=agency_id,
        ip_ranges=ip_ranges,
        created_by=actor.id,
    )
    actor.require("create", "apikey", key, agency_id=agency_id)
    session.add(key)
    session.flush()
    detail = {"user": user.name, "label": label, "prefix": key.prefix, "until": expires_at.isoformat()}
    record(session, actor, "apikey:create", "apikey", key.id, agency_id=agency_id, detail=detail)
    return key, shown


def _checked(
    settings: Settings, label: str, expires_at: datetime | None, ip_ranges: Sequence[str]
) -> tuple[datetime, list[str] | None]:
    """The last moment and the ranges of a key. Raises Invalid with every broken rule."""
    errors, now = [], clock.now()
    longest = now + timedelta(days=settings.api_key_days)
    if not 0 < len(label.strip()) <= _MOST_LABEL:
        errors.append(
            FieldError(
                "label",
                "LENGTH",
                f"Tên hệ thống dài 1 đến {_MOST_LABEL} ký tự.",
                f"The name of the system has 1 to {_MOST_LABEL} characters.",
            )
        )
    if expires_at is not None and not now < expires_at <= longest:
        errors.append(
            FieldError(
                "expires_at",
                "OUT_OF_RANGE",
                f"Mã phải hết hạn trong tương lai, chậm nhất {settings.api_key_days} ngày kể từ hôm nay.",
                f"A key expires in the future, at most {settings.api_key_days} days from now.",
            )
        )
    if len(ip_ranges) > _MOST_RANGES:
        errors.append(
            FieldError(
                "ip_ranges",
                "TOO_MANY",
                f"Tối đa {_MOST_RANGES} dải địa chỉ.",
                f"At most {_MOST_RANGES} ranges.",
            )
        )
    ranges = []
    for told in ip_ranges:
        try:
            ranges.append(str(ipaddress.ip_network(told.strip(), strict=False)))
        except ValueError:
            errors.append(
                FieldError(
                    "ip_ranges",
                    "NOT_A_RANGE",
                    f"«{told[:60]}» không phải dải địa chỉ. Ví dụ: 10.20.0.0/16.",
                    f'"{told[:60]}" is no range of addresses. An example: 10.20.0.0/16.',
                )
            )
    if errors:
        raise Invalid(errors)
    return expires_at or longest, ranges or None
