"""The embedded server outlives whoever leaves first and stops with the last: told by real processes."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hub.kit import cluster, supervisor
from hub.kit.embedded import embedded_postgres
from hub.kit.errors import Unavailable

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0

# A program that uses the server: says so, and leaves when its standard input ends.
PROGRAM = """
import sys
from pathlib import Path
from hub.kit.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), fast=True) as server:
    print(server.owner_dsn, flush=True)
    sys.stdin.read()
"""
# Waits until nobody holds the server of the folder.
WAIT = "import fcntl, sys; fcntl.flock(open(sys.argv[1]), fcntl.LOCK_SH)"


class Program:
    """One user of the server, in a process of its own."""

    def __init__(self, home: Path, uid: int | None, gid: int | None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            user=uid,
            group=gid,
        )

    def dsn(self) -> str:
        """Blocks until the program has its server."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline().strip()
        assert line, self.process.stderr.read()
        return line

    def leave(self) -> None:
        """End the program in the ordinary way."""
        _, complaints = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, complaints

    def kill(self) -> None:
        """End it by `kill -9`."""
        self.process.kill()
        self.process.communicate(timeout=60)


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that other accounts may traverse to, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Program]]:
    """Starts programs on the folder; whatever still runs at the end is killed and the server awaited."""
    programs: list[Program] = []

    def make(uid: int | None = None, gid: int | None = None) -> Program:
        programs.append(Program(home, uid, gid))
        return programs[-1]

    yield make
    for program in programs:
        if program.process.poll() is None:
            program.kill()
    wait_until_stopped(home)


def wait_until_stopped(home: Path) -> None:
    """Blocks until no supervisor holds a server on this folder."""
    if (home / ".server").exists():
        subprocess.run([sys.executable, "-c", WAIT, str(home / ".server")], timeout=60, check=True)


