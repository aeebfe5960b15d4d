"""The formats that can be imported: each registers itself, and a file is recognised by its contents, not its name.

A new format is a module with one `register(Format(…))` call, named in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from hub.importers.batch import Batch, Reading
from hub.importers.outcome import UnusableInput

FORMATS = ("hub.importers.ead.parse", "hub.importers.spreadsheet.parse")
_HEAD = 4096

Parse = Callable[[Reading], Iterator[Batch]]


@dataclass(frozen=True)
class Format:
    """A way of writing records down: its name, what its files may be called, how it is known and how it is read."""

    name: str
    title_vi: str
    title_en: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    parse: Parse
    kinds: tuple[str, ...] = ()  # words that name this format and say which kind of list it holds


_known: dict[str, Format] = {}


def register(format_: Format) -> Format:
    """Make a format known. Called by its module when that is imported."""
    _known[format_.name] = format_
    return format_


def formats() -> dict[str, Format]:
    """All formats by name, in the order in which their files are tried."""
    for module in FORMATS:
        import_module(module)
    return _known


def format_of(path: Path, name: str | None = None) -> tuple[Format, str | None]:
    """The format of a file, by the caller's word or by its contents, and the kind of list if the word says so.

    Raises UnusableInput for an unknown word or an empty file.
    """
    known = formats()
    if name is not None:
        for format_ in known.values():
            if name == format_.name or name in format_.kinds or f".{name}" in format_.suffixes:
                return format_, name if name in format_.kinds else None
        words = [word for format_ in known.values() for word in (format_.name, *format_.kinds)]
        raise UnusableInput("UNKNOWN_FORMAT", format=name, known=", ".join(words))
    with path.open("rb") as source:
        head = source.read(_HEAD)
    if not head.strip():
        raise UnusableInput("FILE_EMPTY")
    by_name = [format_ for format_ in known.values() if path.suffix.lower() in format_.suffixes]
    for format_ in known.values():
        if format_.recognises(head) and (not by_name or format_ in by_name or head.lstrip().startswith(b"<")):
            return format_, None
    return (by_name or list(known.values()))[0], None


def files_in(path: Path) -> list[Path]:
    """The file, or the importable files under a folder in the order of their names.

    Raises UnusableInput when there is nothing.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UnusableInput("FILE_MISSING", path=path)
    suffixes = {suffix for format_ in formats().values() for suffix in format_.suffixes}
    found = sorted(
        item
        for item in path.rglob("*")
        if item.suffix.lower() in suffixes and item.is_file() and item.name[0] not in ".~"
    )
    if not found:
        raise UnusableInput("FOLDER_EMPTY", path=path)
    return found
