"""Puts the commands together, and turns whatever happened into one line and an exit code."""

from __future__ import annotations

import argparse
import atexit
import errno
import gc
import importlib
import os
import secrets
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import psycopg

from hub.cli.core import shared
from hub.cli.parsing import UNUSABLE, Parser
from hub.cli.terminal import say, say_error
from hub.kit.errors import HubError, Unavailable

FAILED = 1
INTERRUPTED = 130

# A process that ends would look through all its objects three times before it lets go of them: seconds for a server.
atexit.register(gc.freeze)


# Each module and the commands it adds. A command loads its own only: loading all takes longer than most of them do.
GROUPS = {
    "demo": ("demo",),
    "running": ("serve", "migrate", "doctor", "test"),
    "working": ("worker",),
    "importing": ("import",),
    "figures": ("kpi",),
    "reporting": ("report",),
    "snapshots": ("snapshot",),
    "outbox": ("outbox",),
    "access": ("user", "token"),
    "auditing": ("audit",),
    "credentials": ("key",),
    "documents": ("document",),
    "dossier": ("security-dossier",),
    "explaining": ("explain",),
    "policing": ("policy",),
}


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The command that the words begin with, and its options; every command when they name none."""
    top = Parser(
        prog="hub", description="Trục lưu trữ điện tử của thành phố · a hub for a city's electronic archives"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    options = shared()
    asked = words[0] if words else None
    for group in [group for group, added in GROUPS.items() if asked in added] or GROUPS:
        importlib.import_module(f"hub.cli.{group}").add(commands, options)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words).parse_args(words)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except HubError as error:
        say_error(error)
        return exit_code(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _explain(error)


def exit_code(error: HubError) -> int:
    """2 when the input must change, 1 when something is missing; an error may name its own."""
    named = getattr(error, "exit_code", None)
    if isinstance(named, int):
        return named
    return FAILED if isinstance(error, Unavailable) else UNUSABLE


def _explain(error: Exception) -> int:
    """One line for what can be foreseen; for the rest a number, under which the trace is kept."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, psycopg.errors.DiskFull) or _is_full(cause):
        say(
            "ổ đĩa đã đầy; hãy giải phóng dung lượng hoặc chọn thư mục khác bằng --data",
            "the disk is full; free some space or choose another folder with --data",
        )
    elif isinstance(cause, psycopg.OperationalError):
        reason = str(cause).strip().split("\n", 1)[0]
        say(
            f"cơ sở dữ liệu không trả lời ({reason}); hãy kiểm tra bằng: hub doctor",
            f"the database does not answer ({reason}); look with: hub doctor",
        )
    elif isinstance(cause, ModuleNotFoundError | ImportError):
        say(
            f"thiếu thư viện ({cause}); hãy chạy: python3 -m hub doctor",
            f"a library is missing ({cause}); run: python3 -m hub doctor",
        )
    elif isinstance(cause, OSError) and cause.strerror:
        where = f" {cause.filename}" if cause.filename else ""
        say(f"không dùng được{where}: {cause.strerror}", f"cannot use{where}: {cause.strerror}")
        return UNUSABLE if isinstance(cause, FileNotFoundError | IsADirectoryError) else FAILED
    else:
        number = secrets.token_hex(4)
        kept = _keep_trace(number, error)
        say(
            f"lỗi ngoài dự kiến, mã {number}; chi tiết trong {kept}",
            f"unexpected error, number {number}; details in {kept}",
        )
    return FAILED


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _keep_trace(number: str, error: Exception) -> Path:
    kept = Path(tempfile.gettempdir()) / f"hub-{number}.txt"
    descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        traceback.print_exception(error, file=file)
    return kept
