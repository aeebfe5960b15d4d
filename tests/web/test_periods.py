"""The period desk as pages: by role over HTTP, what each may do, and that nobody else changes anything."""

from __future__ import annotations

import pytest

from tests.reporting.conftest import Half, half, stopped_clock
from tests.web.conftest import statements
from tests.web.reporters import EVERYBODY, Reporters, said

__all__ = ["half", "stopped_clock"]


@pytest.fixture(scope="module")
def people(half: Half) -> Reporters:
    return Reporters(half)


def test_each_role_sees_as_many_agencies_as_it_reads_returns_of(people: Reporters) -> None:
    period = people.period()
    seen = {"supervisor": 5, "supervisor_head": 5, "leader": 5, "officer": 2, "approver": 2, "clerk": 1}
    for role, place in EVERYBODY:
        page = people.get(f"/periods/{period}", role, place)
        listed = people.get("/periods", role, place)
        if role == "anyone":
            assert (page.status_code, listed.status_code) == (403, 403)
            assert "/sign-in" in page.text
        elif role not in seen:
            nothing = people.get("/periods/999999", role, place)
            assert (page.status_code, listed.status_code, nothing.status_code) == (404, 404, 404), role
            assert page.text == nothing.text.replace("999999", str(period))
            assert ">Kỳ báo cáo</a>" not in people.get("/", role, place).text
        else:
            count = page.text.count('data-label="Hạn nộp"')
            assert (page.status_code, count) == (200, 1 if place == "B" else seen[role]), role
            assert ">Kỳ báo cáo</a>" in listed.text
            may = (
                "Sửa các ngày" in page.text,
                "Tiếp nhận các báo cáo" in page.text,
                "Phân công kiểm tra" in page.text,
            )
            wanted = {
                "supervisor": (False, True, True), "supervisor_head": (True, False, True),
                # of units, which report to them
                "officer": (False, place == "A", False), "approver": (False, True, False),
            }  # fmt: skip
            assert may == wanted.get(role, (False, False, False)), role


def test_a_period_is_opened_changed_closed_and_opened_again(people: Reporters) -> None:
    opened = people.post(
        "/periods/open", "supervisor_head", "SNV", plan="67/KH-UBND", kind="HALF_YEAR", deadline="2025-06-30"
    )
    assert opened.headers["location"].endswith("?done=opened"), said(opened)
    path = opened.headers["location"].partition("?")[0]
    page = people.get(f"{path}?done=opened", "supervisor_head", "SNV").text
    assert "Các cơ quan soạn báo cáo được từ bây giờ." in page
    assert "5 cơ quan được tính là nộp chậm ngay" in page
    assert 'value="2025-06-20"' in page
    days = {"deadline": "2025-06-30", "returns_due_on": "2025-06-25"}
    wrong = people.post(
        f"{path}/update", "supervisor_head", "SNV", version=1, **(days | {"data_cutoff": "2025-07-30"})
    )
    assert (wrong.status_code, "Ngày chốt số liệu phải không sau" in said(wrong)) == (422, True)
    done = people.post(f"{path}/update", "supervisor_head", "SNV", version=1, **days)
    assert done.status_code == 303, said(done)
    stale = people.post(f"{path}/close", "supervisor_head", "SNV", version=1)
    assert (stale.status_code, "phiên bản hiện tại là 2" in said(stale)) == (422, True)
    assert people.post(f"{path}/close", "supervisor_head", "SNV", version=2).status_code == 303
    assert "Sửa các ngày" not in people.get(path, "supervisor_head", "SNV").text
    assert people.post(f"{path}/reopen", "supervisor_head", "SNV", version=3).status_code == 422
    again = people.post(f"{path}/reopen", "supervisor_head", "SNV", version=3, reason="Sửa số liệu")
    assert again.headers["location"] == f"{path}?done=reopened"


def test_an_agency_is_not_told_to_accept_its_own_return(people: Reporters) -> None:
    period = people.period()
    people.approved(period, "A")
    assert "kiểm tra và tiếp nhận" not in people.get(f"/periods/{period}", "approver").text
    people.approved(period, "A.1")
    for role, place in (("approver", "A"), ("supervisor", "SNV")):
        assert "kiểm tra và tiếp nhận 1 báo cáo" in people.get(f"/periods/{period}", role, place).text, role


def test_approved_returns_are_accepted_together_and_the_others_told(people: Reporters) -> None:
    period = people.period()
    first, second = people.approved(period, "A"), people.written(period, "B")
    page = people.get(f"/periods/{period}?state=APPROVED", "supervisor", "SNV").text
    assert page.count('data-label="Hạn nộp"') == 1
    assert "kiểm tra và tiếp nhận 1 báo cáo" in page
    ids = people.half.agencies
    picks = {
        f"pick-{ids['A']}": f"{first}.{people.version(first)}",
        f"pick-{ids['B']}": f"{second}.{people.version(second)}",
        f"pick-{ids['C']}": "0.0",
    }
    done = people.post(f"/periods/{period}/accept", "supervisor", "SNV", **picks)
    assert "Đã tiếp nhận 1 báo cáo." in done.text
    assert "Cơ quan B: " in said(done)
    assert "Cơ quan C: Chưa có báo cáo để tiếp nhận." in said(done)
    states = people.half.sql("select state from agency_return where period_id = %s order by id", period)
    assert [row.state for row in states] == ["ACCEPTED", "DRAFT"]
    nothing = people.post(f"/periods/{period}/accept", "supervisor", "SNV")
    assert (nothing.status_code, "Hãy đánh dấu" in said(nothing)) == (422, True)
    given = people.post(f"/periods/{period}/assign", "supervisor", "SNV", **picks, reviewer="supervisor.SNV")
    assert "Đã phân công 3 cơ quan." in given.text
    mine = people.get(f"/periods/{period}?mine=1", "supervisor", "SNV").text
    assert mine.count('data-label="Hạn nộp"') == 3
    assert (
        people.get(f"/periods/{period}?q=quan+b", "supervisor", "SNV").text.count('data-label="Hạn nộp"') == 1
    )


