"""`hub import PATH…`: what is said while files come in, what is said afterwards, and the exit code.

    add_arguments(parser)                 the options
    run(arguments, change) -> int         0 all in, 3 some rows refused, 2 unusable input

`change(work)` runs `work(session, actor)` in one transaction and commits it: one call per file, so that a broken
file in a folder undoes nothing but itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from sqlmodel import Session

from hub.access.actor import Actor
from hub.importers.apply import import_path, read_mapping
from hub.importers.errors_sheet import write_errors
from hub.importers.field_names import field_name
from hub.importers.outcome import FileResult, ImportResult
from hub.importers.registry import files_in

SHOWN_ROWS = 40
Work = Callable[[Session, Actor], ImportResult]
Change = Callable[[Work], ImportResult]

_ACTIONS = {
    "created": ("mới", "created"),
    "updated": ("sửa", "updated"),
    "listed": ("đưa vào thêm hồ sơ", "listed"),
    "unchanged": ("không đổi", "unchanged"),
    "refused": ("từ chối", "refused"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command, besides those that every command takes."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="tệp hoặc thư mục · files or folders"
    )
    parser.add_argument("--agency", required=True, metavar="CODE", help="mã cơ quan · the agency's code")
    parser.add_argument(
        "--format", metavar="F", help="ead, spreadsheet, files, items (tự nhận biết · recognised)"
    )
    parser.add_argument("--map", type=Path, metavar="FILE", help="ánh xạ cột (JSON) · mapping of columns")
    parser.add_argument(
        "--legacy", action="store_true", help="mục lục giấy theo HD 169: để trống = không hạn chế"
    )
    parser.add_argument("--dry-run", action="store_true", help="chỉ xem trước · plan only")
    parser.add_argument("--partial", action="store_true", help="nhập các dòng đúng · store the good rows")
    parser.add_argument("--errors", type=Path, metavar="FILE", help="bảng trả lại, có cột Lỗi (.xlsx)")


def run(
    arguments: argparse.Namespace, change: Change, out: TextIO | None = None, err: TextIO | None = None
) -> int:
    """Import the paths and tell about it; returns the exit code. Raises UnusableInput, NotPermitted."""
    out, err = out or sys.stdout, err or sys.stderr
    mapping = read_mapping(arguments.map) if arguments.map else None
    result = ImportResult(dry_run=arguments.dry_run)
    for path in (file for given in arguments.paths for file in files_in(given)):
        progress = _Progress(path, err)
        found = change(
            lambda session, actor, path=path, progress=progress: import_path(  # type: ignore[misc]
                session,
                actor,
                path,
                agency_code=arguments.agency,
                format=arguments.format,
                mapping=mapping,
                dry_run=arguments.dry_run,
                partial=arguments.partial,
                legacy=arguments.legacy,
                progress=progress,
            )
        )
        progress.end()
        result.files.extend(found.files)
        if not arguments.json:
            for file in found.files:
                _tell(file, arguments.dry_run, out)
    if arguments.errors and write_errors(result, arguments.errors):
        print(f"hub: các lỗi ở · what is wrong: {arguments.errors}", file=err)
    if arguments.json:
        print(json.dumps(result.as_json(), ensure_ascii=False), file=out)
    return result.exit_code


class _Progress:
    """One line that moves, on a terminal only."""

    def __init__(self, path: Path, err: TextIO) -> None:
        self._name = path.name
        self._err = err
        self._shown = err.isatty()
        self._last = 0.0

    def __call__(self, done: int, total: int, rows: int) -> None:
        now = time.monotonic()
        if self._shown and now - self._last > 0.2:
            self._last = now
            share = 100 * done // total if total else 100
            print(f"\r{self._name}: {share:3d} %", end="", file=self._err, flush=True)

    def end(self) -> None:
        """Leave the line clean."""
        if self._shown and self._last:
            print("\r\033[K", end="", file=self._err, flush=True)


def _tell(found: FileResult, dry_run: bool, out: TextIO) -> None:
    if found.unusable is not None:
        print(f"{found.path}: {found.unusable.message_vi} · {found.unusable.message_en}", file=out)
        return
    parts = [f"{vi} {found.count(action)}" for action, (vi, _) in _ACTIONS.items() if found.count(action)]
    english = [f"{found.count(action)} {en}" for action, (_, en) in _ACTIONS.items() if found.count(action)]
    print(
        f"{found.path}: {', '.join(parts) or '0'} · {', '.join(english) or '0'}{_state(found, dry_run)}",
        file=out,
    )
    for note in found.notes:
        print(f"  {note.message_vi} · {note.message_en}", file=out)
    if found.skipped:
        print(
            f"  bỏ qua · skipped: {', '.join(f'{kind} {number}' for kind, number in found.skipped.items())}",
            file=out,
        )
    told = [outcome for outcome in found.outcomes if outcome.findings]
    told.sort(key=lambda outcome: not outcome.is_refused)  # what must be mended comes first
    for outcome in told[:SHOWN_ROWS]:
        place = f"{outcome.sheet}!{outcome.row}" if outcome.sheet else str(outcome.row)
        for finding in outcome.findings:
            mark = "✗" if finding.is_error else "!"
            where = f"dòng {place}{', ' if finding.field else ''}{field_name(finding.field)}"
            print(f"  {mark} {where}: {finding.message_vi} · {finding.message_en}", file=out)
    if len(told) > SHOWN_ROWS:
        print(f"  … +{len(told) - SHOWN_ROWS} (--errors FILE.xlsx)", file=out)


def _state(found: FileResult, dry_run: bool) -> str:
    if dry_run:
        return " (xem trước, chưa lưu · dry run, nothing stored)"
    return "" if found.stored else " (chưa lưu gì, xem --partial · nothing stored, see --partial)"
