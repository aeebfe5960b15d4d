"""A long list of items goes in by parts while it is read, and comes to what the whole would have made of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text
from sqlmodel import Session

from hub.importers import storing
from hub.importers.outcome import FileResult
from hub.kit.errors import NotPermitted
from tests.importers.conftest import EXAMPLES, PARTS, told
from tests.importers.test_apply import saved

Rows = Callable[..., list[dict[str, Any]]]
Bring = Callable[..., FileResult]

FILES = "Mã hồ sơ,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Chế độ sử dụng,Số văn bản\n" + "".join(
    f"A.{n},01,{n},Hồ sơ {n},01,9\n" for n in range(1, 5)
)
HEAD = "Mã hồ sơ,Mục lục số,Hồ sơ số,STT,Mã định danh,Số ký hiệu,Ngày,Trích yếu,Tác giả,Số trang,Chế độ sử dụng\n"
LIST = HEAD + "".join(
    f"A.{1 + n // 3},,,{1 + n % 3},,{n + 1}/QĐ,0{n + 1}/03/2019,Văn bản {n},UBND,{n},01\n" for n in range(8)
)
STORED = (
    "select case when i.code like 'TAM-%' then 'TAM' else i.code end as code, i.subject, i.number, i.notation,"
    " i.issuer, i.ordinal, i.issued_date, i.page_count, i.access_level, i.has_personal_data, i.custodian_id, i.version,"
    " i.created_by,"
    " regexp_replace(i.source_key, '^vb:[0-9]+[|]', 'vb:' || f.code || '|') as key, f.code as file, o.code as fonds"
    " from item i join file f on f.id = i.file_id join fonds o on o.id = i.fonds_id"
    " where i.source_key is not null order by i.id"
)
ROUND = (
    "select f.code, f.item_count, f.origin, f.page_count, f.item_access,"
    " (select array_agg(i.subject || ' ' || l.ordinal order by i.subject, l.ordinal) from item_listing l"
    " join item i on i.id = l.item_id where l.file_id = f.id) as listed from file f order by f.code"
)
MORE = "A.4,,,1,,9/QĐ,09/03/2019,Chín,UBND,1,01\n"
UNPLACED = HEAD + "".join(
    f"A.{1 + n // 3},,,,,{n + 1}/QĐ,0{n + 1}/03/2019,Văn bản {n},UBND,{n},01\n" for n in range(8)
)
CASES = {
    "new items only": LIST + MORE,
    "files by their number": LIST.replace("A.1,,", ",01,1").replace("A.2,,", ",01,2") + MORE,
    "a file by its number alone": LIST + ",,4,1,,9/QĐ,09/03/2019,Chín,UBND,1,01\n",
    "a file by the number of one and the code of another": LIST + MORE.replace("A.4,,", "A.4,01,3"),
    "a file that is not there": LIST + MORE.replace("A.4", "A.9"),
    "a closed file": LIST + MORE.replace("A.4", "A.3").replace("1,,9", "9,,9"),
    "a secret file": LIST + MORE.replace("A.4", "MẬT"),
    "no place": LIST + MORE.replace("A.4,,,1,", "A.4,,,,") + MORE.replace("A.4,,,1,,9", "A.4,,,,,10"),
    "no places": UNPLACED,
    "no places, after some that were there": UNPLACED + MORE.replace("1,,9", ",,9") + MORE.replace("1,,9", ",,10"),
    "no places, and back to a file": UNPLACED + MORE.replace("A.4", "A.1").replace("1,,9", ",,9"),
    "no places, and none else": UNPLACED
    + "A.4,,,,,,,Không số,UBND,1,01\nA.4,,,,,,,Không số nữa,UBND,1,01\nA.4,,,,,,,Không số,UBND,1,01\n",
    "places at last": UNPLACED + MORE + MORE.replace("A.4", "A.1").replace("1,,9", "9,,10"),
    "a document twice": LIST + "A.1,,,9,,2/QĐ,02/03/2019,Văn bản 1,UBND,1,01\n" + MORE,
    "a twin in another file": LIST + "A.4,,,9,,2/qđ,02/05/2019,Văn bản 1,ubnd,1,01\n" + MORE,
    "a twin with other words": LIST + "A.4,,,9,,2/QĐ,02/05/2019,Khác,UBND,1,01\n" + MORE,
    "a twin without a year": LIST + "A.4,,,9,,2/QĐ,,Văn bản 1,UBND,1,01\n" + MORE,
    "a twin without a notation": LIST
    + "A.4,,,8,,77,02/05/2019,Một,UBND,1,01\n" + MORE + "A.3,,,9,,77,02/05/2019,Một,UBND,1,01\n",
    "a number of another year and of another issuer": LIST
    + "A.4,,,8,,2/QĐ,02/05/2020,Văn bản 1,UBND,1,01\nA.4,,,9,,2/QĐ,02/05/2019,Văn bản 1,Sở,1,01\n",
    "the place of one like it": LIST + "A.1,,,2,,2/QĐ,02/05/2018,Văn bản 1,UBND,1,01\n" + MORE,
    "the place of one that was there": LIST + "A.4,,,1,,50/CV,09/03/2018,Đã có,UBND,1,01\n" + MORE,
    "a twin without a year of one that was there": LIST + "A.2,,,9,,50/CV,,Khác,UBND,1,01\n" + MORE,
    "one number, small and capital": LIST
    + "A.2,,,9,,12a/QĐ,02/05/2019,Khác,UBND,1,01\n" + MORE + "A.3,,,9,,12A/QĐ,02/05/2019,Khác,UBND,1,01\n",
    "one that was there": LIST + MORE.replace("A.4,,,1,,9/QĐ", "A.4,,,1,,50/CV").replace("Chín", "Đã có"),
    "one that was there, and a twin of it": LIST + MORE.replace("9/QĐ", "50/CV").replace("Chín", "Đã có khác"),
    "codes": LIST + MORE.replace(",1,,9", ",1,M.1,9") + MORE.replace(",1,,9", ",2,M.2,10"),
    "a code in two files": LIST
    + MORE.replace(",1,,9", ",1,M.1,9") + MORE.replace(",1,,9", ",1,M.1,9").replace("A.4", "A.3"),
    "a code twice": LIST + MORE.replace(",1,,9", ",1,M.1,9") + MORE.replace(",1,,9", ",2,M.1,10"),
    "a code that was there": LIST + MORE.replace(",1,,9", ",1,V01,9"),
    "secrets": LIST + MORE.replace("Chín", "Văn bản mật").replace(",1,01", ",1,03"),
    "a bad row at the end": LIST + MORE.replace("09/03", "31/02"),
    "a person's": LIST + MORE.replace("A.4", "RIÊNG"),
}  # fmt: skip


@pytest.fixture
def items(tmp_path: Path, bring_one: Bring, session: Session) -> Callable[..., FileResult]:
    """Import a list into the files A.1 to A.4, of which A.4 holds a document; MẬT is secret, RIÊNG a person's."""
    held = "MẬT,02,1,Hồ sơ mật,03,1\nRIÊNG,02,2,Hồ sơ cấp giấy chứng nhận của ông A,01,1\n"
    bring_one(saved(tmp_path, FILES + held))
    bring_one(saved(tmp_path, HEAD + "A.4,,,1,,50/CV,09/03/2019,Đã có,UBND,1,01\n", "held.csv"))

    def act(listed: str, **how: Any) -> FileResult:
        if how.pop("closed", False):
            closed = "update file set state = 'CLOSED', closed_on = '2020-01-01' where code = 'A.3'"
            session.connection().execute(text(closed))
        return bring_one(saved(tmp_path, listed, "items.csv"), **how)

    return act


