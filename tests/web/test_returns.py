"""A return as pages over HTTP: every step by its people, two who write at once, evidence, and everybody else."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from hub.kit.ids import encode
from tests.reporting.conftest import Half, half, stopped_clock
from tests.web.conftest import OWN
from tests.web.reporters import EVERYBODY, Reporters, fields, said

__all__ = ["half", "stopped_clock"]
PDF = ("Quyết định.pdf", b"%PDF-1.7 evidence", "application/pdf")


@pytest.fixture(scope="module")
def people(half: Half) -> Reporters:
    return Reporters(half)


@pytest.fixture(scope="module")
def period(people: Reporters) -> int:
    return people.period()


def test_a_return_goes_its_way_through_the_pages(people: Reporters, period: int) -> None:
    asked = people.get("/periods", "officer").text
    assert "Lập và trình 2 báo cáo" in asked
    key = people.begun(period)
    path = f"/returns/{key}"
    page = people.get(path, "officer").text
    for told in (
        "Hãy điền và trình báo cáo này trước hết ngày",
        "Sở Nội vụ tiếp nhận",
        'aria-current="step"',
    ):
        assert told in page, told
    form = people.form(key)
    empty = people.post(f"{path}/submit", "officer", **form)
    assert (empty.status_code, "Hãy ghi kết quả" in said(empty)) == (422, True)
    form |= {
        "results": "Đã số hóa 120 hồ sơ.", "difficulties": "Thiếu kinh phí.", "line:3.1:numerator": "3",
        "line:3.1:denominator": "4", "line:3.1:document_number": "12/QĐ", "line:IV.5.d:q:backlog_left": "30,5",
        "line:II.1.a:note": "Đơn vị mới.",
    }  # fmt: skip
    sent = people.post(f"{path}/submit", "officer", **form)
    assert sent.headers["location"] == f"{path}?done=submitted", said(sent)
    told = people.get(path, "officer").text
    assert "Đã trình, đang chờ thủ trưởng" in told
    assert "Rút lại để sửa" in told
    assert people.post(f"{path}/approve", "officer", version=people.version(key)).status_code == 403
    assert "Duyệt báo cáo của Cơ quan A" in people.get("/periods", "approver").text
    back = people.post(f"{path}/send-back", "approver", version=people.version(key), reason="Bổ sung số liệu")
    assert back.headers["location"] == f"{path}?done=sent_back", said(back)
    assert "bị trả lại: “Bổ sung số liệu”" in people.get(path, "officer").text
    again = people.form(key)
    assert again["line:IV.5.d:q:backlog_left"] == "30,5"
    assert people.post(f"{path}/submit", "officer", **again).status_code == 303
    done = people.post(f"{path}/approve", "approver", version=people.version(key), note="Đồng ý")
    assert done.headers["location"] == f"{path}?done=approved", said(done)
    review = people.get(path, "supervisor", "SNV").text
    for told in ("Tiếp nhận báo cáo</button>", "30,50", "Đơn vị mới.", "12/QĐ", "báo cáo đầu tiên"):
        assert told in review, told
    stale = people.post(f"{path}/accept", "supervisor", "SNV", version=1)
    assert (stale.status_code, "phiên bản hiện tại" in said(stale)) == (422, True)
    accepted = people.post(f"{path}/accept", "supervisor", "SNV", version=people.version(key))
    assert accepted.headers["location"] == f"{path}?done=accepted", said(accepted)
    page = people.get(path, "officer").text
    assert "Đã được Sở Nội vụ tiếp nhận" in page
    assert page.count("<li><span><b>") >= 5  # every turn


def test_the_next_return_stands_beside_it_with_marks(people: Reporters, period: int) -> None:
    later = people.period()
    key = people.begun(later)
    form = people.form(key)
    page = people.get(f"/returns/{key}", "officer").text
    assert "kỳ trước: 30,5" in page
    form |= {"results": "Đã số hóa 150 hồ sơ.", "difficulties": "Thiếu kinh phí.", "line:3.1:numerator": "4"}
    assert people.post(f"/returns/{key}/submit", "officer", **form).status_code == 303
    page = people.get(f"/returns/{key}", "approver").text
    assert "<del>120</del><ins>150</ins>" in page
    for told in ("▲</span> tăng", "−</span> không còn", "=</span> không đổi"):
        assert told in page, told
    assert people.post(f"/returns/{key}/withdraw", "officer", version=people.version(key)).status_code == 303
    assert people.post(f"/returns/{key}/withdraw", "officer", version=people.version(key)).status_code == 422


def test_the_head_who_approved_a_units_return_leaves_accepting_it_to_another(people: Reporters) -> None:
    period = people.period()
    key = people.written(period, "A.1")
    path = f"/returns/{key}"
    sent = people.post(f"{path}/submit", "officer", "A.1", **people.form(key, "officer", "A.1"))
    assert sent.status_code == 303, said(sent)
    assert people.post(f"{path}/approve", "approver", "A", version=people.version(key)).status_code == 303
    page = people.get(path, "approver", "A").text
    assert "Tiếp nhận báo cáo</button>" not in page
    assert "kiểm tra và tiếp nhận" not in people.get(f"/periods/{period}", "approver", "A").text
    before = people.counts()
    refused = people.post(f"{path}/accept", "approver", "A", version=people.version(key))
    assert (refused.status_code, people.counts()) == (403, before)
    assert said(refused).endswith("Người có thể làm bước này: officer A; officer A-second; approver TP.")
    pick = {f"pick-{people.half.agencies['A.1']}": f"{key}.{people.version(key)}"}
    many = people.post(f"/periods/{period}/accept", "approver", "A", **pick)
    assert (many.status_code, people.counts()) == (422, before)
    assert people.post(f"{path}/accept", "officer", "A", version=people.version(key)).status_code == 303


def test_two_who_write_at_once_lose_nothing(people: Reporters) -> None:
    key = people.begun(people.period())
    path = f"/returns/{key}"
    first, second = people.form(key), people.form(key, "officer", "A-second")
    assert (
        people.post(f"{path}/save", "officer", **first | {"results": "Của người thứ nhất."}).status_code
        == 303
    )
    # Elsewhere: both are kept.
    joined = people.post(f"{path}/save", "officer", "A-second", **second | {"proposals": "Đề xuất."})
    assert joined.headers["location"] == f"{path}?done=joined"
    told = people.get(f"{path}?done=joined", "officer", "A-second").text
    assert "Người khác cũng vừa lưu ở mục khác" in told
    # In the same place: the second is told who saved what, and his words stay in the field.
    before = people.version(key)
    clash = people.post(f"{path}/save", "officer", "A-second", **second | {"results": "Của người thứ hai."})
    assert clash.status_code == 422
    assert "officer A vừa lưu nội dung khác ở cùng mục" in said(clash)
    assert "officer A đã lưu (" in clash.text
    assert "Của người thứ nhất." in clash.text
    assert people.version(key) == before
    mine = fields(clash.text)
    assert mine["results"] == "Của người thứ hai."
    assert mine["proposals"] == "Đề xuất."
    assert (
        people.post(f"{path}/submit", "officer", "A-second", **mine).status_code == 422
    )  # difficulties are missing
    assert people.form(key)["results"] == "Của người thứ hai."


def test_the_script_saves_as_the_button_does(people: Reporters) -> None:
    key = people.begun(people.period())
    path, form = f"/returns/{key}/save", people.form(key)
    other = people.form(key, "officer", "A-second")

    def ask(role: str, place: str, sent: dict[str, str]) -> tuple[int, dict[str, str]]:
        headers = OWN | {"accept": "application/json"}
        answer = people.ask("POST", path, role, place, data=sent, headers=headers)
        return answer.status_code, json.loads(answer.text)

    status, told = ask("officer", "A", form | {"results": "Một."})
    assert (status, told["state"]) == (200, "saved")
    form |= {"was": told["was"], "results": "Một."}
    status, told = ask("officer", "A-second", other | {"proposals": "Hai."})
    assert (status, told["others"]) == (200, {"results": "Một."})
    assert "officer A cũng vừa lưu" in told["told"]
    status, told = ask("officer", "A-second", other | {"results": "Khác."})
    assert (status, told["state"]) == (409, "conflict")
    status, told = ask("officer", "A", form | {"line:3.1:numerator": "nhiều"})
    assert (status, told["state"]) == (422, "refused")
    assert told["said"].startswith("3.1: «nhiều» không phải số")
    before = people.counts()
    status, _ = ask("officer", "A", form)
    assert (status, people.counts()) == (200, before)


def test_evidence_is_attached_fetched_and_taken_away(people: Reporters) -> None:
    key = people.begun(people.period())
    path = f"/returns/{key}"

    def attach(role: str, place: str, file: tuple[str, bytes, str], headers: dict[str, str] = OWN) -> int:
        data = {"version": str(people.version(key))}
        answer = people.ask(
            "POST", f"{path}/attach", role, place, data=data, files={"file": file}, headers=headers
        )
        return answer.status_code

    before = people.counts()
    assert attach("officer", "A", PDF, {}) == 403
    assert attach("officer", "B", PDF) == 404
    assert attach("supervisor", "SNV", PDF) == 403
    assert attach("officer", "A", ("x.pdf", b"<html>", "application/pdf")) == 422
    assert attach("officer", "A", ("x.pdf", b"%PDF-" + b"0" * 5_100_000, "application/pdf")) == 400
    assert people.counts() == before
    assert attach("officer", "A", PDF) == 303
    page = people.get(path, "officer").text
    assert "Quyết định.pdf" in page
    number = people.half.sql("select max(id) as id from return_attachment")[0].id
    fetched = people.get(f"{path}/attachments/{number}", "supervisor", "SNV")
    assert fetched.content == PDF[1]
    assert fetched.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Quy")
    for role, place in (("officer", "B"), ("staff", "A"), ("user", ""), ("finance", "SNV")):
        assert people.get(f"{path}/attachments/{number}", role, place).status_code == 404, role
    form = {"version": people.version(key), "attachment": number}
    assert people.post(f"{path}/detach", "officer", "B", **form).status_code == 404
    assert people.post(f"{path}/detach", "officer", **form).status_code == 303


def test_programs_attach_and_fetch_with_their_key_as_the_form_does(people: Reporters) -> None:
    half, key = people.half, people.begun(people.period())
    query = "query($id: ID!) { agencyReturn(id: $id) { attachUrl version attachments { name size url } } }"
    seen = half.ask(query, "officer", id=encode("AgencyReturn", key))["agencyReturn"]
    large = b"%PDF-1.7 " + b"0" * 1_000_000

    def by_key(method: str, url: str, token: str, **sent: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}", "accept-language": "en", **sent.pop("headers", {})}
        half.http.cookies.clear()
        return half.runner.run(half.http.request(method, url, headers=headers, **sent))

    def attach(
        token: str, content: bytes = large, version: int = seen["version"], **sent: Any
    ) -> tuple[int, Any]:
        files = {"file": ("Quyết định.pdf", content, "application/pdf")}
        told = by_key("POST", seen["attachUrl"], token, data={"version": version}, files=files, **sent)
        return told.status_code, told.json()

    mine, before = half.tokens["officer", "A"], people.counts()
    for token, status, code in (
        (half.tokens["officer", "B"], 404, "NOT_FOUND"), (half.tokens["supervisor", "SNV"], 403, "NOT_PERMITTED"),
        (half.tokens["staff", "A"], 404, "NOT_FOUND"), ("hub_forged", 401, "UNAUTHENTICATED"),
    ):  # fmt: skip
        found, told = attach(token)
        assert (found, told["code"]) == (status, code)
    assert attach(mine, version=9)[1]["code"] == "STALE_VERSION"
    status, told = attach(mine, b"<html>")
    assert (status, [error["code"] for error in told["errors"]]) == (422, ["UNKNOWN_KIND"])
    assert attach(mine, large * 6)[0] == 400
    assert attach(mine, headers={"origin": "https://evil.example"})[0] == 403
    # A key opens nothing but files.
    assert by_key("POST", f"/returns/{key}/submit", mine, data={"version": 1}).status_code == 403
    assert by_key("GET", f"/returns/{key}", mine).status_code == 403
    assert people.counts() == before
    status, told = attach(mine)
    assert (status, told) == (200, {"id": encode("AgencyReturn", key), "version": seen["version"] + 1})
    [file] = half.ask(query, "supervisor", "SNV", id=told["id"])["agencyReturn"]["attachments"]
    assert (file["name"], file["size"]) == ("Quyết định.pdf", len(large))
    assert by_key("GET", file["url"], half.tokens["supervisor", "SNV"]).content == large
    refused = by_key("GET", file["url"], half.tokens["officer", "B"])
    assert (refused.status_code, refused.json()["code"]) == (404, "NOT_FOUND")


READERS = {
    ("officer", "A"), ("approver", "A"), ("clerk", "A"), ("supervisor", "SNV"), ("supervisor_head", "SNV"),
    ("leader", "TP"),
}  # fmt: skip
# Of each kind one, for deeds that are refused alike.
FEW = (("officer", "B"), ("clerk", "A"), ("supervisor_head", "SNV"), ("staff", "A"), ("anyone", ""))


@pytest.mark.parametrize(
    "deed", ["save", "submit", "withdraw", "approve", "send-back", "accept", "attach", "detach"]
)
def test_nobody_else_does_it_and_no_foreign_form(people: Reporters, standing: int, deed: str) -> None:
    own = ("officer", "A") if deed in ("save", "submit", "attach", "detach") else None
    path, before = f"/returns/{standing}/{deed}", people.counts()
    form = {"version": str(people.version(standing)), "reason": "x", "attachment": "1"}
    foreign = people.ask("POST", path, "officer", data=form, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    for role, place in EVERYBODY if deed in ("save", "approve") else FEW:
        if (role, place) != own:
            status = people.post(path, role, place, **form).status_code
            wanted = (403, 400, 422) if (role, place) in READERS else (403 if role == "anyone" else 404,)
            assert status in wanted, (role, deed)
    assert people.counts() == before


def test_who_reads_no_return_is_told_what_he_is_told_of_nothing(people: Reporters, standing: int) -> None:
    for role, place in EVERYBODY:
        page, nothing = (people.get(f"/returns/{key}", role, place) for key in (standing, 999_999))
        if (role, place) in READERS:
            assert page.status_code == 200, role
            assert ("Lưu và trình" in page.text) == (role == "officer"), role
        else:
            assert page.status_code == nothing.status_code == (403 if role == "anyone" else 404), role
            assert page.text == nothing.text.replace("999999", str(standing))


@pytest.fixture(scope="module")
def standing(people: Reporters) -> int:
    """A draft that nothing happens to."""
    return people.written(people.period())
