"""The library of reports over HTTP: drafted, submitted, published by another, corrected; others change nothing."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator

import pytest

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


def test_a_report_goes_out_with_its_number_and_is_corrected(people: Reporters, period: int) -> None:
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
    out = people.post(f"{path}/publish", "supervisor_head", "SNV", **form)
    assert out.headers["location"] == f"{path}?done=published", said(out)
    page = people.get(path, "anyone").text
    assert "12/BC-SNV, 15/7/2025" in page
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