@pytest.mark.parametrize("case", CASES)
def test_parts_and_the_whole_come_to_the_same(
    items: Callable[..., FileResult],
    rows: Rows,
    session: Session,
    case: str,
    by_parts: Callable[[int], None],
) -> None:
    for partial in (True, False):
        found = []
        for size in PARTS:
            by_parts(size)
            with session.begin_nested() as undone:
                first = items(CASES[case], partial=partial, closed=case == "a closed file")
                stored, around = rows(STORED), rows(ROUND)
                again = items(CASES[case], partial=partial)
                same = (rows(STORED), rows(ROUND)) == (stored, around)
                found.append((told(first), stored, around, told(again), same))
                undone.rollback()
        assert len(found[0][1]) > 1 or first.refused
        assert all(one == found[-1] for one in found)
        if not first.refused:  # without refused rows the good part is the whole
            return


@pytest.mark.parametrize("seed", range(EXAMPLES or 8))
def test_any_list_comes_to_the_same(
    items: Callable[..., FileResult], rows: Rows, session: Session, seed: int, by_parts: Callable[..., None]
) -> None:
    pick = Random(seed).choice
    rare = [0] * (3 + seed) + [1]

    def row(n: int) -> str:
        file = pick(("A.1,,", "A.2,,", ",01,2", "A.3,,", *([",,4", "A.1,01,2"][: pick(rare)])))
        place = "" if pick(rare) or seed % 3 == 0 else str(n if not pick(rare) else pick((1, 2, 3)))
        number = pick(("", "1/QĐ", "2", "2/qđ")) if pick(rare) else f"{n}/{pick(('QĐ', 'CV'))}"
        code = pick(("", f"M.{n}", "M.1", "V01")) if pick(rare) else ""
        day = pick(("", "2019", "31/02/2019")) if pick(rare) else f"0{1 + n % 9}/0{1 + n % 7}/201{n % 3}"
        subject = pick(("Một", "một", "Hai")) if pick(rare) else f"Văn bản {n}"
        issuer = pick(("UBND", "ubnd", "Sở Xây dựng", "")) if pick(rare) else "UBND"
        return f"{file},{place},{code},{number},{day},{subject},{issuer},{n},01\n"

    listed = HEAD + "".join(row(n) for n in range(1, 25))
    found = []
    for size in (3 + seed % 6, 1_000):
        by_parts(size, least=1)
        with session.begin_nested() as undone:
            first = items(listed, partial=True)
            found.append((told(first), rows(STORED), rows(ROUND)))
            undone.rollback()
    assert found[0] == found[1]


