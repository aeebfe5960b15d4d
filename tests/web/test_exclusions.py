"""The pages of exceptions by law: an agency proposes, changes, takes back; Home Affairs decides and lifts."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from tests.web.conftest import Site, statements
from tests.web.test_passwords import _post, doors
from tests.web.test_second_factor import _enrolled
from tests.web.test_users import _said

__all__ = ["doors"]
FORM = {
    "row": "67/KH-UBND|II.1.a", "kind": "item", "basis_code": "PAPER_ORIGINAL", "legal_basis": "Luật X, Điều 1",
    "valid_from": "2024-01-01",
}  # fmt: skip


@pytest.fixture
def records(city: str) -> Iterator[list[str]]:
    """Codes of documents on paper of the district, none of which is left out; proposals end with the test."""
    with psycopg.connect(city, autocommit=True) as connection:
        last = connection.execute("select max(id) from exclusion").fetchone()
        assert last is not None
        found = connection.execute(
            "select i.code from item i join agency a on a.id = i.agency_id where a.code = 'UBND-BADINH'"
            " and i.access_level = 0 order by i.origin <> 'PAPER', i.id limit 2"
        ).fetchall()
        yield [code for (code,) in found]
        connection.execute("delete from exclusion where id > %s", last)


def _key(answer: httpx.Response) -> str:
    found = re.fullmatch(r"/exclusions/(\d+)\?done=\w+", answer.headers["location"])
    assert found is not None
    return found[1]


def _text(answer: httpx.Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_an_exception_from_the_proposal_to_its_end(doors: Site, city: str, records: list[str]) -> None:
    officer = doors.session("officer")
    form = {**FORM, "code": records[0]}
    for wrong, said in (
        ({"code": "KHONG-CO"}, "Không tìm thấy mã «KHONG-CO»"),
        ({"code": "UBND-HOANKIEM", "kind": "agency", "row": "67/KH-UBND|II.1.c"}, "Không tìm thấy mã"),
        ({"legal_basis": " "}, "Hãy nêu căn cứ"),
        ({"row": "67/KH-UBND|II.2.c"}, "không cho phép loại trừ"),
        ({"row": "67/KH-UBND|II.1.c"}, "loại trừ cả lưu trữ"),
    ):
        refused = _post(doors, "/exclusions/propose", officer, **form | wrong)
        assert (refused.status_code, said in _said(refused)) == (422, True), wrong
        assert f'value="{wrong.get("code", records[0])}"' in refused.text
    made = _post(doors, "/exclusions/propose", officer, **form)
    key = _key(made)
    assert (
        _post(doors, "/exclusions/propose", officer, **form).headers["location"] == made.headers["location"]
    )
    page = doors.get(f"/exclusions/{key}?done=proposed", cookies=officer)
    assert "Việc tiếp theo là của lãnh đạo Sở Nội vụ" in page.text
    assert "chờ quyết định" in _text(page)
    assert records[0] in page.text
    assert "/approve" not in page.text
    assert (
        "Toàn Thành phố" not in page.text.partition("<main")[2]
    )  # the city's figure is not his to read live

    amended = _post(
        doors, f"/exclusions/{key}/amend", officer, version="1", basis_code="LEGAL_HOLD", legal_basis="Luật Y",
        valid_from="2023-01-01",
    )  # fmt: skip
    assert amended.headers["location"] == f"/exclusions/{key}?done=amended"
    stale = _post(
        doors, f"/exclusions/{key}/amend", officer, version="1", basis_code="LEGAL_HOLD", legal_basis="Luật Z",
        valid_from="2023-01-01",
    )  # fmt: skip
    assert (stale.status_code, "phiên bản hiện tại là 2" in _said(stale)) == (422, True)
    assert "Luật Z" in stale.text  # what was typed is kept

    head = _enrolled(doors, "supervisor_head")[0]
    assert "Quyết định 1 trường hợp loại trừ" in doors.get("/account", cookies=head).text
    shown = _text(doors.get(f"/exclusions/{key}?lang=en", cookies=head))
    figures = re.search(r"The city ([\d.]+)% ([\d,]+)/([\d,]+) ([\d.]+)% ([\d,]+)/([\d,]+)", shown)
    assert figures is not None
    without, in_force = (int(figures[place].replace(",", "")) for place in (3, 6))
    assert without - in_force == 1
    for role in ("supervisor", "leader"):
        seen = doors.get(f"/exclusions/{key}", role)
        assert (seen.status_code, "/approve" in seen.text, "/amend" in seen.text) == (200, False, False), role
        done = _post(doors, f"/exclusions/{key}/approve", doors.session(role), version="2")
        assert done.status_code == 403, role
    for role, status in (("clerk", 404), ("finance", 404), ("anyone", 403)):
        for path in ("/exclusions", f"/exclusions/{key}"):
            refused = doors.get(path, role)
            assert (refused.status_code, 'href="/exclusions"' in refused.text) == (status, False), role
    assert _post(doors, f"/exclusions/{key}/return", head, version="2").status_code == 422
    approved = _post(doors, f"/exclusions/{key}/approve", head, version="2")
    assert approved.headers["location"] == f"/exclusions/{key}?done=approved"
    late = _post(doors, f"/exclusions/{key}/withdraw", officer, version="3")
    assert (late.status_code, "đã được quyết định" in _said(late)) == (422, True)
    lifted = _post(
        doors, f"/exclusions/{key}/lift", head, version="3", reason="Hết thanh tra", ends_on="2025-01-01"
    )
    assert lifted.headers["location"] == f"/exclusions/{key}?done=lifted"
    assert "Hết thanh tra" in doors.get(f"/exclusions/{key}", cookies=officer).text
    with psycopg.connect(city) as connection:
        states = connection.execute(
            "select state, valid_to::text from exclusion where id = %s", [key]
        ).fetchall()
    assert states == [("LIFTED", "2025-01-01")]


def test_a_proposal_is_taken_back_or_returned_and_waits_for_a_second_factor(
    doors: Site, records: list[str]
) -> None:
    officer, head = doors.session("officer"), doors.session("supervisor_head")
    first, second = (
        _key(_post(doors, "/exclusions/propose", officer, **FORM, code=code)) for code in records
    )
    gone = _post(doors, f"/exclusions/{first}/withdraw", officer, version="1")
    assert gone.headers["location"] == f"/exclusions/{first}?done=withdrawn"
    waits = _post(doors, f"/exclusions/{second}/approve", head, version="1", back=f"/exclusions/{second}")
    assert (waits.status_code, f"next=/exclusions/{second}" in waits.text) == (403, True)
    back = _post(doors, f"/exclusions/{second}/return", head, version="1", reason="Thiếu căn cứ")
    assert back.headers["location"] == f"/exclusions/{second}?done=returned"
    assert "Thiếu căn cứ" in doors.get(f"/exclusions/{second}", cookies=officer).text
    elsewhere = doors.get("/exclusions?state=REJECTED", "archivist")
    assert (elsewhere.status_code, f"/exclusions/{second}" in elsewhere.text) == (200, False)
    assert doors.get(f"/exclusions/{second}", "archivist").status_code == 404


def test_a_list_of_one_and_of_many_takes_the_same_statements(
    doors: Site, city: str, records: list[str]
) -> None:
    with psycopg.connect(city, autocommit=True) as connection:
        made = (
            "insert into exclusion (indicator_id, agency_id, item_id, basis_code, legal_basis, valid_from, proposed_by)"
            " select n.id, i.agency_id, i.id, 'LEGAL_HOLD', 'x', date '2024-01-01', u.id from indicator n, app_user u,"
            " item i join agency a on a.id = i.agency_id"
            " where n.code = 'II.1.d' and u.name = 'demo.officer' and a.code = 'UBND-BADINH' order by i.id limit %s"
        )
        counts = []
        for many in (1, 30):
            connection.execute(made, [many])
            officer = doors.session("officer")
            with statements() as said:
                page = doors.get("/exclusions", cookies=officer)
            counts.append(len(said))
    assert "before=" in page.text
    assert counts[0] == counts[1] <= 8
