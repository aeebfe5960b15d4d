"""`hub snapshot`: what was frozen of closed periods, proved from the records behind it, and two of them compared."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.cli.core import agency_key, read
from hub.cli.terminal import as_json, say, table

DIFFERS = 3
_LIST = text(
    """
    select s.id, p.deadline, coalesce(a.code, '') as agency, r.revision, r.state, s.as_of, s.freeze_id,
           r.id as report_id, r.agency_id, r.created_by, r.submitted_by, r.sha256
      from snapshot s
      join published_report r on r.id = s.report_id
      join reporting_period p on p.id = r.period_id
      left join agency a on a.id = r.agency_id
     where (cast(:agency as bigint) is null and r.agency_id is null) or r.agency_id = cast(:agency as bigint)
     order by s.id
    """
)


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The commands."""
    snapshot = commands.add_parser("snapshot", help="số liệu đã chốt · figures that were frozen")
    deeds = snapshot.add_subparsers(dest="deed", metavar="DEED", required=True)
    every = deeds.add_parser("list", parents=[options], help="các bản chụp · the snapshots")
    every.add_argument("--agency", metavar="CODE", help="của một cơ quan · of one agency")
    every.set_defaults(run=show)
    proof = deeds.add_parser(
        "check",
        parents=[options],
        help="cộng lại số liệu từ danh sách hồ sơ, văn bản đã chốt · add figures up from the frozen records",
    )
    proof.add_argument("snapshot", type=int, metavar="SNAPSHOT")
    proof.set_defaults(run=check)
    compare = deeds.add_parser(
        "compare",
        parents=[options],
        help="so sánh hai bản chụp từng bản ghi · two snapshots record by record",
    )
    compare.add_argument("before", type=int, metavar="SNAPSHOT")
    compare.add_argument("after", type=int, metavar="SNAPSHOT")
    compare.add_argument("code", metavar="INDICATOR", help="II.1.a")
    compare.add_argument("--agency", metavar="CODE", help="một cơ quan · one agency")
    compare.add_argument("--first", type=int, default=50, metavar="N", help="số bản ghi · records (50)")
    compare.set_defaults(run=compared)


def show(arguments: argparse.Namespace) -> int:
    """Print the snapshots of the city's reports, or of one agency's."""

    def work(session: Session, actor: Actor) -> list[Any]:
        agency = agency_key(session, arguments.agency)
        return [
            row
            for row in session.execute(_LIST, {"agency": agency})
            if actor.may("read", "report", row, id=row.report_id)
        ]

    found = read(arguments, work)
    if arguments.json:
        told = [
            {"snapshot": row.id, "period": row.deadline, "agency": row.agency or None, "revision": row.revision,
             "state": row.state, "asOf": row.as_of, "hasMembers": row.freeze_id is not None, "sha256": row.sha256}
            for row in found
        ]  # fmt: skip
        print(as_json(told))
        return 0
    heads = ("bản chụp · snapshot", "kỳ · period", "cơ quan · agency", "lần · revision", "trạng thái · state",
             "có danh sách · members")  # fmt: skip
    rows = (
        [row.id, row.deadline, row.agency, row.revision, row.state, "x" if row.freeze_id else ""]
        for row in found
    )
    print(table(heads, rows))
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Add the figures of a snapshot's freezing up from its records; 3 where they differ."""
    from hub.returns.snapshots.checking import check as added_up
    from hub.returns.snapshots.comparing import side_of

    def work(session: Session, actor: Actor) -> Any:
        return added_up(session, side_of(session, actor, arguments.snapshot).snapshot.freeze_id or 0)

    found = read(arguments, work)
    if arguments.json:
        print(as_json({**vars(found), "isRight": found.is_right}))
    else:
        for one in found.differences:
            whose = "Thành phố · the city" if one.agency_id is None else str(one.agency_id)
            print(f"{one.code} ({whose}): {one.told[0]}/{one.told[1]} ≠ {one.added_up[0]}/{one.added_up[1]}")
        if found.is_right:
            say(
                f"{found.figures} số liệu khớp với {found.members} lượt hồ sơ, văn bản đã chốt",
                f"{found.figures} figures add up from {found.members} frozen records",
            )
        else:
            say(
                f"số liệu KHÔNG khớp với danh sách đã chốt ({len(found.differences)} chỗ), hãy báo quản trị hệ thống",
                f"figures DO NOT add up ({len(found.differences)} differ); tell the administrator",
            )
    return 0 if found.is_right else DIFFERS


def compared(arguments: argparse.Namespace) -> int:
    """Print which records entered a figure, left it or count otherwise, as far as the caller may see them."""
    from hub.returns.snapshots.comparing import moved, page_of, require_whole, side_of, summary

    def work(session: Session, actor: Actor) -> Any:
        before, after = (side_of(session, actor, key) for key in (arguments.before, arguments.after))
        agency = agency_key(session, arguments.agency)
        require_whole(actor, before, after, agency)
        moves = moved(session, before, after, arguments.code, agency)
        return summary(moves), page_of(session, actor, moves, first=arguments.first)

    counts, page = read(arguments, work)
    if arguments.json:
        print(as_json({"moves": counts, "hidden": page.hidden, "records": page.rows}))
        return 0
    heads = (
        "thay đổi · move",
        "loại · kind",
        "mã · code",
        "tiêu đề · title",
        "trước · before",
        "sau · after",
    )
    rows = (
        [
            row.moved.move,
            row.moved.kind,
            row.code,
            row.title,
            _units(row.moved.before),
            _units(row.moved.after),
        ]
        for row in page.rows
    )
    print(table(heads, rows))
    told = ", ".join(f"{name} {count}" for name, count in counts.items()) or "0"
    say(f"{told}; {page.hidden} không được xem", f"{told}; {page.hidden} may not be seen")
    return 0


def _units(standing: Any) -> str:
    return "" if standing is None else f"{standing.numerator}/{standing.denominator}"
