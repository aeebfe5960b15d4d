"""`hub user`, `hub token`, `hub explain`: what they print is what the law then does."""

from __future__ import annotations

import json

import pytest
from sqlmodel import Session, create_engine

from hub.access.queries import actor_for_token
from hub.access.sessions import redeem_link
from hub.kit.db import sqlalchemy_url
from hub.kit.errors import Unauthenticated
from tests.cli.conftest import City, Run


def _roles(hub: Run, name: str) -> list[dict[str, str | None]]:
    users = {user["name"]: user for user in json.loads(hub("user", "list", "--json")[1])}
    roles: list[dict[str, str | None]] = users[name]["roles"]
    return roles


def test_a_user_is_created_given_a_role_and_loses_it(hub: Run) -> None:
    assert hub("user", "create", "an.nv", "--full-name", "Nguyễn Văn An", "--agency", "UBND-BADINH")[0] == 0
    assert _roles(hub, "an.nv") == []
    assert hub("user", "grant", "an.nv", "staff", "--agency", "UBND-BADINH", "--until", "31/12/2025")[0] == 0
    held = {"role": "staff", "agency": "UBND-BADINH", "until": "2025-12-31", "onBehalfOf": None}
    assert _roles(hub, "an.nv") == [held]
    assert hub("user", "revoke", "an.nv", "staff")[0] == 0
    assert _roles(hub, "an.nv") == []
    code, _, said = hub("user", "revoke", "an.nv", "staff")
    assert (code, "was not found" in said) == (2, True)


def test_the_table_of_users_shows_the_operators_grants(hub: Run) -> None:
    code, shown, _ = hub("user")
    assert code == 0
    line = next(line for line in shown.splitlines() if line.startswith("operator "))
    assert "sysadmin" in line


def test_a_token_works_until_it_is_revoked(hub: Run, city: City) -> None:
    code, token, _ = hub("token", "create", "--user", "demo.clerk", "--expires", "2099-12-31")
    token = token.strip()
    engine = create_engine(sqlalchemy_url(city.owner_dsn))
    try:
        with Session(engine) as session:
            assert (code, actor_for_token(session, token).name) == (0, "demo.clerk")
        assert hub("token", "revoke", token)[0] == 0
        with Session(engine) as session, pytest.raises(Unauthenticated):
            actor_for_token(session, token)
    finally:
        engine.dispose()


def test_a_link_signs_in_once(hub: Run, city: City) -> None:
    code, shown, _ = hub("user", "link", "demo.leader", "--json")
    told = json.loads(shown)
    assert (code, told["user"]) == (0, "demo.leader")
    base, _, secret = told["url"].rpartition("/sign-in/")
    assert base == "http://127.0.0.1:8000"
    engine = create_engine(sqlalchemy_url(city.owner_dsn))
    with Session(engine) as session, session.begin():
        assert redeem_link(session, secret).user.name == "demo.leader"
    engine.dispose()
    assert hub("user", "link", "nobody")[0] == 2


