"""Rows of papers (1.1–1.4, 2.1) through the service: issued of those on the list."""

from __future__ import annotations

from datetime import date

import pytest

from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts
from tests.kpi.offices import owing


@pytest.fixture
def top(city: City) -> int:
    return city.agency("UBND-TP", kind="CITY", archive_since=None)


def test_documents_issued_of_those_on_the_list(city: City, top: int) -> None:
    city.deliverable("1.4", title="Hướng dẫn số hóa")
    city.deliverable(
        "1.4", title="Hướng dẫn quản lý Hệ thống", state="DRAFTED", document_number=None, document_date=None
    )
    city.deliverable("1.4", document_date=date(2025, 7, 1), title="Quy định bảo quản")
    value = city.value("1.4")
    assert (parts(value), value.percent, value.result, value.status_text) == (
        (1, 3), "33.33", Result.NOT_MET, "quá hạn",
    )  # fmt: skip
    assert owing(city, "1.4") == {
        top: ("NOT_ISSUED", 2, "Chưa ban hành: Hướng dẫn quản lý Hệ thống; Quy định bảo quản")
    }
    assert [one.state for one in value.indicator.evidence] == ["APPROVED", "PLANNED", "DRAFTED"]


def test_without_a_list_data_are_missing(city: City, top: int) -> None:
    value = city.value("1.2")
    assert (parts(value), value.percent, value.result) == ((0, 0), None, Result.MISSING_DATA)
    assert value.status_text == "thiếu dữ liệu"
    assert owing(city, "1.2") == {top: ("NO_LIST", 0, "Chưa có danh mục văn bản phải ban hành")}
    city.deliverable("1.2", state="PLANNED", planned_on=date(2025, 7, 1))
    assert city.value("1.2").result is Result.MISSING_DATA
    city.deliverable("1.2", planned_on=CUT_OFF, document_date=CUT_OFF)
    assert (parts(city.value("1.2")), city.value("1.2").result) == ((1, 1), Result.MET)


@pytest.mark.parametrize("code", ["1.1", "2.1"])
def test_the_plan_and_the_organisation_are_one_thing_to_do_where_nobody_made_a_list(
    city: City, top: int, code: str
) -> None:
    assert (parts(city.value(code)), city.value(code).result) == ((0, 1), Result.NOT_MET)
    city.deliverable(code)
    assert (parts(city.value(code)), city.value(code).result) == ((1, 1), Result.MET)
    city.deliverable(code, state="PLANNED")
    assert parts(city.value(code)) == (1, 2)


def test_the_list_grows_and_shrinks_by_its_dates(city: City, top: int) -> None:
    city.deliverable("1.3", planned_on=date(2021, 4, 1), document_date=date(2021, 11, 1))
    city.deliverable("1.3", state="PLANNED", planned_on=date(2022, 4, 1))
    city.deliverable(
        "1.3", state="CANCELLED", planned_on=date(2021, 4, 1), cancelled_on=date(2023, 1, 1), document_number=None,
        document_date=None,
    )  # fmt: skip
    found = {
        day: parts(city.value("1.3", as_of=day))
        for day in (
            date(2021, 3, 31),
            date(2021, 4, 1),
            date(2021, 11, 1),
            date(2022, 4, 1),
            date(2023, 1, 1),
        )
    }
    assert list(found.values()) == [(0, 0), (0, 2), (1, 2), (1, 3), (1, 2)]


def test_each_document_is_the_body_s_that_owes_it(city: City, top: int) -> None:
    day = date(2025, 3, 1)
    first, second = city.agency("P", parent_id=top), city.agency("Q", parent_id=top)
    city.deliverable("1.3", first)
    city.deliverable("1.3", second, state="PLANNED")
    city.deliverable("1.3")
    city.succession(second, first, day)
    assert parts(city.value("1.3")) == (2, 3)
    assert [parts(city.value("1.3", agency)) for agency in (top, first, second)] == [(1, 1), (1, 2), (0, 0)]
    before = date(2025, 2, 28)
    assert [parts(city.value("1.3", agency, before)) for agency in (top, first, second)] == [
        (1, 1),
        (1, 1),
        (0, 1),
    ]
