"""A return beside the last one: what was added, taken out or changed, told by marks and never by colour alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from hub.kit.numerals import day, number
from hub.returns.asked import Asked
from hub.returns.kept import ReturnLine
from hub.returns.models import AgencyReturn
from hub.web.return_form import TEXTS

SAME, NEW, GONE = "same", "new", "gone"
UP, DOWN, CHANGED = "up", "down", "changed"
# Past so many words a comparison word by word takes long and helps nobody: the texts then stand side by side.
MOST_WORDS = 3_000


@dataclass(frozen=True)
class Text:
    """A text now and before; `pieces` are (SAME | NEW | GONE, words) in the order of reading."""

    name: str
    now: str
    before: str
    mark: str
    pieces: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """One thing that a line says, now and before, with the mark of its change."""

    name: str
    now: str
    before: str
    mark: str


@dataclass(frozen=True)
class Line:
    """What is declared of a row or duty; `asked` is None for one that is asked of the agency no more."""

    code: str
    title: str
    asked: Asked | None
    parts: Sequence[Part]


@dataclass(frozen=True)
class Beside:
    """The texts and the lines of both returns."""

    texts: Sequence[Text]
    lines: Sequence[Line]


def beside(
    row: AgencyReturn,
    lines: Mapping[str, ReturnLine],
    before: AgencyReturn | None,
    lines_before: Mapping[str, ReturnLine],
    asked: Iterable[Asked],
) -> Beside:
    """Both returns; `before` is None where there was none."""
    subjects = {one.code: one for one in asked}
    codes = dict.fromkeys([*subjects, *lines, *lines_before])
    return Beside(
        [_text(name, getattr(row, name), getattr(before, name) if before else None) for name in TEXTS],
        [
            Line(code, subjects[code].title if code in subjects else "", subjects.get(code), parts)
            for code in codes
            if (parts := _parts(subjects.get(code), lines.get(code), lines_before.get(code)))
        ],
    )


def _text(name: str, now: str | None, before: str | None) -> Text:
    now, before = now or "", before or ""
    return Text(name, now, before, _mark(now, before), pieces(before, now))


def pieces(before: str, now: str) -> list[tuple[str, str]]:
    """The words of both texts: those that stayed, came and went."""
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, now))
    if before == now or not old or max(len(old), len(new)) > 2 * MOST_WORDS:
        return [(SAME, now)] if now else []
    found: list[tuple[str, str]] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((SAME, "".join(new[k:m])))
            continue
        if i < j:
            found.append((GONE, "".join(old[i:j])))
        if k < m:
            found.append((NEW, "".join(new[k:m])))
    return found


def _parts(asked: Asked | None, now: ReturnLine | None, before: ReturnLine | None) -> list[Part]:
    titles = {one["code"]: one for one in asked.quantities} if asked else {}
    found = []
    for code in dict.fromkeys(
        [*titles, *(now.quantities if now else ()), *(before.quantities if before else ())]
    ):
        pair = [_amount(line.quantities.get(code)) if line else None for line in (now, before)]
        name = f"{titles[code]['title_vi']} ({titles[code]['unit']})" if code in titles else code
        found.append(_part(name, pair[0], pair[1]))
    for name in ("numerator", "denominator", "value", "note", "document_number", "document_date"):
        found.append(
            _part(name, getattr(now, name) if now else None, getattr(before, name) if before else None)
        )
    return [part for part in found if part.now or part.before]


def _part(name: str, now: Any, before: Any) -> Part:
    told, told_before = _said(now), _said(before)
    if isinstance(now, Decimal) and isinstance(before, Decimal) and now != before:
        return Part(name, told, told_before, UP if now > before else DOWN)
    return Part(name, told, told_before, _mark(told, told_before))


def _mark(now: str, before: str) -> str:
    if now == before:
        return SAME
    return CHANGED if now and before else NEW if now else GONE


def _amount(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return number(value, 0 if value == value.to_integral_value() else 2)
    return day(value) if isinstance(value, date) else str(value)
