"""The heads of seals outside the database: one line of JSON for each, appended and never changed.

Who removes the last seals together with their events leaves a trail that fits in itself; only a copy of the heads
somewhere else tells. Lines are signed like the seals, so the copy may lie anywhere: on WORM storage, with another
agency, in the report of the half-year.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.audit.sealing.texts import SEAL_COLUMNS, seal_text
from hub.kit.errors import Unavailable

_LAST_BYTES = 16_384
_NEWER = text(f"select {', '.join(SEAL_COLUMNS)}, signature from audit_seal where n > :after order by n")


class HeadsUnusable(Unavailable):
    """The file of exported heads cannot be read or written."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(
            f"Không dùng được tệp niêm phong đã xuất {path}: {reason}. Hãy kiểm tra tệp, quyền và HUB_AUDIT_HEADS.",
            f"The exported heads at {path} cannot be used: {reason}. Check the file, its rights and HUB_AUDIT_HEADS.",
        )


@dataclass(frozen=True)
class Head:
    """A seal as it was exported: the signed text and the signature over it."""

    n: int
    key_id: str
    text: bytes
    signature: bytes


def export(session: Session, path: Path) -> int:
    """Append the heads that the file does not hold yet; how many. Raises HeadsUnusable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            after = _last(file)
            newer = session.execute(_NEWER, {"after": after}).mappings()
            lines = [
                json.dumps(
                    {"seal": seal_text(dict(seal)).decode(), "signature": bytes(seal["signature"]).hex()}
                )
                + "\n"
                for seal in newer
            ]
            if lines:
                file.write("".join(lines).encode())
                file.flush()
                os.fsync(file.fileno())
            return len(lines)
    except (OSError, ValueError, KeyError) as error:
        raise HeadsUnusable(path, error) from error


def read(path: Path) -> list[Head]:
    """Every exported head, in the order of the file. Raises HeadsUnusable."""
    try:
        return [_head(line) for line in path.read_bytes().splitlines() if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HeadsUnusable(path, error) from error


def last_exported(path: Path) -> int:
    """The number of the last exported seal; 0 when the file is not there. Raises HeadsUnusable."""
    if not path.exists():
        return 0
    try:
        with path.open("rb") as file:
            return _last(file)
    except (OSError, ValueError, KeyError) as error:
        raise HeadsUnusable(path, error) from error


def _last(file: Any) -> int:
    file.seek(0, os.SEEK_END)
    file.seek(max(0, file.tell() - _LAST_BYTES))
    lines = [line for line in file.read().splitlines() if line.strip()]
    return _head(lines[-1]).n if lines else 0


def _head(line: bytes) -> Head:
    told = json.loads(line)
    seal = json.loads(told["seal"])
    return Head(int(seal["n"]), str(seal["key_id"]), told["seal"].encode(), bytes.fromhex(told["signature"]))
