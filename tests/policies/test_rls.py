"""Row-level security: made of the policy, refuses what the law refuses, and reads what the predicate reads."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import psycopg
import pytest

from policies import rls
from policies.law import Law, names_of
from policies.resources import RESOURCES
from policies.subject import GRANTABLE_ROLES, Grant, Subject

TREE: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 2}
LAW = Law(TREE)


def test_the_text_does_not_depend_on_the_agencies() -> None:
    assert rls.writes(LAW) == rls.writes(Law({}))


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the owner over four agencies with records; rolled back."""
    with psycopg.connect(database_url) as connection:
        _settle(connection)
        connection.execute(rls.writes(LAW))  # type: ignore[arg-type]
        yield connection
        connection.rollback()


def _settle(connection: psycopg.Connection[Any]) -> None:
    for key, parent in TREE.items():
        connection.execute(
            "insert into agency (id, parent_id, code, name, name_sort, kind, valid_from) overriding system value"
            " values (%s, %s, 'A' || %s, 'a', 'a', 'CITY', '2000-01-01')",
            [key, parent, key],
        )
    for key in range(1, 5):
        connection.execute(
            "insert into app_user (id, name, full_name, is_service) overriding system value"
            " values (900 + %s, 'u' || %s, 'u', false)",
            [key, key],
        )
    rng = Random(7)
    for number in range(10_001, 10_049):
        owner, keeper = rng.choice((1, 2, 3, 4)), rng.choice((1, 2, 3, 4))
        facts = {
            "id": number, "owner": owner, "keeper": keeper, "level": rng.choice((None, 0, 1, 2)), "code": f"C{number}",
            "state": rng.choice(("OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "DISPOSED")), "pub": rng.random() < 0.5,
            "moved": rng.random() < 0.3, "by": rng.choice((901, 902, None)), "held": rng.random() < 0.3,
        }  # fmt: skip
        shared = "%(id)s, %(owner)s, %(keeper)s, %(level)s, %(pub)s, %(held)s, %(moved)s, %(by)s, %(code)s"
        columns = (
            "id, agency_id, custodian_id, access_level, published, on_hold, transferred, created_by, code"
        )
        for statement in (
            f"insert into fonds ({columns}, creator_id, title, title_sort) overriding system value"
            f" values ({shared}, %(owner)s, 't', 't')",
            f"insert into series ({columns}, fonds_id, title, title_sort, position) overriding system value"
            f" values ({shared}, %(id)s, 't', 't', 0)",
            f"insert into file ({columns}, fonds_id, creator_id, title, title_sort, state) overriding system value"
            f" values ({shared}, %(id)s, %(owner)s, 't', 't', %(state)s)",
            f"insert into item ({columns}, fonds_id, file_id, subject, ordinal) overriding system value"
            f" values ({shared}, %(id)s, %(id)s, 't', 1)",
            "insert into transfer (id, agency_id, custodian_id, code, state, channel, registered_on, created_by)"
            " overriding system value values (%(id)s, %(owner)s, %(keeper)s, %(code)s,"
            " (array['REGISTERED','SUBMITTED','APPROVED','CHECKING'])[1 + %(id)s %% 4], 'MANUAL',"
            " '2025-01-01', %(by)s)",
            "insert into use_request (id, agency_id, custodian_id, state, received_on, created_by)"
            " overriding system value values (%(id)s, %(owner)s, %(keeper)s, 'SUBMITTED', '2025-01-01', %(by)s)",
        ):
            connection.execute(statement, facts)


def _subjects() -> list[Subject]:
    rng = Random(11)
    drawn = [
        Subject(
            901,
            "u",
            tuple(
                Grant(rng.choice(GRANTABLE_ROLES), rng.choice((None, 1, 2, 3)))
                for _ in range(rng.choice((1, 2, 3)))
            ),
            bound=frozenset({902} if rng.random() < 0.3 else ()),
        )
        for _ in range(40)
    ]
    single = [Subject(901, "u", (Grant(role, 2),)) for role in GRANTABLE_ROLES]
    return [Subject(None), *single, *drawn]


@contextlib.contextmanager
def _acting(connection: psycopg.Connection[Any], subject: Subject | None) -> Iterator[None]:
    """As the application's role, with a subject's settings; back to the owner, whatever was done undone."""
    with contextlib.suppress(psycopg.Rollback), connection.transaction():
        told = rls.settings(LAW, subject) if subject else {}
        for name, value in told.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        connection.execute("set local role hub_app")
        yield
        raise psycopg.Rollback


def test_the_read_side_keeps_the_rows_that_the_predicate_keeps(owner: psycopg.Connection[Any]) -> None:
    told = 0
    for resource, table in rls.TABLES.items():
        owner.execute(f"drop policy hub_read on {table}")
        owner.execute(
            f"create policy hub_read on {table} for select to hub_app using ({rls.reads(LAW, resource)})"
        )
    # the state of an item's file is asked of the file, whoever may see it
    owner.execute("drop policy hub_read on file")
    owner.execute("create policy hub_read on file for select to hub_app using (true)")
    for subject in _subjects():
        for resource, table in rls.TABLES.items():
            if resource == "file":
                continue
            columns = {name: f"t.{name}" for name in RESOURCES[resource].names.values()}
            columns["file_state"] = "(select f.state from file f where f.id = t.file_id)"
            sql = LAW.predicate(subject.shape, resource, "read", columns, root=True)
            values = LAW.values(subject, names_of(sql))
            for name in values:
                sql = sql.replace(f":{name} ", f"%({name})s ")
            expected = owner.execute(
                f"select array(select t.id from {table} t where {sql} order by 1)", values
            )
            wanted = expected.fetchone()
            with _acting(owner, subject):
                found = owner.execute(f"select array(select id from {table} order by 1)").fetchone()
            assert found == wanted, (resource, subject)
            told += len(found[0]) if found else 0
    assert told > 500


Write = Callable[[], Any]


def _rows(owner: psycopg.Connection[Any], sql: str, *values: Any) -> int:
    return owner.execute(sql, values).rowcount


INSERT = (
    "insert into fonds (agency_id, creator_id, custodian_id, code, title, title_sort)"
    " values (%s, %s, %s, 'N', 't', 't')"
)


def test_who_says_nothing_writes_nothing(owner: psycopg.Connection[Any]) -> None:
    with _acting(owner, None):
        # what the public sees is there, and is not changed; nothing else is
        assert _rows(owner, "update file set title = 'x' where not published") == 0
        assert _rows(owner, "delete from item") == 0
    for statement, values in (("update file set title = 'x'", []), (INSERT, [2, 2, 2])):
        with _acting(owner, None), pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement, values)


def test_an_officer_writes_what_is_his_and_cannot_give_it_away(owner: psycopg.Connection[Any]) -> None:
    officer = Subject(901, "u", (Grant("officer", 2),))
    own = owner.execute(
        "select id from file where agency_id in (2, 4) and state = 'OPEN' and not transferred"
    ).fetchall()
    other = owner.execute("select id from file where agency_id = 3 and state = 'OPEN'").fetchall()
    assert own
    assert other
    with _acting(owner, officer):
        assert _rows(owner, "update file set title = 'x' where id = any(%s)", [row[0] for row in own]) == len(
            own
        )
        assert _rows(owner, "update file set title = 'x' where id = any(%s)", [row[0] for row in other]) == 0
        assert _rows(owner, "update file set state = 'CLOSED' where id = %s", own[0][0]) == 1
        assert _rows(owner, INSERT, 4, 4, 4) == 1
    for statement, values in (
        ("update fonds set agency_id = 3 where agency_id = 2 and not transferred", []),
        (INSERT, [3, 3, 3]),
    ):
        with _acting(owner, officer), pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement, values)