@pytest.mark.parametrize(
    "words",
    [
        ("user", "grant", "nobody", "staff", "--agency", "UBND-BADINH"),
        ("user", "grant", "demo.user", "king"),
        ("user", "grant", "demo.user", "staff", "--agency", "NOWHERE"),
        ("user", "create", "demo.clerk", "--full-name", "Người khác"),
        ("token", "create", "--user", "nobody"),
        ("token", "create", "--user", "demo.clerk", "--expires", "31/02/2026"),
        ("token", "create", "--user", "demo.clerk", "--expires", "2025-01-01"),
        ("user", "create", "a b", "--full-name", "Có khoảng trắng"),
        ("user", "create", "", "--full-name", "Không tên"),
        ("user", "create", "x;y", "--full-name", "Ký tự lạ"),
        ("token", "revoke", "hub_00000000"),
        ("user", "list", "--as", "nobody"),
        ("explain", "demo.clerk", "closeFile", "ArchivalFile:999999999"),
        ("explain", "demo.clerk", "closeFile", "not an id"),
        ("explain", "demo.clerk", "flyFile", "ArchivalFile:1"),
        ("explain", "demo.clerk", "fly", "ArchivalFile:1"),
        ("explain", "demo.clerk", "item:close", "ArchivalFile:1"),
        ("explain", "demo.clerk", "nothing:read", "ArchivalFile:1"),
        ("explain", "demo.clerk", "closeFile", "Item:1"),
        ("explain", "demo.clerk", "read", "Nothing:1"),
        ("explain", "nobody", "read", "ArchivalFile:1"),
        ("token",),
        ("nothing",),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(hub: Run, words: tuple[str, ...]) -> None:
    code, shown, said = hub(*words)
    assert (code, shown) == (2, "")
    assert "Traceback" not in said
    assert said.startswith("hub: ")
    assert " · " in said
    assert len(said.splitlines()) == 1


def test_who_may_not_grant_is_refused_and_nothing_changes(hub: Run) -> None:
    before = _roles(hub, "demo.user")
    code, _, said = hub(
        "user", "grant", "demo.user", "staff", "--agency", "UBND-BADINH", "--as", "demo.officer"
    )
    assert (code, "may not" in said) == (2, True)
    assert _roles(hub, "demo.user") == before


def test_a_role_is_not_given_twice_at_one_place(hub: Run) -> None:
    once = ("user", "grant", "demo.user", "staff", "--agency", "UBND-BADINH")
    assert hub(*once)[0] == 0
    before = _roles(hub, "demo.user")
    for more in ((), ("--until", "31/12/2030")):
        code, shown, said = hub(*once, *more)
        assert (code, shown, "Revoke it" in said, "thu hồi" in said) == (2, "", True, True)
    assert _roles(hub, "demo.user") == before
    # elsewhere, and again once it has ended, is something else
    assert hub("user", "grant", "demo.user", "staff", "--agency", "UBND-HOANKIEM")[0] == 0
    assert hub("user", "revoke", "demo.user", "staff")[0] == 0
    assert hub(*once)[0] == 0
    assert hub("user", "revoke", "demo.user", "staff")[0] == 0


def test_explain_names_the_rule_that_decided(hub: Run) -> None:
    code, shown, _ = hub("explain", "demo.leader", "file:close", "ArchivalFile:1")
    assert code == 1
    assert shown.startswith("demo.leader không được file:close · demo.leader may not file:close")
    assert "không có vai trò" in shown
    assert "is not held" in shown
    code, shown, _ = hub("explain", "demo.leader", "read", "Agency:1")
    assert (code, "theo quy tắc policy.csv:" in shown, "decided by policy.csv:" in shown) == (0, True, True)


def test_explain_tells_machines_the_same(hub: Run) -> None:
    code, shown, _ = hub("explain", "demo.leader", "read", "Agency:1", "--json")
    told = json.loads(shown)
    assert (code, told["allowed"]) == (0, True)
    assert told["rule"].startswith("p, role:")
    assert told["by"].startswith("policy.csv:")
    assert any(step["speaks"] and step["obstacle"] is None for step in told["steps"])
    code, shown, _ = hub("explain", "demo.leader", "closeFile", "ArchivalFile:1", "--json")
    told = json.loads(shown)
    assert (code, told["allowed"], told["rule"], told["by"]) == (1, False, None, None)
    assert all(step["obstacle"] and step["obstacleVi"] != step["obstacle"] for step in told["steps"])


def test_a_role_is_delegated_and_ends_with_what_it_came_from(hub: Run) -> None:
    assert (
        hub("user", "create", "pho", "--full-name", "Phó Chánh Văn phòng", "--agency", "UBND-BADINH")[0] == 0
    )
    code, shown, _ = hub(
        "user", "delegate", "demo.approver", "approver", "--to", "pho", "--until", "31/12/2025", "--json"
    )
    assert (code, json.loads(shown)["onBehalfOf"]) == (0, "demo.approver")
    [held] = _roles(hub, "pho")
    assert (held["role"], held["until"], held["onBehalfOf"]) == ("approver", "2025-12-31", "demo.approver")
    assert "approver@UBND-BADINH (KT. demo.approver)" in hub("user")[1]
    code, shown, _ = hub("explain", "pho", "read", "Fonds:1", "--json")
    told = json.loads(shown)
    if told["allowed"] and told["grant"]:
        assert (told["grant"]["onBehalfOf"], told["until"]) == ("Chánh Văn phòng Đỗ Quốc Hùng", "2025-12-31")
    assert hub("user", "disable", "demo.approver", "--reason", "nghỉ")[0] == 0
    assert _roles(hub, "pho") == []
    assert hub("user", "enable", "demo.approver")[0] == 0
    assert _roles(hub, "pho") == [held]
    assert hub("user", "revoke", "pho", "approver")[0] == 0
    assert _roles(hub, "pho") == []


def test_a_user_is_corrected(hub: Run) -> None:
    assert hub("user", "create", "sua", "--full-name", "Sủa", "--agency", "UBND-BADINH")[0] == 0
    code, shown, _ = hub("user", "update", "sua", "--full-name", "Sửa", "--json")
    assert (code, json.loads(shown)) == (0, {"user": "sua", "version": 2})
    users = {user["name"]: user for user in json.loads(hub("user", "list", "--json")[1])}
    assert users["sua"]["fullName"] == "Sửa"
    assert hub("user", "update", "sua")[0] == 2


def test_explain_says_whom_to_ask(hub: Run) -> None:
    code, shown, _ = hub("explain", "demo.staff", "openFonds", "--agency", "UBND-BADINH", "--json")
    told = json.loads(shown)
    assert (code, told["allowed"], told["requestable"]) == (1, False, True)
    asked = {one["role"]: one for one in told["requests"]}
    assert asked["officer"]["agency"] == "UBND-BADINH"
    assert asked["officer"]["granters"][0] == "Quản trị cơ quan Phan Minh Tuấn"
    code, shown, _ = hub("explain", "demo.officer", "openFonds", "--agency", "UBND-BADINH")
    assert code == 0
    assert "lưu trữ cơ quan được tạo phông" in shown.lower()
    assert "theo vai trò · by the grant: officer@UBND-BADINH" in shown
    assert hub("explain", "demo.officer", "openFonds", "--agency", "UBND-HOANKIEM")[0] == 1
    assert hub("explain", "demo.officer", "closeFile")[0] == 2


def test_who_has_no_say_over_a_user_is_told_nothing_about_him(hub: Run) -> None:
    told = {
        hub("explain", name, "read", "Agency:1", "--as", "demo.staff")[2]
        for name in ("demo.sysadmin", "demo.clerk")
    }
    assert len(told) == 1
    assert "was not found" in told.pop()
    assert hub("explain", "demo.staff", "read", "Agency:1", "--as", "demo.staff")[0] == 0


def test_a_key_of_a_system_is_made_rotated_listed_and_revoked(hub: Run) -> None:
    words = ("key", "create", "--agency", "UBND-BADINH", "--label", "QLVB")
    code, made, _ = hub(*words, "--ip", "10.0.0.0/8", "--json")
    first = json.loads(made)
    assert (code, first["key"].startswith(f"{first['prefix']}_")) == (0, True)
    second = json.loads(hub("key", "rotate", first["prefix"], "--json")[1])
    assert second["prefix"] != first["prefix"]
    assert hub("key", "rotate", second["prefix"])[0] == 2
    assert hub("token", "revoke", first["prefix"])[0] == 0
    listed = {row["prefix"]: row for row in json.loads(hub("key", "list", "--json")[1])}
    assert [listed[one["prefix"]]["revoked"] for one in (first, second)] == [True, False]
    assert second["prefix"] in hub("key", "list")[1]
    assert hub(*words, "--expires", "2020-01-01")[0] == 2


def test_a_password_link_sessions_and_signing_out(hub: Run) -> None:
    assert "/password/" in json.loads(hub("user", "password-link", "demo.clerk", "--json")[1])["url"]
    assert json.loads(hub("user", "sessions", "demo.clerk", "--json")[1]) == []
    assert json.loads(hub("user", "sign-out", "demo.clerk", "--json")[1]) == {
        "user": "demo.clerk",
        "ended": 0,
    }
    assert hub("user", "reset-second-factor", "demo.clerk")[0] == 0
