"""The report's Vietnamese sentences, made from figures and from nothing else.

A leader reads sentences, not tables; each one here states what the figures allow and says so plainly when
they allow no conclusion. Words only: layout is in `templates/`, numbers are written by `numbers.py`.

`whole.py`: the report. `targets.py`: one target. `agencies.py`: agencies side by side. `sections.py`: the rest.
`brief.py`: the one page for leadership.
"""

from reports.model.figures import lacking
from reports.sentences.agencies import counted, holding_back, mix_effect, placed, short_of_one
from reports.sentences.sections import (
    declared_duties,
    excluded_effect,
    late_tasks,
    mend,
    quality_overall,
    returns_overall,
    tasks_overall,
    to_mend,
)
from reports.sentences.targets import about, trend
from reports.sentences.values import fraction, moved, result, value
from reports.sentences.whole import excluded, nature, next_steps, overall, own_place, plan_reference, subject

__all__ = [
    "about",
    "counted",
    "declared_duties",
    "excluded",
    "excluded_effect",
    "fraction",
    "holding_back",
    "lacking",
    "late_tasks",
    "mend",
    "mix_effect",
    "moved",
    "nature",
    "next_steps",
    "overall",
    "own_place",
    "placed",
    "plan_reference",
    "quality_overall",
    "result",
    "returns_overall",
    "short_of_one",
    "subject",
    "tasks_overall",
    "to_mend",
    "trend",
    "value",
]
