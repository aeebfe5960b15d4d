"""The figures of agencies as their published reports tell them: each one's line beside those of the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi import small
from hub.returns.models import PublishedReport

# The newest revision of each agency's report; `instead` is a report that is looked at whatever its revision. Of an
# agency that has no report of its own, the line that the city's report froze; units report through their agency.
_LINES = """
    with own as (
    select distinct on (r.period_id, r.agency_id, x -> 'indicator' ->> 'code') r.period_id,
           a.id, a.code, a.name, x -> 'indicator' ->> 'code' as figure,
           x -> 'indicator' ->> 'unit_en' = any(:small_units) and x -> 'indicator' ->> 'kind' = 'RATIO'
               as is_of_records,
           (x ->> 'numerator')::numeric as numerator, (x ->> 'denominator')::numeric as denominator,
           x ->> 'percent' as percent, x ->> 'result' as result, (x ->> 'missing')::numeric as missing,
           (x ->> 'excluded')::numeric as excluded
      from published_report r
      join agency a on a.id = r.agency_id
      join snapshot s on s.report_id = r.id
      cross join lateral jsonb_array_elements(s.figures -> 'indicators') x
     where (r.state = 'PUBLISHED' or r.id = :instead) and r.period_id = any(:period_ids)
       and {seen}
     order by r.period_id, r.agency_id, x -> 'indicator' ->> 'code', r.id is not distinct from :instead desc,
              r.revision desc, s.id desc
    ),
    frozen as (
    select r.period_id, a.id, a.code, l -> 'agency' ->> 'name' as name, f.figure,
           coalesce(u.unit = any(:small_units), false) as is_of_records, (l ->> 'numerator')::numeric as numerator,
           (l ->> 'denominator')::numeric as denominator, l ->> 'percent' as percent, l ->> 'result' as result,
           (l ->> 'missing')::numeric as missing, (l ->> 'excluded')::numeric as excluded
      from published_report r
      join snapshot s on s.report_id = r.id
      join period_freeze z on z.id = s.freeze_id
     cross join lateral jsonb_each(coalesce(z.lines -> 'AGENCY', '{{}}')) f (figure, lines)
     cross join lateral jsonb_array_elements(f.lines) l
      join agency a on a.id = (l -> 'agency' ->> 'id')::bigint and a.kind <> 'UNIT'
      left join lateral (
           select x -> 'indicator' ->> 'unit_en' as unit from jsonb_array_elements(s.figures -> 'indicators') x
            where x -> 'indicator' ->> 'code' = f.figure limit 1) u on true
     where r.agency_id is null and r.state = 'PUBLISHED' and r.period_id = any(:period_ids) and {seen}
       and not exists (select from published_report w
                        where w.period_id = r.period_id and w.agency_id = a.id
                          and (w.state = 'PUBLISHED' or w.id = :instead))
    )
    select * from own union all select * from frozen
"""


@dataclass(frozen=True)
class PublishedLine:
    """An agency's part in one figure; `withheld` where its counts are kept from the caller (hub/kpi/small.py)."""

    agency_id: int
    code: str
    name: str
    numerator: int | None
    denominator: int | None
    percent: str | None
    result: str
    missing: int | None
    excluded: int | None
    withheld: bool = False


Lines = dict[str, tuple[PublishedLine, ...]]  # by the code of the figure


def report_sees(actor: Actor) -> str:
    """SQL: whether the caller may read the report `r`. Bind the law's values."""
    columns = {name: f"r.{name}" for name in ("id", "agency_id", "state", "created_by", "submitted_by")}
    return f"({actor.predicate('report', 'read', columns)})"


def published_lines(
    session: Session, actor: Actor, period_ids: Collection[int], *, instead: int | None = None
) -> dict[int, Lines]:
    """The lines of each period's reports, as the caller is told them. One statement however many there are."""
    statement = _LINES.format(seen=report_sees(actor))
    asked = {
        "period_ids": list(period_ids),
        "instead": instead,
        "small_units": list(small.UNITS),
        **actor.values(statement),
    }
    found: dict[int, dict[str, list[PublishedLine]]] = {period_id: {} for period_id in period_ids}
    of_records: set[str] = set()
    for row in session.execute(text(statement), asked):
        line = PublishedLine(
            row.id, row.code, row.name, _whole(row.numerator), _whole(row.denominator), row.percent, row.result,
            _whole(row.missing), _whole(row.excluded),
        )  # fmt: skip
        found[row.period_id].setdefault(row.figure, []).append(line)
        if row.is_of_records:
            of_records.add(row.figure)
    return {
        period_id: {
            code: _told(actor, lines) if code in of_records else tuple(lines)
            for code, lines in figures.items()
        }
        for period_id, figures in found.items()
    }


def withheld_from(session: Session, actor: Actor, report: PublishedReport) -> frozenset[str]:
    """The figures of an agency's report that are withheld, its own small ones and those that would give away another's.

    None, and no statement, for who reads all the agency's figures, and of the city's report.
    """
    if report.agency_id is None or small.sees_all(actor, report.agency_id):
        return frozenset()
    lines = published_lines(session, actor, [report.period_id], instead=report.id)
    return withheld_in(lines[report.period_id], report.agency_id)


def withheld_in(lines: Lines, agency_id: int) -> frozenset[str]:
    """The figures whose line of an agency is withheld."""
    return frozenset(
        code
        for code, told in lines.items()
        if any(line.withheld and line.agency_id == agency_id for line in told)
    )


def _told(actor: Actor, lines: list[PublishedLine]) -> tuple[PublishedLine, ...]:
    """The lines of a figure of records or persons as the caller is told them."""
    free = {line.code for line in lines if small.sees_all(actor, line.agency_id)}
    cells = {
        line.code: small.cells(line.numerator, line.denominator, line.excluded, line.missing)
        for line in lines
    }
    hidden = small.withheld(cells, free)
    return tuple(_without_counts(line) if line.code in hidden else line for line in lines)


def _without_counts(line: PublishedLine) -> PublishedLine:
    return replace(
        line, numerator=None, denominator=None, percent=None, missing=None, excluded=None, withheld=True
    )


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)
