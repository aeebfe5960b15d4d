"""`hub explain`: the rule of policy.csv that decides, and why the others did not speak, in both languages."""

from __future__ import annotations

import argparse
import re
from typing import Any

from sqlmodel import Session, SQLModel

from hub.access.actor import Actor
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency
from hub.cli.core import read
from hub.cli.terminal import as_json
from hub.kit.errors import BadRequest, NotFound
from hub.kit.ids import decode
from hub.records.models import ArchivalFile, Fonds, Item, Series
from policies.actions import ACTIONS
from policies.enforcer import read_rules
from policies.law import Decision, Step, policy_text

# The types that a record's id may name, and what the law calls them.
RECORDS: dict[str, tuple[str, type[SQLModel]]] = {
    "Agency": ("agency", Agency),
    "Fonds": ("fonds", Fonds),
    "Series": ("series", Series),
    "ArchivalFile": ("file", ArchivalFile),
    "Item": ("item", Item),
}
MAY, MAY_NOT = 0, 1
# What the law says of a rule that did not speak.
_OBSTACLES = (
    (re.compile(r"role (\S+) is not held"), "không có vai trò {}"),
    (re.compile(r"scope (\S+) does not reach the record"), "phạm vi {} không tới bản ghi"),
    (re.compile(r"condition (\S+) does not hold"), "điều kiện {} không thỏa"),
)


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    why = commands.add_parser(
        "explain", parents=[options], help="vì sao được, vì sao không · why he may, or may not"
    )
    why.add_argument("user", metavar="USER")
    why.add_argument("action", metavar="ACTION", help="closeFile, hoặc · or close, file:close")
    why.add_argument("record", metavar="RECORD", help="id, hoặc · or ArchivalFile:12")
    why.set_defaults(run=explain)


def explain(arguments: argparse.Namespace) -> int:
    """Print the rule that decides whether a user may do something to a record; 0 he may, 1 he may not."""

    def work(session: Session, _actor: Actor) -> tuple[str, Decision]:
        resource, row = _record(session, arguments.record)
        action = _action(arguments.action, resource)
        known: dict[str, Any] = {}
        if isinstance(row, Item):
            home = session.get(ArchivalFile, row.file_id)
            known["file_state"] = home.state if home else None
        actor = actor_for_user(session, arguments.user)
        return f"{resource}:{action}", actor.law.decide(actor.subject, action, resource, row, **known)

    asked, decision = read(arguments, work)
    print(as_json(_told(decision)) if arguments.json else "\n".join(_lines(arguments.user, asked, decision)))
    return MAY if decision.allowed else MAY_NOT


def _told(decision: Decision) -> dict[str, Any]:
    rule = decision.rule
    return {
        "allowed": decision.allowed,
        "rule": None if rule is None else str(rule),
        "by": None if rule is None else f"policy.csv:{rule.line}",
        "steps": [
            {
                "line": step.rule.line,
                "rule": str(step.rule),
                "speaks": step.obstacle is None,
                "obstacle": step.obstacle,
                "obstacleVi": _obstacle(step),
            }
            for step in decision.steps
        ],
    }


def _lines(who: str, asked: str, decision: Decision) -> list[str]:
    may = ("được", "may") if decision.allowed else ("không được", "may not")
    lines = [f"{who} {may[0]} {asked} · {who} {may[1]} {asked}"]
    if decision.rule is not None:
        where = f"policy.csv:{decision.rule.line}"
        lines.append(f"theo quy tắc {where} · decided by {where}: {decision.rule}")
    elif decision.steps:
        lines.append("không quy tắc nào cho phép · no rule allows it")
    else:
        lines.append(f"không quy tắc nào nói về {asked} · no rule speaks about {asked}")
    for step in decision.steps:
        vietnamese, english = (
            ("áp dụng", "speaks") if step.obstacle is None else (_obstacle(step), step.obstacle)
        )
        lines.append(f"  policy.csv:{step.rule.line}: {step.rule} — {vietnamese} · {english}")
    return lines


def _obstacle(step: Step) -> str | None:
    for pattern, vietnamese in _OBSTACLES:
        if step.obstacle and (found := pattern.fullmatch(step.obstacle)):
            return vietnamese.format(found[1])
    return step.obstacle


def _action(text: str, resource: str) -> str:
    """The law's word for an action on this kind of record. Raises BadRequest for one that nobody knows."""
    if text in ACTIONS:
        named, action = ACTIONS[text].resource, ACTIONS[text].act
    else:
        named, _, action = text.rpartition(":")
    if named and named != resource:
        raise BadRequest(
            f"«{text}» nói về {named}, còn bản ghi là {resource}. Hãy chọn đúng bản ghi hoặc thao tác.",
            f'"{text}" is about {named}, the record is {resource}. Choose the other record or action.',
        )
    known = sorted({rule.action for rule in read_rules(policy_text()) if rule.resource == resource})
    if action not in known:
        shown = ", ".join(known)
        raise BadRequest(
            f"Không có thao tác «{text}» đối với {resource}. Các thao tác: {shown}.",
            f'There is no action "{text}" on {resource}. There are: {shown}.',
        )
    return action


def _record(session: Session, text: str) -> tuple[str, SQLModel]:
    """The record an id names: a global id, or `Type:key` for people. Raises NotFound, BadRequest."""
    name, key = text.split(":", 1) if ":" in text else decode(text)
    if name not in RECORDS or not key.isdigit():
        raise BadRequest(
            f"«{text}» không phải mã bản ghi. Hãy dùng id từ API, hoặc {'|'.join(RECORDS)}:số.",
            f'"{text}" names no record. Use an id of the API, or {"|".join(RECORDS)}:number.',
        )
    resource, model = RECORDS[name]
    row = session.get(model, int(key))
    if row is None:
        raise NotFound(f"bản ghi {text}", f"the record {text}", path=("record",))
    return resource, row
