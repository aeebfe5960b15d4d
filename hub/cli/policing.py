"""`hub policy show`, `check`, `adopt`: the law as a table, what a proposed one would do to people, and into force."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.policy import adopt_policy as adopt
from hub.access.policy import refused
from hub.access.wording import said
from hub.cli.core import NothingThere, changed, existing, read
from hub.cli.terminal import as_json, say
from hub.kit import clock
from hub.kit.errors import BadRequest, Unavailable
from hub.migrate import guard
from policies.changes import Change, changes
from policies.enforcer import PolicyError, Rule, read_rules
from policies.facts import broken, hindered
from policies.law import Policy, in_force, product
from policies.matrix import MARKS, matrix
from policies.subject import ROLES

ACCEPTED, REFUSED = 0, 1

_STATE = """
select s.policy_version as version, p.adopted_at, u.name as adopted_by, p.reason
  from policy_state s
  left join policy_version p on p.version = s.policy_version
  left join app_user u on u.id = p.adopted_by
"""
_HOLDERS = """
select g.role, u.name, a.code
  from role_grant g
  join app_user u on u.id = g.user_id
  left join agency a on a.id = g.agency_id
 where g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today) and u.disabled_at is null
 order by g.role, a.code nulls first, u.name
"""


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command and its parts."""
    policy = commands.add_parser("policy", help="luật phân quyền · the law of access")
    parts = policy.add_subparsers(metavar="ACTION", required=True)
    show = parts.add_parser("show", parents=[options], help="bảng vai trò và quyền · roles and rights")
    show.add_argument("--role", choices=ROLES)
    show.set_defaults(run=show_policy)
    check = parts.add_parser(
        "check",
        parents=[options],
        help="thử một luật mới: ai được thêm, ai mất quyền · try a new law: who gains and loses what",
    )
    check.add_argument("file", type=Path, metavar="FILE.csv")
    check.set_defaults(run=check_policy)
    adopt = parts.add_parser(
        "adopt",
        parents=[options],
        help="áp dụng một luật mới, không khởi động lại · put a new law into force, without a restart",
    )
    adopt.add_argument("file", type=Path, nargs="?", metavar="FILE.csv", help="bỏ trống · none: --release")
    adopt.add_argument(
        "--release", action="store_true", help="luật của bản phát hành · the law of the release"
    )
    adopt.add_argument("--reason", metavar="TEXT", help="lý do, số quyết định · why, by which decision")
    adopt.set_defaults(run=adopt_policy)


def show_policy(arguments: argparse.Namespace) -> int:
    """Print the matrix of the policy in force, or of one role in words."""
    policy, state = _in_force(arguments)
    if arguments.json:
        shown = [_told(rule) for rule in policy.rules if arguments.role in (None, rule.role)]
        print(as_json({"version": policy.version, **state, "rules": shown}))
        return 0
    if state["refused"]:
        say(
            f"luật {state['named']} bị từ chối, {policy.version} vẫn có hiệu lực: {state['refused']}",
            f"policy {state['named']} is refused, {policy.version} stays in force: {state['refused']}",
        )
    if arguments.role:
        for rule in policy.rules:
            if rule.role == arguments.role:
                print(f"policy.csv:{rule.line}: " + " · ".join(said(rule)))
    else:
        print(matrix(policy.rules))
    return 0


def _in_force(arguments: argparse.Namespace) -> tuple[Policy, dict[str, Any]]:
    """The policy in force there, who adopted it, and why what is named is refused; without a database the code's."""
    nothing = {"named": None, "adoptedAt": None, "adoptedBy": None, "reason": None, "refused": None}
    try:
        row = read(
            arguments, lambda session, actor: session.connection().execute(text(_STATE)).mappings().one()
        )
    except (NothingThere, Unavailable):
        return product(), nothing
    named = row["version"]
    return in_force(), {
        "named": named,
        "adoptedAt": row["adopted_at"],
        "adoptedBy": row["adopted_by"],
        "reason": row["reason"],
        "refused": refused(named),
    }


def adopt_policy(arguments: argparse.Namespace) -> int:
    """Put a law into force, or that of the release again; running processes take it up. 1 for one that is forbidden."""
    if (arguments.file is None) != arguments.release:
        raise BadRequest(
            "Hãy cho biết tệp luật, hoặc --release để dùng lại luật của bản phát hành.",
            "Name the file of the law, or --release for that of the release.",
        )
    told: str | None = None
    if arguments.file is not None:
        told = _text(arguments.file)
        rules = _proposed(arguments.file, told)
        if forbidden := list(broken(rules)):
            print("\n".join(_lines([], forbidden, [], {})))
            return REFUSED

    def work(session: Session, actor: Actor) -> Policy:
        policy = adopt(session, actor, told, arguments.reason)
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        guard(driver)  # what the database itself refuses follows in the same transaction
        return policy

    with existing(arguments) as installation, installation.owners_seam() as seam:
        policy = changed(arguments, seam, work)
    say(f"luật {policy.version} có hiệu lực", f"policy {policy.version} is in force")
    return ACCEPTED


