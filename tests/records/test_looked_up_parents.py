"""What files belong to is there, and stays: what foreign keys would promise, asked once for a statement."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import FeatureNotSupported, ForeignKeyViolation, LockNotAvailable

from tests.conftest import Prepared
from tests.records.held import refused_while_on_its_way, waiting
from tests.records.world import settle

NOBODY = 999_999
A, B = "(select id from agency where code = 'A')", "(select id from agency where code = 'B')"
FONDS_A, FONDS_B = (f"(select id from fonds where title = 'Phông {name}')" for name in "AB")
SERIES = "(select id from series where code = 'N01')"
OF_A, OF_B = f"fonds_id = {FONDS_A}", f"fonds_id = {FONDS_B}"
UNIT = "(select id from agency where code = 'A.1')"
# What is named, of which files, and the rule that it breaks.
LOST = [
    ("fonds_id", f"{NOBODY}", OF_A, "fk_file_fonds"),
    ("fonds_id", FONDS_B, OF_A, "fk_file_fonds"),
    ("agency_id", B, OF_A, "fk_file_fonds"),
    ("series_id", f"{NOBODY}", OF_A, "fk_file_series"),
    ("series_id", SERIES, OF_B, "fk_file_series"),
    ("creator_id", f"{NOBODY}", OF_A, "fk_file_agency"),
    ("custodian_id", f"{NOBODY}", OF_A, "fk_file_agency"),
]
KEPT = [("series_id", SERIES, OF_A), ("creator_id", B, OF_A), ("custodian_id", UNIT, OF_A)]
COLUMNS = ("fonds_id", "agency_id", "series_id", "creator_id", "custodian_id")
LET_GO = "update file set series_id = null, creator_id = agency_id, custodian_id = agency_id"


@pytest.fixture
def owner(prepared: Prepared) -> Iterator[psycopg.Connection]:
    """The small city's owner, whom neither grants nor row-level security bind; its districts share no code."""
    with prepared("settled", settle) as (dsn, _), psycopg.connect(dsn, autocommit=True) as connection:
        for table in ("file", "item"):
            connection.execute(f"update {table} set code = code || '.B' where {OF_B}")
        yield connection


def _files(owner: psycopg.Connection) -> list[tuple[object, ...]]:
    return owner.execute(f"select id, {', '.join(COLUMNS)} from file order by id").fetchall()


def _three_more(column: str, value: str, of: str) -> str:
    """Three files beside each of some; the second is another's."""
    named = [f"case when n = 2 then {value} else {name} end" if name == column else name for name in COLUMNS]
    return (
        f"insert into file ({', '.join(COLUMNS)}, title, code)"
        f" select {', '.join(named)}, title, code || '.' || n from file, generate_series(1, 3) n where {of}"
    )


@pytest.mark.parametrize(("column", "value", "of", "rule"), LOST)
def test_a_file_belongs_to_nothing_that_is_not_there(
    owner: psycopg.Connection, column: str, value: str, of: str, rule: str
) -> None:
    before = _files(owner)
    for deed in (_three_more(column, value, of), f"update file set {column} = {value} where {of}"):
        with pytest.raises(ForeignKeyViolation, match=rule) as refused:
            owner.execute(deed)
        assert refused.value.diag.constraint_name == rule
        assert _files(owner) == before


@pytest.mark.parametrize(("column", "value", "of"), KEPT)
def test_a_file_belongs_to_what_is_there(owner: psycopg.Connection, column: str, value: str, of: str) -> None:
    before = len(_files(owner))
    owner.execute(_three_more(column, value, of))
    owner.execute(f"update file set {column} = {value} where {of}")
    assert len(_files(owner)) > before


def test_a_statement_that_adds_no_file_asks_for_no_parent(owner: psycopg.Connection) -> None:
    added = owner.execute(
        "insert into file (fonds_id, agency_id, creator_id, custodian_id, code, title)"
        " select id, agency_id, creator_id, custodian_id, 'K', 'K' from fonds where false"
    )
    assert added.rowcount == 0


def test_a_file_goes_to_another_fonds_with_its_agency(owner: psycopg.Connection) -> None:
    owner.execute(f"update file set fonds_id = {FONDS_B}, agency_id = {B} where code = 'H02'")
    assert owner.execute(f"select fonds_id = {FONDS_B} from file where code = 'H02'").fetchone() == (True,)


