"""The users whom records name are there, and stay: what foreign keys would promise, asked once for a statement."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import FeatureNotSupported, ForeignKeyViolation, LockNotAvailable

from tests.conftest import Prepared
from tests.records.held import refused_while_on_its_way, waiting
from tests.records.world import settle

NOBODY = 999_999
THREE_FILES = (
    "insert into file (fonds_id, agency_id, creator_id, custodian_id, title, code, {column})"
    " select fonds_id, agency_id, creator_id, custodian_id, title, code || '.' || n, {user}"
    " from file, generate_series(1, 3) n"
)
THREE_ITEMS = (
    "insert into item (file_id, fonds_id, agency_id, custodian_id, subject, ordinal, code, {column})"
    " select file_id, fonds_id, agency_id, custodian_id, subject, ordinal + n, code || '.' || n, {user}"
    " from item, generate_series(1, 3) n"
)
NAMING = [
    ("file", "created_by"),
    ("file", "submitted_by"),
    ("file", "accepted_by"),
    ("item", "created_by"),
]
LAN = "(select id from app_user where name = 'lan')"
GONE = f"delete from app_user where id = {LAN}"


@pytest.fixture
def owner(prepared: Prepared) -> Iterator[psycopg.Connection]:
    """The small city's owner, whom neither grants nor row-level security bind; Lan has made nothing yet."""
    with prepared("settled", settle) as (dsn, _), psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("insert into app_user (name, full_name, is_service) values ('lan', 'Lan', false)")
        yield connection


def _records(owner: psycopg.Connection) -> list[tuple[object, ...]]:
    return owner.execute(
        "select 'file', id, created_by, submitted_by, accepted_by from file"
        " union all select 'item', id, created_by, null, null from item order by 1, 2"
    ).fetchall()


@pytest.mark.parametrize(("table", "column"), NAMING)
def test_a_record_cannot_name_a_user_who_is_not_there(
    owner: psycopg.Connection, table: str, column: str
) -> None:
    before = _records(owner)
    adding = THREE_FILES if table == "file" else THREE_ITEMS
    one_of_many = f"case when n = 2 then {NOBODY} end"
    with pytest.raises(ForeignKeyViolation, match=f"{table} names a user who is not there"):
        owner.execute(adding.format(column=column, user=one_of_many))
    with pytest.raises(ForeignKeyViolation, match=f"{table} names a user who is not there"):
        owner.execute(f"update {table} set {column} = {NOBODY}")
    assert _records(owner) == before
    owner.execute(adding.format(column=column, user=LAN))
    owner.execute(f"update {table} set {column} = {LAN}")
    assert len(_records(owner)) > len(before)


@pytest.mark.parametrize(("table", "column"), NAMING)
def test_a_user_whom_a_record_names_stays(owner: psycopg.Connection, table: str, column: str) -> None:
    owner.execute(f"update {table} set {column} = {LAN} where id = (select min(id) from {table})")
    before = owner.execute("select array_agg(app_user order by id) from app_user").fetchone()
    for deed in (GONE, f"update app_user set id = {NOBODY} where id = {LAN}"):
        with pytest.raises(ForeignKeyViolation, match="name the user"):
            owner.execute(deed)
    assert owner.execute("select array_agg(app_user order by id) from app_user").fetchone() == before


def test_a_user_whom_no_record_names_may_go(owner: psycopg.Connection) -> None:
    owner.execute(GONE)
    assert owner.execute(f"select {LAN}").fetchone() == (None,)


def test_users_are_not_emptied_under_the_records(owner: psycopg.Connection) -> None:
    owner.execute("update item set created_by = null")
    keys = owner.execute(
        "select conrelid::regclass::text, conname from pg_constraint where confrelid = 'app_user'::regclass"
    ).fetchall()
    for table, key in keys:  # nothing but the records is left to refuse it
        owner.execute(f'alter table {table} drop constraint "{key}"')
    with pytest.raises(ForeignKeyViolation, match="name the user"):
        owner.execute("truncate app_user")
    owner.execute("update file set created_by = null, submitted_by = null, accepted_by = null")
    owner.execute("truncate app_user")


def test_a_user_cannot_go_while_a_record_that_names_him_is_on_its_way(owner: psycopg.Connection) -> None:
    added = THREE_FILES.format(column="created_by", user=LAN)
    refused_while_on_its_way(owner, added, GONE, "name the user")


def test_a_user_who_came_in_meanwhile_is_held_as_well(owner: psycopg.Connection) -> None:
    """The clerk's statement waits for one user while the other is made, and names both."""
    [(lan,)] = owner.execute(f"select {LAN}").fetchall()
    files = THREE_FILES.format(column="created_by", user=f"case when n = 2 then {NOBODY} else {lan} end")
    gone = f"delete from app_user where id = {NOBODY}"
    with psycopg.connect(owner.info.dsn) as clerk, psycopg.connect(owner.info.dsn) as admin:
        admin.execute(f"select from app_user where id = {lan} for update")
        with waiting(clerk, files):
            owner.execute(
                f"insert into app_user (id, name, full_name, is_service) values ({NOBODY}, 'mai', 'Mai', false)"
            )
            admin.commit()
        owner.execute("set lock_timeout = '50ms'")
        with pytest.raises(LockNotAvailable):
            owner.execute(gone)
        clerk.commit()
    with pytest.raises(ForeignKeyViolation, match="name the user"):
        owner.execute(gone)


def test_users_go_only_where_all_records_are_seen(owner: psycopg.Connection) -> None:
    """A transaction that keeps to what it saw first would not see the record that came since."""
    with psycopg.connect(owner.info.dsn) as admin:
        admin.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(FeatureNotSupported, match="READ COMMITTED"):
            admin.execute(GONE)
    assert owner.execute(f"select {LAN}").fetchone() != (None,)
