"""What goes to the stage comes out of it as it was."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg.errors import CharacterNotInRepertoire

from hub.records.intake.stage import STAGE, fill_stage, lines_of, open_stage

Connection = psycopg.Connection[Any]
VALUES: dict[str, list[Any]] = {
    "bigint": [2**62, -1],
    "integer": [2**31 - 1, -(2**31)],
    "smallint": [2, 0],
    "boolean": [True, False],
    "date": [date(2020, 2, 29), date(1, 1, 1)],
    "text": ['Hồ sơ\t"số"\\N\n', ""],
    "text[]": [["vie", 'a"b,{}'], []],
    "bytea": [b"\0\xff", b""],
}


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """In a transaction that is rolled back."""
    with psycopg.connect(database_url) as connection:
        open_stage(connection.cursor())
        yield connection
        connection.rollback()


def _staged(connection: Connection, columns: list[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    fill_stage(connection.cursor(), columns, lines_of(connection, columns, rows))
    return connection.execute(f"select {', '.join(columns)} from pg_temp.import_stage").fetchall()


def test_every_column_keeps_what_it_is_given(connection: Connection) -> None:
    columns = [name for name, kind in STAGE.items() if kind != "jsonb"]
    rows = [tuple(VALUES[STAGE[name].split()[0]][n] for name in columns) for n in range(2)]
    rows.append(tuple(None for _ in columns))
    assert _staged(connection, columns, rows) == rows


def test_json_goes_as_the_text_that_it_is(connection: Connection) -> None:
    assert _staged(connection, ["extra"], [('{"hộp": [1, "đ"]}',), (None,)]) == [
        ({"hộp": [1, "đ"]},),
        (None,),
    ]


@pytest.mark.parametrize("number", [2**31, 2**40, -(2**31) - 1])
def test_a_number_that_is_too_large_is_not_cut(connection: Connection, number: int) -> None:
    with pytest.raises(struct.error):
        lines_of(connection, ["total_doc"], [(number,)])


def test_what_no_text_can_hold_is_refused(connection: Connection) -> None:
    with pytest.raises(CharacterNotInRepertoire):
        _staged(connection, ["title"], [("a\0b",)])
