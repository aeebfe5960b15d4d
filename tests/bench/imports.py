"""Imports from parse to commit: rates, peak memory of files one and four times as long, and the ORM beside them.

Each import runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import csv
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
import xlsxwriter
from sqlmodel import Session, select

from hub.access.acting import act_as
from hub.access.queries import actor_for_user
from hub.importers import apply, storing
from hub.installation import opened
from hub.records.models import ArchivalFile, Item
from hub.records.word_index import merge_words
from hub.settings import load
from tests.bench.servers import ROOT

AGENCY = "UBND-HOANKIEM"
ORM_ROWS = 5_000
GOALS = {"ead": 5_000, "csv": 20_000, "items": 20_000, "xlsx": 5_000}
IN_A_FILE = 50
_ENDS = {"ead": "xml", "items": "csv"}
_APPLY = (
    "are_all_new_files",
    "are_all_new_items",
    "open_new_fonds",
    "write_new_files",
    "write_new_items",
    "plan_files",
    "check_files",
    "plan_items",
    "check_items",
    "write",
)


def measure(folder: Path) -> None:
    """Every format at two lengths, then the apply step against the ORM."""
    shutil.rmtree(folder, ignore_errors=True)  # records that are there already cost less
    hub = [sys.executable, "-m", "hub"]
    subprocess.run(
        [*hub, "demo", "--no-serve", "--items", "500", "--data", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    print("\nimport, parse to commit             rows   rows/s     goal    peak MB   of which apply, rows/s"
          "   then its words merged, s")  # fmt: skip
    applied = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for name, rows, write in (
            ("ead", 25_000, _ead), ("ead", 100_000, _ead), ("csv", 50_000, _csv), ("csv", 200_000, _csv),
            ("items", 50_000, _items), ("items", 200_000, _items),
            ("xlsx", 20_000, write_xlsx), ("xlsx", 80_000, write_xlsx),
        ):  # fmt: skip
            path = Path(scratch) / f"{name}-{rows}.{_ENDS.get(name, name)}"
            write(path, rows)
            if name == "items":
                homes = Path(scratch) / "files.csv"
                _homes(homes, rows)
                _child("import", folder, homes)
            told = _child("import", folder, path)
            rate = told["rows"] / told["seconds"]
            print(
                f"  {name:24}{told['rows']:16,}{rate:9,.0f}{GOALS[name]:9,}{told['peak']:11.0f}"
                f"{told['rows'] / told['apply']:13,.0f}{told['merging']:20.1f}"
            )
            if name == "csv":
                applied = told["rows"] / told["apply"]
                floor = _child("floor", folder, path)
                print(
                    f"  {'COPY of its files, indexed':24}{floor['rows']:14,}{floor['rows'] / floor['seconds']:9,.0f}"
                )
    orm = _child("orm", folder, Path("-"))
    rate = orm["rows"] / orm["seconds"]
    print(
        f"  ORM, session.add_all of documents {orm['rows']:,}{rate:9,.0f}      apply step / ORM {applied / rate:.1f}"
    )


def _child(kind: str, folder: Path, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.imports", kind, str(folder), str(path)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# ---- files to import -------------------------------------------------------------------------------------

HEADER = ("FileCode", "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName", "Subject",
          "Language", "PageAmount", "Mode", "ConfidenceLevel")  # fmt: skip
FILE_HEADER = ("FileNotation", "Title", "Maintenance", "Mode", "StartDate", "EndDate", "TotalDoc")


def _rows(number: int, mark: str) -> Iterator[tuple[object, ...]]:
    for n in range(number):
        day = date(2021, 1, 1) + timedelta(days=n % 1400)
        file, place = divmod(n, IN_A_FILE)
        subject = f"Văn bản số {n} về việc giải quyết hồ sơ đất đai tại phường Hàng Bạc"
        yield (
            f"{AGENCY}.{mark}.{file}", place + 1, "Công văn", n + 1, f"CV-{mark}", day.strftime("%d/%m/%Y"),
            "UBND quận Hoàn Kiếm", subject, "01", 1 + n % 9, "01", "01",
        )  # fmt: skip


def _file_rows(number: int) -> Iterator[tuple[object, ...]]:
    for n in range(number):
        title = f"Hồ sơ số {n} về việc cấp giấy phép xây dựng"
        yield (f"{n:06d}.TH", title, "Vĩnh viễn", "01", "01/2021", "12/2021", n % 30)


def _items(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(_rows(rows, f"V{rows}"))


def _homes(path: Path, rows: int) -> None:
    """The files that a list of so many items names."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("FileCatalog", *FILE_HEADER))
        for n, (_, title, *rest) in enumerate(_file_rows(rows // IN_A_FILE)):
            writer.writerow((f"V{rows}", n, title, *rest[:-1], IN_A_FILE))


def _csv(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("FileCatalog", *FILE_HEADER))
        writer.writerows((f"C{rows}", *row) for row in _file_rows(rows))


def write_xlsx(path: Path, rows: int, mark: str = "") -> None:
    """A workbook of so many files in a catalogue of that mark."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("FileCatalog", *FILE_HEADER))
        for at, row in enumerate(_file_rows(rows), 1):
            sheet.write_row(at, 0, (mark or f"X{rows}", *row))


def _ead(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.write(f"<ead><eadheader><eadid>bench-{rows}</eadid></eadheader><archdesc level='fonds'><did>"
                  f"<unitid>B{rows}</unitid><unittitle>Phông thử</unittitle></did><dsc>")  # fmt: skip
        for n in range(rows):
            if n % 500 == 0:
                out.write(("</c01>" if n else "") + f"<c01 level='series'><did><unitid>S{n}</unitid>"
                          f"<unittitle>Nhóm {n}</unittitle></did>")  # fmt: skip
            out.write(
                f"<c02 level='file'><did><unitid>H{n}</unitid><unittitle>Hồ sơ {n} về đất đai</unittitle>"
                f"<unitdate normal='2001/2003'>2001-2003</unitdate><physdesc><extent>{n % 90} tờ</extent></physdesc>"
                "</did><scopecontent><p>Công văn, tờ trình, quyết định.</p></scopecontent></c02>"
            )
        out.write("</c01></dsc></archdesc></ead>")


# ---- one import, in its own process ----------------------------------------------------------------------


def _import(folder: Path, path: Path) -> dict[str, float]:
    spent = 0.0

    def timed(fn: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(fn)
        def call(*given: Any) -> Any:
            nonlocal spent
            began = time.perf_counter()
            try:
                return fn(*given)
            finally:
                spent += time.perf_counter() - began

        return call

    for name in _APPLY:
        setattr(storing, name, timed(getattr(storing, name)))

    def load_file(session: Session) -> Any:
        actor = actor_for_user(session)
        act_as(session, actor)
        return apply.import_path(session, actor, path, agency_code=AGENCY)

    with opened(load(data=folder)) as installation, installation.seam() as seam:
        began = time.perf_counter()
        found = seam.change_now(load_file)
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        seam.change_now(merge_words)  # as `hub import` does, when the list is in
        merging = time.perf_counter() - began
    [result] = found.files
    if not result.stored:
        raise RuntimeError(f"{path.name}: {result.unusable or result.counts}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = sum(result.counts.values())
    return {"rows": rows, "seconds": seconds, "apply": spent, "merging": merging, "peak": peak / 1024}


# What PostgreSQL takes for the rows alone: into a table with the same columns and indexes, no key looked up, no law
# asked, nothing counted.
_FLOOR = "create table bench_floor (like file including defaults including generated including indexes)"
_STORED = """
select string_agg(format('%I', column_name), ', ' order by ordinal_position)
  from information_schema.columns where table_name = 'file' and is_generated = 'NEVER'
"""


def _floor(folder: Path, path: Path) -> dict[str, float]:
    catalogue = f"C{path.stem.partition('-')[2]}"
    with opened(load(data=folder)) as installation, psycopg.connect(installation.owner_dsn) as connection:
        [names] = connection.execute(_STORED).fetchone() or ("",)
        listed = f"copy (select {names} from file where catalog_number = '{catalogue}') to stdout"
        with connection.cursor() as cursor:
            with cursor.copy(listed) as copy:
                lines = b"".join(map(bytes, copy))
            cursor.execute(_FLOOR)
            began = time.perf_counter()
            with cursor.copy(f"copy bench_floor ({names}) from stdin") as copy:
                copy.write(lines)
            seconds = time.perf_counter() - began
            rows = cursor.rowcount
        connection.rollback()
    return {"rows": rows, "seconds": seconds}


def _orm(folder: Path) -> dict[str, float]:
    class Enough(Exception):
        pass

    def load_all(session: Session) -> None:
        actor = actor_for_user(session)
        act_as(session, actor)
        file = session.exec(select(ArchivalFile).limit(1)).one()
        assert file.id is not None
        began = time.perf_counter()
        session.add_all(
            Item(
                file_id=file.id, fonds_id=file.fonds_id, agency_id=file.agency_id, custodian_id=file.custodian_id,
                ordinal=n + 1_000, code=f"ORM.{n}", subject=str(row[7]), number=str(row[3]), notation=str(row[4]),
                issued_date=date(2021, 1, 1), issuer=str(row[6]), page_count=3, origin="BORN_DIGITAL",
                created_by=actor.id,
            )
            for n, row in enumerate(_rows(ORM_ROWS, "ORM"))
        )  # fmt: skip
        session.flush()
        raise Enough(time.perf_counter() - began)

    with opened(load(data=folder)) as installation, installation.seam() as seam:
        try:
            seam.change_now(load_all)
        except Enough as done:
            return {"rows": ORM_ROWS, "seconds": float(done.args[0])}
    raise AssertionError


if __name__ == "__main__":
    kind, folder, path = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    told = {
        "import": lambda: _import(folder, path),
        "floor": lambda: _floor(folder, path),
        "orm": lambda: _orm(folder),
    }
    print(json.dumps(told[kind]()))
