"""What row-level security costs: one document corrected, and 20,000 rows imported, with it and without.

Both take turns on one database: without means no policies, and nobody said to act. What counts is the processor's
time, of the hub and of its PostgreSQL together: what else the machine does is in neither.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlmodel import Session

from hub.access.acting import act_as
from hub.access.actor import Actor
from hub.access.queries import actor_for_user
from hub.importers.apply import import_path
from hub.installation import Installation, opened
from hub.kit.db import open_engine
from hub.kit.seam import Seam
from hub.records import commands
from hub.settings import load
from policies.rls import GUARDED
from tests.bench.imports import AGENCY, write_xlsx
from tests.bench.servers import ROOT

ROUNDS, WARM, CALLS, IMPORTS, ROWS = 7, 20, 100, 4, 20_000
OPEN_ITEM = "select i.id from item i join file f on f.id = i.file_id where f.state = 'OPEN' limit 1"


class Hub:
    """The database, written by the local user as the application."""

    def __init__(self, installation: Installation) -> None:
        self._owner = psycopg.connect(installation.owner_dsn, autocommit=True)
        self._engine = open_engine(installation.app_dsn, size=1)
        self._seam = Seam(self._engine)
        self._backend = self._seam.change_now(lambda session: session.scalar(text("select pg_backend_pid()")))
        self._guarded = True

    def turn(self, guarded: bool) -> None:
        """Row-level security on, or off."""
        self._guarded = guarded
        for table in GUARDED:
            self._owner.execute(
                f"alter table {table} {'enable' if guarded else 'disable'} row level security"
            )

    def do(self, work: Callable[[Session, Actor], object]) -> None:
        """The work in a transaction of its own."""

        def done(session: Session) -> object:
            actor = actor_for_user(session)
            if self._guarded:
                act_as(session, actor, "item:update")
            return work(session, actor)

        self._seam.change_now(done)

    def spent(self, work: Callable[[], object]) -> float:
        """Seconds of the processor, here and at the backend."""
        before = self._spent()
        work()
        return self._spent() - before

    def _spent(self) -> float:
        fields = Path(f"/proc/{self._backend}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / 100

    def close(self) -> None:
        """Leave it as it was found."""
        self.turn(guarded=True)
        self._engine.dispose()
        self._owner.close()


def measure(folder: Path) -> None:
    """Both, on a small demo made for it."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "hub", "demo", "--no-serve", "--items", "2000", "--data", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    with opened(load(data=folder)) as installation:
        hub = Hub(installation)
        try:
            _corrections(hub)
            _imports(hub)
        finally:
            hub.close()


def _corrections(hub: Hub) -> None:
    number = 0

    def correct(session: Session, actor: Actor) -> object:
        nonlocal number
        number += 1
        key = int(session.connection().scalar(text(OPEN_ITEM)) or 0)
        return commands.correct_item(session, actor, key, None, {"subject": f"Công văn {number}"})

    def many() -> None:
        for _ in range(CALLS):
            hub.do(correct)

    def taken(guarded: bool) -> float:
        hub.turn(guarded)
        for _ in range(WARM):
            hub.do(correct)
        return hub.spent(many) * 1000 / CALLS

    _tell("a document corrected", [(taken(True), taken(False)) for _ in range(ROUNDS)], "ms")


def _imports(hub: Hub) -> None:
    def taken(path: Path, guarded: bool) -> float:
        def load_file(session: Session, actor: Actor) -> None:
            [result] = import_path(session, actor, path, agency_code=AGENCY).files
            assert result.stored, result.outcomes[:3]

        hub.turn(guarded)
        write_xlsx(path, ROWS, mark=path.stem)
        return hub.spent(lambda: hub.do(load_file))

    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(IMPORTS + 1):
            order = (True, False) if number % 2 else (False, True)
            each = {guarded: taken(Path(scratch, f"W{number}{guarded}.xlsx"), guarded) for guarded in order}
            found.append((each[True], each[False]))
    _tell(f"{ROWS:,} rows imported", found[1:], "s")


def _tell(what: str, found: list[tuple[float, float]], unit: str) -> None:
    ratio = statistics.median(with_ / without for with_, without in found)
    each = ", ".join(f"{with_:.2f}/{without:.2f}" for with_, without in found)
    print(f"\n{what}: with row-level security / without {ratio:.2f}   ({unit} of the processor: {each})")
