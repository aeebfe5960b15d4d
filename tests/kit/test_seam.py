"""What a function of the core may rely on while it reads."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from hub.kit.db import open_engine
from hub.kit.seam import Seam


def test_a_read_of_many_statements_is_of_one_state_of_the_records(fresh_database: Callable[[], str]) -> None:
    dsn = fresh_database()
    count = text("select count(*) from agency")

    def read(session: Session) -> tuple[int, int]:
        before = session.execute(count).scalar_one()
        with psycopg.connect(dsn) as another:
            another.execute("insert into agency (code, name, kind) values ('NEW', 'Sở mới', 'DEPARTMENT')")
        return before, session.execute(count).scalar_one()

    engine = open_engine(dsn, size=1)
    seam = Seam(engine)
    before, after = seam.read_now(read)
    assert after == before
    assert seam.read_now(lambda session: session.execute(count).scalar_one()) == before + 1
    with pytest.raises(DBAPIError, match="read-only"):
        seam.read_now(lambda session: session.execute(text("delete from agency")))
    engine.dispose()
