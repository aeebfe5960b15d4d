"""`hub kpi`: the scorecard, and the proof of the counters it is read from."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from hub.access.actor import Actor
from hub.cli.core import agency_code, agency_key, changed, day, existing, read
from hub.cli.terminal import as_json, say, table
from hub.kit.clock import today
from hub.kit.errors import BadRequest
from hub.kpi.counters import Difference
from hub.kpi.values import IndicatorValue

PLAN = "67/KH-UBND"


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    kpi = commands.add_parser("kpi", parents=[options], help="bảng chỉ tiêu · the scorecard")
    kpi.add_argument("--as-of", metavar="DATE", help="số liệu đến ngày · cut-off")
    kpi.add_argument("--agency", metavar="CODE", help="một cơ quan · one agency")
    kpi.add_argument("--plan", default=PLAN, metavar="CODE")
    kpi.add_argument("--format", choices=("table", "json", "csv"), default="table")
    kpi.add_argument(
        "--recount",
        action="store_true",
        help="đếm lại từ hồ sơ ở mỗi kỳ và hôm nay, nêu chỗ khác · prove the counters by a recount of the records",
    )
    kpi.add_argument(
        "--repair", action="store_true", help="với --recount: đếm mới · with --recount: count anew"
    )
    kpi.set_defaults(run=run_kpi)


def run_kpi(arguments: argparse.Namespace) -> int:
    """Print the figures, or prove the counters they are read from."""
    if arguments.recount:
        return prove(arguments)
    if arguments.as_of is None:
        raise BadRequest(
            "Thiếu --as-of NGÀY, ví dụ --as-of 2025-06-30.",
            "--as-of DATE is missing, e.g. --as-of 2025-06-30.",
        )
    return show_kpi(arguments)


def prove(arguments: argparse.Namespace) -> int:
    """Compare every kept figure with a recount at each half-year and today, or at one date, and the tally of records.

    3 where they differ.
    """
    from hub.kpi.counters import cut_offs, recount, recount_records

    one = day(arguments.as_of) if arguments.as_of else None

    def work(session: Session, _actor: Actor) -> tuple[int, list[Difference]]:
        sums, found = recount(session, [one] if one else cut_offs(session, today()))
        groups, beside = recount_records(session, today())
        return sums + groups, found + beside

    compared, found = read(arguments, work)
    files = repaired(arguments) if found and arguments.repair else None
    if arguments.json:
        print(as_json({"compared": compared, "differences": found, "filesCountedAnew": files}))
    elif found:
        print(differences(found))
    if files is not None:
        say(f"đã đếm mới {files} hồ sơ", f"{files} files were counted anew")
        return 0
    if found:
        say("hãy chạy lại với --repair để đếm mới", "run it again with --repair to count anew")
        return 3
    say(f"{compared} tổng khớp với đếm lại", f"{compared} sums are what a recount finds")
    return 0


def repaired(arguments: argparse.Namespace) -> int:
    """Count anew as the owner of the tables, since the application writes no counters; how many files there are."""
    from hub.kpi.counters import rebuild

    with existing(arguments) as installation, installation.owners_seam() as seam:
        return changed(arguments, seam, rebuild)


def differences(found: Iterable[Difference]) -> str:
    """A table of sums that a recount does not confirm."""
    heads = ("phép đo · measure", "số · figure", "cơ quan · agency", "năm", "đến ngày · as of", "tổng · sum",
             "bộ đếm · kept", "đếm lại · recounted")  # fmt: skip
    rows = ([one.measure, one.figure, one.agency, one.year, one.as_of, one.sum, one.kept, one.recounted]
            for one in found)  # fmt: skip
    return table(heads, rows)


def show_kpi(arguments: argparse.Namespace) -> int:
    """Print the figures of a plan."""
    from hub.kpi.scorecard import check_reached, scorecard

    as_of = day(arguments.as_of)

    def figures(session: Session, actor: Actor) -> tuple[str | None, list[IndicatorValue]]:
        check_reached(as_of, today())
        code, key = agency_code(session, arguments.agency), agency_key(session, arguments.agency)
        return code, scorecard(session, actor, arguments.plan, as_of, key)

    agency, values = read(arguments, figures)
    form = "json" if arguments.json else arguments.format
    rows = [_row(value) for value in values]
    if form == "json":
        print(as_json({"plan": arguments.plan, "asOf": as_of, "agency": agency, "indicators": rows}))
    elif form == "csv":
        print(_csv(rows), end="")
    else:
        heads = (
            "mã · code",
            "chỉ tiêu · target",
            "tử số",
            "mẫu số",
            "%",
            "% tối thiểu",
            "thiếu",
            "kết quả · result",
        )
        names = (
            "code",
            "targetPercent",
            "numerator",
            "denominator",
            "percent",
            "percentLow",
            "missing",
            "statusText",
        )
        print(table(heads, ([row[name] for name in names] for row in rows)))
    return 0


def _row(value: IndicatorValue) -> dict[str, Any]:
    """The names of the API, so that a script reads both."""
    return {
        "code": value.indicator.code,
        "title": value.indicator.title,
        "titleVi": value.indicator.title_vi,
        "unit": value.indicator.unit,
        "unitEn": value.indicator.unit_en,
        "targetPercent": value.indicator.target_percent,
        "dueOn": value.indicator.due_on,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "excluded": value.excluded,
        "missing": value.missing,
        "percent": value.percent,
        "percentLow": value.percent_low,
        "result": value.result.value,
        "schedule": value.schedule.value,
        "statusText": value.status_text,
        "statusTextEn": value.status_text_en,
        "coverage": value.coverage,
        "estimated": value.estimated,
        "agenciesReported": value.agencies_reported,
        "agenciesExpected": value.agencies_expected,
    }


def _csv(rows: list[dict[str, Any]]) -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]) if rows else ["code"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return made.getvalue()
