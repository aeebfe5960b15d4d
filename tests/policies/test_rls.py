"""Row-level security made of the policy: in random worlds the database lets be written what `enforce()` does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.rows import class_row

from policies import rls
from policies.enforcer import Rule
from policies.law import Law, names_of
from policies.resources import RESOURCES
from policies.subject import Grant, Subject
from tests.policies.guarded import (
    CODELESS,
    COLUMNS,
    FIRST,
    LAW,
    PAST,
    RESOURCE_OF,
    TREE,
    TRY,
    acting,
    settle,
    subjects,
)


def test_the_text_does_not_depend_on_the_agencies() -> None:
    assert rls.writes(LAW) == rls.writes(Law({}))


@pytest.fixture(scope="module")
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the owner over four agencies with records of every kind; rolled back."""
    with psycopg.connect(database_url) as connection:
        settle(connection)
        yield connection
        connection.rollback()


def _rows(connection: psycopg.Connection[Any], table: str) -> list[Any]:
    more = (
        ", (select f.state from file f where f.id = t.file_id) as file_state"
        if table in ("item", "digital_object")
        else ""
    )
    with connection.cursor(row_factory=class_row(SimpleNamespace)) as cursor:
        return cursor.execute(
            f"select t.*{more} from {table} t where id between {FIRST} and {PAST}"
        ).fetchall()


def _allowed(law: Law, subject: Subject, act: str, resource: str, rows: list[Any]) -> set[int]:
    return {row.id for row in rows if law.may(subject, act, resource, row)}


def _ids(connection: psycopg.Connection[Any], sql: str, *values: Any) -> set[int]:
    found = connection.execute(sql, values).fetchone()
    return set(found[0] or ()) if found else set()


def _by_place(*, below: bool) -> Law:
    """The rules that change something, of each resource or of what lies in it, without what they ask of the row."""
    rules: dict[Rule, None] = {}  # those of many actions are the same
    holding = {**{name: (name,) for name in RESOURCE_OF.values()}, **(_HOLDING if below else {})}
    for name, among in holding.items():
        for rule in LAW.rules:
            reads = rule.action.startswith(("read", "download", "export"))
            makes = rule.action in ("create", "delete")
            if rule.resource in among and rule.effect == "allow" and not reads and (below or not makes):
                mine = rule.condition == "mine" and rule.scope == "any"
                condition = rule.condition if mine else "always"
                rules[Rule(rule.role, name, "change", rule.scope, condition, "allow", 0)] = None
    return Law(TREE, rules)


# The application has no right to.
NEVER_REMOVED = {"agency_return"}
_HOLDING = {
    "fonds": ("fonds", "series", "file", "item", "digital"),
    "series": ("series", "file"),
    "file": ("file", "item", "digital"),
    "item": ("item", "digital"),
}


