"""`hub user`, `hub token`: people, their roles, their keys and their way to the pages."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, col, select

from hub.access import commands as deeds
from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.access.queries import grants_of, user_by_name
from hub.access.sessions import open_link, sign_in_address
from hub.agencies.models import Agency
from hub.cli import credentials, granting
from hub.cli.core import agency_key, change, read, settings_of
from hub.cli.granting import tell
from hub.cli.terminal import as_json, table

Run = Callable[[argparse.Namespace], int]


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The two commands and their parts."""

    def part(group: Any, name: str, run: Run, text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = group.add_parser(name, parents=[options], help=text)
        parser.set_defaults(run=run)
        return parser

    user = part(commands, "user", list_users, "người dùng và vai trò · users and their roles")
    parts = user.add_subparsers(metavar="ACTION")
    part(parts, "list", list_users, "danh sách · everybody and his grants")
    create = part(parts, "create", create_user, "thêm · a new user")
    create.add_argument("name")
    create.add_argument("--full-name", required=True)
    create.add_argument("--agency", metavar="CODE")
    create.add_argument("--email")
    create.add_argument("--service", action="store_true", help="một phần mềm · a program, not a person")
    granting.add(parts, part)
    link = part(parts, "link", make_link, "liên kết đăng nhập dùng một lần · a link that signs in once")
    link.add_argument("name")
    credentials.extend(parts, part)

    token = commands.add_parser("token", help="mã truy cập · access tokens")
    parts = token.add_subparsers(metavar="ACTION", required=True)
    make = part(parts, "create", create_token, "tạo mã, chỉ hiện một lần · a key, shown once")
    make.add_argument("--user", required=True, metavar="NAME")
    make.add_argument(
        "--expires", metavar="DATE", help="ngày cuối cùng còn dùng được · the last day it works"
    )
    make.add_argument("--label", default="cli")
    make.add_argument(
        "--stepped-up",
        action="store_true",
        help="không phải xác thực lại, cho phần mềm tự quyết định · is never asked for a second factor",
    )
    end = part(parts, "revoke", revoke_token, "thu hồi mã · end a key")
    end.add_argument("prefix", help="phần đầu của mã, như hub_1a2b3c4d · its first part")


def list_users(arguments: argparse.Namespace) -> int:
    """Print the users the caller may see, with their grants in force."""

    def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        codes = dict(session.exec(select(Agency.id, Agency.code)).all())
        users = session.exec(select(AppUser).order_by(col(AppUser.name))).all()
        names = {user.id: user.name for user in users}
        return [
            {
                "name": user.name,
                "fullName": user.full_name,
                "agency": codes.get(user.agency_id),
                "disabled": user.disabled_at is not None,
                "roles": [
                    {
                        "role": grant.role,
                        "agency": codes.get(grant.agency_id),
                        "until": grant.valid_to,
                        "onBehalfOf": names.get(grant.on_behalf_of),
                    }
                    for grant in grants_of(session, user.id or 0)
                    if actor.may("read", "grant", grant)
                ],
            }
            for user in users
            if actor.may("read", "user", user) or user.id == actor.id
        ]

    rows = read(arguments, work)
    if arguments.json:
        print(as_json(rows))
        return 0
    shown = (
        (
            row["name"],
            row["fullName"],
            row["agency"],
            ", ".join(map(_role, row["roles"])),
        )
        for row in rows
    )
    print(table(("tên · name", "họ tên · full name", "cơ quan · agency", "vai trò · roles"), shown))
    return 0


def _role(held: dict[str, Any]) -> str:
    place = f"@{held['agency']}" if held["agency"] else ""
    behalf = f" (KT. {held['onBehalfOf']})" if held["onBehalfOf"] else ""
    return f"{held['role']}{place}{behalf}"


def create_user(arguments: argparse.Namespace) -> int:
    """Add a user without any role."""

    def work(session: Session, actor: Actor) -> str:
        user = deeds.create_user(
            session,
            actor,
            arguments.name,
            arguments.full_name,
            agency_id=agency_key(session, arguments.agency),
            email=arguments.email,
            is_service=arguments.service,
        )
        return user.name

    return tell(arguments, {"user": change(arguments, work)})


def make_link(arguments: argparse.Namespace) -> int:
    """Print a link that signs a user in to the pages once, within a day: the only time it is shown."""

    def work(session: Session, actor: Actor) -> str:
        return open_link(session, actor, user_by_name(session, arguments.name))

    url = sign_in_address(settings_of(arguments).address, change(arguments, work))
    print(as_json({"user": arguments.name, "url": url}) if arguments.json else url)
    return 0


def create_token(arguments: argparse.Namespace) -> int:
    """Print a new key of a user: the only time it is shown."""
    expires_at = credentials.end_of(arguments.expires)

    def work(session: Session, actor: Actor) -> str:
        user = user_by_name(session, arguments.user)
        return deeds.create_token(
            session, actor, user, arguments.label, expires_at=expires_at, stepped_up=arguments.stepped_up
        )

    token = change(arguments, work)
    print(
        as_json({"user": arguments.user, "token": token, "expiresAt": expires_at})
        if arguments.json
        else token
    )
    return 0


def revoke_token(arguments: argparse.Namespace) -> int:
    """End a key at once."""

    def work(session: Session, actor: Actor) -> None:
        deeds.revoke_token(session, actor, credentials.token_of(session, arguments.prefix))

    change(arguments, work)
    return tell(arguments, {"revoked": arguments.prefix})
