"""What may stand where: series in series, documents in their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub.kit.errors import FieldError

STEP = 1000


def may_contain(
    series_id: int, series_fonds: int, parent_fonds: int, ancestors: Collection[int]
) -> FieldError | None:
    """Whether a series may stand under a parent, whose ancestors (itself included) are given."""
    if parent_fonds != series_fonds:
        return FieldError(
            "parent_id",
            "ANOTHER_FONDS",
            "Nhóm cha thuộc phông khác. Hãy chọn nhóm trong cùng phông.",
            "The parent belongs to another fonds. Choose a series of the same fonds.",
        )
    if series_id in ancestors:
        return FieldError(
            "parent_id",
            "SERIES_CYCLE",
            "Không thể đưa một nhóm vào chính nó hoặc vào nhóm con của nó. Hãy chọn nhóm khác.",
            "A series cannot stand under itself or under one of its own parts. Choose another parent.",
        )
    return None


def position_after(place: int | None, positions: Sequence[int]) -> int | None:
    """A free position right after `place` (None: before all) among sorted positions; None when there is no room."""
    before = 0 if place is None else place
    after = next((position for position in positions if position > before), None)
    if after is None:
        return (max([before, *positions]) // STEP + 1) * STEP
    middle = (before + after) // 2
    return middle if before < middle < after else None


def spaced(keys: Iterable[int]) -> dict[int, int]:
    """Fresh positions for siblings in their order."""
    return {key: STEP * place for place, key in enumerate(keys, 1)}


def next_ordinal(taken: Collection[int]) -> int:
    """The place after the last one of a file."""
    return max(taken, default=0) + 1


def make_room(taken: Collection[int], wanted: int) -> dict[int, int]:
    """The moves (old place → new) that free `wanted`: only the unbroken run that begins there shifts by one."""
    moves = {}
    place = wanted
    while place in taken:
        moves[place] = place + 1
        place += 1
    return moves


def unnumbered(ordinals: Iterable[int]) -> list[int]:
    """The places that are missing (0 or less) or used more than once, in order."""
    counts: Mapping[int, int] = Counter(ordinals)
    return sorted(place for place, count in counts.items() if place < 1 or count > 1)


def same_agency(one: int, other: int) -> FieldError | None:
    """Documents are moved and listed within one agency; between agencies they are transferred."""
    if one == other:
        return None
    return FieldError(
        "file_id",
        "ANOTHER_AGENCY",
        "Hồ sơ nhận thuộc cơ quan khác. Giữa hai cơ quan phải làm thủ tục giao nộp.",
        "The file belongs to another agency. Between agencies records are transferred, not moved.",
    )


def place_given(ordinal: int | None) -> FieldError | None:
    """Places in a file are counted from 1."""
    if ordinal is None or 1 <= ordinal <= 1_000_000:
        return None
    return FieldError(
        "ordinal",
        "BAD_ORDINAL",
        "Số thứ tự trong hồ sơ tính từ 1. Hãy sửa, hoặc bỏ trống để xếp cuối.",
        "Places in a file are counted from 1. Correct it, or leave it out to stand last.",
    )


def free_code(wanted: str, taken: Collection[str]) -> str:
    """The code itself, or the first of its numbered forms (`.2`, `.3`, …) that nothing has."""
    return next(
        code for code in (wanted, *(f"{wanted}.{n}" for n in range(2, len(taken) + 3))) if code not in taken
    )
