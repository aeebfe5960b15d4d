"""`python3 -m hub …` on a machine that has nothing but Python: sets itself up, then runs the command.

Standard library only. Makes `.venv` beside the checkout, installs uv and then `requirements.lock` into it,
every file checked by its hash, and the hub itself as editable. A stamp tells a finished environment from a
half-made one, and from one that belongs to an older lock; a second start waits for the first. Later starts
cost nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from hub.kit import system

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".hub-stamp"
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)
RENDERS = ("demo", "report", "test")


def say(vi: str, en: str) -> None:
    """One line for the person at the terminal; standard output belongs to the command."""
    print(f"hub: {vi} · {en}", file=sys.stderr, flush=True)


def stop(vi: str, en: str) -> NoReturn:
    """Give up with one line that says what to do."""
    say(vi, en)
    sys.exit(1)


def base() -> str:
    """The interpreter and the place an environment is tied to: it survives neither an upgrade nor a move."""
    return f"{PYTHON.resolve()} {ROOT}"


def contents() -> str:
    """What the environment holds: the lock and the project."""
    return hashlib.sha256(LOCK.read_bytes() + b"\0" + (ROOT / "pyproject.toml").read_bytes()).hexdigest()


def stamp() -> list[str]:
    """The two lines of a finished environment; nothing when it was never finished."""
    try:
        return STAMP.read_text().splitlines()
    except OSError:
        return []


def is_ready() -> bool:
    """Is there an environment that was finished for exactly this lock?"""
    return PYTHON.exists() and stamp() == [base(), contents()]


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Starts queue for the setup; the kernel lets go of the lock of a start that was killed."""
    import fcntl

    try:
        lock = open(ROOT / ".venv.lock", "w")  # noqa: SIM115
    except OSError as error:
        stop(
            f"không ghi được vào {ROOT} ({error.strerror}); hãy chép mã nguồn vào thư mục ghi được",
            f"{ROOT} cannot be written ({error.strerror}); clone the hub where you may write",
        )
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("đang chờ một lần khởi động khác cài đặt xong", "waiting for another start to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def attempt(command: Sequence[object], **environment: str) -> str | None:
    """Run one step of the setup quietly; returns what it said when it failed, None when it did not."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return ((done.stderr + done.stdout).strip() or "?") if done.returncode else None


def run(command: Sequence[object], **environment: str) -> None:
    """Run one step of the setup; stop with its reason when it fails."""
    if said := attempt(command, **environment):
        explain(said)


def explain(said: str) -> NoReturn:
    """The one line for a failed installation, by what the installer said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if re.search(r"No space left on device|Disk quota exceeded", said):
        stop(
            f"ổ đĩa chứa {VENV} đã đầy; cần khoảng 500 MB",
            f"the disk that holds {VENV} is full; about 500 MB are needed",
        )
    if re.search(r"[Hh]ash(es)? (mismatch|do(es)? not match)|THESE PACKAGES DO NOT MATCH", said):
        stop(
            f"một gói tải về không khớp mã băm trong {LOCK.name}; hãy kiểm tra nguồn gói",
            f"a downloaded package does not match its hash in {LOCK.name}; check where packages come from",
        )
    network = r"dns error|[Cc]onnection|[Tt]imed? ?out|resolution|certificate|Failed to fetch|No matching"
    if re.search(network, said):
        stop(
            "không tải được các gói (không có mạng hoặc nguồn gói PyPI); hãy nối mạng, "
            "hoặc đặt PIP_INDEX_URL tới kho gói nội bộ, rồi chạy lại",
            "the packages cannot be downloaded (no network, or no package index); connect, "
            "or set PIP_INDEX_URL to your own mirror, and run this again",
        )
    reason = next((line for line in lines if "rror" in line), lines[-1] if lines else "?")
    stop(f"cài đặt không thành công: {reason}", f"the setup failed: {reason}")


def make_venv() -> None:
    """An empty environment with pip, whatever half-made one was there."""
    shutil.rmtree(VENV, ignore_errors=True)
    with contextlib.suppress(OSError):
        VENV.unlink()
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        get_venv()
    run([sys.executable, "-m", "venv", VENV])


def get_venv() -> None:
    """Debian keeps `venv` in a package of its own."""
    package = "python3-venv"
    if not system.may_install():
        stop(
            f"thiếu {package}; hãy nhờ quản trị chạy: {system.install_command([package])}",
            f"{package} is missing; have the administrator run: {system.install_command([package])}",
        )
    say(f"đang cài {package}", f"installing {package}")
    if reason := system.install([package]):
        stop(f"không cài được {package}: {reason}", f"{package} could not be installed: {reason}")


def locked(name: str) -> str:
    """The lines of one package in the lock, hashes included."""
    found = re.search(rf"^{name}==.*(?:\n    .*)*", LOCK.read_text(), re.MULTILINE)
    if found is None:
        stop(f"{LOCK.name} thiếu gói {name}", f"{LOCK.name} lacks the package {name}")
    return found.group(0) + "\n"


def index_for_uv() -> dict[str, str]:
    """uv does not read pip's configuration, where closed networks name their mirror."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    asked = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False, cwd=ROOT
    ).stdout
    options = dict(line.split("=", 1) for line in asked.splitlines() if "=" in line)
    for key in (":env:.index-url", "install.index-url", "global.index-url"):
        if key in options:
            return {"UV_DEFAULT_INDEX": options[key].strip("'\"")}
    return {}


def set_up() -> None:
    """Make the environment of this lock, or bring an older one up to it."""
    if PYTHON.exists() and stamp()[:1] == [base()]:
        say("đang cập nhật môi trường .venv", "bringing .venv up to date")
        STAMP.unlink()
    else:
        say("lần chạy đầu: đang dựng môi trường .venv", "first run: setting up .venv")
        make_venv()
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "-q"]
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(locked("uv"))
        run([*pip, "install", "--require-hashes", "--no-deps", "-r", only_uv])
    # `sync` also removes what the lock does not name: another thing that answers to the same import, say.
    uv = [VENV / "bin" / "uv", "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", LOCK]
    environment = {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "UV_NO_CACHE": "1",  # nothing outside the clone
        "UV_SYSTEM_CERTS": "1",
        **index_for_uv(),
    }
    if attempt(uv, **environment):
        # pip got uv, so it knows a way: its configuration may name mirrors and certificates that uv does not read.
        run([*pip, "install", "--require-hashes", "-r", LOCK])
    # A plain path, so that a room added later is found without another installation.
    editable = ["--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat", "-e", ROOT]
    run([*pip, "install", *editable])
    STAMP.write_text(f"{base()}\n{contents()}\n")


def offer_packages(command: str) -> None:
    """Get what a command needs of Debian where we may, else say in one line how to get it.

    That is what draws a PDF, and for the tests a browser.
    """
    missing = system.missing_packages()
    if command == "test":
        missing += system.missing_for_browser()
    if not missing:
        return
    command = system.install_command(missing)
    if not system.may_install():
        say(f"thiếu gói hệ thống; hãy chạy: {command}", f"system packages are missing; run: {command}")
        return
    say(f"đang cài gói hệ thống: {' '.join(missing)}", f"installing system packages: {' '.join(missing)}")
    if reason := system.install(missing):
        say(f"không cài được ({reason}); hãy chạy: {command}", f"not installed ({reason}); run: {command}")


def main(arguments: list[str]) -> NoReturn:
    """Set up what is missing and hand over to `hub.cli`."""
    if sys.version_info < OLDEST:
        here = sys.version.split()[0]
        stop(f"cần Python 3.11 trở lên, máy này có {here}", f"Python 3.11 or newer is needed, this is {here}")
    if "--no-system-packages" in arguments:
        arguments = [word for word in arguments if word != "--no-system-packages"]
        os.environ[system.NO_INSTALL] = "1"
    if not is_ready():
        with one_at_a_time():
            if not is_ready():  # another start may have done it while we waited
                set_up()
    if arguments and arguments[0] in RENDERS:
        offer_packages(arguments[0])
    os.environ.pop(system.NO_INSTALL, None)  # a word between us and `system`, not a setting of the hub
    os.execv(PYTHON, [str(PYTHON), str(VENV / "bin" / "hub"), *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
