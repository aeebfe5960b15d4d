"""Unseen means not found, seen without the right means not permitted; lists follow the same law as points."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from hub.access.actor import Actor, the_public
from hub.access.models import AppUser
from hub.access.queries import actor_for_user, law
from hub.agencies.models import Agency
from hub.kit.errors import NotFound, NotPermitted
from policies.resources import UnknownFact
from tests.access.conftest import City


def _file(agency: int, **facts: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "id": 1,
            "agency_id": agency,
            "custodian_id": agency,
            "access_level": 0,
            "state": "OPEN",
            "published": False,
            "on_hold": False,
            "transferred": False,
            "created_by": None,
            "submitted_by": None,
            **facts,
        }
    )


def test_what_is_not_seen_is_not_found_and_what_is_seen_is_not_permitted(
    city: City, actor: Callable[..., Actor]
) -> None:
    staff = actor("staff", ("staff", city.department))
    mine = _file(city.department, created_by=staff.id)

    staff.require("close", "file", mine)
    with pytest.raises(NotPermitted) as refusal:
        staff.require("close", "file", _file(city.department))
    assert refusal.value.action == "file:close"
    with pytest.raises(NotFound):
        staff.require("close", "file", _file(city.other, created_by=staff.id))
    with pytest.raises(NotFound):
        staff.require("close", "file", None)


def test_a_hidden_record_and_an_absent_one_answer_alike(city: City, actor: Callable[..., Actor]) -> None:
    staff = actor("staff", ("staff", city.department))
    answers = set()
    for row in (None, _file(city.other), _file(city.department, access_level=2)):
        with pytest.raises(NotFound) as refusal:
            staff.require("close", "file", row)
        answers.add((refusal.value.problem_code, refusal.value.message_vi, refusal.value.message_en))
    assert len(answers) == 1


def test_creating_elsewhere_is_not_permitted(city: City, actor: Callable[..., Actor]) -> None:
    clerk = actor("clerk", ("clerk", city.department))
    clerk.require("create", "file", _file(city.department))
    with pytest.raises(NotPermitted):
        clerk.require("create", "file", _file(city.other))


def test_an_item_is_judged_by_the_state_of_its_file(city: City, actor: Callable[..., Actor]) -> None:
    clerk = actor("clerk", ("clerk", city.department))
    item = _file(city.department, state="ACTIVE")

    assert clerk.may("update", "item", item, file_state="OPEN")
    assert not clerk.may("update", "item", item, file_state="DISPOSED")
    with pytest.raises(UnknownFact, match="file_state"):
        clerk.may("update", "item", item)


def test_offers_are_what_law_and_state_allow(city: City, actor: Callable[..., Actor]) -> None:
    staff, officer = actor("staff", ("staff", city.unit)), actor("officer", ("officer", city.department))
    handed_over = _file(city.unit, state="SUBMITTED", created_by=staff.id, submitted_by=staff.id)

    assert staff.offers("file", _file(city.unit, created_by=staff.id)) == (
        "describeFile",
        "closeFile",
    )
    assert staff.offers("file", handed_over) == ()
    assert officer.offers("file", handed_over) == ("acceptFile", "sendBackFile")
    assert the_public().offers("file", handed_over) == ()


def test_a_list_shows_what_the_point_check_allows(
    session: Session, city: City, actor: Callable[..., Actor], person: Callable[..., AppUser]
) -> None:
    people = [person(f"p{n}", agency_id=place) for n, place in enumerate((city.unit, city.other, None))]
    local = actor("local", ("agency_admin", city.department))

    for root in (True, False):
        found = session.exec(select(AppUser).where(local.sees("user", AppUser, root=root))).all()
        assert people[0] in found
        assert not {people[1].id, people[2].id} & {user.id for user in found}
        everybody = session.exec(select(AppUser)).all()
        assert {user.id for user in found} == {
            user.id for user in everybody if local.may("read", "user", user)
        }


def test_the_law_is_built_anew_when_the_tree_changes(session: Session, city: City) -> None:
    before = law(session)
    assert law(session) is before
    assert not before.tree.covers(city.other, city.unit)

    session.get_one(Agency, city.unit).parent_id = city.other
    session.flush()

    assert law(session) is not before
    assert law(session).tree.covers(city.other, city.unit)
    assert not law(session).tree.covers(city.department, city.unit)


def test_a_change_of_the_tree_that_was_undone_leaves_no_law_behind(session: Session, city: City) -> None:
    undone = session.begin_nested()
    session.get_one(Agency, city.unit).parent_id = city.other
    session.flush()
    law(session)
    undone.rollback()
    session.get_one(Agency, city.unit).parent_id = city.archive
    session.flush()

    assert law(session).tree.covers(city.archive, city.unit)
    assert not law(session).tree.covers(city.other, city.unit)


def test_the_caller_is_one_statement_when_the_tree_is_known(session: Session, city: City) -> None:
    from sqlalchemy import event

    law(session)
    seen: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *args: seen.append(args[2]))
    actor_for_user(session, "operator")
    assert len(seen) == 1


def test_a_decision_names_the_rule_and_what_kept_the_others(city: City, actor: Callable[..., Actor]) -> None:
    clerk = actor("clerk", ("clerk", city.department))

    allowed = clerk.law.decide(clerk.subject, "close", "file", _file(city.department))
    refused = clerk.law.decide(clerk.subject, "close", "file", _file(city.other))

    assert allowed.allowed
    assert "role:clerk, file, close" in str(allowed.rule)
    assert (refused.allowed, refused.rule) == (False, None)
    assert any(
        step.rule.role == "clerk" and "scope self does not reach" in (step.obstacle or "")
        for step in refused.steps
    )


def test_the_application_cannot_rewrite_the_rules_of_granting(session: Session) -> None:
    rights = session.connection().execute(
        text(
            "select t, p"
            "  from unnest(array['role_grantable', 'role_conflict', 'policy_state', 'access_state', 'audit_event']) t,"
            "       unnest(array['insert', 'update', 'delete', 'truncate']) p"
            " where has_table_privilege('hub_app', t, p)"
        )
    )
    # Into audit_event it inserts column by column: number and time of an event are PostgreSQL's own.
    assert {tuple(row) for row in rights} == set()
