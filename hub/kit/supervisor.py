"""Holds one PostgreSQL server for as long as any program uses it, and not a moment longer.

Started by `hub.kit.embedded` as a script of its own (standard library only), detached from whoever started
it: a server that is a child of one of its users dies with him, although others may still be attached.

Every user holds a shared lock on the file `.users`. The supervisor waits for the exclusive lock and gets it
when the last user has let go, be it by leaving or by `kill -9`: the kernel releases the locks of the dead.
Nothing polls. Should the supervisor itself be killed, the kernel tells PostgreSQL to stop
(PR_SET_PDEATHSIG).

    supervisor.py HOME DATA UID GID POSTGRES [ARGUMENT …]     (UID -1: stay who we are)

The starter waits until the server accepts connections (exit 0) or gets the tail of the log (exit 1).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 60


def running_postmaster(data: Path) -> int | None:
    """The process id of a live PostgreSQL on this data folder; a dead one's file is removed, it bars the
    way.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    try:
        alive = not os.path.isdir("/proc/self") or _is_postgres(pid)
        os.kill(pid, 0)
    except PermissionError:
        pass
    except (OSError, ProcessLookupError):
        alive = False
    if not alive:
        pid_file.unlink(missing_ok=True)
    return pid if alive else None


def _is_postgres(pid: int) -> bool:
    """False for a zombie too: where process 1 does not reap, a dead postmaster still answers `kill -0`."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return fields.get("Name") == "postgres" and not fields.get("State", "Z").startswith("Z")


def _die_with(parent: int) -> Callable[[], None]:
    """A hook for the child: after the change of user (which would clear it) ask to be shut down with us."""

    def hook() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os._exit(1)

    return hook


def _ready(data: Path) -> bool:
    """True when the postmaster has written "ready" on the eighth line of its file, as `pg_ctl` waits for."""
    try:
        lines = (data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _recovering(data: Path) -> bool:
    """Does the control file say "in crash recovery" (state 4, behind identifier and two versions)?"""
    try:
        with open(data / "global" / "pg_control", "rb") as control:
            return int.from_bytes(control.read(20)[16:], sys.byteorder) == 4
    except OSError:
        return False


def _hold(home: Path, data: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait for the last user to let go, then ask the server to stop, and insist if it does not."""
    users = os.open(home / ".users", os.O_RDWR)
    fcntl.flock(users, fcntl.LOCK_EX)
    server.send_signal(signal.SIGINT)
    # Told to stop while it recovers from a crash, PostgreSQL 18 waits for helpers that nobody told.
    for seconds in (2, STOP_SECONDS - 2):
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return
        if _recovering(data):
            break
    server.send_signal(signal.SIGQUIT)


def supervise(home: Path, data: Path, who: dict[str, object], command: list[str], answer: int) -> int:
    """Run the server until its users are gone; write one byte to `answer` when it is ready."""
    held = os.open(home / ".server", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    log = os.open(home / "postgres.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    if os.geteuid() == 0:
        os.fchown(log, home.stat().st_uid, home.stat().st_gid)
    os.dup2(log, 2)
    deadline = time.monotonic() + STOP_SECONDS
    # We hold the lock, so a server found here has lost its supervisor: it is stopping, or must be told to.
    while (orphan := running_postmaster(data)) and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            os.kill(orphan, signal.SIGINT)
        time.sleep(0.05)
    server = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/",
        preexec_fn=_die_with(os.getpid()), **who,  # type: ignore[call-overload]
    )  # fmt: skip
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, lambda *_: server.send_signal(signal.SIGINT))
    while server.poll() is None and not _ready(data):
        time.sleep(0.01)
    if server.poll() is None:
        os.write(answer, b"1")
        os.close(answer)
        threading.Thread(target=_hold, args=(home, data, server), daemon=True).start()
    code = server.wait()
    with contextlib.suppress(OSError):
        os.rmdir((home / ".server").read_text())  # the socket's folder; starters wait until we are gone
    return code


def main(arguments: list[str]) -> int:
    """Detach, start the server, and tell the starter how it went."""
    home, data, uid, gid, *command = arguments
    who: dict[str, object] = {} if uid == "-1" else {"user": int(uid), "group": int(gid), "extra_groups": []}
    ours, theirs = os.pipe()
    if (
        os.fork()
    ):  # the starter's child: leaves as soon as the answer is known, so that nobody has to reap us later
        os.close(theirs)
        return 0 if os.read(ours, 1) else 1
    os.close(ours)
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.chdir("/")
    return supervise(Path(home), Path(data), who, command, theirs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
