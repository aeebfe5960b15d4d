"""The counters beside the records: folding the changes into sums, proving them by a recount, counting them anew.

Triggers keep them (migrations/sql/counters.sql): every statement that changes what counts adds the difference, so a
figure at any cut-off is read off a few sums instead of every document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kpi.models import COUNTERS
from hub.kpi.scorecard import rows_of
from hub.kpi.statement import Counting, Slot, counting, facts, is_kept
from hub.kpi.tally import count_tally, fold_tally, recount_tally

_SUMS = (
    "numerator", "denominator", "excluded", "excluded_numerator", "missing", "covered", "whole", "uncounted",
)  # fmt: skip
_NOTHING = (Decimal(0),) * len(_SUMS)
_CHUNK = 5_000
# Every change that counts locks its files first, then what they add: so does who counts anew.
_NO_WRITER = text("lock table file in exclusive mode")


@dataclass(frozen=True)
class Difference:
    """A sum of the counters that a recount of the records does not confirm."""

    measure: str
    figure: str
    agency: str
    year: int | None
    as_of: date
    sum: str
    kept: Decimal
    recounted: Decimal


def fold(session: Session) -> None:
    """Add the changes since the last time to the sums by day, month and year, and fold the tally of records.

    After bulk loads, and every night.
    """
    for name in COUNTERS:
        session.execute(text(f"select hub_fold_{name}()"))
    fold_tally(session)


def rebuild(session: Session, actor: Actor) -> int:
    """Count every record anew, whatever the counters say; returns how many files there are. As the tables' owner.

    Whoever changes a record meanwhile waits until it is done; readers do not.
    """
    session.execute(_NO_WRITER)
    fold(session)  # its locks before any row of the counters, as whoever folds takes them
    count_tally(session)
    for name in COUNTERS:
        session.execute(text(f"delete from {name}_step"))
        session.execute(text(f"delete from {name}_count"))
    files = list(session.execute(text("select id from file order by id")).scalars())
    for start in range(0, len(files), _CHUNK):
        session.execute(text("select hub_count_files(:ids)"), {"ids": files[start : start + _CHUNK]})
    fold(session)
    record(session, actor, "kpi:recount", "kpi", None, detail={"files": len(files)})
    return len(files)


def cut_offs(session: Session, today: date) -> list[date]:
    """The last day of each half-year since the first plan began, and today."""
    first = (
        session.execute(text("select extract(year from min(period_from))::int from plan")).scalar()
        or today.year
    )
    ends = (date(year, *day) for year in range(first, today.year + 1) for day in ((6, 30), (12, 31)))
    return [*(end for end in ends if end < today), today]


def recount(session: Session, dates: Iterable[date]) -> tuple[int, list[Difference]]:
    """Count every kept figure of every agency from the records themselves at each date, and compare.

    Returns how many sums were compared, and what differs.
    """
    codes = {row.id: row.code for row in session.execute(text("select id, code from agency"))}
    compared, differences = 0, []
    for as_of in dates:
        slots = [Slot(one, as_of) for one in _kept_countings(session, as_of)]
        kept, recounted = (_sums(session, slots, recount=again) for again in (False, True))
        compared += len(recounted) * len(_SUMS)
        for place in sorted(kept.keys() | recounted.keys(), key=str):
            slot, agency_id, figure, year = place
            for name, ours, theirs in zip(
                _SUMS, kept.get(place, _NOTHING), recounted.get(place, _NOTHING), strict=True
            ):
                if ours != theirs:
                    measure = slots[slot].counting.measure.name
                    told = (measure, figure, codes[agency_id], year, as_of, name)
                    differences.append(Difference(*told, kept=ours, recounted=theirs))
    return compared, differences


def recount_records(session: Session, today: date) -> tuple[int, list[Difference]]:
    """Count the files and documents themselves, and compare with their tally, which knows no other day than today.

    Returns how many groups were compared, and what differs.
    """
    groups, differences = recount_tally(session), []
    for one in groups:
        if one.kept != one.recounted:
            told = ("record_tally", one.kind, one.agency, None, today, one.told)
            differences.append(Difference(*told, kept=Decimal(one.kept), recounted=Decimal(one.recounted)))
    return len(groups), differences


def _kept_countings(session: Session, as_of: date) -> list[Counting]:
    """Every counting of every plan that is answered by counters at that date."""
    every = session.execute(
        text("select p.code as plan, array_agg(i.code) as codes from indicator i join plan p on p.id = i.plan_id"
             " group by p.code order by p.code")
    ).all()  # fmt: skip
    rows = [row for plan in every for row in rows_of(session, plan.plan, [as_of], plan.codes)[as_of]]
    found = (counting(row) for row in rows)
    return list(dict.fromkeys(one for one in found if one is not None and is_kept(one)))


def _sums(
    session: Session, slots: Sequence[Slot], *, recount: bool
) -> dict[tuple[int, int, str, int | None], tuple[Decimal, ...]]:
    if not slots:
        return {}
    relation, values = facts(slots, None, by_year=True, recount=recount)
    sums = ", ".join(f"cast(sum({name}) as numeric) as {name}" for name in _SUMS)
    sql = f"select slot, agency_id, figure, year, {sums} from ({relation}) f group by 1, 2, 3, 4"
    return {
        (row.slot, row.agency_id, row.figure, row.year): tuple(row)[4:]
        for row in session.execute(text(sql), values)
        if any(tuple(row)[4:])
    }
