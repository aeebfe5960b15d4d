"""Documents that look like others: one in several files, one twice, one corrected, one that has not come yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.importers.outcome import SOME_REFUSED, FileResult
from tests.importers.conftest import codes
from tests.importers.test_apply import FILES, STATE, saved

Rows = Callable[..., list[dict[str, Any]]]
Bring = Callable[..., FileResult]
Items = Callable[..., FileResult]

HEAD = "Mã hồ sơ,STT,Mã định danh,Số ký hiệu,Ngày,Trích yếu,Tác giả\n"
ONE = "A.1,1,,12/QĐ-UBND,05/03/2019,Quyết định một,UBND quận"


@pytest.fixture
def items(tmp_path: Path, bring_one: Bring) -> Items:
    """Import these rows of documents into the files A.1 and A.2."""
    bring_one(saved(tmp_path, FILES))

    def act(*lines: str, **how: Any) -> FileResult:
        return bring_one(saved(tmp_path, HEAD + "".join(f"{line}\n" for line in lines), "items.csv"), **how)

    return act


def test_a_document_with_an_id_may_stand_in_two_files_of_one_list(items: Items, rows: Rows) -> None:
    both = ("A.1,1,VB1,12/QĐ,05/03/2019,Một,UBND", "A.2,7,VB1,12/QĐ,05/03/2019,Một,UBND")
    assert dict(items(*both).counts) == {("item", "created"): 1, ("item", "listed"): 1}
    listed = (
        "select f.code, l.ordinal from item_listing l join file f on f.id = l.file_id where f.code like 'A._'"
    )
    assert rows(listed) == [{"code": "A.2", "ordinal": 7}]
    before = rows(STATE)
    assert dict(items(*both).counts) == {("item", "unchanged"): 2}
    assert rows(STATE) == before


def test_one_id_for_two_documents_is_refused(items: Items) -> None:
    result = items("A.1,1,VB1,12/QĐ,05/03/2019,Một,UBND", "A.2,1,VB1,13/QĐ,05/03/2019,Hai,UBND")
    assert codes(result.outcomes) == [(3, "code", "CODE_TWICE")]


def test_a_document_under_two_names_of_its_file_is_one(
    tmp_path: Path, items: Items, bring_one: Bring
) -> None:
    head = "Mã hồ sơ,Mục lục số,Hồ sơ số,Số ký hiệu,Ngày,Trích yếu,Tác giả\n"
    body = "A.1,,,12/QĐ,2019,Một,UBND\n,01,1,12/QĐ,2019,Một,UBND\n"
    result = bring_one(saved(tmp_path, head + body, "two.csv"))
    assert (result.stored, dict(result.counts)) == (True, {("item", "created"): 1, ("item", "unchanged"): 1})


def test_a_twin_of_a_refused_row_is_refused_too(items: Items, rows: Rows, session: Session) -> None:
    session.connection().execute(
        text("update file set state = 'CLOSED', closed_on = '2020-01-01' where code = 'A.1'")
    )
    result = items(ONE, ONE.replace("A.1", "A.2"), "A.2,2,,13/QĐ,2019,Khác,UBND", partial=True)
    assert (result.stored, result.exit_code) == (True, SOME_REFUSED)
    assert [code for _, _, code in codes(result.outcomes)] == ["WRONG_STATE", "TWIN_REFUSED"]
    assert result.counts["item", "created"] == 1


def test_designations_meet_whatever_their_case(items: Items, rows: Rows) -> None:
    items(ONE)
    result = items("A.2,1,,12/qđ-ubnd,05/03/2019,Quyết định một,Ubnd Quận")
    assert dict(result.counts) == {("item", "listed"): 1}
    assert [code for _, _, code in codes(result.outcomes)] == ["POSSIBLE_DUPLICATE"]


@pytest.mark.parametrize(
    "line",
    [
        ONE.replace("2019", "2018"),
        ONE.replace("UBND quận", "UBND quận Ba Đình"),
        ONE.replace("Quyết", "Nghị"),
    ],
)
def test_a_document_in_the_place_of_one_like_it_is_said_or_changes_it(items: Items, line: str) -> None:
    items(ONE)
    result = items(line)
    said = [code for _, _, code in codes(result.outcomes)]
    assert (result.count("updated"), said) in [(1, []), (0, ["POSSIBLE_DUPLICATE"])]


def test_one_designation_with_other_words_in_one_list_is_said(items: Items) -> None:
    result = items(ONE, "A.2,1,,12/QĐ-UBND,05/03/2019,Khác hẳn,UBND quận")
    assert codes(result.outcomes) == [(3, "number", "POSSIBLE_DUPLICATE")]
    assert result.stored


def test_rows_without_a_code_are_named_by_their_words(items: Items) -> None:
    result = items("A.1,,,,05/03/2019,Giấy mời họp,UBND", "A.1,,,,05/03/2019,Giấy mời họp,UBND")
    assert "Giấy mời họp" in result.outcomes[0].findings[0].message_vi


def test_days_that_cannot_be_are_refused(tmp_path: Path, items: Items, bring_one: Bring) -> None:
    head = "Mã hồ sơ,Số ký hiệu,Ngày,Trích yếu,Ngày đến\n"
    body = "A.1,1/QĐ,05/03/2109,Một,\nA.1,2/QĐ,05/03/2019,Hai,04/03/2019\nA.1,3/QĐ,3/2019,Ba,04/03/2019\n"
    result = bring_one(saved(tmp_path, head + body, "days.csv"))
    assert codes(result.outcomes) == [(2, "issued", "IN_THE_FUTURE"), (3, "arrival_date", "BEFORE_ISSUED")]
