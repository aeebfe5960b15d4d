"""Law of agencies as pure functions: values in, broken rules out."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from hub.agencies.models import AGENCY_KINDS
from hub.kit.errors import FieldError

# Letters by their category, and yet nothing to see (Hangul fillers, the empty Braille cell).
_EMPTY = "\u115f\u1160\u2800\u3164\uffa0"


def says_nothing(text: str) -> bool:
    """Whether a reader sees nothing of the text: blanks, marks of direction, joiners, what has no form of its own."""
    return not any(unicodedata.category(one)[0] in "LNPS" and one not in _EMPTY for one in text)


def text_given(field: str, value: str, limit: int) -> FieldError | None:
    """A name or code has something in it, not too much, and only letters that can be stored."""
    if not value or says_nothing(value):
        return FieldError(
            field, "REQUIRED", "Chưa có nội dung. Hãy điền vào.", "There is nothing in it. Fill it in."
        )
    if len(value) > limit or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        return FieldError(
            field,
            "BAD_TEXT",
            f"Tối đa {limit} ký tự, không có ký tự điều khiển. Hãy sửa lại.",
            f"At most {limit} characters and no control characters. Correct it.",
        )
    return None


def kind_given(kind: str) -> FieldError | None:
    """The kind is one of the list."""
    if kind in AGENCY_KINDS:
        return None
    known = ", ".join(AGENCY_KINDS)
    return FieldError(
        "kind", "UNKNOWN_KIND", f"Loại cơ quan phải là: {known}.", f"The kind must be one of {known}."
    )


def may_succeed(
    predecessors: Sequence[int], successor: int, above_successor: Collection[int]
) -> FieldError | None:
    """Whether these bodies may go into that one: at least one, none twice, none the successor or above it."""
    if not predecessors or len(set(predecessors)) < len(predecessors):
        return FieldError(
            "predecessors",
            "PREDECESSORS",
            "Hãy chọn ít nhất một cơ quan được hợp nhất, mỗi cơ quan một lần.",
            "Name at least one agency that is merged, each once.",
        )
    if successor in predecessors or set(predecessors) & set(above_successor):
        return FieldError(
            "successor_id",
            "SUCCESSOR_AMONG_PREDECESSORS",
            "Cơ quan kế thừa không thể là một trong các cơ quan kết thúc, hoặc đơn vị trực thuộc của chúng.",
            "The successor cannot be one of the bodies that end, nor a unit of one.",
        )
    return None


def day_reached(field: str, day: date, on: date) -> FieldError | None:
    """A merger is entered when it takes effect, since records follow at once."""
    if day <= on:
        return None
    return FieldError(
        field,
        "IN_THE_FUTURE",
        f"Ngày hiệu lực chưa tới (hôm nay là {on:%d/%m/%Y}). Hãy nhập khi quyết định có hiệu lực.",
        f"The day has not come yet (today is {on}). Enter it when the decision takes effect.",
    )


def not_too_early(
    field: str, day: date, *, ending: Iterable[date | None] = (), since: Iterable[date | None] = ()
) -> FieldError | None:
    """A body or a code ends after the day it began (`ending`); nothing is done to one not there yet (`since`)."""
    earliest = max(
        [*(began + timedelta(days=1) for began in ending if began), *(began for began in since if began)],
        default=day,
    )
    if day >= earliest:
        return None
    return FieldError(
        field,
        "TOO_EARLY",
        f"Vào ngày này cơ quan, hoặc mã hiện dùng của cơ quan, chưa có hoặc vừa mới có. "
        f"Hãy ghi ngày {earliest:%d/%m/%Y} hoặc muộn hơn.",
        f"On that day the agency, or the code it has now, was not there yet or had only begun. "
        f"Give a later day: {earliest} is the earliest.",
    )


def dates_crossed(field: str) -> FieldError:
    """What would end before it began; the database's own word, where no rule has spoken before."""
    return FieldError(
        field,
        "TOO_EARLY",
        "Cơ quan hoặc mã sẽ kết thúc trước khi bắt đầu. Hãy ghi ngày muộn hơn.",
        "The agency or its code would end before it began. Give a later day.",
    )