@pytest.mark.parametrize("listed", [LIST, UNPLACED], ids=["placed", "unplaced"])
def test_new_items_are_stored_while_the_list_is_read(
    items: Callable[..., FileResult],
    by_parts: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    listed: str,
) -> None:
    by_parts(2)
    stored: list[int] = []
    work = storing.write_new_items
    monkeypatch.setattr(storing, "write_new_items", lambda *given: stored.append(work(*given)) or stored[-1])
    assert dict(items(listed).counts) == {("item", "created"): 8}
    assert sum(stored) == 8
    assert len(stored) >= 4
    stored.clear()
    assert dict(items(listed).counts) == {("item", "unchanged"): 8}
    assert stored == []


@pytest.mark.parametrize("size", [8, 1_000])
def test_without_a_place_a_document_stands_after_what_its_file_holds_and_shows(
    items: Callable[..., FileResult], rows: Rows, session: Session, by_parts: Callable[[int], None], size: int
) -> None:
    session.connection().execute(
        text(
            "insert into item_listing (file_id, item_id, agency_id, ordinal) select f.id, i.id, f.agency_id, 7"
            " from file f, item i where f.code = 'A.3' and i.subject = 'Đã có'"
        )
    )
    by_parts(size)
    items(UNPLACED + MORE.replace(",1,,9", ",,,9"))
    told = (
        "select f.code, array_agg(i.ordinal order by i.ordinal) as places from item i join file f on f.id = i.file_id"
        " where f.code in ('A.3', 'A.4') group by f.code order by f.code"
    )
    assert [tuple(row.values()) for row in rows(told)] == [("A.3", [8, 9]), ("A.4", [1, 2])]


