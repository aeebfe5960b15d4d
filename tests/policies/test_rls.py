"""Row-level security made of the policy: in random worlds the database lets be written what `enforce()` does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from random import Random
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.rows import class_row

from policies import rls
from policies.enforcer import Rule
from policies.law import Law, names_of
from policies.resources import RESOURCES
from policies.subject import GRANTABLE_ROLES, Grant, Subject

TREE: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 2}
LAW = Law(TREE)
FIRST, PAST = 10_001, 10_025
OWN = "agency_id, custodian_id, created_by"
RECORD = f"{OWN}, access_level, published, on_hold, transferred"
# What a row of each table is made of, besides its id and its code.
COLUMNS = {
    "fonds": f"{RECORD}, state, creator_id, title, title_sort",
    "series": f"{RECORD}, state, fonds_id, title, title_sort, position",
    "file": f"{RECORD}, state, fonds_id, creator_id, title, title_sort, submitted_by",
    "item": f"{RECORD}, fonds_id, file_id, subject, ordinal",
    "transfer": f"{OWN}, state, submitted_by, accepted_at, channel, registered_on",
    "use_request": f"{OWN}, state, submitted_by, received_on",
}
RESOURCE_OF = {table: resource for resource, table in rls.TABLES.items() if table in COLUMNS}
SQL = {
    "creator_id": "%(owner)s", "title": "'t'", "title_sort": "'t'", "position": "0", "fonds_id": "%(id)s",
    "file_id": "%(id)s", "subject": "'t'", "ordinal": "1", "agency_id": "%(owner)s", "custodian_id": "%(keeper)s",
    "created_by": "%(by)s", "access_level": "%(level)s", "published": "%(pub)s", "on_hold": "%(held)s",
    "transferred": "%(moved)s", "submitted_by": "%(sent)s", "channel": "'MANUAL'", "registered_on": "'2025-01-01'",
    "received_on": "'2025-01-01'", "accepted_at": "case when %(way)s = 'ACCEPTED' then now() end",
}  # fmt: skip
STATES = {
    "fonds": "case when %(state)s = 'OPEN' then 'OPEN' else 'CLOSED' end",
    "series": "'OPEN'",
    "file": "%(state)s",
    "transfer": "%(way)s",
    "use_request": "%(asked)s",
}


def test_the_text_does_not_depend_on_the_agencies() -> None:
    assert rls.writes(LAW) == rls.writes(Law({}))


@pytest.fixture(scope="module")
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the owner over four agencies with records of every kind; rolled back."""
    with psycopg.connect(database_url) as connection:
        _settle(connection)
        connection.execute(_TRIED)
        yield connection
        connection.rollback()


