"""What `hub user` does about signing in, and `hub key`: the keys of systems."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.credentials import identities, keys, second_factor
from hub.access.models import AccessToken, AppUser
from hub.access.queries import user_by_name
from hub.access.sessions import open_link, revoke_session, sessions_of, sign_in_address
from hub.agencies.models import Agency
from hub.cli.core import agency_key, change, day, read, settings_of
from hub.cli.terminal import as_json, table
from hub.kit import clock
from hub.kit.clock import HANOI
from hub.kit.errors import BadRequest, NotFound

Part = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def extend(parts: Any, part: Part) -> None:
    """More parts of `hub user`."""
    link = part(
        parts,
        "password-link",
        password_link,
        "liên kết đặt mật khẩu, dùng một lần · a link to set a password, once",
    )
    link.add_argument("name")
    device = part(
        parts,
        "device-link",
        device_link,
        "đăng ký thiết bị chỉ xem · enrol a leader's device, to read only",
    )
    device.add_argument("name")
    shown = part(parts, "sessions", list_sessions, "các phiên đăng nhập · who is signed in")
    shown.add_argument("name", nargs="?")
    ended = part(parts, "sign-out", sign_out, "kết thúc mọi phiên · end every session of a user")
    ended.add_argument("name")
    linked = part(
        parts, "identity", link_identity, "gắn với hệ thống xác thực · link to an identity provider's subject"
    )
    linked.add_argument("name")
    linked.add_argument(
        "--issuer", required=True, metavar="NAME", help="tên trong cấu hình · its name in the settings"
    )
    linked.add_argument("--subject", metavar="SUB")
    linked.add_argument("--end", action="store_true", help="bỏ liên kết · end the link")
    lost = part(
        parts,
        "reset-second-factor",
        reset_second_factor,
        "bỏ yếu tố xác thực thứ hai đã mất · take away a lost second factor",
    )
    lost.add_argument("name")


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """`hub key`: keys of systems."""
    keys_of = commands.add_parser("key", help="mã truy cập của hệ thống · keys of systems")
    parts = keys_of.add_subparsers(metavar="ACTION", required=True)

    def part(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = parts.add_parser(name, parents=[options], help=text)
        parser.set_defaults(run=run)
        return parser

    made = part("create", create_key, "tạo mã, chỉ hiện một lần · a key for a system, shown once")
    made.add_argument("--agency", required=True, metavar="CODE")
    made.add_argument("--label", required=True, help="tên hệ thống · which system it is for")
    made.add_argument(
        "--ip", action="append", default=[], metavar="RANGE", help="dải địa chỉ · from where it works"
    )
    turned = part("rotate", rotate_key, "đổi mã, hai mã cùng dùng được · the next key; both work for a while")
    turned.add_argument("prefix", help="phần đầu của mã, như hub_1a2b3c4d · the first part of the key in use")
    turned.add_argument("--overlap", type=int, default=7 * 24, metavar="HOURS")
    for parser in (made, turned):
        parser.add_argument(
            "--expires", metavar="DATE", help="ngày cuối cùng còn dùng được · the last day it works"
        )
    part("list", list_keys, "danh sách · keys the caller may see")


def create_key(arguments: argparse.Namespace) -> int:
    """Print a new key of a system, bound to an agency: the only time it is shown."""
    settings = settings_of(arguments)

    def work(session: Session, actor: Actor) -> dict[str, Any]:
        row, key = keys.create_api_key(
            session,
            actor,
            agency_key(session, arguments.agency) or 0,
            arguments.label,
            expires_at=end_of(arguments.expires),
            ip_ranges=arguments.ip,
            settings=settings,
        )
        return _shown(row, key)

    return _tell_key(arguments, change(arguments, work))


def rotate_key(arguments: argparse.Namespace) -> int:
    """Print the next key of the same system; the old one goes on for the overlap."""
    settings = settings_of(arguments)

    def work(session: Session, actor: Actor) -> dict[str, Any]:
        old = token_of(session, arguments.prefix)
        row, key = keys.rotate_api_key(
            session,
            actor,
            old.id or 0,
            expires_at=end_of(arguments.expires),
            overlap=timedelta(hours=arguments.overlap),
            settings=settings,
        )
        return _shown(row, key)

    return _tell_key(arguments, change(arguments, work))


def list_keys(arguments: argparse.Namespace) -> int:
    """Print the keys of systems that the caller may see."""

    def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        codes = dict(session.exec(select(Agency.id, Agency.code)).all())
        rows = session.exec(
            select(AccessToken).where(col(AccessToken.bound_to).is_not(None)).order_by(col(AccessToken.id))
        ).all()
        return [
            {**_shown(row), "agency": codes.get(row.bound_to), "revoked": row.revoked_at is not None}
            for row in rows
            if actor.may("read", "apikey", row, agency_id=row.bound_to)
        ]

    rows = read(arguments, work)
    if arguments.json:
        print(as_json(rows))
        return 0
    heads = ("mã · key", "cơ quan · agency", "hệ thống · system", "hết hạn · expires", "dùng · used")
    shown = (
        (
            row["prefix"],
            row["agency"],
            row["label"],
            "đã thu hồi · revoked" if row["revoked"] else f"{row['expiresAt']:%Y-%m-%d}",
            f"{row['lastUsedAt']:%Y-%m-%d %H:%M}" if row["lastUsedAt"] else "–",
        )
        for row in rows
    )
    print(table(heads, shown))
    return 0


def end_of(told: str | None) -> datetime | None:
    """The last moment of a day as typed, in Hà Nội. Raises BadRequest for a day that has passed."""
    if not told:
        return None
    last = datetime.combine(day(told), time.max, HANOI)
    if last.astimezone(UTC) <= clock.now():
        raise BadRequest(
            f"Ngày {last:%d/%m/%Y} đã qua, mã sẽ không dùng được. Hãy chọn ngày khác.",
            f"{last:%Y-%m-%d} has passed, so the key would never work. Choose another day.",
        )
    return last.astimezone(UTC)


def token_of(session: Session, told: str) -> AccessToken:
    """The key of which this is the first part, or the whole. Raises NotFound."""
    prefix = "_".join(told.split("_")[:2])
    token = session.exec(select(AccessToken).where(AccessToken.prefix == prefix)).first()
    if token is None:
        raise NotFound(f"mã truy cập «{prefix}»", f'the access token "{prefix}"', path=("prefix",))
    return token


def _shown(row: AccessToken, key: str | None = None) -> dict[str, Any]:
    told = {
        "prefix": row.prefix,
        "label": row.label,
        "expiresAt": row.expires_at,
        "lastUsedAt": row.last_used_at,
    }
    return {"key": key, **told} if key else told


def _tell_key(arguments: argparse.Namespace, made: dict[str, Any]) -> int:
    print(as_json(made) if arguments.json else made["key"])
    return 0


def link_identity(arguments: argparse.Namespace) -> int:
    """Say whom an identity provider's subject is, or end that. Raises NotFound for an issuer not in the settings."""
    found = [one.url for one in settings_of(arguments).issuers if one.name == arguments.issuer]
    if not found:
        raise NotFound(
            f"hệ thống xác thực «{arguments.issuer}» trong cấu hình",
            f'the issuer "{arguments.issuer}" in the settings',
            path=("issuer",),
        )
    if not arguments.end and not arguments.subject:
        raise BadRequest("Hãy cho biết --subject, hoặc --end.", "Give --subject, or --end.")

    def work(session: Session, actor: Actor) -> None:
        user = user_by_name(session, arguments.name)
        if arguments.end:
            identities.unlink(session, actor, user, found[0])
        else:
            identities.link(session, actor, user, found[0], arguments.subject)

    change(arguments, work)
    done = {
        "user": arguments.name,
        "issuer": found[0],
        "subject": None if arguments.end else arguments.subject,
    }
    print(as_json(done) if arguments.json else "  ".join(str(value) for value in done.values() if value))
    return 0


