"""A long list goes in by parts while it is read: what is stored and said is what the whole would have made of it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text
from sqlmodel import Session

from hub.importers import storing
from hub.importers.ahead import Ahead
from hub.importers.batch import Batch
from hub.importers.ead import parse
from hub.importers.outcome import FileResult, UnusableInput
from hub.kit.errors import NotPermitted
from tests.importers.conftest import PARTS, told
from tests.importers.test_apply import saved
from tests.records.world import World

Rows = Callable[..., list[dict[str, Any]]]
Bring = Callable[..., FileResult]

HEAD = "Mã phông,Mã hồ sơ,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Nguồn gốc,Số trang\n"
LIST = HEAD + "".join(f"P01,,01,{n},Hồ sơ {n},Giấy,{n}\n" for n in range(1, 8))
STORED = (
    "select case when f.code like 'TAM-%' then 'TAM' else f.code end as code, f.title, f.notation, f.origin,"
    " f.page_count, f.version, f.source_key, o.code as fonds, s.title as series"
    " from file f join fonds o on o.id = f.fonds_id left join series s on s.id = f.series_id"
    " where f.source_key is not null order by f.source_key"
)
CASES = {
    "new files only": LIST,
    "a fonds opened on the way": LIST + "P2,,01,1,Khác,Giấy,1\n",
    "fonds opened together": LIST + "P2,,01,8,Hai,Giấy,1\nP4,,01,9,Bốn,Giấy,1\nP3,,01,10,Ba,Giấy,1\n",
    "fonds opened against the order of their codes": LIST
    + "P4,,01,8,Bốn,Giấy,1\nP4,,01,9,Bốn,Giấy,1\nP2,,01,10,Hai,Giấy,1\nP3,,01,11,Ba,Giấy,1\n",
    "a key that was there": LIST + "P01,,01,2,Lại,Giấy,1\n",
    "a file opened by hand": LIST + "P01,H01,,9,Hồ sơ thu chi sửa,Giấy,1\n",
    "a code that was there": LIST
    + "P01,M.1,01,8,Có mã,Giấy,1\nP01,,01,9,Chín,Giấy,1\nP01,M.1,01,10,Lại mã,Giấy,1\n",
    "a code composed twice": LIST + "P2,,01,2,Cùng mã,Giấy,1\n",
    "a code given where the same is composed elsewhere": LIST
    + "P01,X.1,01,20,Một,Giấy,1\nP2,,01,20,Hai,Giấy,1\n",
    "a code given that was composed": LIST + "P01,{agency}.01.3,01,8,Trùng,Giấy,1\n",
    "a heading after some files": LIST + ",,,,II. Xây dựng,,\nP01,,01,8,Tám,Giấy,1\n",
    "a bad row at the end": LIST + "P01,,01,8,Tám,Giấy,không rõ\n",
    "a doubtful word": LIST + "P01,,01,8,Tám,lạ,1\n",
}


@pytest.mark.parametrize("case", CASES)
def test_parts_and_the_whole_come_to_the_same(
    tmp_path: Path, bring_one: Bring, rows: Rows, session: Session, world: World, case: str,
    by_parts: Callable[[int], None],
) -> None:  # fmt: skip
    path = saved(tmp_path, CASES[case].replace("{agency}", world.a.code))
    for partial in (True, False):
        found = []
        for size in PARTS:
            by_parts(size)
            with session.begin_nested() as undone:
                first = bring_one(path, partial=partial)
                stored = rows(STORED)
                again = bring_one(path, partial=partial)
                opened = rows("select code from fonds order by id")
                found.append((told(first), stored, told(again), rows(STORED) == stored, opened))
                undone.rollback()
        assert found[0][1] or first.refused
        assert all(one == found[-1] for one in found)
        if not first.refused:  # without refused rows the good part is the whole
            return


def test_new_files_are_stored_while_the_list_is_read(
    tmp_path: Path, bring_one: Bring, by_parts: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_parts(2)
    parts: list[str] = []

    def watched(name: str) -> None:
        work = getattr(storing, name)

        def seen(*given: Any) -> Any:
            parts.append(name)
            return work(*given)

        monkeypatch.setattr(storing, name, seen)

    watched("write")
    watched("write_new_files")
    assert dict(bring_one(saved(tmp_path, LIST)).counts) == {("file", "created"): 7}
    assert (
        4 <= len(parts) - 1 <= 7
    )  # no part has more than two files, and how many it has is for the clock to say
    assert parts == ["write_new_files"] * (len(parts) - 1) + ["write"]
    parts.clear()
    assert dict(bring_one(saved(tmp_path, LIST)).counts) == {("file", "unchanged"): 7}
    assert parts == [
        "write_new_files"
    ]  # its first file is there: the list is planned whole, and nothing is written


def test_keys_are_in_the_order_of_the_list_however_many_fonds_it_names(
    tmp_path: Path, bring_one: Bring, rows: Rows, by_parts: Callable[[int], None]
) -> None:
    listed = "".join(f"Q{n % 4},,01,{n},Hồ sơ {n},Giấy,1\n" for n in range(4, 44))
    opened = "".join(f"Q{n},,09,1,Hồ sơ,Giấy,1\n" for n in range(4))
    bring_one(saved(tmp_path, HEAD + opened, "first.csv"))
    by_parts(40)
    bring_one(saved(tmp_path, HEAD + listed))
    found = rows("select notation from file where catalog_number = '01' order by id")
    assert [row["notation"] for row in found] == [str(n) for n in range(4, 44)]


@pytest.mark.parametrize("size", [2, 1_000])
def test_what_cannot_be_stored_of_a_list_that_is_refused_is_not_told(
    tmp_path: Path, bring_one: Bring, by_parts: Callable[[int], None], size: int
) -> None:
    by_parts(size)
    # longer than an entry of an index may be, and not to be compressed
    number = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(4_000))
    listed = LIST.replace(",01,1,", f",{number},1,")
    refused = bring_one(saved(tmp_path, listed + "P01,,01,8,Tám,Giấy,không rõ\n"))
    assert (refused.unusable, refused.stored, refused.count("refused")) == (None, False, 1)
    broken = bring_one(saved(tmp_path, listed))
    assert broken.unusable is not None
    assert (broken.unusable.problem_code, broken.stored) == ("RULE_BROKEN", False)


@pytest.mark.parametrize(("above", "level"), [("series", "file"), ("file", "item")])
def test_a_finding_aid_in_which_what_stands_above_ends_last_is_read_once(
    tmp_path: Path, bring_one: Bring, by_parts: Callable[[int], None], monkeypatch: pytest.MonkeyPatch,
    above: str, level: str,
) -> None:  # fmt: skip
    by_parts(2)
    monkeypatch.setattr(parse, "BATCH_ROWS", 1)
    opened: list[str] = []
    work = storing.open_stage
    monkeypatch.setattr(storing, "open_stage", lambda cursor: (opened.append("stage"), work(cursor)))
    below = "".join(
        f"<c02 level='{level}'><did><unitid>{n}</unitid><unittitle>Tên {n}</unittitle></did></c02>"
        for n in "12345"
    )
    path = tmp_path / "a.xml"
    path.write_text(
        "<ead><eadheader><eadid>a</eadid></eadheader><archdesc level='fonds'><did><unittitle>Phông</unittitle></did>"
        f"<dsc><c01 level='{above}'><did><unittitle>Trên</unittitle></did>{below}</c01></dsc></archdesc></ead>",
        "utf-8",
    )
    assert bring_one(path).counts[level, "created"] == 5
    assert opened == ["stage"]


def test_a_closed_fonds_takes_no_part_of_a_list(
    tmp_path: Path, bring_one: Bring, session: Session, by_parts: Callable[[int], None]
) -> None:
    by_parts(2)
    closed = "update fonds set state = 'CLOSED', closed_on = date '2020-01-01' where code = 'P01'"
    session.connection().execute(text(closed))
    result = bring_one(saved(tmp_path, LIST))
    assert dict(result.counts) == {("file", "refused"): 7}
    assert {finding.code for outcome in result.outcomes for finding in outcome.findings} == {"FONDS_CLOSED"}


def test_what_is_older_than_the_day_a_fonds_was_closed_comes_in(
    tmp_path: Path, bring_one: Bring, session: Session, by_parts: Callable[[int], None]
) -> None:
    by_parts(2)
    closed = "update fonds set state = 'CLOSED', closed_on = date '2020-01-01' where code = 'P01'"
    session.connection().execute(text(closed))
    listed = "Mã phông,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Thời gian tài liệu\n" + "".join(
        f"P01,01,{n},Hồ sơ {n},{2015 + n}\n" for n in range(1, 8)
    )
    result = bring_one(saved(tmp_path, listed), partial=True)
    assert dict(result.counts) == {("file", "created"): 5, ("file", "refused"): 2}


@pytest.mark.parametrize("size", [2, 1_000])
def test_what_is_there_already_needs_no_leave_to_be_created(
    tmp_path: Path, bring_one: Bring, session: Session, by_parts: Callable[[int], None], size: int
) -> None:
    path = saved(tmp_path, LIST)
    bring_one(path)
    session.connection().execute(text("update fonds set transferred = true where code = 'P01'"))
    session.expire_all()
    by_parts(size)
    assert dict(bring_one(path, "clerk").counts) == {("file", "unchanged"): 7}
    with pytest.raises(NotPermitted):
        bring_one(saved(tmp_path, LIST.replace(",01,", ",02,")), "clerk")


def test_a_fonds_that_is_removed_meanwhile_is_opened_again(
    tmp_path: Path,
    bring_one: Bring,
    session: Session,
    by_parts: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_parts(2)
    work = storing.write_new_files

    def removed_before(*given: Any) -> int:
        session.connection().execute(text("delete from fonds where code = 'P7'"))
        return work(*given)

    monkeypatch.setattr(storing, "write_new_files", removed_before)
    result = bring_one(saved(tmp_path, LIST.replace("P01,", "P7,")))
    assert dict(result.counts) == {("file", "created"): 7, ("fonds", "created"): 1}


def test_a_fonds_that_is_removed_while_its_list_is_stored_istold(
    tmp_path: Path, bring_one: Bring, rows: Rows, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, LIST.replace("P01,", "P7,"))
    bring_one(saved(tmp_path, HEAD + "P7,,09,1,Một,Giấy,1\n", "first.csv"))
    session.connection().execute(text("delete from file where catalog_number = '09'"))
    before = rows(STORED)
    work = storing.write

    def removed_before(*given: Any) -> None:
        session.connection().execute(text("delete from fonds where code = 'P7'"))
        work(*given)

    monkeypatch.setattr(storing, "write", removed_before)
    result = bring_one(path)
    assert result.unusable is not None
    assert (result.unusable.problem_code, result.stored, dict(result.counts)) == (
        "CHANGED_MEANWHILE",
        False,
        {},
    )
    assert rows(STORED) == before


@pytest.mark.parametrize("size", [2, 1_000])
def test_of_what_cannot_be_used_no_row_istold(
    tmp_path: Path, bring_one: Bring, by_parts: Callable[[int], None], size: int
) -> None:
    by_parts(size)
    path = tmp_path / "a.xlsx"
    names = ("Mục lục số", "Hồ sơ số", "Tiêu đề hồ sơ")
    with xlsxwriter.Workbook(str(path)) as book:
        good, bad = book.add_worksheet("Một"), book.add_worksheet("Hai")
        good.write_row(0, 0, (*names, "Nguồn gốc"))
        for number in range(1, 6):
            good.write_row(number, 0, (1, number, "Một", "lạ"))
        bad.write_row(0, 0, (*names, names[-1]))
        bad.write_row(1, 0, (2, 1, "Hai", "Hai"))
    result = bring_one(path)
    assert result.unusable is not None
    assert (list(result.outcomes), dict(result.counts)) == ([], {})


def test_what_has_been_read_is_handed_over_when_it_is_asked_for() -> None:
    endless = (Batch(("level",), [("file",)]) for _ in count())
    with closing(Ahead(endless)) as ahead:
        ahead.go_on(3, sys.maxsize)
        assert len(ahead.part(1)) >= 3
        assert [len(ahead.part(rows)) for rows in (1, 3)] == [1, 3]  # nothing was begun


def test_what_the_parser_raises_reaches_the_reader_and_ends_its_thread() -> None:
    def batches() -> Iterator[Batch]:
        yield Batch(("level",), [("file",)])
        raise UnusableInput("FILE_EMPTY")

    with closing(Ahead(batches())) as ahead:
        assert [batch.rows for batch in ahead.part(1)] == [[("file",)]]
        ahead.go_on(1, 1)
        with pytest.raises(UnusableInput):
            ahead.part(1)
        assert ahead.part(1) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("parser")]
