"""The library of reports over HTTP: drafted, submitted, published by another, corrected; others change nothing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from procrastinate.exceptions import JobAborted

from hub.kit.ids import encode
from hub.settings import Settings
from reports.apart import PdfFailed
from reports.task_jobs import perform
from reports.verification import Verdict, verify
from tests.reporting.conftest import Half, reporting, stopped_clock
from tests.web.reporters import EVERYBODY, Reporters, said

__all__ = ["stopped_clock"]


@pytest.fixture(scope="module")
def half(
    clone: Callable[[], contextlib.AbstractContextManager[str]],
    stopped_clock: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Half]:
    """The small city, with a folder for the PDFs that are published."""
    with clone() as dsn, reporting(dsn, data=tmp_path_factory.mktemp("hub")) as half:
        yield half


@pytest.fixture(scope="module")
def people(half: Half) -> Reporters:
    return Reporters(half)


@pytest.fixture(scope="module")
def period(people: Reporters) -> int:
    """A period that was opened and closed by its pages."""
    opened = people.post("/periods/open", "supervisor_head", "SNV", plan="67/KH-UBND", deadline="2025-06-30")
    path = opened.headers["location"].partition("?")[0]
    closed = people.post(f"{path}/close", "supervisor_head", "SNV", version=1)
    assert closed.headers["location"] == f"{path}?done=closed", said(closed)
    return int(path.rpartition("/")[2])


def _version(people: Reporters, key: int) -> int:
    return int(people.half.sql("select version from published_report where id = %s", key)[0].version)


def _job(people: Reporters) -> int:
    """The last job that was asked for."""
    return int(people.half.sql("select max(id) as id from job")[0].id)


def _message(people: Reporters, job: int) -> str:
    return str(people.half.sql("select message from job where id = %s", job)[0].message)


def _settings(people: Reporters) -> Settings:
    settings: Settings = people.half.app.state.services.settings
    return settings


def _perform(people: Reporters, job: int, **how: Any) -> None:
    """What `hub worker` does with it."""
    perform(people.half.app.state.services.seam, _settings(people), job, **how)


def _kill_printing() -> bool:
    """End the process that lays out, as a machine short of memory does; the worker itself is to go on."""
    for one in Path("/proc/self/task").glob("*/children"):
        for child in one.read_text().split():
            if b"reports.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
    return False


def test_a_report_goes_out_with_its_number_and_is_corrected(
    people: Reporters, printer: None, period: int
) -> None:
    assert "Lập báo cáo của Thành phố" in people.get("/reports", "supervisor", "SNV").text
    before = people.counts()
    for role, place in EVERYBODY:
        if role != "supervisor":
            assert "Lập báo cáo của Thành phố" not in people.get("/reports", role, place).text, role
            assert people.post("/reports/draft", role, place, period=period).status_code == 403, role
    assert people.counts() == before
    made = people.post("/reports/draft", "supervisor", "SNV", period=period)
    path = made.headers["location"].partition("?")[0]
    key = int(path.rpartition("/")[2])
    again = people.post("/reports/draft", "supervisor", "SNV", period=period)
    assert again.headers["location"] == made.headers["location"]
    for role, place in EVERYBODY:
        assert people.get(path, role, place).status_code == (200 if role.startswith("super") else 404), role
    sent = people.post(
        f"{path}/submit", "supervisor", "SNV", version=_version(people, key), notation="BC-SNV"
    )
    assert sent.headers["location"] == f"{path}?done=submitted", said(sent)
    own = people.post(f"{path}/publish", "supervisor", "SNV", version=_version(people, key))
    assert own.status_code == 403
    back = people.post(
        f"{path}/send-back", "supervisor_head", "SNV", version=_version(people, key), reason="Thiếu"
    )
    assert back.headers["location"] == f"{path}?done=sent_back", said(back)
    people.post(f"{path}/submit", "supervisor", "SNV", version=_version(people, key))
    asked = people.get(path, "supervisor_head", "SNV").text
    assert "Hãy xem rồi công bố" in asked
    assert 'value="BC-SNV"' in asked
    assert "Số liệu đã chốt" in asked  # what is published is seen before
    assert "II.1.c" in asked
    form = {"version": _version(people, key), "number": "12", "issued_on": "2025-07-15"}
    stale = people.post(f"{path}/publish", "supervisor_head", "SNV", **form | {"version": 1})
    assert (stale.status_code, "phiên bản hiện tại" in said(stale)) == (422, True)
    people.half.sql("delete from step_up where until < '9999-01-01'")
    waits = people.post(f"{path}/publish", "supervisor_head", "SNV", **form, back=path)
    [after] = re.findall(r'href="/account/step-up\?next=([^"]*)"', waits.text)
    assert ("Nhập mã xác thực một lần" in waits.text, "report:publish" in waits.text) == (True, False)
    people.cookies.clear()  # signed in anew, with the second factor: what was typed stands there
    typed = people.get(unquote(after), "supervisor_head", "SNV").text
    assert ('value="12"' in typed, 'value="2025-07-15"' in typed, 'value="BC-SNV"' in typed) == (True,) * 3
    # a job prints and publishes it; asked for twice, it is the same one, and who stops it leaves the report as it was
    out = people.post(f"{path}/publish", "supervisor_head", "SNV", **form)
    assert out.headers["location"] == f"{path}#work", said(out)
    job = _job(people)
    shown = people.get(path, "supervisor_head", "SNV").text
    assert "Đang in và công bố" in shown
    assert "hub worker" in shown  # nothing is there to do it
    assert "progress.js" in shown
    assert f"{path}/publish" not in shown
    assert people.get(f"/reports/jobs/{job}", "supervisor", "SNV").status_code == 404
    assert people.post(f"/reports/jobs/{job}/cancel", "supervisor", "SNV").status_code == 404
    assert (
        people.post(f"{path}/publish", "supervisor_head", "SNV", **form).headers["location"] == f"{path}#work"
    )
    assert _job(people) == job
    stopped = people.post(f"/reports/jobs/{job}/cancel", "supervisor_head", "SNV", back=path)
    assert stopped.headers["location"] == path
    _perform(people, job)
    assert people.half.sql("select state, sha256 from published_report") == [("SUBMITTED", None)]
    people.post(f"{path}/publish", "supervisor_head", "SNV", **form)
    job = _job(people)
    with pytest.raises(JobAborted):  # the worker ends in the middle of a page
        _perform(people, job, is_stopping=lambda: _message(people, job).endswith("laying out"))
    assert people.half.sql("select state, sha256 from published_report") == [("SUBMITTED", None)]
    with pytest.raises(PdfFailed):  # the printing process dies
        _perform(people, job, is_stopping=_kill_printing, is_last=False)
    assert _message(people, job).startswith("Sẽ tự thử lại: tiến trình lập báo cáo dừng giữa chừng")
    assert people.half.sql("select state from report_task where job_id = %s", job) == [("WAITING",)]
    assert (
        "hub worker" in people.get(path, "supervisor_head", "SNV").text
    )  # begun, and nothing goes on with it
    assert people.half.sql("select state, sha256 from published_report") == [("SUBMITTED", None)]
    assert not list(_settings(people).papers.rglob("*.pdf"))
    _perform(people, job)
    again = people.post(f"{path}/publish", "supervisor_head", "SNV", **form)
    assert again.headers["location"] == f"{path}?done=published", said(again)
    page = people.get(path, "anyone").text
    assert "12/BC-SNV, 15/7/2025" in page
    [row] = people.half.sql("select brief_sha256, sha256 from published_report where id = %s", key)
    brief = people.get(f"/papers/{row.brief_sha256}.pdf", "anyone")
    assert hashlib.sha256(brief.content).hexdigest() == row.brief_sha256
    assert f"/papers/{row.brief_sha256}.pdf" in people.get("/reports", "anyone").text
    assert row.brief_sha256 in people.get(f"/verify/{row.brief_sha256}", "anyone").text
    seam = people.half.app.state.services.seam
    told = seam.read_now(lambda session: verify(session, brief.content))
    assert (told.verdict, told.issue.sha256, told.differences) == (Verdict.PUBLISHED, row.sha256, ())
    [row] = people.half.sql("select sha256 from published_report where id = %s", key)
    paper = people.get(f"/papers/{row.sha256}.pdf", "anyone")
    assert hashlib.sha256(paper.content).hexdigest() == row.sha256
    assert f"/papers/{row.sha256}.pdf" in people.get("/reports", "anyone").text
    nothing = people.post(f"{path}/correct", "supervisor", "SNV", version=_version(people, key), reason="Thử")
    assert (nothing.status_code, people.half.sql("select count(*) as n from published_report")[0].n) == (
        422,
        1,
    )
    for role, place in EVERYBODY:
        if role != "supervisor":
            refused = people.post(f"{path}/correct", role, place, version=_version(people, key), reason="x")
            assert refused.status_code == 403, role
    people.half.owner.execute("update agency set archive_since = null where code = 'C'")
    fixed = people.post(
        f"{path}/correct", "supervisor", "SNV", version=_version(people, key), reason="C đã giải thể"
    )
    assert fixed.status_code == 303, said(fixed)
    shown = people.get(fixed.headers["location"], "supervisor", "SNV").text
    for told in ("C đã giải thể", "Đính chính: thay đổi gì", "Lần 2", "II.1.c"):
        assert told in shown, told
    assert "C đã giải thể" not in people.get(path, "anyone").text


@pytest.mark.parametrize("deed", ["submit", "send-back", "publish", "correct"])
def test_no_foreign_form_and_nobody_without_the_right(people: Reporters, period: int, deed: str) -> None:
    made = people.post("/reports/draft", "supervisor", "SNV", period=period)
    path, before = made.headers["location"].partition("?")[0], people.counts()
    foreign = people.ask(
        "POST", f"{path}/{deed}", "supervisor", "SNV", data={"version": "1", "reason": "x"},
        headers={"origin": "https://evil.example"},
    )  # fmt: skip
    assert foreign.status_code == 403
    for role, place in (("leader", "TP"), ("officer", "A"), ("user", ""), ("anyone", "")):
        assert people.post(f"{path}/{deed}", role, place, version=1, reason="x").status_code in (
            403,
            404,
            422,
        ), role
    assert people.counts() == before


TASKS = """query($id: ID!) { job(id: $id) { jobState: state done total problems result
  reportTasks { deed taskState: state agency { code } report { state number } problem } } }"""


def test_the_reports_of_many_agencies_are_drafted_submitted_and_published_in_one_act(
    people: Reporters, printer: None, period: int
) -> None:
    half = people.half
    for role, place in EVERYBODY:
        if role != "supervisor":
            assert people.post("/reports/draft-many", role, place, period=period).status_code == 403, role
    path = f"/reports?period={period}"
    for offered in (path, "/reports"):  # the city's report is not needed first
        assert "Lập báo cáo của các cơ quan chưa có" in people.get(offered, "supervisor", "SNV").text
    assert "các cơ quan chưa có" not in people.get(path, "supervisor_head", "SNV").text
    drafting = people.post("/reports/draft-many", "supervisor", "SNV", period=period)
    job = _job(people)
    assert drafting.headers["location"] == f"/reports/jobs/{job}"
    same = people.post("/reports/draft-many", "supervisor", "SNV", period=period)
    assert same.headers["location"] == f"/reports/jobs/{job}"
    _perform(people, job)
    drafts = half.sql(
        "select id, version, state from published_report where agency_id is not null order by id"
    )
    assert {one.state for one in drafts} == {"DRAFT"}
    assert len(drafts) == half.sql("select count(*) as n from agency where archive_since is not null")[0].n
    empty = people.post("/reports/draft-many", "supervisor", "SNV", period=period)
    assert (empty.status_code, "đang chờ bước này" in said(empty)) == (422, True)

    dated = {"period": period, "issued_on": "2025-07-20"}
    none = people.post("/reports/publish-many", "supervisor_head", "SNV", **dated, back=path)
    [again] = re.findall(r'class="button" href="([^"]*)"', none.text)
    assert (none.status_code, unescape(again)) == (422, f"{path}&issued_on=2025-07-20")
    typed = people.get(unescape(again), "supervisor", "SNV").text
    assert ('value="2025-07-20"' in typed, 'name="notation"' in typed) == (True, False)
    assert "theo sổ văn bản của mình" in typed
    people.post("/reports/submit-many", "supervisor", "SNV", **dated)
    _perform(people, _job(people))
    # who submitted does not publish; one report has gone back meanwhile, which is told with its reason
    assert people.post("/reports/publish-many", "supervisor", "SNV", period=period).status_code == 403
    back, goes = half.sql(
        "select id, version from published_report where agency_id is not null order by id limit 2"
    )
    seen = [
        {"id": encode("PublishedReport", one.id), "expectedVersion": one.version, **register}
        for one, register in ((back, {"number": "31"}), (goes, {"number": "7", "notation": "BC-SGTVT"}))
    ]
    period_id = encode("ReportingPeriod", period)
    asked = half.do(
        "publishReports", "supervisor_head", "SNV", periodId=period_id, reports=seen, notation="BC-SNV"
    )
    assert asked["__typename"] == "Job", asked
    half.owner.execute(
        "update published_report set state = 'DRAFT', submitted_by = null, version = version + 1 where id = %s",
        [back.id],
    )
    _perform(people, _job(people))
    told = half.ask(TASKS, "supervisor_head", "SNV", id=asked["id"])["job"]
    assert (told["jobState"], told["result"]) == ("SUCCEEDED", {"done": 1, "failed": 1})
    assert told["done"] == told["total"]
    states = [
        (one["taskState"], one["report"]["state"], one["report"]["number"]) for one in told["reportTasks"]
    ]
    assert states == [("FAILED", "DRAFT", None), ("DONE", "PUBLISHED", "07")]
    notations = half.sql("select notation from report_task where job_id = %s order by id", _job(people))
    assert [one.notation for one in notations] == ["BC-SNV", "BC-SGTVT"]
    [problem] = told["problems"]
    assert (problem["code"], problem["reportId"]) == ("WRONG_STATE", back.id)
    nothing = half.do("draftReports", "supervisor", "SNV", periodId=period_id)
    assert (nothing["__typename"], nothing["code"]) == ("NothingToDo", "NOTHING_TO_DO")
    stale = half.do("publishReports", "supervisor_head", "SNV", periodId=period_id, reports=seen[1:])
    assert stale["code"] == "WRONG_STATE"
    page = people.get(f"/reports/jobs/{_job(people)}?state=FAILED", "supervisor_head", "SNV").text
    assert "Đã xong 1, không làm được 1, còn lại 0." in page
    assert f"/reports/{back.id}" in page
    assert "bước này chỉ làm được khi báo cáo" in page
    [row] = half.sql("select sha256 from published_report where id = %s", goes.id)
    assert people.get(f"/verify/{row.sha256}", "anyone").status_code == 200
    assert half.ask(TASKS, "supervisor", "SNV", id=asked["id"])["job"] is None
