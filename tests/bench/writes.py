"""What row-level security costs: one document corrected, and 20,000 rows imported, with it and without.

Two copies of one database take turns, one of them without policies and without anybody said to act. What counts is
the processor's time, of the hub and of its PostgreSQL together: what else the machine does is in neither.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, text
from sqlmodel import Session

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.access.queries import actor_for_user
from hub.importers.apply import import_path
from hub.installation import opened
from hub.kit.db import as_app, sqlalchemy_url
from hub.kit.seam import Seam
from hub.migrate import UNGUARDED
from hub.records import commands
from hub.settings import load
from tests.bench.imports import AGENCY, write_xlsx
from tests.bench.servers import ROOT

ROUNDS, CALLS, IMPORTS, ROWS = 7, 100, 3, 20_000
CORRECTED = "select i.id from item i join file f on f.id = i.file_id where f.state = 'OPEN' limit 1"


class Side:
    """One of the two databases, and how work is done on it."""

    def __init__(self, dsn: str, *, guarded: bool) -> None:
        self.guarded = guarded
        self._engine = create_engine(sqlalchemy_url(as_app(dsn)), pool_size=1, max_overflow=0)
        self.seam = Seam(self._engine)
        self.backend = self.seam.change_now(lambda session: session.scalar(text("select pg_backend_pid()")))

    def do(self, work: Callable[[Session, Actor], object]) -> None:
        """The work in a transaction, by the local user."""

        def done(session: Session) -> object:
            actor = actor_for_user(session)
            if self.guarded:
                return acting(actor, lambda session: work(session, actor), "item:update")(session)
            return work(session, actor)

        self.seam.change_now(done)

    def spent(self, work: Callable[[], object]) -> float:
        """Seconds of the processor, here and at the backend."""
        before = time.process_time() + self._backend()
        work()
        return time.process_time() + self._backend() - before

    def _backend(self) -> float:
        fields = Path(f"/proc/{self.backend}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()


def measure(folder: Path) -> None:
    """Both, on a small demo made for it."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "hub", "demo", "--no-serve", "--items", "2000", "--data", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    with opened(load(data=folder)) as installation, _sides(installation.owner_dsn) as sides:
        _corrections(sides)
        _imports(sides)


@contextmanager
def _sides(dsn: str) -> Iterator[list[Side]]:
    parts = psycopg.conninfo.conninfo_to_dict(dsn)
    other = dsn.replace(f"/{parts['dbname']}?", "/bench_unguarded?")
    with psycopg.connect(dsn.replace(f"/{parts['dbname']}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"create database bench_unguarded template {parts['dbname']}")  # type: ignore[arg-type]
    with psycopg.connect(other) as connection:
        connection.execute(UNGUARDED)
    sides = [Side(dsn, guarded=True), Side(other, guarded=False)]
    yield sides
    for side in sides:
        side.close()


def _corrections(sides: list[Side]) -> None:
    number = 0

    def correct(session: Session, actor: Actor) -> object:
        nonlocal number
        number += 1
        key = int(session.connection().scalar(text(CORRECTED)) or 0)
        return commands.correct_item(session, actor, key, None, {"subject": f"Công văn {number}"})

    for side in sides:
        for _ in range(20):
            side.do(correct)
    found = []
    for _ in range(ROUNDS):
        taken = [side.spent(lambda side=side: [side.do(correct) for _ in range(CALLS)]) for side in sides]  # type: ignore[misc]
        found.append((taken[0] * 1000 / CALLS, taken[1] * 1000 / CALLS))
    _tell("a document corrected", found, "ms")


def _imports(sides: list[Side]) -> None:
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(IMPORTS + 1):
            path = Path(scratch) / f"{number}.xlsx"
            write_xlsx(path, ROWS, mark=f"W{number}")
            taken = [
                side.spent(
                    lambda side=side, path=path: side.do(  # type: ignore[misc]
                        lambda session, actor: import_path(session, actor, path, agency_code=AGENCY)
                    )
                )
                for side in (sides if number % 2 else sides[::-1])
            ]
            if number:
                found.append((taken[0], taken[1]) if number % 2 else (taken[1], taken[0]))
    _tell(f"{ROWS:,} rows imported", found, "s")


def _tell(what: str, found: list[tuple[float, float]], unit: str) -> None:
    ratio = statistics.median(with_ / without for with_, without in found)
    each = ", ".join(f"{with_:.2f}/{without:.2f}" for with_, without in found)
    print(f"\n{what}: with row-level security / without {ratio:.2f}   ({unit} of the processor: {each})")
