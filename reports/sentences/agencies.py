"""What a report says of agencies side by side."""

from collections import Counter
from collections.abc import Sequence

from reports.model import AgencyLine, Breakdown, Rank
from reports.model.figures import lacking
from reports.numbers import number
from reports.sentences.values import COUNTED


def counted(lines: Sequence[AgencyLine]) -> str:
    """How many agencies stand where."""
    found = Counter(line.figure.standing for line in lines)
    parts = [f"{number(found[standing])} {word}" for standing, word in COUNTED.items() if found[standing]]
    return f"Trong {number(len(lines))} cơ quan: {'; '.join(parts)}." if parts else ""


def mix_effect(breakdown: Breakdown) -> str:
    """Says so when the total fell while no agency did (domain case 10); empty otherwise."""
    change = breakdown.target.change
    if change is None or change >= 0:
        return ""
    changes = [
        line.figure.percent - line.previous.percent
        for line in breakdown.agencies
        if line.previous is not None and line.previous.percent is not None and line.figure.percent is not None
    ]
    if len(changes) < 2 or min(changes) < 0:
        return ""
    return (
        "Không cơ quan nào giảm tỷ lệ so với kỳ trước; kết quả chung giảm do cơ quan có tỷ lệ thấp chiếm tỷ "
        "trọng lớn hơn trong tổng số (thay đổi cơ cấu), không phải do kết quả thực hiện giảm."
    )


def holding_back(breakdown: Breakdown, most: int = 10) -> list[tuple[AgencyLine, int]]:
    """The agencies that lack most to reach the target, largest lack first."""
    lacks = [
        (line, lack)
        for line in breakdown.agencies
        if line.figure.standing.is_short_of_target and (lack := lacking(line.figure, breakdown.target.goal))
    ]
    return sorted(lacks, key=lambda pair: (-pair[1], pair[0].code))[:most]


def short_of_one(breakdown: Breakdown, most: int = 12) -> str:
    """The agencies that lack a single unit, where no agency lacks more: a table would repeat one number."""
    lacks = holding_back(breakdown, len(breakdown.agencies))
    if not lacks or lacks[0][1] > 1:
        return ""
    names = "; ".join(line.name for line, _ in lacks[:most])
    rest = f"; và {number(len(lacks) - most)} cơ quan khác" if len(lacks) > most else ""
    return f"Chưa đạt: {names}{rest}."


def placed(rank: Rank | None) -> str:
    """A place among agencies of a kind, with how many share it; empty without one."""
    if rank is None:
        return ""
    shared = f" (đồng hạng với {number(rank.tied)} cơ quan)" if rank.tied else ""
    return f"thứ {number(rank.place)}/{number(rank.of)}{shared}"