def _settle(connection: psycopg.Connection[Any]) -> None:
    for table in ("agency", *COLUMNS):
        connection.execute(f"alter table {table} disable trigger user")
    for key, parent in TREE.items():
        connection.execute(
            "insert into agency (id, parent_id, code, name, name_sort, kind, valid_from) overriding system value"
            " values (%s, %s, 'A' || %s, 'a', 'a', 'CITY', '2000-01-01')",
            [key, parent, key],
        )
    for key in (901, 902, 903):
        connection.execute(
            "insert into app_user (id, name, full_name, is_service) overriding system value"
            " values (%s, 'u' || %s, 'u', false)",
            [key, key],
        )
    rng = Random(7)
    for number in range(FIRST, PAST):
        facts = {
            "id": number, "owner": rng.choice((1, 2, 3, 4)), "keeper": rng.choice((1, 2, 3, 4)),
            "level": rng.choice((None, 0, 1, 2)), "code": f"C{number}", "pub": rng.random() < 0.5,
            "state": rng.choice(("OPEN", "OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "DISPOSED")),
            "way": rng.choice(("REGISTERED", "SUBMITTED", "APPROVED", "CHECKING", "RETURNED", "ACCEPTED")),
            "asked": rng.choice(("DRAFT", "SUBMITTED", "APPROVED", "COMPLETED")), "moved": rng.random() < 0.2,
            "by": rng.choice((901, 902, None)), "sent": rng.choice((901, 902, None)), "held": rng.random() < 0.2,
        }  # fmt: skip
        for table, listed in COLUMNS.items():
            if table != "item" or number % 2:  # some files stay empty, and can be removed
                names = [*listed.split(", "), *(["code"] if table != "use_request" else [])]
                values = [{**SQL, "state": STATES.get(table), "code": "%(code)s"}[name] for name in names]
                connection.execute(
                    f"insert into {table} (id, {', '.join(names)}) overriding system value"
                    f" values (%(id)s, {', '.join(map(str, values))})",
                    facts,
                )


# The rows that a statement touches: of all at once, or of each by itself, since the first refusal ends a statement.
_TRIED = """
create function pg_temp.tried(statement text, ids bigint[], singly boolean) returns bigint[] language plpgsql as $$
declare one bigint; done bigint[] := '{}'; touched int;
begin
    if not singly then
        execute statement using ids;
        get diagnostics touched = row_count;
        return case when touched = cardinality(ids) then ids end;
    end if;
    foreach one in array ids loop
        begin
            execute statement using array[one];
            get diagnostics touched = row_count;
            if touched > 0 then done := done || one; end if;
        exception when insufficient_privilege then null;
        end;
    end loop;
    return done;
end
$$;
"""
_TRY = "select pg_temp.tried(%s, %s, %s)"


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
        for _ in range(12)
    ]
    single = [Subject(901, "u", (Grant(role, 2),)) for role in GRANTABLE_ROLES]
    return [Subject(None), *single, *drawn]


@contextlib.contextmanager
def acting(
    connection: psycopg.Connection[Any], subject: Subject | None, deed: str = "", law: Law = LAW
) -> Iterator[None]:
    """As the application's role, with a subject's settings; back to the owner, whatever was done undone."""
    with contextlib.suppress(psycopg.Rollback), connection.transaction():
        told = {**rls.settings(law, subject), rls.DEED: deed} if subject else {}
        for name, value in told.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        connection.execute("set local role hub_app")
        yield
        raise psycopg.Rollback


def _rows(connection: psycopg.Connection[Any], table: str) -> list[Any]:
    more = ", (select f.state from file f where f.id = t.file_id) as file_state" if table == "item" else ""
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
    for subject in _subjects():
        for table, rows in tables.items():
            resource, every = RESOURCE_OF[table], {row.id for row in rows}
            held = _allowed(holding, subject, "change", resource, rows)
            changed = held & _allowed(changing, subject, "change", resource, rows)
            made = _allowed(LAW, subject, "create", resource, rows)
            removed = _allowed(LAW, subject, "delete", resource, rows)
            # what a deed of the law may change, to the word, is among it
            assert _by_sql(owner, subject, table, *_deeds(resource)) <= changed
            names = COLUMNS[table] + ("" if table == "use_request" else ", code")
            copied = names.replace("code", "code || 'n'")
            change = f"update {table} set created_by = created_by where id = any($1)"
            make = (
                f"insert into {table} (id, {names}) overriding system value"
                f" select -id, {copied} from {table} where id = any($1)"
            )
            remove = f"delete from {table} where id = any($1)"
            with acting(owner, subject):
                lock = f"select array_agg(id) from (select id from {table} where id = any(%s) for update) x"
                assert _ids(owner, lock, list(every)) == held, (table, subject)
                for deed, right, wrong in (
                    (change, changed, every - changed),
                    (make, made, every - made),
                    # a file in which something lies is not removed, whoever asks
                    (remove, removed - full if table == "file" else removed, every - removed),
                ):
                    some = sorted(wrong)[:: max(1, len(wrong) // 4)]
                    assert _ids(owner, _TRY, deed, some, True) == set(), (deed, subject)
                    assert _ids(owner, _TRY, deed, list(right), False) == right, (deed, subject)
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
        for subject in _subjects():
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
    assert told > 300


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
