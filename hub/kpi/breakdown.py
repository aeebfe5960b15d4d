"""An indicator's figure by agency, by parent agency, by kind of agency or by year: the same sums, cut finer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import CALLED, PARENT_AT
from hub.kpi import rules
from hub.kpi.scorecard import SUMS, Total, percent_of, result_of
from hub.kpi.statement import Counting, Slot, counting, facts, figure_of
from hub.kpi.values import AgencyRef, BreakdownRow, IndicatorRow


class By(StrEnum):
    """What a breakdown is cut by."""

    AGENCY = "AGENCY"
    PARENT = "PARENT"
    KIND = "KIND"
    YEAR = "YEAR"


# Vietnamese, English
KIND_LABELS = {
    "CITY": ("Thành phố", "City"),
    "DEPARTMENT": ("Sở, ngành", "Departments"),
    "BOARD": ("Ban", "Boards"),
    "DISTRICT": ("Quận, huyện, thị xã", "Districts"),
    "COMMUNE": ("Xã, phường, thị trấn", "Communes and wards"),
    "UNIT": ("Đơn vị", "Units"),
    "ARCHIVE": ("Lưu trữ lịch sử", "Historical archives"),
    "ENTERPRISE": ("Doanh nghiệp", "Enterprises"),
    "ASSOCIATION": ("Hội", "Associations"),
}
_KEYS = {
    By.AGENCY: "a.id",
    By.PARENT: f"coalesce({PARENT_AT.format(a='a', day='d.day')}, a.id)",
    By.KIND: "a.kind",
    By.YEAR: "facts.year",
}


def breakdown(
    session: Session,
    actor: Actor,
    indicator: IndicatorRow,
    as_of: date,
    by: By = By.AGENCY,
    agency_id: int | None = None,
) -> list[BreakdownRow]:
    """The lines that add up to the indicator's figure at `as_of`, by name, kind or year; one statement.

    Agencies bear the name, and stand under the body, of that day. An agency that should report and has nothing is
    a line too (không phát sinh). A measure that is not written yet has no lines.
    """
    return breakdowns(session, actor, [(as_of, indicator)], by, agency_id)[0]


def breakdowns(
    session: Session,
    actor: Actor,
    asked: Sequence[tuple[date, IndicatorRow]],
    by: By = By.AGENCY,
    agency_id: int | None = None,
) -> list[list[BreakdownRow]]:
    """The same for several rows and dates, in the order asked; one statement however many there are."""
    found: list[list[BreakdownRow]] = [[] for _ in asked]
    places: dict[tuple[Slot, str], list[int]] = {}
    for number, (as_of, row) in enumerate(asked):
        one = counting(row)
        if one is not None and actor.may("read", "indicator", row):
            places.setdefault((Slot(one, as_of), figure_of(row, one.measure)), []).append(number)
    if not places:
        return found
    slots = list(dict.fromkeys(slot for slot, _ in places))
    relation, values = facts(slots, agency_id, by_year=by is By.YEAR)
    shown: dict[str, object] = {f"figure_{number}": figure for number, (_, figure) in enumerate(places)}
    pairs = ", ".join(
        f"({slots.index(slot)}, cast(:figure_{number} as text))" for number, (slot, _) in enumerate(places)
    )
    days = ", ".join(f"({number}, cast(:day_{number} as date))" for number in range(len(slots)))
    shown |= {f"day_{number}": slot.as_of for number, slot in enumerate(slots)}
    # Agencies and metres that know no year stand in a line of their own. A line that says nothing is left out:
    # it would stand for every year in which something lies outside the window.
    by_year = by is By.YEAR
    lines = "and (facts.year is not null or facts.denominator > 0)" if by_year else ""
    told = "having sum(denominator) > 0 or sum(excluded) > 0 or sum(missing) > 0 or sum(uncounted) > 0"
    sql = f"""
        with day (slot, day) as (values {days}),
        line as (
            select facts.slot, facts.figure, {_KEYS[by]} as key, {SUMS}
              from ({relation}) facts join agency a on a.id = facts.agency_id join day d on d.slot = facts.slot
             where (facts.slot, facts.figure) in (values {pairs}) {lines}
             group by 1, 2, 3 {told if by_year else ""}
        )
        select line.*, n.id as agency_id, n.code as agency_code, c.name as agency_name
          from line
          join day d on d.slot = line.slot
          left join agency n on n.id = {"line.key" if by in (By.AGENCY, By.PARENT) else "null"}
          left join lateral {CALLED.format(a="n", day="d.day")} c on true
         order by c.name_sort, c.name, line.key
    """
    for told_row in session.execute(text(sql), {**values, **shown}).mappings():
        slot = slots[told_row["slot"]]
        for number in places[slot, told_row["figure"]]:
            found[number].append(_line(told_row, asked[number][1], slot.counting, by))
    return found


def _line(row: RowMapping, indicator: IndicatorRow, one: Counting, by: By) -> BreakdownRow:
    total = Total.of(row)
    agency = (
        AgencyRef(row["agency_id"], row["agency_code"], row["agency_name"])
        if row["agency_id"] is not None
        else None
    )
    year = row["key"] if by is By.YEAR else None
    label, label_en = (agency.name, agency.name) if agency else _label(row["key"], by)
    # Shelf metres know no year, so a line of a year is judged by its own pages.
    judged = rules.judged(total.share, indicator.wanted, uncounted=total.uncounted > 0)
    return BreakdownRow(
        key=agency.code if agency else "unknown" if row["key"] is None else str(row["key"]),
        label=label,
        label_en=label_en,
        agency=agency,
        year=year,
        numerator=round(total.numerator),
        denominator=round(total.denominator),
        excluded=total.excluded,
        missing=total.missing,
        percent=percent_of(indicator, total.share),
        result=judged if by is By.YEAR else result_of(indicator, total, one),
    )


def _label(key: str | int | None, by: By) -> tuple[str, str]:
    if key is None:
        return "Không rõ năm", "Year unknown"
    return KIND_LABELS.get(str(key), (str(key), str(key))) if by is By.KIND else (f"Năm {key}", str(key))