def check_policy(arguments: argparse.Namespace) -> int:
    """Print who gains and who loses what; 0 when the file could be law, 1 when it allows what is forbidden."""
    after = _proposed(arguments.file, _text(arguments.file))
    before = _in_force(arguments)[0].rules
    found, forbidden, work = list(changes(before, after)), list(broken(after)), list(hindered(after))
    holders = read(arguments, _holders)
    if arguments.json:
        told = {
            "accepted": not forbidden,
            "forbidden": forbidden,
            "hindered": work,
            "changes": [
                {"gains": one.gains, **_told(one.rule), "holders": holders.get(one.rule.role, [])}
                for one in found
            ],
        }
        print(as_json(told))
    else:
        print("\n".join(_lines(found, forbidden, work, holders)))
    return REFUSED if forbidden else ACCEPTED


def _text(path: Path) -> str:
    """What is in a file, read once, so that what was checked is what comes into force. Raises BadRequest."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadRequest(
            f"Tệp {path} không phải văn bản UTF-8. Hãy lưu lại thành CSV UTF-8.",
            f"{path} is no UTF-8 text. Save it as CSV in UTF-8.",
        ) from fault


def _proposed(path: Path, body: str) -> tuple[Rule, ...]:
    """The rules of a file's text. Raises BadRequest, which names the line, for one that cannot be law."""
    from schema import build_schema  # the tables that rules are asked of
    from schema.compiler.catalogue import SchemaFault

    try:
        rules = read_rules(body)
        build_schema().catalogue.check_law(rules)
    except (PolicyError, SchemaFault) as fault:
        raise BadRequest(
            f"Tệp {path} không thể là luật phân quyền: {fault}. Hãy sửa dòng đó.",
            f"{path} cannot be the law of access: {fault}. Mend that line.",
        ) from None
    return rules


def _holders(session: Session, actor: Actor) -> dict[str, list[dict[str, str | None]]]:
    """Who holds each role today, and where."""
    actor.require("read", "policy", SimpleNamespace(id=None))
    found: dict[str, list[dict[str, str | None]]] = {}
    for row in session.connection().execute(text(_HOLDERS), {"today": clock.today()}):
        found.setdefault(row.role, []).append({"user": row.name, "agency": row.code})
    return found


def _told(rule: Rule) -> dict[str, Any]:
    vietnamese, english = said(rule)
    return {**rule._asdict(), "words": vietnamese, "wordsEn": english}


def _lines(
    found: Sequence[Change],
    forbidden: Sequence[str],
    work: Sequence[str],
    holders: Mapping[str, Sequence[Mapping[str, str | None]]],
) -> list[str]:
    lines = []
    if not found:
        lines.append("không ai được thêm hay mất quyền · nobody gains or loses anything")
    for role in ROLES:
        of_role = [one for one in found if one.rule.role == role]
        if not of_role:
            continue
        lines.append(f"{role}: {_people(role, holders.get(role, ()))}")
        for gains, rule in ((one.gains, one.rule) for one in of_role):
            never = "never " if rule.effect == "deny" else ""
            mark = f"{never}{rule.resource}:{rule.action} {MARKS[rule.scope]} {rule.condition}"
            sentence = " · ".join(said(rule))
            lines.append(f"  {'+' if gains else '-'} {mark}")
            lines.append(f"      {sentence}")
    lines += [f"bị cấm · forbidden: {fact}" for fact in forbidden]
    lines += [f"cản trở công việc · hinders the work: {fact}" for fact in work]
    if forbidden:
        lines.append("TỪ CHỐI: luật này cho phép điều bị cấm · REFUSED: this law allows what is forbidden")
    return lines


def _people(role: str, held: Sequence[Mapping[str, str | None]]) -> str:
    if role in ("anyone", "user"):
        return "mọi người · everybody" if role == "anyone" else "ai đã đăng nhập · whoever is signed in"
    if not held:
        return "chưa ai giữ vai trò này · nobody holds it"
    return ", ".join(f"{one['user']}@{one['agency']}" if one["agency"] else str(one["user"]) for one in held)
