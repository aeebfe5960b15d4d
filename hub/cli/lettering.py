"""`hub report letter`: the official letter to the agencies that are late with their returns (công văn đôn đốc)."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.cli.core import day, existing
from hub.cli.terminal import as_json, say
from hub.kit.errors import NotFound


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    letter = commands.add_parser(
        "letter",
        parents=[options],
        help="công văn đôn đốc nộp báo cáo · the letter to agencies that are late",
    )
    letter.add_argument(
        "--period", required=True, metavar="DATE", help="thời điểm báo cáo của kỳ · the period's deadline"
    )
    letter.add_argument("--out", required=True, type=Path, metavar="FILE", help=".pdf, .html")
    letter.set_defaults(run=write)


def write(arguments: argparse.Namespace) -> int:
    """Write the letter of today; needs the right of Home Affairs (`--as`)."""
    from hub.access.queries import actor_for_user
    from hub.audit.commands import record
    from reports.files import check_suffix, put
    from reports.letter import build_letter, letter_pdf, render_letter

    check_suffix(arguments.out, brief=True)
    deadline = day(arguments.period)
    with existing(arguments) as installation, installation.seam() as seam:
        signed_as = installation.settings.report_signed_as

        def build(session: Session) -> Any:
            actor = actor_for_user(session, arguments.acting)
            return build_letter(session, actor, _period(session, actor, deadline), signed_as)

        letter = seam.read_now(build)
        is_page = arguments.out.suffix.lower() == ".html"
        written = put(arguments.out, render_letter(letter).encode() if is_page else letter_pdf(letter))

        def told(session: Session) -> None:
            actor = actor_for_user(session, arguments.acting)
            detail = {"period": letter.late.period.id, "kind": "LETTER", "files": [written.name]}
            record(session, actor, "report:export", "period", letter.late.period.id, detail=detail)

        seam.change_now(told)
    if arguments.json:
        print(as_json({"letter": str(written), "agencies": len(letter.late.agencies)}))
    else:
        count = len(letter.late.agencies)
        say(f"đã ghi công văn gửi {count} cơ quan", f"the letter to {count} agencies is written")
        print(written)
    return 0


def _period(session: Session, actor: Actor, deadline: date) -> int:
    """The open period of that day, else any. Raises NotFound."""
    from hub.returns.models import ReportingPeriod

    found = session.exec(select(ReportingPeriod).where(ReportingPeriod.deadline == deadline)).all()
    seen = sorted(
        (one for one in found if actor.may("read", "period", one)), key=lambda one: one.state != "OPEN"
    )
    if not seen or seen[0].id is None:
        raise NotFound(f"kỳ báo cáo {deadline:%d/%m/%Y}", f"the period of {deadline}", path=("period",))
    return seen[0].id
