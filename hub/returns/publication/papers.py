"""The PDFs of reports on disk, each under its SHA-256: written whole and on the disk before any row tells of it.

    paper = store(folder, content)            # written, fsynced, hashed
    content = fetch(folder, paper.key, paper.sha256)

A file that no row names is harmless: the next try writes the same bytes to the same place.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from hub.returns.publication.errors import PaperChanged


@dataclass(frozen=True)
class Paper:
    """A stored PDF: where it lies below the folder, its SHA-256 (hex) and its size in bytes.

    `brief` is the one page that goes out with it.
    """

    key: str
    sha256: str
    byte_size: int
    brief: Paper | None = None


def key_of(sha256: str) -> str:
    """Where a PDF lies below the folder."""
    return f"{sha256[:2]}/{sha256}.pdf"


def store(folder: Path, content: bytes) -> Paper:
    """Write a PDF so that it outlasts a power cut; the same bytes again change nothing."""
    sha256 = hashlib.sha256(content).hexdigest()
    paper = Paper(key_of(sha256), sha256, len(content))
    place = folder / paper.key
    if place.is_file() and _hash(place) == sha256:
        return paper
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    for directory in (place.parent, folder):  # the names, too
        _sync(directory)
    return paper


def fetch(folder: Path, key: str, sha256: str) -> bytes:
    """The bytes of a stored PDF. Raises PaperChanged where they are gone or others."""
    try:
        content = (folder / key).read_bytes()
    except OSError:
        raise PaperChanged(sha256) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PaperChanged(sha256)
    return content


def _hash(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
