"""The tally of records beside a count of them: after every kind of change, in every snapshot, among writers at once."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from threading import Thread
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from hub.access.actor import the_public
from hub.kit.db import sqlalchemy_url
from hub.kpi.counters import rebuild, recount, recount_records
from hub.kpi.tally import fold_tally, recount_tally
from hub.migrate import downgrade, upgrade
from tests.kpi.city import CUT_OFF, City
from tests.kpi.test_recount import build

Connection = psycopg.Connection[Any]
BEFORE = "20261126_84_count_scans"
ROWS = "select count(*) from record_tally"
WAITING = "select exists (select from pg_locks where not granted and pid <> pg_backend_pid())"
AGENCY = "insert into agency (code, name, kind) values ('P', 'Cơ quan', 'DEPARTMENT') returning id"
FONDS = (
    "insert into fonds (agency_id, creator_id, custodian_id, code, title)"
    " select id, id, id, 'P1', 'Phông' from agency where code = 'P'"
)
FILES = (
    "insert into file (fonds_id, agency_id, creator_id, custodian_id, code, title)"
    " select o.id, o.agency_id, o.agency_id, o.custodian_id, %s || g, 'Hồ sơ' from fonds o, generate_series(1, 3) g"
)

# As commands, cascades and bulk writes make them.
CHANGES = {
    "access": "update file set access_level = 1 where access_level is null and id % 2 = 0",
    "access of documents": "update item set access_level = id % 3 where id % 4 > 0",
    "access forgotten": "update item set access_level = null where access_level = 1",
    "published": "update file set published = true, access_level = 0 where id % 3 = 0",
    "published documents": "update item set published = not published where id % 3 = 0",
    "handed over": "update file set custodian_id = (select min(id) from agency) where id % 5 = 0",
    "fonds to another owner": "update fonds set agency_id = (select max(id) from agency), code = code || '.' || id",
    "files to another fonds": "update file set fonds_id = o.id, agency_id = o.agency_id, series_id = null,"
    " code = file.code || '.' || o.id from (select * from fonds order by id limit 1) o where file.id % 3 = 1",
    "nothing that is tallied": "update item set subject = 'Văn bản khác'",
    "no row": "update file set access_level = 2 where id < 0",
    "deleted documents": "delete from item where id % 3 = 0 and not exists (select from page_acceptance a"
    " where a.item_id = item.id) and not exists (select from exclusion e where e.item_id = item.id)",
    "written over": "insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject)"
    " select file_id, fonds_id, agency_id, custodian_id, case id % 2 when 0 then code else code || '+' end, 'Văn bản'"
    " from item where id % 3 = 1 on conflict (agency_id, code) do update set access_level = 2",
    "two at once": "with f as (update file set access_level = 2 where id % 2 = 1 returning id)"
    " insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject)"
    " select file_id, fonds_id, agency_id, custodian_id, code || '*', 'Văn bản' from item where id % 7 = 1",
}


def differing(session: Session) -> list[Any]:
    return [one for one in recount_tally(session) if one.kept != one.recounted]


def sizes(session: Session) -> dict[tuple[str, str, str], int]:
    """How many records each group has by the tally."""
    return {tuple(one[:3]): one.kept for one in recount_tally(session)}


def test_the_tally_is_what_a_count_finds_after_every_change(city: City, seeded: None) -> None:
    session = city.session
    assert differing(session) == []
    assert sum(sizes(session).values()) > 300
    for name, change in CHANGES.items():
        before = sizes(session)
        session.execute(text(change))
        assert differing(session) == [], name
        assert (sizes(session) == before) == name.startswith("no"), name
    fold_tally(session)
    assert differing(session) == []


@pytest.fixture
def seeded(city: City) -> None:
    """A random city of five agencies, an archive, 160 files and their documents."""
    build(city, Random(7))


def test_what_is_undone_was_never_tallied(city: City, seeded: None) -> None:
    session = city.session
    rows = session.execute(text("select * from record_tally order by 1, 2, 3, 4, 5, 6, 7")).all()
    part = session.begin_nested()
    session.execute(text(CHANGES["access"]))
    session.execute(text(CHANGES["fonds to another owner"]))
    fold_tally(session)
    part.rollback()
    assert session.execute(text("select * from record_tally order by 1, 2, 3, 4, 5, 6, 7")).all() == rows


def test_a_fold_leaves_one_row_of_a_group_and_none_of_nothing(city: City) -> None:
    session = city.session
    fonds = city.fonds(city.agency("P"))
    files = [city.file(fonds) for _ in range(4)]
    gone = city.file(fonds, access_level=2)
    session.execute(text("delete from file where id = :id"), {"id": gone})
    fold_tally(session)
    assert session.execute(text("select kind, access_level, n from record_tally")).all() == [
        ("file", None, len(files))
    ]
    session.execute(text("delete from file"))
    fold_tally(session)
    assert session.execute(text(ROWS)).scalar_one() == 0


def test_a_change_that_moves_no_record_adds_no_row(city: City, seeded: None) -> None:
    rows = city.session.execute(text(ROWS)).scalar_one()
    city.session.execute(text("update item set subject = 'Văn bản khác', issued_date = null"))
    city.session.execute(text("update file set title = 'Hồ sơ khác'"))
    assert city.session.execute(text(ROWS)).scalar_one() == rows


def test_a_wrong_tally_is_named_and_counting_anew_mends_it(city: City) -> None:
    session = city.session
    fonds = city.fonds(city.agency("P"), code="P1")
    city.items(city.file(fonds, access_level=1), 3, access_level=0, published=True)
    session.execute(text("update record_tally set n = n + 2 where kind = 'item'"))
    session.execute(text("insert into record_tally select kind, 0, 0, 0, null, false, 1 from record_tally"))
    session.execute(text("delete from record_tally where kind = 'file' and agency_id > 0"))
    compared, differences = recount_records(session, CUT_OFF)
    found = {(one.figure, one.agency, one.sum, one.kept, one.recounted) for one in differences}
    assert compared == 4
    assert found == {
        ("file", "P", "fonds P1, keeper P, access 1", 0, 1),
        ("item", "P", "fonds P1, keeper P, access 0, published", 5, 3),
        ("file", "#0", "fonds #0, keeper #0, access ?", 1, 0),
        ("item", "#0", "fonds #0, keeper #0, access ?", 1, 0),
    }
    assert {(one.measure, one.as_of) for one in differences} == {("record_tally", CUT_OFF)}
    assert rebuild(session, the_public()) == 1
    assert recount_records(session, CUT_OFF) == (2, [])


@pytest.fixture
def own(fresh_database: Callable[[], str]) -> str:
    """A database of the test's own with one fonds."""
    dsn = fresh_database()
    with psycopg.connect(dsn) as connection:
        connection.execute(AGENCY)
        connection.execute(FONDS)
    return dsn


