"""The form of a return, pure: what stands in it, what was typed, and whose words hold where two people write at once.

    form = {group: {field: text}}       a group is what is saved together: a text, or the line of a row or duty
    was  = "results.1f0c… 3.1.88ab…"    a hidden field: each group as it stood when the page was made

By `was` the hub knows what the visitor has changed, and what somebody else has changed since: both are kept, and only
where both have changed the same group is he asked. Nothing depends on a script.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from hub.kit.errors import BadRequest, Conflict
from hub.returns.asked import Asked
from hub.returns.kept import ReturnLine
from hub.returns.lines import LineSaid
from hub.returns.models import AgencyReturn
from hub.returns.reading import Saved

TEXTS = ("results", "difficulties", "proposals")
AMOUNTS = ("numerator", "denominator")
WORDS = ("value", "note", "document_number")
DAY = "document_date"
WHOLE = (*AMOUNTS, *WORDS, DAY)
# Of a figure that the hub counts the agency says only why it is as it is.
FIGURE = ("note",)

Group = Mapping[str, str]
Form = Mapping[str, Group]


@dataclass(frozen=True)
class Said:
    """What is to be saved: texts and lines that the visitor has changed; `theirs` are groups that others have."""

    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[LineSaid] = ()
    theirs: Sequence[str] = ()


class SavedByOther(Conflict):
    """Somebody else has saved other words in the same places meanwhile; nothing of either is lost."""

    code = "SAVED_BY_OTHER"

    def __init__(self, groups: Sequence[str], saved: Saved | None) -> None:
        self.groups = tuple(groups)
        by = saved.by if saved else "–"
        super().__init__(
            f"{by} vừa lưu nội dung khác ở cùng mục. Chưa lưu gì thêm và không mất gì: bản của bạn vẫn ở trong ô, "
            "bản kia ở ngay dưới. Hãy chọn hoặc gộp lại rồi lưu.",
            f"{by} has just saved other words in the same places. Nothing more was saved and nothing is lost: your "
            "words are still in the fields, the others just below. Choose or join them, then save.",
        )


def fields_of(asked: Iterable[Asked], figures: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The fields of the form by group, in the order of the page."""
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in TEXTS}
    for code in figures:
        found[code] = tuple(named(code, part) for part in FIGURE)
    for one in asked:
        amounts = tuple(named(one.code, f"q:{amount['code']}") for amount in one.quantities)
        found[one.code] = (*amounts, *(named(one.code, part) for part in WHOLE))
    return found


def named(code: str, part: str) -> str:
    """The name of a field: the line of a row or duty, and the part of it."""
    return f"line:{code}:{part}"


def stored(row: AgencyReturn, lines: Mapping[str, ReturnLine], fields: Mapping[str, Sequence[str]]) -> Form:
    """What a return says, as the form shows it; empty for nothing."""
    found = {}
    for group, names in fields.items():
        if group in TEXTS:
            found[group] = {group: getattr(row, group) or ""}
        else:
            line = lines.get(group)
            found[group] = {name: _told(line, _part(name)) if line else "" for name in names}
    return found


def typed(form: Mapping[str, str], fields: Mapping[str, Sequence[str]]) -> Form:
    """What was typed, tidied so that it can be compared with what is stored."""
    return {
        group: {name: _tidy(name, form.get(name, "")) for name in names} for group, names in fields.items()
    }


def marks(form: Form) -> str:
    """The hidden field that tells each group as it stood."""
    return " ".join(f"{group}.{_mark(group_)}" for group, group_ in form.items())


def said(
    mine: Form, now: Form, was: str, lines: Mapping[str, ReturnLine], saved: Callable[[str], Saved | None]
) -> Said:
    """What is to be saved of a form; `saved` tells who wrote a group last.

    Raises SavedByOther, and BadRequest for a form that no page has made.
    """
    before = dict(part.rpartition(".")[::2] for part in was.split())
    if not before.keys() >= mine.keys():
        raise BadRequest(
            "Biểu mẫu này đã cũ. Hãy tải lại trang rồi nhập tiếp.",
            "This form is out of date. Load the page again.",
        )
    theirs = [group for group in mine if _mark(now[group]) != before[group]]
    changed = [group for group in mine if _mark(mine[group]) != before[group] and mine[group] != now[group]]
    if clash := [group for group in changed if group in theirs]:
        raise SavedByOther(clash, saved(clash[0]))
    return Said(
        {group: mine[group][group] for group in changed if group in TEXTS},
        [_line(group, mine[group], lines.get(group)) for group in changed if group not in TEXTS],
        theirs,
    )


def merged(mine: Form, now: Form, was: str) -> Form:
    """The visitor's words where he has changed something, elsewhere what is stored."""
    before = dict(part.rpartition(".")[::2] for part in was.split())
    return {group: mine[group] if _mark(mine[group]) != before.get(group) else now[group] for group in now}


def _line(code: str, mine: Group, line: ReturnLine | None) -> LineSaid:
    """The whole line: parts that the form does not show stay as they are."""
    parts = {_part(name): text for name, text in mine.items()}
    whole = {part: parts[part] if part in parts else _told(line, part) if line else "" for part in WHOLE}
    shown = {part.removeprefix("q:"): text or None for part, text in parts.items() if part.startswith("q:")}
    kept = line.quantities if line is not None else {}
    day = whole.pop(DAY)
    return LineSaid(
        code=code,
        document_date=date.fromisoformat(day) if day else None,
        quantities={**kept, **shown},
        **{part: text or None for part, text in whole.items()},
    )


def _told(line: ReturnLine, part: str) -> str:
    if part.startswith("q:"):
        return str(line.quantities.get(part.removeprefix("q:"), ""))
    value = getattr(line, part)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value or ""


def _tidy(name: str, text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    part = _part(name)
    if part in AMOUNTS or part.startswith("q:"):
        return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if part == DAY and text:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise BadRequest(
                f"«{text[:40]}» không phải ngày. Hãy viết 2025-06-30.", f'"{text[:40]}" is not a date.'
            ) from None
    return text


def _part(name: str) -> str:
    return name.split(":", 2)[2] if name.startswith("line:") else name


def _mark(group: Group) -> str:
    return hashlib.sha256(json.dumps(group, sort_keys=True).encode()).hexdigest()[:12]


def shown(name: str, text: str, language: str) -> str:
    """A field's text as it is written in a language: 12,5 or 12.5."""
    part = _part(name)
    is_amount = part in AMOUNTS or part.startswith("q:")
    return text.replace(".", ",") if is_amount and language == "vi" else text
