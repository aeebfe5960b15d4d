"""`hub explain`: the rule that decides, the grant behind it, or whom to ask; and why the other rules did not speak."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.access.explain import Access, action_of, explain, future_row
from hub.access.queries import actor_for_user, user_by_name
from hub.access.wording import said
from hub.agencies.models import Agency
from hub.cli.core import agency_key, read
from hub.cli.terminal import as_json
from hub.kit.errors import BadRequest, NotFound
from hub.kit.ids import decode
from policies.law import Step

MAY, MAY_NOT = 0, 1
# What the law says of a rule that did not speak.
_OBSTACLES = (
    (re.compile(r"role (\S+) is not held"), "không có vai trò {}"),
    (re.compile(r"scope (\S+) does not reach the record"), "phạm vi {} không tới bản ghi"),
    (re.compile(r"condition (\S+) does not hold"), "điều kiện {} không thỏa"),
)


@dataclass(frozen=True)
class Explained:
    """What was asked of the law, its answer, and the codes of the agencies named in it."""

    asked: str
    access: Access
    codes: dict[int | None, str]


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    why = commands.add_parser(
        "explain", parents=[options], help="vì sao được, vì sao không · why he may, or may not"
    )
    why.add_argument("user", metavar="USER")
    why.add_argument("action", metavar="ACTION", help="closeFile, hoặc · or close, file:close")
    why.add_argument(
        "record",
        metavar="RECORD",
        nargs="?",
        help="id, hoặc · or ArchivalFile:12; bỏ trống khi tạo mới · left out when making one",
    )
    why.add_argument("--agency", metavar="CODE", help="nơi sẽ tạo bản ghi · where a record would be made")
    why.set_defaults(run=run_explain)


def run_explain(arguments: argparse.Namespace) -> int:
    """Print whether and why a user may do something to a record; 0 he may, 1 he may not."""
    explained = read(arguments, lambda session, actor: _explained(session, actor, arguments))
    if arguments.json:
        print(as_json(_told(explained)))
    else:
        print("\n".join(_lines(arguments.user, explained)))
    return MAY if explained.access.decision.allowed else MAY_NOT


def _explained(session: Session, actor: Actor, arguments: argparse.Namespace) -> Explained:
    other = actor_for_user(session, arguments.user)
    if other.id != actor.id:
        actor.require("view_as", "user", user_by_name(session, arguments.user))
    if arguments.record is None:
        resource, action = action_of(arguments.action, None)
        if action != "create":
            raise BadRequest(
                f"«{arguments.action}» là thao tác trên một bản ghi. Hãy cho biết id.",
                f'"{arguments.action}" is done to a record. Give its id.',
            )
        row = future_row(other, resource, agency_key(session, arguments.agency))
    else:
        resource, row = _record(session, actor, arguments.record)
        resource, action = action_of(arguments.action, resource)
    codes: dict[int | None, str] = dict(session.exec(select(Agency.id, Agency.code)).all())
    return Explained(f"{resource}:{action}", explain(session, other, action, resource, row), codes)


def _record(session: Session, actor: Actor, named: str) -> tuple[str, SimpleNamespace]:
    """The record an id names: a global id, or `Type:key` for people. Raises NotFound, BadRequest."""
    from schema import build_schema  # the whole API, which other commands need not load
    from schema.access.records import facts_of_row

    kind, key = named.split(":", 1) if ":" in named else decode(named)
    resource, row = facts_of_row(session, build_schema().catalogue, kind, key)
    if row is None or not actor.may("read", resource, row):
        raise NotFound(*NAMES[resource], path=("record",))
    return resource, row


def _told(explained: Explained) -> dict[str, Any]:
    access = explained.access
    rule, held = access.decision.rule, access.held
    return {
        "allowed": access.decision.allowed,
        "rule": None if rule is None else str(rule),
        "words": None if rule is None else said(rule)[0],
        "by": None if rule is None else f"policy.csv:{rule.line}",
        "grant": None
        if held is None
        else {
            "role": held.role,
            "agency": explained.codes.get(held.agency_id),
            "onBehalfOf": held.on_behalf_of,
            "from": held.valid_from,
            "until": held.valid_to,
        },
        "until": access.until,
        "requestable": bool(access.requests),
        "requests": [
            {"role": one.role, "agency": explained.codes.get(one.agency_id), "granters": list(one.granters)}
            for one in access.requests
        ],
        "steps": [
            {
                "line": step.rule.line,
                "rule": str(step.rule),
                "speaks": step.obstacle is None,
                "obstacle": step.obstacle,
                "obstacleVi": _obstacle(step),
            }
            for step in access.decision.steps
        ],
    }


def _lines(who: str, explained: Explained) -> list[str]:
    asked, access = explained.asked, explained.access
    decision, held = access.decision, access.held
    may = ("được", "may") if decision.allowed else ("không được", "may not")
    lines = [f"{who} {may[0]} {asked} · {who} {may[1]} {asked}"]
    if decision.rule is not None:
        where = f"policy.csv:{decision.rule.line}"
        vietnamese, english = said(decision.rule)
        lines.append(f"theo quy tắc {where} · decided by {where}: {decision.rule}")
        lines.append(f"  {vietnamese} · {english}")
    elif decision.steps:
        lines.append("không quy tắc nào cho phép · no rule allows it")
    else:
        lines.append(f"không quy tắc nào nói về {asked} · no rule speaks about {asked}")
    if held is not None:
        lines.append(f"theo vai trò · by the grant: {_place(held.role, held.agency_id, explained)}")
        if held.on_behalf_of is not None:
            lines.append(f"  thay mặt · on behalf of: {held.on_behalf_of}")
    if access.until is not None:
        lines.append(f"đến hết ngày trước · until the day before: {access.until:%d/%m/%Y}")
    for one in access.requests:
        named = _place(one.role, one.agency_id, explained)
        lines.append(f"có thể đề nghị · could be asked for: {named} ({', '.join(one.granters)})")
    for step in decision.steps:
        vietnamese, english = (
            ("áp dụng", "speaks") if step.obstacle is None else (str(_obstacle(step)), step.obstacle)
        )
        lines.append(f"  policy.csv:{step.rule.line}: {step.rule} — {vietnamese} · {english}")
    return lines


def _place(role: str, agency_id: int | None, explained: Explained) -> str:
    return role if agency_id is None else f"{role}@{explained.codes.get(agency_id, '?')}"


def _obstacle(step: Step) -> str | None:
    for pattern, vietnamese in _OBSTACLES:
        if step.obstacle and (found := pattern.fullmatch(step.obstacle)):
            return vietnamese.format(found[1])
    return step.obstacle
