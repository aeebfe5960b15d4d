"""The rules of signing in, as the settings make them: how long, how often, and what a password must be. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.kit.errors import FieldError
from hub.settings import Settings

# Whose unattended screen gives away the most.
ADMINISTRATORS = frozenset({"sysadmin", "agency_admin", "itsec"})
# Beyond it nobody types, and hashing would be work for whoever sends it.
PASSWORD_MOST = 128


def device_lasts(settings: Settings) -> timedelta:
    """How long a device stays enrolled, with and without visits."""
    return timedelta(days=settings.device_days)


def idle_of(settings: Settings, roles: Iterable[str], *, is_device: bool = False) -> timedelta:
    """How long a session lasts without a visit, for somebody with these roles."""
    if is_device:
        return device_lasts(settings)
    is_administrator = not ADMINISTRATORS.isdisjoint(roles)
    return timedelta(minutes=settings.session_idle_admin if is_administrator else settings.session_idle)


def longest(settings: Settings) -> timedelta:
    """After which a session ends in any case."""
    return timedelta(hours=settings.session_longest)


def has_expired(settings: Settings, changed_at: datetime, now: datetime) -> bool:
    """Whether a password has to be changed before anything else (QĐ 742/QĐ-BTTTT: validity as a setting)."""
    return bool(settings.password_days) and now - changed_at > timedelta(days=settings.password_days)


def normal(password: str) -> str:
    """The password as it is hashed: the same letters whatever keyboard composed them."""
    return unicodedata.normalize("NFC", password)


def kinds_of(password: str) -> int:
    """How many of: small letters, capitals, digits, others."""
    found = {
        "small" if char.islower() else "capital" if char.isupper() else "digit" if char.isdigit() else "other"
        for char in password
    }
    return len(found)


def password_errors(settings: Settings, name: str, password: str) -> list[FieldError]:
    """Every rule that a new password of this user breaks (QĐ 742/QĐ-BTTTT: length and kinds of characters)."""
    found = []
    least, kinds = settings.password_length, settings.password_kinds
    if len(password) < least:
        found.append(
            _error(
                "TOO_SHORT",
                f"Mật khẩu cần ít nhất {least} ký tự.",
                f"A password has at least {least} characters.",
            )
        )
    if len(password) > PASSWORD_MOST:
        found.append(
            _error(
                "TOO_LONG",
                f"Mật khẩu dài quá {PASSWORD_MOST} ký tự.",
                f"A password has at most {PASSWORD_MOST} characters.",
            )
        )
    if kinds_of(password) < kinds:
        found.append(
            _error(
                "TOO_FEW_KINDS",
                f"Mật khẩu cần ít nhất {kinds} loại ký tự trong: chữ thường, chữ hoa, chữ số, ký tự khác.",
                f"A password has at least {kinds} kinds of: small letters, capitals, digits, other characters.",
            )
        )
    if name.lower() in password.lower():
        found.append(
            _error(
                "HAS_NAME",
                "Mật khẩu không được chứa tên đăng nhập.",
                "A password does not hold the user name.",
            )
        )
    return found


def _error(code: str, vietnamese: str, english: str) -> FieldError:
    return FieldError("password", code, vietnamese, english)
