"""A trail of its own, committed: events by the application, seals by the job, tampering by the owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from hub.audit.commands import record
from hub.audit.sealing import heads, keys
from hub.audit.sealing.seals import seal_all
from hub.audit.sealing.verify import Verification, verify
from hub.kit.db import as_app, sqlalchemy_url
from hub.kit.seam import Seam

_OPEN = text("""
select exists (select from audit_event e where not exists (select from audit_seal s
    where s.epoch = e.epoch and e.xid >= s.from_xid and e.xid < s.to_xid))
""")


OF_THIS_TRANSACTION = text("select id from audit_event where xid = pg_current_xact_id() order by id")
# Asking again at once would take the processor from those whose end is waited for.
OTHERS_GO_ON = text("select pg_sleep(0.05)")


class Trail:
    """An audit trail with its key and its exported heads."""

    def __init__(self, dsn: str, engine: Engine, folder: Path) -> None:
        self.dsn, self.seam = dsn, Seam(engine)
        self.key, self.heads = folder / "key.pem", folder / "heads.jsonl"

    def write(self, *events: str) -> list[int]:
        """One transaction with these events; their numbers."""

        def work(session: Session) -> list[int]:
            for place, name in enumerate(events):
                record(session, 7, name, "file", 40 + place, agency_id=3, detail={"title": "Hồ sơ đất đai"})
            return list(session.scalars(OF_THIS_TRANSACTION))

        return self.seam.change_now(work)

    def seal(self) -> int:
        """Seal everything; how many seals were made.

        A transaction of any database of the server holds seals back, and tests beside this one have theirs.
        """
        made = 0
        while True:
            made += self.seal_once()
            if not self.seam.read_now(lambda session: session.scalar(_OPEN)):
                return made
            self.seam.read_now(lambda session: session.execute(OTHERS_GO_ON))

    def seal_once(self) -> int:
        """Seal what is settled now."""
        return seal_all(self.seam, self.key, self.heads)

    def verify(self, *, with_heads: bool = True) -> Verification:
        """What verification finds."""
        trusted = keys.public_keys([keys.public_file(self.key)])
        outside = heads.read(self.heads) if with_heads else None
        return self.seam.change_now(lambda session: verify(session, trusted, outside))

    def found(self, *, with_heads: bool = True) -> list[tuple[str, int | None, int | None]]:
        """Kind, seal and event of every fault."""
        return [(one.kind, one.seal, one.event) for one in self.verify(with_heads=with_heads).faults]

    @contextmanager
    def tampering(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A superuser who has switched the guards off, and puts them back."""
        tables = ("audit_event", "audit_seal", "audit_epoch")
        with psycopg.connect(self.dsn) as connection:
            for table in tables:
                connection.execute(f"alter table {table} disable trigger {table}_kept")
            yield connection
            for table in tables:
                connection.execute(f"alter table {table} enable always trigger {table}_kept")


@pytest.fixture
def trail(fresh_database: Callable[[], str], tmp_path: Path) -> Iterator[Trail]:
    dsn = fresh_database()
    engine = create_engine(sqlalchemy_url(as_app(dsn)))
    found = Trail(dsn, engine, tmp_path / "audit")
    found.seal()  # what the migrations wrote
    yield found
    engine.dispose()


@pytest.fixture
def three(trail: Trail) -> tuple[Trail, list[int]]:
    """Three sealed stretches of four events each; the numbers of all twelve."""
    events = []
    for _ in range(3):
        events += trail.write("file:create", "file:update", "file:close", "file:submit")
        trail.seal()
    return trail, events


__all__ = ["Session", "Trail"]