def opened(dsn: str, isolation: str = "read committed") -> Connection:
    """A connection that waits for nobody."""
    connection = psycopg.connect(dsn)
    connection.execute("set lock_timeout = '1s'")
    connection.commit()
    connection.execute(f"set transaction isolation level {isolation}")  # type: ignore[arg-type]
    return connection


def files(connection: Connection) -> int:
    row = connection.execute("select hub_sum(n) from record_tally where kind = 'file'").fetchone()
    assert row is not None
    return int(row[0])


def test_two_writers_of_one_group_do_not_wait_for_each_other(own: str) -> None:
    with opened(own) as first, opened(own) as second, opened(own) as third, opened(own) as reader:
        first.execute(FILES, ["A"])
        second.execute(FILES, ["B"])
        second.execute("update file set access_level = 0")  # its own: the first's are not to be seen
        assert (files(first), files(second), files(reader)) == (3, 3, 0)
        second.commit()
        assert (files(first), files(reader)) == (6, 3)
        first.execute("select hub_fold_record_tally()")
        third.execute(FILES, ["C"])
        third.execute("select hub_fold_record_tally()")  # leaves the rows to the next
        third.commit()
        first.commit()
        assert (files(third), files(reader)) == (9, 9)
        assert reader.execute("select count(*) from file").fetchone() == (9,)


def test_a_fold_changes_no_total_before_meanwhile_and_after(own: str) -> None:
    with opened(own) as writer:
        for name in "ABC":
            writer.execute(FILES, [name])
        writer.commit()
    old = opened(own, "repeatable read")
    with old, opened(own) as folding, opened(own) as reader:
        assert (files(old), old.execute(ROWS).fetchone()) == (9, (3,))
        folding.execute("select hub_fold_record_tally()")
        assert (files(folding), files(reader), files(old)) == (9, 9, 9)
        folding.commit()
        assert (files(reader), reader.execute(ROWS).fetchone()) == (9, (1,))
        assert (files(old), old.execute(ROWS).fetchone()) == (9, (3,))


def test_counting_anew_beside_a_writer_is_exact(own: str) -> None:
    """Also of one who commits between its beginning and its end: it waits for a row that somebody holds."""
    with opened(own) as writer, opened(own) as holder, opened(own) as mender, opened(own) as reader:
        writer.execute(FILES, ["A"])
        writer.commit()
        holder.execute("select from record_tally for update")
        writer.execute(FILES, ["B"])
        mender.execute("set local lock_timeout = '20s'")
        mending = Thread(target=mender.execute, args=("select hub_tally_records()",))
        mending.start()
        blocked = "select pg_blocking_pids(%s) <> '{}'"
        while mending.is_alive() and reader.execute(blocked, [mender.info.backend_pid]).fetchone() != (True,):
            pass
        writer.commit()
        holder.rollback()
        mending.join(20)
        mender.commit()
        assert (files(reader), reader.execute("select count(*) from file").fetchone()) == (6, (6,))


def test_counting_all_anew_waits_for_who_is_changing_records_and_holds_nothing_meanwhile(own: str) -> None:
    """What a file adds to the counters was held before the file was: who had changed one could not change another."""
    engine, failed = create_engine(sqlalchemy_url(own)), []

    def mend() -> None:
        try:
            with Session(engine) as session:
                rebuild(session, the_public())
                session.commit()
        except DBAPIError as error:
            failed.append(error)

    due = "update file set state = 'OPEN', retention_kind = 'PERMANENT', end_date = %s where code = %s"
    with opened(own) as writer, opened(own) as reader:
        writer.execute(FILES, ["A"])
        for code in ("A1", "A2", "A3"):
            writer.execute(due, ["2022-01-01", code])
        writer.commit()
        assert reader.execute("select count(*) from timely_transfers_step").fetchone() == (3,)
        writer.execute(due, ["2022-02-01", "A3"])
        mending = Thread(target=mend)
        mending.start()
        while mending.is_alive() and reader.execute(WAITING).fetchone() != (True,):
            pass
        writer.execute(due, ["2022-02-01", "A1"])
        writer.commit()
        mending.join(20)
    assert failed == []
    with Session(engine) as session:
        assert recount(session, [CUT_OFF])[1] == []
    engine.dispose()


def test_the_tally_of_a_city_that_is_there_is_counted_when_it_comes(own: str) -> None:
    downgrade(own, BEFORE)
    with opened(own) as connection:
        connection.execute(FILES, ["A"])
    upgrade(own)
    with opened(own) as connection:
        assert files(connection) == 3
        connection.execute(FILES, ["B"])
        assert files(connection) == 6
