"""`hub outbox`: the mails that wait, went out or were refused; tried again, or sent at once."""

from __future__ import annotations

import argparse
from typing import Any

from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.queries import LOCAL_USER
from hub.audit.commands import record
from hub.cli.core import change, existing, read
from hub.cli.terminal import as_json, say, table
from hub.kit.clock import HANOI
from hub.kit.errors import NotPermitted
from hub.returns.models import AgencyReturn
from hub.returns.reminders import sending

LOST = 3
STATES = ("WAITING", "SENT", "FAILED", "DROPPED")


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    outbox = commands.add_parser("outbox", parents=[options], help="thư gửi đi · mails that go out")
    outbox.add_argument(
        "--state", choices=STATES, help="chỉ thư ở trạng thái này · of this state only (all, newest first)"
    )
    outbox.set_defaults(run=show)
    parts = outbox.add_subparsers(metavar="retry|send")
    again = parts.add_parser(
        "retry", parents=[options], help="gửi lại thư bị từ chối hoặc đang chờ · put back at the head"
    )
    again.add_argument("ids", nargs="*", type=int, metavar="ID", help="số của thư; bỏ trống: mọi thư · all")
    again.set_defaults(run=retry)
    now = parts.add_parser("send", parents=[options], help="gửi ngay thư đến lượt · send what is due now")
    now.set_defaults(run=send)


def show(arguments: argparse.Namespace) -> int:
    """The newest hundred mails, without their texts."""

    def work(session: Session, actor: Actor) -> list[dict[str, Any]]:
        _allow(actor)
        return sending.listed(session, [arguments.state] if arguments.state else None)

    rows = read(arguments, work)
    if arguments.json:
        print(as_json(rows))
        return 0
    heads = ("số", "trạng thái", "cơ quan", "kỳ", "người nhận", "lần thử", "thử tiếp", "lỗi")
    print(
        table(
            heads,
            [
                (
                    row["id"], row["state"], row["agency"], row["period"], row["recipient"], row["tries"],
                    f"{row['next_try_at'].astimezone(HANOI):%d/%m %H:%M}" if row["state"] == "WAITING" else None,
                    row["last_error"],
                )
                for row in rows
            ],
        )
    )  # fmt: skip
    return 0


def retry(arguments: argparse.Namespace) -> int:
    """Put mails back at the head; the worker sends them within a minute."""

    def work(session: Session, actor: Actor) -> list[int]:
        _allow(actor)
        moved = sending.retry(session, arguments.ids or None)
        if moved:
            record(session, actor, "return:follow", "period", None, detail={"kind": "OUTBOX", "mails": moved})
        return moved

    moved = change(arguments, work)
    if arguments.json:
        print(as_json({"retried": moved}))
    else:
        say(
            f"{len(moved)} thư sẽ được gửi lại trong một phút",
            f"{len(moved)} mails will be tried within a minute",
        )
    return 0


def send(arguments: argparse.Namespace) -> int:
    """Send what is due; 3 when the mail server is lost."""
    with existing(arguments) as installation, installation.seam() as seam:
        settings = installation.settings
        told = sending.send_waiting(seam, sending.mailbox(settings), settings.address)
    if arguments.json:
        print(as_json(vars(told)))
    else:
        say(
            f"đã gửi {told.sent}, bị từ chối {told.failed}, hoãn {told.deferred}, không còn cần {told.dropped}",
            f"{told.sent} sent, {told.failed} refused, {told.deferred} put off, {told.dropped} needed no more",
        )
    if told.lost:
        say(f"máy chủ thư không nhận: {told.lost}", f"the mail server does not serve: {told.lost}")
    return LOST if told.lost else 0


def _allow(actor: Actor) -> None:
    """Addresses are for whoever is at the machine, and for Home Affairs."""
    anywhere = AgencyReturn(period_id=0, agency_id=0)
    if actor.name != LOCAL_USER and not actor.may("follow", "return", anywhere, of_unit=False):
        raise NotPermitted("return:follow", "thư gửi đi", "the outbox")