def test_what_is_held_changed_made_and_removed_is_what_the_law_reaches(
    owner: psycopg.Connection[Any],
) -> None:
    changing, holding = _by_place(below=False), _by_place(below=True)
    tables = {table: _rows(owner, table) for table in COLUMNS}
    full = {row.file_id for row in tables["item"]}
    told = dict.fromkeys(("held", "changed", "made", "removed"), 0)
    for subject in subjects():
        for table, rows in tables.items():
            resource, every = RESOURCE_OF[table], {row.id for row in rows}
            held = _allowed(holding, subject, "change", resource, rows)
            changed = held & _allowed(changing, subject, "change", resource, rows)
            made = _allowed(LAW, subject, "create", resource, rows)
            removed = _allowed(LAW, subject, "delete", resource, rows)
            # what a deed of the law may change, to the word, is among it
            assert _by_sql(owner, subject, table, *_deeds(resource)) <= changed
            names = COLUMNS[table] + ("" if table in CODELESS else ", code")
            copied = names.replace("code", "code || 'n'").replace("period_id", "period_id + 1000")
            change = f"update {table} set created_by = created_by where id = any($1)"
            make = (
                f"insert into {table} (id, {names}) overriding system value"
                f" select -id, {copied} from {table} where id = any($1)"
            )
            remove = f"delete from {table} where id = any($1)"
            with acting(owner, subject):
                lock = f"select array_agg(id) from (select id from {table} where id = any(%s) for update) x"
                assert _ids(owner, lock, list(every)) == held, (table, subject)
                deeds = [(change, changed, every - changed), (make, made, every - made)]
                if table not in NEVER_REMOVED:
                    # a file in which something lies is not removed, whoever asks
                    gone = removed - full if table == "file" else removed
                    deeds.append((remove, gone, every - removed))
                for deed, right, wrong in deeds:
                    some = sorted(wrong)[:: max(1, len(wrong) // 4)]
                    assert _ids(owner, TRY, deed, some, True) == set(), (deed, subject)
                    assert _ids(owner, TRY, deed, list(right), False) == right, (deed, subject)
                if table == "file":  # what is kept beside a record follows it
                    for write in ("update item_listing set ordinal = 3", "delete from item_listing"):
                        listed = (
                            f"with done as ({write} returning file_id) select array_agg(file_id) from done"
                        )
                        assert _ids(owner, listed) == held & full, (write, subject)
            for name, found in (("held", held), ("changed", changed), ("made", made), ("removed", removed)):
                told[name] += len(found)
    assert all(number > 3 for number in told.values()), told


def _deeds(resource: str) -> list[str]:
    makes = ("create", "delete")
    return [
        act
        for name, act in LAW.questions
        if name == resource and not rls.is_reading(act) and act not in makes
    ]


def _by_sql(connection: psycopg.Connection[Any], subject: Subject, table: str, *acts: str) -> set[int]:
    """The rows to which the law lets any of the acts be done, by its predicate."""
    resource = RESOURCE_OF[table]
    columns = {name: f"t.{name}" for name in RESOURCES[resource].names.values()}
    columns["file_state"] = "(select f.state from file f where f.id = t.file_id)"
    sql = " or ".join(LAW.predicate(subject.shape, resource, act, columns, root=True) for act in acts)
    values = LAW.values(subject, names_of(sql))
    for name in values:
        sql = sql.replace(f":{name} ", f"%({name})s ")
    within = f"id between {FIRST} and {PAST}"
    found = connection.execute(f"select t.id from {table} t where ({sql}) and {within}", values)
    return {row[0] for row in found}


def test_the_read_side_keeps_the_rows_that_the_predicate_keeps(owner: psycopg.Connection[Any]) -> None:
    told = 0
    with contextlib.suppress(psycopg.Rollback), owner.transaction():
        for table, resource in RESOURCE_OF.items():
            if table != "file":  # the state of an item's file is asked of the file, whoever may see it
                owner.execute(f"alter policy hub_read on {table} using ({rls.reads(LAW, resource)})")
        for subject in subjects():
            for table in COLUMNS:
                if table != "file":
                    expected = _by_sql(owner, subject, table, "read")
                    with acting(owner, subject):
                        found = _ids(
                            owner, f"select array_agg(id) from {table} where id between {FIRST} and {PAST}"
                        )
                    assert found == expected, (table, subject)
                    told += len(found)
        raise psycopg.Rollback
    assert told > 200


INSERT = (
    "insert into fonds (agency_id, creator_id, custodian_id, code, title, title_sort)"
    " values (%s, %s, %s, 'N', 't', 't')"
)


def _touched(connection: psycopg.Connection[Any], sql: str, *values: Any) -> int:
    return connection.execute(sql, values).rowcount


def test_who_says_nothing_writes_nothing(owner: psycopg.Connection[Any]) -> None:
    with acting(owner, None):
        for table in rls.TABLES.values():
            assert _touched(owner, f"update {table} set agency_id = agency_id") == 0
            if table not in NEVER_REMOVED:
                assert _touched(owner, f"delete from {table}") == 0
            assert owner.execute(f"select id from {table} for update").fetchall() == []
    with acting(owner, None), pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(INSERT, [2, 2, 2])


def test_an_officer_writes_what_is_his_and_cannot_give_it_away(owner: psycopg.Connection[Any]) -> None:
    officer = Subject(901, "u", (Grant("officer", 2),))
    with acting(owner, officer):
        assert _touched(owner, "update file set title = 'x' where agency_id in (2, 4)") > 0
        # published ones he reads, and does not get hold of, either
        assert _touched(owner, "update file set title = 'x', agency_id = 2 where agency_id in (1, 3)") == 0
        assert _touched(owner, INSERT, 4, 4, 4) == 1
    for statement, values in (
        ("update fonds set agency_id = 3 where agency_id = 2", []),
        (INSERT, [3, 3, 3]),
    ):
        with acting(owner, officer), pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement, values)


def test_whoever_merges_bodies_hands_records_on_only_while_he_does(owner: psycopg.Connection[Any]) -> None:
    supervisor = Subject(901, "u", (Grant("supervisor"),))
    with acting(owner, supervisor):
        assert _touched(owner, "update fonds set agency_id = 3") == 0
    with acting(owner, supervisor, "agency:merge"):
        assert _touched(owner, "update series set description = 'x'") == PAST - FIRST
    clerk = Subject(901, "u", (Grant("clerk", 2),))
    with acting(owner, clerk, "agency:merge"):
        assert _touched(owner, "update series set description = 'x' where agency_id = 3") == 0


def test_an_enrolled_device_writes_nothing(owner: psycopg.Connection[Any]) -> None:
    device = Subject(901, "u", (Grant("officer", 2),), reads_only=True)
    with acting(owner, device):
        assert _touched(owner, "update file set title = 'x'") == 0
