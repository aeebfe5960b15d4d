"""What a command says: results on standard output, everything about them on standard error."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import orjson

from hub.kit.errors import HubError


def say(vi: str, en: str) -> None:
    """One line for the person at the terminal, in both languages."""
    print(f"hub: {vi} · {en}", file=sys.stderr, flush=True)


def say_error(error: HubError) -> None:
    """What went wrong and what to do next."""
    say(_flat(error.message_vi), _flat(error.message_en))


def as_json(value: Any) -> str:
    """A value as one line of JSON."""
    return orjson.dumps(value, default=_plain).decode()


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows under heads, columns as wide as they need to be; an unknown value is a dash."""
    lines = [[str(head) for head in heads], *([_cell(value) for value in row] for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(heads))]
    drawn = [
        "  ".join(
            text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]
    return "\n".join([drawn[0], "  ".join("─" * width for width in widths), *drawn[1:]])


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value.strftime("%d/%m/%Y") if isinstance(value, date) else str(value)


def _width(text: str) -> int:
    """Columns on the terminal: a combining mark takes none."""
    return sum(1 for letter in text if not unicodedata.combining(letter))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _plain(value: Any) -> Any:
    return str(value)