def reset_second_factor(arguments: argparse.Namespace) -> int:
    """Take away the second factor of a user who has lost it; he enrols anew."""
    change(
        arguments,
        lambda session, actor: second_factor.remove(session, actor, user_by_name(session, arguments.name)),
    )
    print(as_json({"user": arguments.name}) if arguments.json else arguments.name)
    return 0


def password_link(arguments: argparse.Namespace) -> int:
    """Print a link that sets a user's password once, within a day: the only time it is shown."""
    return _print_link(arguments, "PASSWORD")


def device_link(arguments: argparse.Namespace) -> int:
    """Print a link that enrols a leader's device once, within a day: the only time it is shown."""
    return _print_link(arguments, "DEVICE")


def _print_link(arguments: argparse.Namespace, purpose: str) -> int:
    def work(session: Session, actor: Actor) -> str:
        return open_link(session, actor, user_by_name(session, arguments.name), purpose=purpose)

    url = sign_in_address(settings_of(arguments).address, change(arguments, work), purpose)
    print(as_json({"user": arguments.name, "url": url}) if arguments.json else url)
    return 0


def list_sessions(arguments: argparse.Namespace) -> int:
    """Print the sessions alive that the caller may see, of one user or of all."""

    def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        user_id = user_by_name(session, arguments.name).id if arguments.name else None
        return [
            {
                "id": row.id,
                "user": session.get_one(AppUser, row.user_id).name,
                "method": row.method,
                "address": row.client_ip,
                "since": row.created_at,
                "seen": row.last_seen_at,
                "device": row.label or row.user_agent,
            }
            for row in sessions_of(session, actor, user_id)
        ]

    rows = read(arguments, work)
    if arguments.json:
        print(as_json(rows))
        return 0
    heads = ("tên · name", "cách · by", "địa chỉ · address", "từ · since", "gần nhất · seen")
    shown = (
        (
            row["user"],
            row["method"],
            row["address"],
            f"{row['since']:%Y-%m-%d %H:%M}",
            f"{row['seen']:%Y-%m-%d %H:%M}",
        )
        for row in rows
    )
    print(table(heads, shown))
    return 0


def sign_out(arguments: argparse.Namespace) -> int:
    """End every session of a user that the caller may end, enrolled devices included."""

    def work(session: Session, actor: Actor) -> int:
        rows = sessions_of(session, actor, user_by_name(session, arguments.name).id)
        return len([revoke_session(session, actor, row.id or 0) for row in rows])

    ended = change(arguments, work)
    print(
        as_json({"user": arguments.name, "ended": ended}) if arguments.json else f"{arguments.name}: {ended}"
    )
    return 0