def _kept(
    owner: psycopg.Connection[Any], law: Law, subject: Subject, resource: str, acts: list[str]
) -> set[int]:
    columns = {name: f"t.{name}" for name in RESOURCES[resource].names.values()}
    found: set[int] = set()
    for act in acts:
        sql = law.predicate(subject.shape, resource, act, columns, root=True)
        values = law.values(subject, names_of(sql))
        for one in values:
            sql = sql.replace(f":{one} ", f"%({one})s ")
        found |= {row[0] for row in owner.execute(f"select t.id from {resource} t where {sql}", values)}
    return found


@pytest.mark.parametrize("role", GRANTABLE_ROLES)
def test_each_role_changes_only_what_it_sees_and_some_deed_reaches(
    owner: psycopg.Connection[Any], role: str
) -> None:
    subject = Subject(901, "u", (Grant(role, 2),))
    reaching = Law(TREE, [rule._replace(condition="always") for rule in LAW.rules if rule.effect == "allow"])
    for resource in ("fonds", "series", "file"):
        acts = [
            act
            for name, act in LAW.questions
            if name == resource and act not in ("create", "delete") and not act.startswith(("read", "export"))
        ]
        seen, reached = (
            _kept(owner, LAW, subject, resource, ["read"]),
            _kept(owner, reaching, subject, resource, acts),
        )
        change = f"update {resource} set description = 'x' where id = any(%s) returning id"
        with _acting(owner, subject):
            hidden = set(range(10_001, 10_049)) - seen
            assert owner.execute(change, [list(hidden)]).fetchall() == []
            found = owner.execute(change, [list(seen & reached)]).fetchall()
            assert {row[0] for row in found} == seen & reached
            locked = owner.execute(f"select id from {resource} where id = any(%s) for update", [list(seen)])
            assert {row[0] for row in locked} == seen
        if seen - reached:
            with _acting(owner, subject), pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(change, [list(seen - reached)])


def test_whoever_merges_bodies_hands_records_on_only_while_he_does(owner: psycopg.Connection[Any]) -> None:
    supervisor = Subject(901, "u", (Grant("supervisor"),))
    with _acting(owner, supervisor), pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("update fonds set agency_id = 3")
    with _acting(owner, supervisor):
        owner.execute("select set_config(%s, 'agency:merge', true)", [rls.DEED])
        assert _rows(owner, "update series set description = 'x'") == 48
    clerk = Subject(901, "u", (Grant("clerk", 2),))
    with _acting(owner, clerk):
        owner.execute("select set_config(%s, 'agency:merge', true)", [rls.DEED])
        assert _rows(owner, "update series set description = 'x' where agency_id = 3 and not published") == 0