def postmaster(dsn: str) -> int:
    """The process id of the server behind this address, which thereby has answered."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute("select pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(row[0].split("\n")[0])


def is_alive(pid: int) -> bool:
    """False for a zombie that process 1 has not reaped yet."""
    return supervisor._is_postgres(pid)


@pytest.mark.parametrize("first_to_leave", [0, 1])
def test_the_server_outlives_whoever_leaves_first(start: Callable[..., Program], first_to_leave: int) -> None:
    programs = [start(), start()]
    dsn, _ = (program.dsn() for program in programs)
    server = postmaster(dsn)

    programs[first_to_leave].leave()
    assert postmaster(dsn) == server

    programs[1 - first_to_leave].leave()
    assert not is_alive(server), "the last one out sees the server stop"


@pytest.mark.parametrize("first_to_die", [0, 1])
def test_the_server_outlives_whoever_is_killed_first(
    home: Path, start: Callable[..., Program], first_to_die: int
) -> None:
    programs = [start(), start()]
    dsn, _ = (program.dsn() for program in programs)
    server = postmaster(dsn)

    programs[first_to_die].kill()
    assert postmaster(dsn) == server

    programs[1 - first_to_die].kill()
    wait_until_stopped(home)
    assert not is_alive(server)
    assert "database system is shut down" in (home / "postgres.log").read_text()


def test_many_starters_share_one_server(start: Callable[..., Program]) -> None:
    programs = [start() for _ in range(4)]
    assert len({postmaster(program.dsn()) for program in programs}) == 1


def test_a_killed_supervisor_takes_the_server_along_and_the_next_start_works(
    start: Callable[..., Program],
) -> None:
    first = start()
    server = postmaster(first.dsn())
    parent = int(Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()[1])
    assert b"supervisor" in Path(f"/proc/{parent}/cmdline").read_bytes()

    os.kill(parent, signal.SIGKILL)
    second = start()
    assert postmaster(second.dsn()) != server
    assert not is_alive(server)


def test_data_survive_and_the_application_owns_nothing(home: Path) -> None:
    with embedded_postgres(home, fast=True) as server, psycopg.connect(server.owner_dsn) as owner:
        owner.execute("create table page (words text)")
        owner.execute("insert into page values ('Lưu trữ')")
        assert owner.execute("show server_encoding").fetchone() == ("UTF8",)
        owner.execute("create extension unaccent")
    with embedded_postgres(home, fast=True) as server:
        with psycopg.connect(server.owner_dsn) as owner:
            assert owner.execute("select words from page").fetchone() == ("Lưu trữ",)
        with psycopg.connect(server.app_dsn) as app:
            rights = "select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls from pg_roles"
            assert app.execute(f"{rights} where rolname = current_user").fetchone() == (False,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("select * from page")


def test_a_start_that_was_cut_off_is_begun_again(home: Path) -> None:
    (home / "pgdata.new").mkdir()
    (home / "pgdata.new" / "PG_VERSION").write_text("18\n")
    with embedded_postgres(home, fast=True) as server:
        assert postmaster(server.owner_dsn)
    assert not (home / "pgdata.new").exists()


def test_a_folder_of_another_version_is_left_alone(home: Path) -> None:
    (home / "pgdata").mkdir()
    (home / "pgdata" / "PG_VERSION").write_text("15\n")
    with (
        pytest.raises(Unavailable, match=r"PostgreSQL 15; this hub runs 18") as refused,
        embedded_postgres(home),
    ):
        pass
    assert "pg_dump" in refused.value.message_vi
    assert [entry.name for entry in (home / "pgdata").iterdir()] == ["PG_VERSION"]


def test_a_server_that_cannot_start_says_why_in_one_line(home: Path) -> None:
    with embedded_postgres(home, fast=True):
        pass
    with (home / "pgdata" / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_parameter = 1\n")
    with (
        pytest.raises(Unavailable, match=r"FATAL.*postgres\.log") as refused,
        embedded_postgres(home, fast=True),
    ):
        pass
    assert "\n" not in refused.value.message_vi + refused.value.message_en


def test_a_squatted_socket_path_is_refused(home: Path) -> None:
    with embedded_postgres(home, fast=True) as server:
        socket = server.socket
    assert not socket.exists()
    socket.mkdir()
    socket.chmod(0o777)
    with pytest.raises(Unavailable, match="belongs to somebody else"), embedded_postgres(home, fast=True):
        pass
    socket.rmdir()


def test_a_full_disk_is_called_by_its_name(home: Path) -> None:
    said = cluster.failure(home, "initdb: error: could not write file: No space left on device")
    assert "is full" in said.message_en
    assert "đã đầy" in said.message_vi


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    with (
        pytest.raises(Unavailable, match="/proc/hub cannot be written"),
        embedded_postgres(Path("/proc/hub")),
    ):
        pass


@pytest.mark.skipif(not IS_ROOT, reason="only root's server runs as somebody else")
def test_roots_server_is_not_root_and_opens_no_home(home: Path) -> None:
    home.chmod(0o700)
    with embedded_postgres(home, fast=True) as server, psycopg.connect(server.owner_dsn) as connection:
        row = connection.execute("show data_directory").fetchone()
        assert row is not None
        data = Path(row[0])
        assert Path(f"/proc/{postmaster(server.owner_dsn)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    shutil.rmtree(data.parent)
    assert home not in data.parents, "nobody cannot enter a private folder"
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="takes root to become somebody else")
def test_root_and_the_owner_of_a_folder_share_its_server(home: Path, start: Callable[..., Program]) -> None:
    ordinary = pwd.getpwnam("daemon")
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, user=ordinary.pw_uid, cwd="/")
    except OSError:
        pytest.skip("this Python stands in a private home: no other account can run it")
    os.chown(home, ordinary.pw_uid, ordinary.pw_gid)
    dsn = start(ordinary.pw_uid, ordinary.pw_gid).dsn()
    assert postmaster(dsn) == postmaster(start().dsn())
    assert Path(f"/proc/{postmaster(dsn)}").stat().st_uid == ordinary.pw_uid
