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


def may_divide(
    agency: int, successors: Sequence[int], above_successors: Collection[int]
) -> FieldError | None:
    """Whether a body may be split so: into two at least, each once, and the body itself only as the first.

    `above_successors` are the agencies that a successor is a unit of, unless the body goes on.
    """
    if len(successors) < 2 or len(set(successors)) < len(successors):
        return FieldError(
            "parts",
            "PARTS",
            "Hãy chọn ít nhất hai cơ quan kế thừa, mỗi cơ quan một lần.",
            "Name at least two bodies that follow, each once.",
        )
    if agency in successors[1:]:
        return FieldError(
            "parts",
            "ITSELF_FIRST",
            "Cơ quan bị tách mà vẫn hoạt động phải đứng đầu danh sách: phần không nêu tên ở lại với cơ quan đó.",
            "A body that goes on stands first in the list: what is not named stays with it.",
        )
    if agency != successors[0] and agency in above_successors:
        return FieldError(
            "parts",
            "SUCCESSOR_BELOW",
            "Cơ quan kế thừa không thể là đơn vị trực thuộc của cơ quan kết thúc. Hãy chuyển đơn vị đó ra trước.",
            "A successor cannot be a unit of the body that ends. Move that unit out first.",
        )
    return None


def may_stand_under(agency: int, parent: int | None, above_parent: Collection[int]) -> FieldError | None:
    """A body does not stand under itself, nor under one of its own units."""
    if agency != parent and agency not in above_parent:
        return None
    return FieldError(
        "parent_id",
        "AGENCY_CYCLE",
        "Không thể đưa một cơ quan vào chính nó hoặc vào đơn vị trực thuộc của nó. Hãy chọn cơ quan khác.",
        "A body cannot stand under itself or under one of its own units. Choose another one.",
    )


def archive_follows(field: str, ending: Iterable[bool], successor: bool) -> FieldError | None:
    """Records of the historical archive (Lưu trữ lịch sử) go to no body but a historical archive."""
    if successor or not any(ending):
        return None
    return FieldError(
        field,
        "NOT_AN_ARCHIVE",
        "Lưu trữ lịch sử chỉ được kế thừa bởi một lưu trữ lịch sử khác.",
        "A historical archive is followed by none but another historical archive.",
    )


def decided_by_now(decided_on: date | None, on: date) -> FieldError | None:
    """A decision is not dated tomorrow."""
    if decided_on is None or decided_on <= on:
        return None
    return FieldError(
        "decided_on",
        "IN_THE_FUTURE",
        f"Ngày ký quyết định chưa tới (hôm nay là {on:%d/%m/%Y}). Hãy sửa lại.",
        f"The decision is dated in the future (today is {on}). Correct it.",
    )


def day_reached(field: str, day: date, on: date) -> FieldError | None:
    """What changes bodies is entered when it takes effect, since records and rights follow at once."""
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
    """What ends does so after the day it began (`ending`); nothing is done before what is there began (`since`)."""
    earliest = max(
        [*(began + timedelta(days=1) for began in ending if began), *(began for began in since if began)],
        default=day,
    )
    if day >= earliest:
        return None
    return FieldError(
        field,
        "TOO_EARLY",
        f"Vào ngày này cơ quan, hoặc tên, mã, vị trí hiện nay của cơ quan, chưa có hoặc vừa mới có. "
        f"Hãy ghi ngày {earliest:%d/%m/%Y} hoặc muộn hơn.",
        f"On that day the agency, or the name, code or place it has now, was not there yet or had only begun. "
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
