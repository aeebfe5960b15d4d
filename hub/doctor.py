"""`hub doctor`: what this machine has, what it lacks, and how to get it.

Looks only; installs nothing and starts no server. Answers 0 when all is there, 3 when something is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg

from hub.access.administration import told
from hub.kit import cluster, system
from hub.kit.clock import HANOI
from hub.kit.errors import HubError
from hub.kit.mail import MailServerLost, check_server
from hub.returns.reminders.sending import mailbox
from hub.settings import Settings, load
from reports.fonts import times_face

OLDEST_PYTHON = (3, 11)
OLDEST_POSTGRESQL = 15
EXTENSIONS = ("unaccent",)
ROOM = 1 << 30
MISSING = 3
LAST_RECOUNT = """
select at, detail->>'compared', (detail->>'differing')::int from audit_event
 where object_type = 'kpi' and object_id is null and event_type = 'kpi:recount' and detail ? 'compared'
 order by at desc limit 1
"""
OUTBOX = """
select count(*) filter (where state = 'WAITING'), count(*) filter (where state = 'FAILED'),
       count(*) filter (where state = 'WAITING' and tries > 0) from outbox_message
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; the cures, empty when it is there, say how to get it.

    `detail` is English, or of no language (a version, a path) and then the same as `detail_vi`.
    """

    name: str
    ok: bool
    detail: str
    cure_vi: str = ""
    cure_en: str = ""
    detail_vi: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail_vi", self.detail_vi or self.detail)
        if self.ok:
            object.__setattr__(self, "cure_vi", "")
            object.__setattr__(self, "cure_en", "")


def examine(settings: Settings | None = None) -> list[Finding]:
    """Everything the hub stands on, in the order in which one would mend it."""
    try:
        settings = settings or load()
    except HubError as error:
        said = error.message_vi, error.message_en
        return [Finding("settings", False, error.message_en, *said, detail_vi=error.message_vi)]
    database = (
        [_real(settings.dsn), *_nightly(settings.dsn), *_outbox(settings.dsn)]
        if settings.dsn
        else [_embedded(), _folder(settings.data)]
    )
    return [
        _python(),
        _environment(),
        _room(settings.data),
        *database,
        _administration(settings),
        _mail(settings),
        _pdf(),
        _font(),
    ]


def run(settings: Settings | None = None, *, as_json: bool = False) -> int:
    """Print the findings, for people or as one JSON object; returns the exit code."""
    findings = examine(settings)
    ok = all(finding.ok for finding in findings)
    if as_json:
        print(
            json.dumps({"ok": ok, "findings": [asdict(finding) for finding in findings]}, ensure_ascii=False)
        )
    else:
        print("\n".join(line for finding in findings for line in _lines(finding)))
    return 0 if ok else MISSING


def _lines(finding: Finding) -> Iterator[str]:
    detail = finding.detail
    if finding.detail_vi != detail:
        detail = f"{finding.detail_vi} · {detail}"
    yield f"{'✓' if finding.ok else '✗'} {finding.name:<12} {detail}"
    if not finding.ok:
        yield f"  → {finding.cure_vi}"
        yield f"    {finding.cure_en}"


def _python() -> Finding:
    ok = sys.version_info >= OLDEST_PYTHON
    return Finding(
        "python", ok, sys.version.split()[0], "cần Python 3.11 trở lên", "Python 3.11 or newer is needed"
    )


def _environment() -> Finding:
    ok = sys.prefix != sys.base_prefix
    again = "python3 -m hub doctor"
    return Finding("environment", ok, sys.prefix, f"hãy chạy: {again}", f"run: {again}")


def _existing(path: Path) -> Path:
    """The folder itself or the nearest one above it that is there."""
    return next(folder for folder in (path, *path.parents) if os.path.exists(folder))


def _room(data: Path) -> Finding:
    free = shutil.disk_usage(_existing(data)).free
    return Finding(
        "disk",
        free >= ROOM,
        f"{free / (1 << 30):.1f} GiB free for {data}",
        f"hãy giải phóng ít nhất {ROOM >> 30} GiB, hoặc đặt HUB_DATA tới ổ khác",
        f"free at least {ROOM >> 30} GiB, or set HUB_DATA to another disk",
        f"còn trống {free / (1 << 30):.1f} GiB cho {data}",
    )


def _folder(data: Path) -> Finding:
    return Finding(
        "data",
        os.access(_existing(data), os.W_OK | os.X_OK),
        str(data),
        "không ghi được; hãy chọn thư mục khác bằng --data hoặc HUB_DATA",
        "cannot be written; choose another folder with --data or HUB_DATA",
    )


def _embedded() -> Finding:
    cure_vi = "hãy chạy lại python3 -m hub doctor, hoặc đặt HUB_DSN tới PostgreSQL 15 trở lên"
    cure_en = "run python3 -m hub doctor again, or set HUB_DSN to a PostgreSQL 15 or newer"
    try:
        binaries = cluster.shipped_binaries()
        done = subprocess.run(
            [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
    except (HubError, OSError) as error:
        reason_vi = error.message_vi if isinstance(error, HubError) else str(error)
        return Finding("postgresql", False, str(error), cure_vi, cure_en, reason_vi)
    folder = binaries.parent / "share"
    there = {control.stem for control in folder.rglob("*.control")}
    lacking = [name for name in EXTENSIONS if name not in there]
    ok = done.returncode == 0 and not lacking
    said = (done.stdout or done.stderr).strip().splitlines() or ["?"]
    missing = _lacking(lacking)
    detail, detail_vi = f"embedded, {said[-1]}{missing[1]}", f"kèm theo, {said[-1]}{missing[0]}"
    return Finding("postgresql", ok, detail, cure_vi, cure_en, detail_vi)


def _lacking(names: Sequence[str]) -> tuple[str, str]:
    """What is not there, in Vietnamese and English, to be joined to a detail; empty for nothing."""
    listed = ", ".join(names)
    return (f", thiếu {listed}", f", without {listed}") if names else ("", "")


def _real(dsn: str) -> Finding:
    """The server that HUB_DSN names; its password never shows."""
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            number = connection.info.server_version
            known = connection.execute("select name from pg_available_extensions").fetchall()
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        return Finding(
            "postgresql",
            False,
            said,
            "không nối được tới HUB_DSN; hãy kiểm tra địa chỉ, mật khẩu và máy chủ",
            "HUB_DSN cannot be reached; check the address, the password and the server",
        )
    lacking = [name for name in EXTENSIONS if (name,) not in known]
    detail = f"HUB_DSN, PostgreSQL {number // 10000}.{number % 10000}"
    if number < OLDEST_POSTGRESQL * 10000:
        cure = (
            f"cần PostgreSQL {OLDEST_POSTGRESQL} trở lên",
            f"PostgreSQL {OLDEST_POSTGRESQL} or newer is needed",
        )
        return Finding("postgresql", False, detail, *cure)
    packages = "apt-get install -y postgresql-contrib"
    missing = _lacking(lacking)
    cure = f"trên máy chủ: {packages}", f"on the server: {packages}"
    return Finding("postgresql", not lacking, detail + missing[1], *cure, detail + missing[0])


def _nightly(dsn: str) -> list[Finding]:
    """What the last nightly recount found; nothing where no database of the hub answers."""
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            if connection.execute("select to_regclass('audit_event')").fetchone() == (None,):
                return []
            row = connection.execute(LAST_RECOUNT).fetchone()
    except psycopg.Error:
        return []
    if row is None:
        return [Finding("nightly", True, "no recount yet", detail_vi="chưa đếm lại lần nào")]
    at, compared, differing = row
    day = at.astimezone(HANOI)
    return [
        Finding(
            "nightly",
            not differing,
            f"recount at {day:%d/%m/%Y %H:%M}: {differing} of {compared} sums differ",
            "hãy chạy: hub kpi --recount để xem, thêm --repair để đếm mới",
            "run: hub kpi --recount to see them, with --repair to count anew",
            f"đếm lại lúc {day:%d/%m/%Y %H:%M}: {differing} trên {compared} tổng khác",
        )
    ]


def _administration(settings: Settings) -> Finding:
    """From where and when administration is open: for the installation to decide, so it is told and not judged."""
    vietnamese, english = told(settings)
    return Finding("admin", True, english, detail_vi=vietnamese)


def _outbox(dsn: str) -> list[Finding]:
    """What waits to be sent, and what was refused; nothing where no database of the hub answers."""
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            if connection.execute("select to_regclass('outbox_message')").fetchone() == (None,):
                return []
            row = connection.execute(OUTBOX).fetchone()
    except psycopg.Error:
        return []
    waiting, failed, stuck = row or (0, 0, 0)
    return [
        Finding(
            "outbox",
            not failed and not stuck,
            f"{waiting} mails wait ({stuck} tried in vain), {failed} refused",
            "xem: hub outbox; sửa địa chỉ hoặc máy chủ thư rồi chạy: hub outbox retry",
            "look with: hub outbox; mend the address or the mail server, then run: hub outbox retry",
            f"{waiting} thư chờ ({stuck} đã thử chưa được), {failed} bị từ chối",
        )
    ]


def _mail(settings: Settings) -> Finding:
    """Whether the mail server lets us in; files need none."""
    box = mailbox(settings)
    if box.url is None:
        return Finding("mail", True, f"files in {box.folder}", detail_vi=f"tệp trong {box.folder}")
    try:
        check_server(box)
    except MailServerLost as lost:
        return Finding(
            "mail",
            False,
            str(lost),
            "hãy kiểm tra HUB_SMTP_URL, HUB_SMTP_TLS và máy chủ thư; thư đang chờ không mất",
            "check HUB_SMTP_URL, HUB_SMTP_TLS and the mail server; mails that wait are not lost",
        )
    return Finding("mail", True, f"SMTP, from {box.sender}", detail_vi=f"SMTP, từ {box.sender}")


def _pdf() -> Finding:
    lacking = [package for package in system.missing_packages() if package != system.FONT_PACKAGE]
    command = system.install_command(lacking)
    if lacking:
        detail, detail_vi = f"without {', '.join(lacking)}", f"thiếu {', '.join(lacking)}"
    else:
        printer = f"WeasyPrint {version('weasyprint')}"
        detail, detail_vi = f"{printer} with pango", f"{printer} và pango"
    return Finding("pdf", not lacking, detail, f"hãy chạy: {command}", f"run: {command}", detail_vi)


def _font() -> Finding:
    face = times_face()
    command = system.install_command([system.FONT_PACKAGE])
    cure = f"hãy chạy: {command}", f"run: {command}"
    if face:
        return Finding("font", True, f"{face.name}, {face.files[0]}", *cure)
    nothing = "no face with the metrics of Times that draws ữ"
    return Finding("font", False, nothing, *cure, "chưa có phông chữ cỡ như Times vẽ được chữ ữ")