def test_picked_agencies_are_reminded_once_a_day(people: Reporters) -> None:
    period = people.period()
    ids = people.half.agencies
    picks = {f"pick-{ids[code]}": "0.0" for code in ("A", "C")}
    done = people.post(f"/periods/{period}/remind", "supervisor", "SNV", **picks, note="Hạn đã đến gần")
    assert "Đã đôn đốc 2 cơ quan." in done.text, said(done)
    assert "Cơ quan C: Không có địa chỉ thư" in said(done)
    again = people.post(f"/periods/{period}/remind", "supervisor", "SNV", **picks)
    assert (again.status_code, "hôm nay đã được đôn đốc" in said(again)) == (422, True)
    assert "đôn đốc" in people.get(f"/periods/{period}", "leader", "TP").text
    before = people.half.sql("select count(*) as n from reminder")[0].n
    for role, place in (("officer", "B"), ("leader", "TP"), ("approver", "A")):
        b = {f"pick-{ids['B']}": "0.0"}
        assert people.post(f"/periods/{period}/remind", role, place, **b).status_code in (403, 422), role
    assert people.post(f"/periods/{period}/remind", "staff", **picks).status_code == 404
    assert people.half.sql("select count(*) as n from reminder")[0].n == before


def test_an_agency_is_called_given_time_and_a_reviewer(people: Reporters) -> None:
    period = people.period()
    path = f"/periods/{period}/agencies/C"
    for deed, form in (
        ("note", {"note": "Hẹn nộp thứ sáu", "promised_on": "2025-06-27"}),
        ("contact", {"name": "Nguyễn Văn An", "phone": "024 3825 0000"}),
        ("assign", {"reviewer": "supervisor.SNV"}),
    ):
        done = people.post(f"{path}/{deed}", "supervisor", "SNV", **form)
        assert done.status_code == 303, said(done)
    day = people.half.sql("select deadline::text from reporting_period where id = %s", period)[0].deadline
    before = people.counts()
    refused = people.post(f"{path}/extend", "supervisor", "SNV", due_on=day, reason="x")
    assert refused.status_code == 403
    assert people.post(f"{path}/extend", "supervisor_head", "SNV", due_on=day).status_code == 422
    assert people.post(f"{path}/contact", "supervisor", "SNV", name="X", phone="gọi").status_code == 422
    assert people.counts() == before
    done = people.post(f"{path}/extend", "supervisor_head", "SNV", due_on=day, reason="Thiên tai")
    assert done.status_code == 303, said(done)
    page = people.get(path, "supervisor", "SNV").text
    for told in ("Hẹn nộp thứ sáu", "Hẹn nộp 27/6/2025.", "024 3825 0000", "supervisor SNV", "Thiên tai"):
        assert told in page, told
    assert "Hẹn nộp thứ sáu" in people.get(f"/periods/{period}", "leader", "TP").text
    assert "Ghi cuộc gọi" not in people.get(path, "leader", "TP").text


@pytest.mark.parametrize(
    ("deed", "form", "may"),
    [
        ("open", {"plan": "67/KH-UBND", "deadline": "2029-06-30"}, {"supervisor_head"}),
        ("{id}/update", {"version": "1", "deadline": "2031-06-30"}, {"supervisor_head"}),
        ("{id}/close", {"version": "1"}, {"supervisor_head"}),
        ("{id}/agencies/C/note", {"note": "x"}, {"supervisor", "supervisor_head"}),
        ("{id}/agencies/C/contact", {"name": "x"}, {"supervisor", "supervisor_head"}),
        ("{id}/agencies/C/assign", {"reviewer": ""}, {"supervisor", "supervisor_head"}),
        ("{id}/agencies/C/extend", {"due_on": "2030-06-30", "reason": "x"}, {"supervisor_head"}),
        ("{id}/agencies/C/begin", {}, set()),
    ],
)
def test_nobody_else_does_it_and_no_foreign_form(
    people: Reporters, shared: int, deed: str, form: dict[str, str], may: set[str]
) -> None:
    path, before = f"/periods/{deed.format(id=shared)}", people.counts()
    for role, place in EVERYBODY:
        if role in may:
            foreign = people.ask(
                "POST", path, role, place, data=form, headers={"origin": "https://evil.example"}
            )
            assert foreign.status_code == 403
            bare = people.ask("POST", path, role, place, data=form)
            assert bare.status_code == 403
        else:
            assert people.post(path, role, place, **form).status_code in (403, 404), (role, deed)
    assert people.counts() == before


@pytest.fixture(scope="module")
def shared(people: Reporters) -> int:
    """A period that nothing happens to."""
    return people.period()


def test_a_page_asks_few_statements_however_many_agencies(people: Reporters, shared: int) -> None:
    for path, most in ((f"/periods/{shared}", 14), (f"/periods/{shared}/agencies/A", 18), ("/periods", 6)):
        people.get(path, "supervisor", "SNV")
        with statements() as asked:
            assert people.get(path, "supervisor", "SNV").status_code == 200
        assert len(asked) <= most, path
