"""The page of wider access: who confirms sees what waits, and answers with his second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from tests.web.conftest import Site
from tests.web.test_passwords import _post, doors
from tests.web.test_second_factor import _enrolled
from tests.web.test_users import _said

__all__ = ["doors"]


@pytest.fixture
def waiting(city: str) -> Iterator[tuple[int, str]]:
    """A restricted file of the district that its officer wants to open, and its title."""
    with psycopg.connect(city, autocommit=True) as connection:
        found = connection.execute(
            "select f.id, f.title from file f join agency a on a.id = f.agency_id where a.code = 'UBND-BADINH'"
            " and f.access_level = 1 and f.state <> 'SUBMITTED' and not f.published limit 1"
        ).fetchone()
        assert found is not None
        made = connection.execute(
            "insert into access_change (file_id, access_before, access_after, proposed_by)"
            " select %s, 1, 0, id from app_user where name = 'demo.officer' returning id",
            found[:1],
        ).fetchone()
        assert made is not None
        yield made[0], found[1]
        connection.execute("delete from access_change")


def test_whoever_confirms_sees_what_waits_and_proves_himself_anew(
    doors: Site, city: str, waiting: tuple[int, str]
) -> None:
    change, title = waiting
    own = doors.get("/access-changes", "officer").text
    assert (title in own, "Rút đề nghị" in own, 'action="/access-changes/confirm"' in own) == (
        True,
        True,
        False,
    )
    for role in ("leader", "finance", "sysadmin"):
        page = doors.get("/access-changes", role).text
        assert (title in page, "Mở rộng tiếp cận</a>" in page) == (False, False), role
    assert doors.get("/access-changes").status_code == 403
    asked = _post(
        doors,
        "/access-changes/confirm",
        doors.session("approver"),
        id=change,
        version=1,
        back="/access-changes",
    )
    assert (asked.status_code, 'href="/account/step-up?next=/access-changes"' in asked.text) == (403, True)
    approver = _enrolled(doors, "approver")[0]
    page = doors.get("/access-changes?lang=en", cookies=approver).text
    assert title in page
    assert "Conditional → <strong>Open</strong>" in page
    assert re.search(r"1 proposal waits", page)
    refused = _post(doors, "/access-changes/reject", approver, id=change, version=1, reason="")
    assert (refused.status_code, "Hãy điền vào" in _said(refused)) == (422, True)
    stale = _post(doors, "/access-changes/confirm", approver, id=change, version=2)
    assert "phiên bản hiện tại là 1" in _said(stale)
    done = _post(doors, "/access-changes/confirm", approver, id=change, version=1)
    assert (done.status_code, done.headers["location"]) == (303, "/access-changes?done=confirmed")
    assert (
        "Không có đề nghị nào đang chờ." in doors.get("/access-changes?done=confirmed", cookies=approver).text
    )
    with psycopg.connect(city, autocommit=True) as connection:
        [(level,)] = connection.execute(
            "update file set access_level = 1 where id = (select file_id from access_change where id = %s)"
            " returning (select access_level from file f where f.id = file.id)",
            (change,),
        ).fetchall()
    assert level == 0
