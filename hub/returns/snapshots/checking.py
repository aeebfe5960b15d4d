"""Frozen figures proved: each is added up again from the frozen records behind it, and the whole is what was sealed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.kpi.frozen import thaw
from hub.kpi.membership import totals
from hub.returns.snapshots.freezing import seal
from hub.returns.snapshots.models import FrozenFigures, FrozenMembers, PeriodFreeze


@dataclass(frozen=True)
class Difference:
    """A figure that its records do not add up to; agency None is the city."""

    agency_id: int | None
    code: str
    told: tuple[int | None, int | None]
    added_up: tuple[int, int]


@dataclass(frozen=True)
class Checked:
    """What a check found: figures looked at, those that differ, and whether everything is as it was sealed."""

    figures: int
    members: int
    differences: tuple[Difference, ...]
    is_as_sealed: bool

    @property
    def is_right(self) -> bool:
        """Nothing differs."""
        return self.is_as_sealed and not self.differences


def check(session: Session, freeze_id: int) -> Checked:
    """Add up every figure of a freezing from its packed members, and its seal from its parts; three statements."""
    row = session.get_one(PeriodFreeze, freeze_id)
    figures = {
        one.agency_id: one.figures
        for one in session.exec(select(FrozenFigures).where(FrozenFigures.freeze_id == freeze_id))
    }
    sums: dict[tuple[int | None, str], list[int]] = defaultdict(lambda: [0, 0])
    members, packed = 0, []
    for one in session.exec(
        select(FrozenMembers).where(FrozenMembers.freeze_id == freeze_id).order_by(col(FrozenMembers.id))
    ):
        records, numerator, denominator, _ = totals(one.packed)
        members += records
        packed.append((one.indicator_code, one.agency_id, one.kind, one.packed))
        for agency_id in (one.agency_id, None):
            sums[agency_id, one.indicator_code][0] += numerator
            sums[agency_id, one.indicator_code][1] += denominator
    frozen = set(row.parameters)
    looked_at, found = 0, []
    for agency_id, document in figures.items():
        for value in thaw(document):
            code = value.indicator.code
            if code not in frozen:
                continue
            looked_at += 1
            numerator, denominator = sums[agency_id, code]
            if (value.numerator, value.denominator) != (numerator, denominator):
                told = (value.numerator, value.denominator)
                found.append(Difference(agency_id, code, told, (numerator, denominator)))
    sealed = seal(row.as_of, row.formulas, row.parameters, row.lines, row.said, figures, packed) == row.sha256
    return Checked(looked_at, members, tuple(found), sealed)