@pytest.mark.parametrize(
    ("naming", "deed"),
    [
        (f"series_id = {SERIES}", f"delete from series where id = {SERIES}"),
        (f"series_id = {SERIES}", f"update series set id = {NOBODY} where id = {SERIES}"),
        (f"series_id = {SERIES}", f"update series set fonds_id = {FONDS_B} where id = {SERIES}"),
        (f"custodian_id = {UNIT}", f"delete from agency where id = {UNIT}"),
        (f"creator_id = {UNIT}", f"delete from agency where id = {UNIT}"),
        (f"creator_id = {UNIT}", f"update agency set id = {NOBODY} where id = {UNIT}"),
    ],
)
def test_what_a_file_belongs_to_stays(owner: psycopg.Connection, naming: str, deed: str) -> None:
    _let_go_of_all_but_files(owner)
    owner.execute(f"update file set {naming} where code = 'H02'")
    before = _parents(owner)
    with pytest.raises(ForeignKeyViolation, match="fk_file_"):
        owner.execute(deed)
    assert _parents(owner) == before
    owner.execute(LET_GO)
    owner.execute(deed)
    assert _parents(owner) != before


def test_a_fonds_with_files_stays(owner: psycopg.Connection) -> None:
    _let_go_of_all_but_files(owner)
    before = _parents(owner)
    with pytest.raises(ForeignKeyViolation, match="fk_file_fonds"):
        owner.execute(f"delete from fonds where id = {FONDS_A}")
    assert _parents(owner) == before
    owner.execute(f"delete from item where {OF_A}")
    owner.execute(f"delete from file where {OF_A}")
    owner.execute(f"delete from fonds where id = {FONDS_A}")
    assert owner.execute(f"select {FONDS_A}").fetchone() == (None,)


@pytest.mark.parametrize("parents", ["fonds", "series", "agency"])
def test_parents_are_not_emptied_under_the_files(owner: psycopg.Connection, parents: str) -> None:
    _let_go_of_all_but_files(owner)
    owner.execute(f"update file set series_id = {SERIES}, custodian_id = {UNIT} where {OF_A}")
    with pytest.raises(ForeignKeyViolation, match=f"fk_file_{parents}"):
        owner.execute(f"truncate {parents}")
    owner.execute("truncate item, file cascade")
    owner.execute(f"truncate {parents}")


def test_a_fonds_takes_its_files_to_another_agency(owner: psycopg.Connection) -> None:
    owner.execute(f"update file set series_id = {SERIES} where code = 'H02'")
    moved = owner.execute(
        f"update fonds set agency_id = {B}, code = 'P02' where id = {FONDS_A} returning id, agency_id"
    ).fetchone()
    for table in ("file", "series", "item"):
        found = owner.execute(f"select distinct fonds_id, agency_id from {table} where {OF_A}").fetchall()
        assert found == [moved], table


@pytest.mark.parametrize(
    ("column", "value", "deed"),
    [
        ("series_id", SERIES, f"delete from series where id = {SERIES}"),
        ("custodian_id", UNIT, f"delete from agency where id = {UNIT}"),
        ("fonds_id", FONDS_A, f"delete from fonds where id = {FONDS_A}"),
    ],
)
def test_a_parent_cannot_go_while_a_file_is_on_its_way_to_it(
    owner: psycopg.Connection, column: str, value: str, deed: str
) -> None:
    _let_go_of_all_but_files(owner)
    added = f"insert into file ({', '.join(COLUMNS)}, title, code) values ({{}}, 'Mới', 'H09')"
    values = {"fonds_id": FONDS_A, "agency_id": A, "creator_id": A, "custodian_id": A, "series_id": "null"}
    owner.execute(f"delete from item where {OF_A}")
    owner.execute(f"delete from file where {OF_A}")
    file = added.format(", ".join({**values, column: value}[name] for name in COLUMNS))
    refused_while_on_its_way(owner, file, deed, "fk_file_")


def test_a_fonds_waits_for_files_on_their_way_and_takes_them_along(owner: psycopg.Connection) -> None:
    moved = f"update fonds set agency_id = {B}, code = 'P02' where id = {FONDS_A}"
    with psycopg.connect(owner.info.dsn) as clerk:
        clerk.execute(_three_more("series_id", "null", OF_A))
        owner.execute("set lock_timeout = '50ms'")
        with pytest.raises(LockNotAvailable):
            owner.execute(moved)
        clerk.commit()
    owner.execute(moved)
    files = owner.execute(f"select count(*), count(*) filter (where agency_id = {B}) from file where {OF_A}")
    assert files.fetchone() == (8, 8)


def test_a_file_cannot_come_to_a_parent_that_is_on_its_way_out(owner: psycopg.Connection) -> None:
    more = _three_more("series_id", SERIES, OF_A)
    before = _files(owner)
    with psycopg.connect(owner.info.dsn) as officer:
        officer.execute(f"delete from series where id = {SERIES}")
        owner.execute("set lock_timeout = '50ms'")
        with pytest.raises(LockNotAvailable):
            owner.execute(more.replace(SERIES, str(_id(owner, SERIES))))
        held = _id(owner, SERIES)
        officer.commit()
    with pytest.raises(ForeignKeyViolation, match="fk_file_series"):
        owner.execute(more.replace(SERIES, str(held)))
    assert _files(owner) == before


