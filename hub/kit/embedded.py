"""PostgreSQL for the demo, the tests and a small installation: none to install, none left behind.

    with embedded_postgres(home) as server:
        psycopg.connect(server.owner_dsn)

Whoever comes first starts the server; programs that come later share it, whichever leaves first; it stops
with the last, even under `kill -9` (how: `supervisor.py`). Data survive. It listens on a socket in a folder
nobody else may enter, and on no network address; therefore connections need no password.

Three files in the folder are locks: `.starting` (starters queue), `.users` (each user holds it shared) and
`.server` (held by the supervisor while the server runs; it names the socket's folder).

Stops being the right thing when one machine is not enough: then `HUB_DSN` names a real server.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from hub.kit import cluster, supervisor

OWNER, APP = "hub", "hub_app"
START_SECONDS = 300  # recovery after a power cut may take that long on a large folder


@dataclass(frozen=True)
class Embedded:
    """A running server and one database on it."""

    home: Path
    socket: Path
    database: str

    def dsn(self, database: str | None = None, user: str = OWNER) -> str:
        """A connection address on this server."""
        return (
            f"postgresql://{user}@/{quote(database or self.database)}?host={quote(str(self.socket), safe='')}"
        )

    @property
    def owner_dsn(self) -> str:
        """As the owner of everything, for migrations and administration."""
        return self.dsn()

    @property
    def app_dsn(self) -> str:
        """As the application: a role that owns nothing, so that row-level security binds it."""
        return self.dsn(user=APP)


@contextlib.contextmanager
def embedded_postgres(home: Path, *, fast: bool = False, database: str = "hub") -> Iterator[Embedded]:
    """Use the server of this folder, starting it when nobody else has; let go of it when done.

    `fast` gives up safety against power cuts (tests only). Raises `Unavailable`, which says what to do.
    """
    home = Path(home).expanduser().absolute()
    starting, users = _open_locks(home)
    try:
        with _queue(starting):
            fcntl.flock(users, fcntl.LOCK_SH)  # from here on the server, once up, stays up for us
            socket = _attach(home) or _start(home, fast)
            server = Embedded(home, socket, database)
            _prepare(server)
        try:
            yield server
        except Exception as error:
            if _lost(error) and cluster.is_full(home):  # it panics when its log finds no room
                raise cluster.no_room(home) from error
            raise
    finally:
        _leave(home, users)


def _lost(error: BaseException) -> bool:
    """Is this a connection that broke, bare or as SQLAlchemy wraps it?"""
    return isinstance(getattr(error, "orig", None) or error, psycopg.OperationalError)


def _open_locks(home: Path) -> tuple[int, int]:
    """Descriptors of `.starting` and `.users`, the folder made first."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        owner = home.stat()
        opened = []
        for name in (".starting", ".users", ".server"):
            opened.append(os.open(home / name, os.O_RDWR | os.O_CREAT, 0o600))
            if os.geteuid() == 0:
                os.fchown(opened[-1], owner.st_uid, owner.st_gid)  # root as a guest leaves no locked doors
        os.close(opened.pop())
    except OSError as error:
        raise cluster.unwritable(home, error) from error
    return opened[0], opened[1]


@contextlib.contextmanager
def _queue(starting: int) -> Iterator[None]:
    """Starters pass one by one, so that two of them never race."""
    try:
        fcntl.flock(starting, fcntl.LOCK_EX)
        yield
    finally:
        os.close(starting)


def _free(path: Path) -> bool:
    """True when nobody holds the lock on this file for himself alone."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _attach(home: Path) -> Path | None:
    """The socket folder of a server that a supervisor holds, once it answers; None when there is none."""
    deadline = time.monotonic() + START_SECONDS
    while not _free(home / ".server"):
        socket = (home / ".server").read_text().strip()
        if socket and _answers(Path(socket)):
            return Path(socket)
        if time.monotonic() > deadline:
            raise cluster.failure(home, f"no answer in {START_SECONDS} s")
        time.sleep(0.02)
    return None


def _answers(socket: Path) -> bool:
    try:
        psycopg.connect(Embedded(socket, socket, "postgres").dsn(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _start(home: Path, fast: bool) -> Path:
    """Start a supervisor with the server of this folder; returns the socket folder."""
    ready = cluster.prepare(home, OWNER, fast)
    (home / ".server").write_text(str(ready.socket))
    uid, gid = ready.identity or (-1, -1)
    arguments = [str(home), str(ready.data), str(uid), str(gid), *ready.command(fast)]
    done = subprocess.run(
        [sys.executable, "-I", supervisor.__file__, *arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C on the terminal is for us, not for the server
        check=False,
    )
    if done.returncode:
        raise cluster.failure(home)
    return ready.socket


def _prepare(server: Embedded) -> None:
    """The application's role and the database, made on first use."""
    try:
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_roles where rolname = %s", [APP]).fetchone():
                connection.execute(sql.SQL("create role {} login").format(sql.Identifier(APP)))
            known = "select 1 from pg_database where datname = %s"
            if not connection.execute(known, [server.database]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(server.database)))
    except psycopg.Error as error:
        raise cluster.failure(server.home, str(error)) from error


def _leave(home: Path, users: int) -> None:
    """Let go; if we were the last, see the server stop, so that what follows finds it stopped."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # others go on
    finally:
        os.close(users)
    deadline = time.monotonic() + supervisor.STOP_SECONDS
    undisturbed = time.monotonic() + 1
    while time.monotonic() < deadline and not _free(home / ".server"):
        if time.monotonic() > undisturbed and _free(home / ".users"):
            return  # the supervisor has not taken the lock: a new user was quicker
        time.sleep(0.01)
