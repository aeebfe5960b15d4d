"""`hub report verify`: whether a file is the published report, and whether its figures are those that were frozen."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.cli.core import existing
from hub.cli.terminal import as_json, say, table
from hub.kit.clock import HANOI
from hub.kit.errors import BadRequest

NOT_IN_FORCE = 3
LARGEST = 200_000_000  # bytes; the report of 700 agencies has 3,000,000

SAID = {
    "PUBLISHED": ("ĐÚNG là báo cáo đã công bố, đang có hiệu lực", "this IS the published report in force"),
    "SUPERSEDED": (
        "báo cáo đã công bố nhưng ĐÃ CÓ BẢN SỬA ĐỔI; hãy dùng bản mới",
        "a published report that has been CORRECTED since; use the newer one",
    ),
    "MISMATCHED": (
        "đúng tệp đã công bố nhưng SỐ LIỆU KHÔNG KHỚP bản chụp hoặc hồ sơ đã chốt; hãy báo quản trị hệ thống",
        "the published file, but its figures DO NOT AGREE with what was frozen; tell the administrator",
    ),
    "ADDED_TO": (
        "tệp đã công bố bị THÊM nội dung phía sau; hãy lấy lại tệp gốc",
        "the published file with something ADDED to it; get the file itself again",
    ),
    "CHANGED": (
        "KHÔNG PHẢI tệp đã công bố: tệp đã bị thay đổi, số liệu đính kèm vẫn như bản chụp; hãy lấy lại tệp gốc",
        "NOT the published file: it was changed, the attached figures still agree; get the file itself again",
    ),
    "FORGED": (
        "GIẢ MẠO: số liệu đính kèm khác bản chụp đã công bố",
        "FORGED: the attached figures are not those that were published",
    ),
    "UNPUBLISHED": (
        "CHƯA ĐƯỢC CÔNG BỐ: không có báo cáo đã công bố nào của bản chụp mà tệp này nêu",
        "NOT PUBLISHED: there is no published report of the snapshot that this file names",
    ),
    "PROVISIONAL": (
        "BẢN TẠM TÍNH, chưa công bố và không có giá trị chính thức",
        "PROVISIONAL: never published, and not official",
    ),
    "UNKNOWN": (
        "KHÔNG PHẢI báo cáo của trục lưu trữ này, hoặc đã hỏng",
        "NOT a report of this hub, or damaged",
    ),
}


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    verify = commands.add_parser(
        "verify",
        parents=[options],
        help="kiểm tra một tệp PDF có đúng là báo cáo đã công bố · is this PDF the published report",
    )
    verify.add_argument("file", type=Path, metavar="FILE.pdf")
    verify.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell what the file is: 0 for the report in force, 3 for anything else."""
    from reports.signatures import signatures_of
    from reports.verification import Verdict, verify

    content = _content(arguments.file)
    with existing(arguments) as installation, installation.seam() as seam:
        told = seam.read_now(lambda session: verify(session, content))
        try:
            signatures = signatures_of(content, installation.settings)
        except ValueError:  # no PDF, as the verdict says
            signatures = []
    if arguments.json:
        print(as_json({**asdict(told), "signatures": [asdict(one) for one in signatures]}))
    else:
        say(*SAID[told.verdict])
        print(table(("", ""), _lines(told, signatures)))
        for name in told.words:
            say(f"khác nội dung đã chốt: {WORDS[name][0]}", f"not what was frozen: {WORDS[name][1]}")
        if told.differences:
            print(
                table(
                    ("mã · code", "trong tệp · in the file", "đã chốt · frozen"),
                    map(_difference, told.differences),
                )
            )
    return 0 if told.verdict is Verdict.PUBLISHED else NOT_IN_FORCE


WORDS = {
    "RETURNS": ("báo cáo của các cơ quan", "the agencies’ returns"),
    "EXCLUSIONS": ("phụ lục loại trừ", "the annex of exclusions"),
    "DUTIES": ("việc thực hiện trách nhiệm", "what was declared of duties"),
    "DECLARED": ("nội dung tự khai báo", "what was declared of the annex"),
}


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size <= LARGEST:
            return file.read_bytes()
        reason_vi, reason_en = "quá lớn", "too large"
    except OSError as error:
        reason_vi = reason_en = str(error.strerror or error)
    raise BadRequest(
        f"Không đọc được {file}: {reason_vi}. Hãy kiểm tra đường dẫn.",
        f"{file} cannot be read: {reason_en}. Check the path.",
    )


def _lines(told: Any, signatures: list[Any]) -> list[tuple[str, str]]:
    lines = [("SHA-256", told.sha256)]
    if told.issue is not None:
        one = told.issue
        lines += [
            ("báo cáo · report", f"{one.period:%d/%m/%Y}, {one.agency or 'Toàn Thành phố · the whole city'}"),
            ("số · number", one.number or "–"),
            ("lần ban hành · revision", str(one.revision)),
            ("công bố · published", _when(one.published_at)),
            ("bản chụp · snapshot", f"/verify/{one.snapshot_id}"),
        ]
        if one.newer is not None:
            lines.append(("bản mới · newer", f"/verify/{one.newer}"))
        if one.sha256 != told.sha256:
            lines.append(("SHA-256 đã công bố · published", one.sha256 or "–"))
    if told.compared:
        lines.append(("số liệu đã đối chiếu · compared", str(told.compared)))
    if told.added_up is not None:
        lines.append(
            ("đã cộng lại · added up", f"{told.added_up} (hồ sơ, văn bản · records: {told.members})")
        )
    for one in signatures:
        lines.append(
            ("chữ ký số · signature", f"{one.signer}, {_when(one.at)}: {one.verdict} ({one.reason})")
        )
    return lines


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(HANOI):%d/%m/%Y %H:%M}" if moment else "–"


def _difference(one: Any) -> tuple[str, str, str]:
    return one.code, _told(one.told), _told(one.frozen)


def _told(parts: tuple[Any, Any, Any]) -> str:
    numerator, denominator, percent = ("–" if part is None else part for part in parts)
    return f"{numerator}/{denominator} ({percent}%)"
