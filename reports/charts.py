"""Pictures of figures as SVG, the same in the PDF and on the pages.

Geometry is computed here and drawn by one Jinja macro: no plotting library, about 4 KB, no clock and no
randomness in it. What colour says is also said by a shape, a hatch and a word, for print in grey and for
readers who see no colour.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap
from zlib import crc32

from markupsafe import Markup

from reports.model import AgencyLine, Kind, Standing, Target
from reports.numbers import goal as goal_text
from reports.numbers import percent
from reports.sentences import value
from reports.templating import environment

WIDTH = 520.0
LABEL = 178.0
VALUE = 98.0
LINE = 11.5
METER = (240, 14)
SPARK = (120, 40)
INSET = 4  # room for the dot of the newest point


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: where it stands, how long it is and what is written beside it."""

    label: tuple[str, ...]
    top: float
    height: float
    length: float | None
    goal: float | None
    text: str
    standing: Standing


def target_chart(targets: Sequence[Target]) -> Markup:
    """Progress of each ratio to its own target."""
    ratios = [target for target in targets if target.kind is Kind.RATIO]
    rows = [
        (
            f"{target.code}. {target.title}",
            target.figure.percent,
            target.goal,
            f"{value(target.figure, target.kind)} / {goal_text(target.goal)}"
            if target.figure.percent is not None
            else target.figure.standing.short,
            target.figure.standing,
        )
        for target in ratios
    ]
    said = "; ".join(
        f"{target.code}: {percent(target.figure.percent)}, {target.figure.standing.word.lower()}"
        for target in ratios
    )
    return _draw(rows, f"Biểu đồ thanh tiến độ các chỉ tiêu so với mức phải đạt. {said}.")


def agency_chart(lines: Sequence[AgencyLine], wanted: Decimal | None, about: str) -> Markup:
    """One indicator by agency or by group of agencies against its target."""
    rows = [
        (
            line.name,
            line.figure.percent,
            wanted,
            percent(line.figure.percent) if line.figure.percent is not None else line.figure.standing.short,
            line.figure.standing,
        )
        for line in lines
    ]
    said = "; ".join(f"{line.name}: {percent(line.figure.percent)}" for line in lines)
    return _draw(rows, f"Biểu đồ thanh {about}. {said}.")


def sign(standing: Standing) -> Markup:
    """The shape of a standing; the word is written beside it."""
    return Markup(_macro("sign")(standing))


def meter(reached: Decimal | None, wanted: Decimal | None, standing: Standing, key: str) -> Markup:
    """One figure against its target; what it shows is written beside it. `key` differs within a page."""
    width = METER[0] - 1
    length = None if reached is None else width * min(float(reached), 100.0) / 100
    tick = None if wanted is None else width * float(wanted) / 100
    name = re.sub(r"\W", "-", key)
    return Markup(_macro("meter")(standing, length, tick, name, *METER))


def spark(percents: Sequence[Decimal | None], wanted: Decimal | None, alt: str) -> Markup:
    """A figure through time on a scale from 0 to 100; the line breaks where it is unknown. `alt` says it in words."""
    width, height = SPARK
    step = (width - 2 * INSET) / max(1, len(percents) - 1)

    def level(percent: Decimal) -> float:
        return height - INSET - (height - 2 * INSET) * min(float(percent), 100.0) / 100

    runs: list[list[tuple[float, float]]] = [[]]
    for number, reached in enumerate(percents):
        if reached is None:
            runs.append([])
        else:
            runs[-1].append((INSET + step * number, level(reached)))
    last = runs[-1][-1] if runs[-1] else None
    goal = None if wanted is None else level(wanted)
    return Markup(_macro("spark")([run for run in runs if run], last, goal, alt, width, height))


def _macro(name: str) -> Callable[..., str]:
    found: Callable[..., str] = getattr(environment().get_template("charts.svg.j2").module, name)
    return found


def _draw(rows: Sequence[tuple[str, Decimal | None, Decimal | None, str, Standing]], alt: str) -> Markup:
    plot = WIDTH - LABEL - VALUE
    bars, top = [], 6.0
    for label, reached, wanted, text, standing in rows:
        lines = tuple(wrap(label, 38, max_lines=2, placeholder="…"))
        height = max(LINE * len(lines), LINE) + 6
        length = None if reached is None else plot * min(float(reached), 100.0) / 100
        tick = None if wanted is None else LABEL + plot * float(wanted) / 100
        bars.append(Bar(lines, top, height, length, tick, text, standing))
        top += height
    key = f"{crc32(alt.encode()):08x}"  # a page holds several charts, and a pattern is found by its id
    return Markup(
        _macro("bars")(
            bars=bars, alt=alt, key=key, width=WIDTH, label=LABEL, plot=plot, bottom=top, line=LINE
        )
    )
