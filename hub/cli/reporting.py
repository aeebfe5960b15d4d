"""`hub report`: the half-year report of the city or of one agency, its brief, or the reports of all agencies.

`hub report verify` is in verifying.py, `hub report letter` in lettering.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.queries import actor_for_user
from hub.audit.commands import record
from hub.cli import lettering, verifying
from hub.cli.core import agency_code, agency_key, day, existing, settings_of
from hub.cli.terminal import as_json, say
from hub.kit.clock import today
from hub.kit.errors import BadRequest
from hub.kit.seam import Seam

PARTLY = 3
EVERY = 25  # a line of progress after so many reports


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    report = commands.add_parser("report", parents=[options], help="báo cáo sáu tháng · the half-year report")
    report.add_argument("--period", metavar="DATE", help="ngày cuối kỳ · last day of the period")
    whose = report.add_mutually_exclusive_group()
    whose.add_argument("--agency", metavar="CODE", help="một cơ quan · one agency")
    whose.add_argument(
        "--all",
        action="store_true",
        help="mọi cơ quan phải báo cáo, PDF và XLSX vào thư mục --out · every agency that owes a return",
    )
    report.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=".pdf, .html, .xlsx; --all: thư mục · a folder",
    )
    report.add_argument(
        "--brief", action="store_true", help="bản tóm tắt một trang · the one-page brief (.pdf, .html)"
    )
    report.add_argument(
        "--processes", type=_number, default=2, metavar="N", help="số tiến trình với --all · with --all (2)"
    )
    report.set_defaults(run=write)
    parts = report.add_subparsers(metavar="verify|letter")
    verifying.add(parts, options)
    lettering.add(parts, options)


def write(arguments: argparse.Namespace) -> int:
    """Render one report, or all, into files; without a printer one comes as HTML beside it, and exit 3."""
    from hub.kpi.scorecard import check_reached

    missing = ", ".join(f"--{name}" for name in ("period", "out") if getattr(arguments, name) is None)
    if missing:
        raise BadRequest(
            f"thiếu {missing}; xem: hub report --help",
            f"the following arguments are required: {missing}; see: hub report --help",
        )
    period = day(arguments.period)
    if arguments.all:
        return _write_all(arguments, period)
    from reports.build import build_report
    from reports.files import check_suffix, write_report

    check_suffix(arguments.out, brief=arguments.brief)
    # The setting names who signs for the city; an agency's own report is signed by its own head.
    signed_as = () if arguments.agency else settings_of(arguments).report_signed_as

    def work(session: Session, actor: Actor) -> Any:
        check_reached(period, today())
        code = agency_code(session, arguments.agency)
        return build_report(session, actor, period=period, agency_code=code, signed_as=signed_as)

    with existing(arguments) as installation, installation.seam() as seam:
        report = seam.read_now(lambda session: work(session, actor_for_user(session, arguments.acting)))
        written = write_report(report, arguments.out, brief=arguments.brief)
        _exported(arguments, seam, [written])
    if arguments.json:
        print(as_json({"report": str(written), "period": period}))
    else:
        say("đã ghi báo cáo", "the report is written")
        print(written)
    return 0


def _write_all(arguments: argparse.Namespace, period: date) -> int:
    """A report for every agency that owes a return; one line for each that fails, and exit 3 if any did."""
    from hub.kpi.scorecard import check_reached
    from hub.returns.owed import owing
    from reports.build import build_report, half_of
    from reports.many import named, write_all
    from reports.pdf import check_printer

    if arguments.brief:
        raise BadRequest(
            "--brief không dùng được với --all. Hãy lập bản tóm tắt cho từng cơ quan bằng --agency.",
            "--brief does not go with --all. Make the brief of an agency with --agency.",
        )
    check_printer()
    folder = arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    with existing(arguments) as installation, installation.seam() as seam:

        def begin(session: Session) -> Any:
            check_reached(period, today())
            actor = actor_for_user(session, arguments.acting)
            return actor, half_of(session, actor, period), owing(session, period)

        actor, half, agencies = seam.read_now(begin)
        wanted = [named(folder, period.isoformat(), one.code) for one in agencies]
        missing = [one for one in wanted if not one.is_there]
        there = len(wanted) - len(missing)
        if there:
            say(
                f"đã có {there} báo cáo trong {folder}, giữ nguyên",
                f"{there} reports are in {folder} already and stay as they are",
            )

        def build(code: str) -> Any:
            return seam.read_now(
                lambda session: build_report(session, actor, period=period, agency_code=code, half=half)
            )

        failed, made = [], []
        for number, outcome in enumerate(write_all(missing, build, processes=arguments.processes), 1):
            if outcome.failure:
                failed.append(outcome)
                say(*(f"{outcome.wanted.code}: {text}" for text in outcome.failure))
            else:
                made.append(outcome.wanted.path)
            if number % EVERY == 0 or number == len(missing):
                say(f"đã lập {number}/{len(missing)} báo cáo", f"{number} of {len(missing)} reports")
        _exported(arguments, seam, made)
    _tell(arguments, period, len(missing) - len(failed), there, failed)
    return PARTLY if failed else 0


def _tell(arguments: argparse.Namespace, period: date, written: int, there: int, failed: list[Any]) -> None:
    if arguments.json:
        told = {
            "folder": str(arguments.out),
            "period": period,
            "written": written,
            "kept": there,
            "failed": [
                {"agency": one.wanted.code, "message": one.failure[0], "messageEn": one.failure[1]}
                for one in failed
            ],
        }
        print(as_json(told))
    else:
        say(f"đã ghi {written}, không lập được {len(failed)}", f"{written} written, {len(failed)} failed")
        print(arguments.out)


def _exported(arguments: argparse.Namespace, seam: Seam, files: Sequence[Path]) -> None:
    """A report that leaves the hub is told to the audit, with the name of its file."""

    def told(session: Session) -> None:
        detail = {"period": arguments.period, "files": [file.name for file in files]}
        actor = actor_for_user(session, arguments.acting)
        key = agency_key(session, arguments.agency)
        record(session, actor, "report:export", "report", None, agency_id=key, detail=detail)

    if files:
        seam.change_now(told)


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("phải lớn hơn 0 · must be more than 0")
    return number
