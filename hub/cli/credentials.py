"""What `hub user` does about signing in: links that set a password, sessions seen and ended."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.access.queries import user_by_name
from hub.access.sessions import open_link, revoke_session, sessions_of, sign_in_address
from hub.cli.core import change, read, settings_of
from hub.cli.terminal import as_json, table

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
    shown = part(parts, "sessions", list_sessions, "các phiên đăng nhập · who is signed in")
    shown.add_argument("name", nargs="?")
    ended = part(parts, "sign-out", sign_out, "kết thúc mọi phiên · end every session of a user")
    ended.add_argument("name")


def password_link(arguments: argparse.Namespace) -> int:
    """Print a link that sets a user's password once, within a day: the only time it is shown."""

    def work(session: Session, actor: Actor) -> str:
        return open_link(session, actor, user_by_name(session, arguments.name), purpose="PASSWORD")

    url = sign_in_address(settings_of(arguments).address, change(arguments, work), "PASSWORD")
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
