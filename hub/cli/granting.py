"""`hub user grant`, `revoke`, `delegate`, `disable`, `enable`, `update`: what an administrator does to people."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from hub.access import commands as deeds
from hub.access.actor import Actor
from hub.access.models import RoleGrant
from hub.access.queries import grants_of, user_by_name
from hub.cli.core import agency_key, change, day
from hub.cli.terminal import as_json
from hub.kit.errors import BadRequest, NotFound

Part = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add(parts: Any, part: Part) -> None:
    """The parts of `hub user` that change what somebody may do."""
    update = part(parts, "update", update_user, "sửa · correct what is said of a user")
    update.add_argument("name")
    update.add_argument("--full-name")
    update.add_argument("--agency", metavar="CODE")
    update.add_argument("--email")
    grant = part(parts, "grant", grant_role, "cấp vai trò · give a role")
    revoke = part(parts, "revoke", revoke_role, "thu hồi vai trò · end a role")
    delegate = part(parts, "delegate", delegate_role, "ủy quyền · let another hold a role for him")
    for parser in (grant, revoke, delegate):
        parser.add_argument("name")
        parser.add_argument("role")
        parser.add_argument("--agency", metavar="CODE")
        parser.add_argument("--reason")
    delegate.add_argument(
        "--to", required=True, metavar="NAME", help="người được ủy quyền · who is to hold it"
    )
    for parser in (grant, delegate):
        parser.add_argument("--from", dest="since", metavar="DATE")
        parser.add_argument(
            "--until",
            metavar="DATE",
            required=parser is delegate,
            help="ngày đầu tiên không còn · the first day without it",
        )
    for name, run, text in (
        ("disable", disable_user, "khóa tài khoản · shut a user out"),
        ("enable", enable_user, "mở khóa tài khoản · let him in again"),
    ):
        parser = part(parts, name, run, text)
        parser.add_argument("name")
        parser.add_argument("--reason")


def update_user(arguments: argparse.Namespace) -> int:
    """Correct what is said of a user. Raises BadRequest when nothing is."""
    said = {"full_name": arguments.full_name, "email": arguments.email, "agency": arguments.agency}
    if all(value is None for value in said.values()):
        raise BadRequest(
            "Chưa nói sửa gì. Hãy dùng --full-name, --agency hay --email.",
            "Nothing to correct was said. Use --full-name, --agency or --email.",
        )

    def work(session: Session, actor: Actor) -> int:
        facts: dict[str, Any] = {
            name: value or None for name, value in said.items() if value is not None and name != "agency"
        }
        if arguments.agency is not None:
            facts["agency_id"] = agency_key(session, arguments.agency or None)
        user = user_by_name(session, arguments.name)
        return deeds.update_user(session, actor, user.id or 0, None, facts).version

    return tell(arguments, {"user": arguments.name, "version": change(arguments, work)})


def grant_role(arguments: argparse.Namespace) -> int:
    """Give a user a role."""

    def work(session: Session, actor: Actor) -> None:
        deeds.grant_role(
            session,
            actor,
            user_by_name(session, arguments.name),
            arguments.role,
            agency_id=agency_key(session, arguments.agency),
            valid_from=day(arguments.since) if arguments.since else None,
            valid_to=day(arguments.until) if arguments.until else None,
            reason=arguments.reason,
        )

    change(arguments, work)
    return tell(arguments, {"user": arguments.name, "role": arguments.role, "agency": arguments.agency})


def revoke_role(arguments: argparse.Namespace) -> int:
    """End a role today, held or delegated. With no agency named, that of every agency it is held at."""

    def work(session: Session, actor: Actor) -> int:
        held = _held(session, arguments)
        for grant in held:
            deeds.end_grant(session, actor, grant.id or 0, reason=arguments.reason)
        return len(held)

    ended = change(arguments, work)
    return tell(arguments, {"user": arguments.name, "role": arguments.role, "ended": ended})


def delegate_role(arguments: argparse.Namespace) -> int:
    """Let another person hold a user's role on his behalf. Raises BadRequest when he holds it at several agencies."""

    def work(session: Session, actor: Actor) -> str:
        held = [grant for grant in _held(session, arguments) if grant.on_behalf_of is None]
        if len(held) != 1:
            raise BadRequest(
                f"«{arguments.name}» tự giữ vai trò {arguments.role} ở {len(held)} nơi. Hãy cho biết --agency.",
                f'"{arguments.name}" holds the role {arguments.role} himself at {len(held)} places. Give --agency.',
            )
        grant = deeds.delegate_role(
            session,
            actor,
            held[0].id or 0,
            user_by_name(session, arguments.to),
            valid_from=day(arguments.since) if arguments.since else None,
            valid_to=day(arguments.until),
            reason=arguments.reason,
        )
        return str(grant.valid_to)

    until = change(arguments, work)
    done = {"user": arguments.to, "role": arguments.role, "onBehalfOf": arguments.name, "until": until}
    return tell(arguments, done)


def disable_user(arguments: argparse.Namespace) -> int:
    """Shut a user out from his next request on."""

    def work(session: Session, actor: Actor) -> None:
        user = user_by_name(session, arguments.name)
        deeds.disable_user(session, actor, user.id or 0, reason=arguments.reason)

    change(arguments, work)
    return tell(arguments, {"disabled": arguments.name})


def enable_user(arguments: argparse.Namespace) -> int:
    """Let a user in again."""

    def work(session: Session, actor: Actor) -> None:
        user = user_by_name(session, arguments.name)
        deeds.enable_user(session, actor, user.id or 0, reason=arguments.reason)

    change(arguments, work)
    return tell(arguments, {"enabled": arguments.name})


def tell(arguments: argparse.Namespace, done: dict[str, Any]) -> int:
    """Print what was done, as words or as JSON; the exit code of success."""
    shown = "  ".join(f"{name}: {value}" for name, value in done.items() if value is not None)
    print(as_json(done) if arguments.json else shown)
    return 0


def _held(session: Session, arguments: argparse.Namespace) -> list[RoleGrant]:
    """The grants of the user's role in force, at the agency if one is named. Raises NotFound for none."""
    user = user_by_name(session, arguments.name)
    at = agency_key(session, arguments.agency)
    held = [
        grant
        for grant in grants_of(session, user.id or 0)
        if grant.role == arguments.role and (at is None or grant.agency_id == at)
    ]
    if not held:
        raise NotFound(
            f"vai trò {arguments.role} của «{arguments.name}»",
            f'the role {arguments.role} of "{arguments.name}"',
            path=("role",),
        )
    return held