def test_a_list_that_comes_back_to_its_files_goes_to_the_whole(
    items: Callable[..., FileResult],
    rows: Rows,
    by_parts: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a file holds is counted with each part: in a list by date, all files would be counted with all parts."""
    by_parts(2)
    stored: list[int] = []
    work = storing.write_new_items
    monkeypatch.setattr(storing, "write_new_items", lambda *given: stored.append(work(*given)) or stored[-1])
    by_date = HEAD + "".join(
        f"A.{1 + n % 2},,,{1 + n // 2},,{n + 1}/QĐ,01/03/2019,Văn bản {n},UBND,1,01\n" for n in range(20)
    )
    assert dict(items(by_date).counts) == {("item", "created"): 20}
    assert sum(stored) < 10
    held = rows("select code, item_count from file where code in ('A.1', 'A.2') order by code")
    assert held == [{"code": "A.1", "item_count": 10}, {"code": "A.2", "item_count": 10}]


def test_a_list_that_meets_another_in_its_files_begins_again(
    items: Callable[..., FileResult], by_parts: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts hold their files in the order of the sheet, the whole in the order of their keys."""
    by_parts(2)
    work = storing.write_new_items
    stored: list[int] = []

    def deadlocked(*given: Any) -> int:
        if stored:
            given[0].execute("do $$ begin raise exception using errcode = 'deadlock_detected'; end $$")
        stored.append(work(*given))
        return stored[-1]

    monkeypatch.setattr(storing, "write_new_items", deadlocked)
    assert dict(items(LIST).counts) == {("item", "created"): 8}
    assert len(stored) == 1


def test_a_workbook_of_files_and_their_items_goes_by_parts(
    tmp_path: Path, bring_one: Bring, rows: Rows, session: Session, by_parts: Callable[[int], None]
) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        items, files = book.add_worksheet("Văn bản"), book.add_worksheet("Hồ sơ")
        files.write_row(0, 0, ("Mục lục số", "Hồ sơ số", "Tiêu đề hồ sơ"))
        items.write_row(0, 0, ("Mục lục số", "Hồ sơ số", "STT", "Số, ký hiệu", "Trích yếu"))
        for number in range(1, 6):
            files.write_row(number, 0, (1, number, f"Hồ sơ {number}"))
            items.write_row(number, 0, (1, number, 1, f"{number}/QĐ", f"Văn bản {number}"))
    found = []
    for size in (2, 4, 1_000):
        by_parts(size)
        with session.begin_nested() as undone:
            result = bring_one(path)
            found.append((told(result), rows(STORED), rows(ROUND)))
            undone.rollback()
    assert dict(result.counts) == {("file", "created"): 5, ("item", "created"): 5}
    assert found[0] == found[2]
    assert found[1] == found[2]


def test_who_may_create_no_items_stores_none(
    items: Callable[..., FileResult], rows: Rows, session: Session, by_parts: Callable[[int], None]
) -> None:
    session.connection().execute(text("update fonds set transferred = true where code = 'P01'"))
    session.connection().execute(text("update file set transferred = true where code like 'A._'"))
    session.expire_all()
    before = rows(STORED)
    by_parts(2)
    with pytest.raises(NotPermitted), session.begin_nested():
        items(LIST, role="clerk")
    assert rows(STORED) == before


def test_a_file_that_is_removed_meanwhile_sends_the_list_to_the_whole(
    items: Callable[..., FileResult], session: Session, by_parts: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    by_parts(2)
    work = storing.write_new_items
    stored: list[int] = []

    def removed_before(*given: Any) -> int:
        gone = "exists (select from pg_temp.import_stage where file_code = 'A.3')"
        session.connection().execute(text(f"delete from file where code = 'A.3' and {gone}"))
        stored.append(work(*given))
        return stored[-1]

    monkeypatch.setattr(storing, "write_new_items", removed_before)
    one_in_it = "".join(LIST.splitlines(keepends=True)[:-1])
    assert dict(items(one_in_it).counts) == {("item", "created"): 7}  # the deletion went with what was undone
    assert sum(stored) == 6