def test_a_file_that_joins_another_in_its_fonds_goes_with_the_fonds(owner: psycopg.Connection) -> None:
    """The statement names a fonds that one of its files had before, too."""
    moved = f"update fonds set agency_id = {B}, code = 'P02' where id = {FONDS_A}"
    owner.execute(
        f"insert into fonds (agency_id, creator_id, custodian_id, code, title) select {A}, {A}, {A}, 'P03', 'Mới'"
    )
    owner.execute("update file set fonds_id = (select id from fonds where code = 'P03') where code = 'H02'")
    with psycopg.connect(owner.info.dsn) as clerk:
        clerk.execute(f"update file set fonds_id = {FONDS_A} where code in ('H01', 'H02')")
        with waiting(owner, moved):
            clerk.commit()
    files = owner.execute(f"select count(*), count(*) filter (where agency_id = {B}) from file where {OF_A}")
    assert files.fetchone() == (2, 2)


def test_a_parent_that_came_in_meanwhile_is_held_as_well(owner: psycopg.Connection) -> None:
    """The clerk's statement waits for one series while the other is made, and names both."""
    held = _id(owner, SERIES)
    files = (
        f"insert into file ({', '.join(COLUMNS)}, title, code)"
        f" select {FONDS_A}, {A}, s, {A}, {A}, 'Mới', 'M' || s from (values ({held}), ({NOBODY})) v(s)"
    )
    with psycopg.connect(owner.info.dsn) as clerk, psycopg.connect(owner.info.dsn) as officer:
        officer.execute(f"select from series where id = {held} for update")
        with waiting(clerk, files):
            owner.execute(
                "insert into series (id, fonds_id, agency_id, custodian_id, code, title, position)"
                f" values ({NOBODY}, {FONDS_A}, {A}, {A}, 'N77', 'Mới', 5000)"
            )
            officer.commit()
        owner.execute("set lock_timeout = '50ms'")
        with pytest.raises(LockNotAvailable):
            owner.execute(f"delete from series where id = {NOBODY}")
        clerk.commit()
    with pytest.raises(ForeignKeyViolation, match="fk_file_series"):
        owner.execute(f"delete from series where id = {NOBODY}")


@pytest.mark.parametrize("change", [f"series_id = {SERIES}", f"custodian_id = {UNIT}", "title = 'Khác'"])
def test_a_change_waits_for_nothing_that_it_does_not_name(owner: psycopg.Connection, change: str) -> None:
    """Whoever parts a body holds its fonds and then its files: who holds a file must not wait for its fonds."""
    with psycopg.connect(owner.info.dsn) as officer:
        officer.execute("select from fonds for update")
        owner.execute("set lock_timeout = '50ms'")
        owner.execute(f"update file set {change} where code = 'H02'")
        with pytest.raises(LockNotAvailable):
            owner.execute(f"update file set fonds_id = {FONDS_B}, agency_id = {B} where code = 'H02'")


def test_parents_go_only_where_all_files_are_seen(owner: psycopg.Connection) -> None:
    """A transaction that keeps to what it saw first would not see the file that came since."""
    before = _parents(owner)
    with psycopg.connect(owner.info.dsn) as officer:
        officer.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for deed in (
            f"delete from series where id = {SERIES}",
            f"update fonds set agency_id = {B}, code = 'P02' where id = {FONDS_A}",
        ):
            with pytest.raises(FeatureNotSupported, match="READ COMMITTED"):
                officer.execute(deed)
            officer.rollback()
    assert _parents(owner) == before


def _id(owner: psycopg.Connection, asked: str) -> object:
    row = owner.execute(f"select {asked}").fetchone()
    assert row is not None
    return row[0]


def _parents(owner: psycopg.Connection) -> list[tuple[object, ...]]:
    return owner.execute(
        "select 'fonds', id, agency_id from fonds union all select 'series', id, fonds_id from series"
        " union all select 'agency', id, null from agency order by 1, 2"
    ).fetchall()


def _let_go_of_all_but_files(owner: psycopg.Connection) -> None:
    """Drops the foreign keys to what files belong to, so that nothing but the files is left to refuse a deed."""
    keys = owner.execute(
        "select conrelid::regclass::text, conname from pg_constraint"
        " where contype = 'f' and confrelid in ('fonds'::regclass, 'series'::regclass, 'agency'::regclass)"
    ).fetchall()
    for table, key in keys:
        owner.execute(f'alter table {table} drop constraint "{key}"')
