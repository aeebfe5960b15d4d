"""The records that keep a figure down, each with the reason, as far as the caller may see them.

The figures are whole, the list is not: what the caller may not see is counted and nothing more is said of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi.registry import Measure
from hub.kpi.sight import joined, named, names, shown, visible
from hub.kpi.statement import bind, counting, place
from hub.kpi.values import IndicatorRow


class Place(NamedTuple):
    """Where a page of a shortfall ends: the heaviest records come first."""

    weight: int
    kind: str
    id: int


@dataclass(frozen=True)
class ShortfallRow:
    """A record (kind: file, item, fonds or agency), why it does not count, and how many units it costs.

    `detail_vi` and `detail_en` name what has no page of its own, a system or a paper; None where there is none or the
    caller may not know it. `code`, `title` and `owner` (the agency that has it) are what people know the record by.
    """

    kind: str
    id: int
    reason: str
    message_vi: str
    message_en: str
    weight: int
    detail_vi: str | None = None
    detail_en: str | None = None
    code: str = ""
    title: str = ""
    owner: str = ""

    @property
    def place(self) -> Place:
        """Where the next page starts after this row."""
        return Place(self.weight, self.kind, self.id)

    def message(self, language: str) -> str:
        """The reason in the caller's language."""
        english = language == "en"
        message, detail = (self.message_en, self.detail_en) if english else (self.message_vi, self.detail_vi)
        return f"{message}: {detail}" if detail else message


@dataclass(frozen=True)
class Shortfall:
    """A page of the records that the caller may see, how many he may see, and how many he may not."""

    rows: tuple[ShortfallRow, ...]
    total: int
    hidden: int
    has_next: bool


def members(indicator: IndicatorRow, as_of: date, agency_id: int | None) -> tuple[str, dict[str, Any]] | None:
    """The members of a figure as SQL (see `Measure`) with its values; None while the measure is not written.

    It carries no permission: whoever selects from it joins the records and their predicates.
    """
    one = counting(indicator)
    if one is None:
        return None
    text = place(one.measure, one.measure.members, agency_id)
    sql, values = bind(one.measure, text, one.values(as_of, agency_id))
    if agency_id is None:
        return sql, values
    return f"select m.* from ({sql}) m where m.agency_id = cast(:agency_id as bigint)", {
        **values,
        "agency_id": agency_id,
    }


def shortfall(
    session: Session,
    actor: Actor,
    indicator: IndicatorRow,
    as_of: date,
    agency_id: int | None = None,
    *,
    first: int = 50,
    after: Place | None = None,
) -> Shortfall:
    """A page of the records that keep the indicator down at `as_of`, heaviest first; one statement."""
    one = counting(indicator)
    records = members(indicator, as_of, agency_id)
    if one is None or records is None:
        return Shortfall((), 0, 0, False)
    sql, values = records
    beyond = (
        ""
        if after is None
        else "and (-weight, kind, id) > (-cast(:weight as bigint), :kind, cast(:id as bigint))"
    )
    statement = f"""
        with short as (
            select kind, id, reason, cast(denominator - numerator as bigint) as weight,
                   {"m.detail, m.detail_en" if one.measure.detail else "null as detail, null as detail_en"}
              from ({sql}) m where reason is not null
        ),
        told as materialized (
            select s.kind, s.id, s.reason, s.weight, s.detail, s.detail_en,
                   {_may_know(actor, one.measure)} as is_known, {visible(actor, "s")} as visible
              from short s {joined("s")}
        ),
        page as (select * from told where visible {beyond} order by weight desc, kind, id limit :more)
        select t.total, t.visible, p.kind, p.id, p.reason, p.weight,
               case when p.is_known then p.detail end as detail,
               case when p.is_known then p.detail_en end as detail_en, {names(actor)}
          from (select count(*) as total, count(*) filter (where visible) as visible from told) t
          left join page p on true
          {named("p")}
         order by p.weight desc, p.kind, p.id
    """
    values |= actor.values(statement) | {"more": first + 1} | (after._asdict() if after else {})
    found = session.execute(text(statement), values).all()
    rows = tuple(
        ShortfallRow(
            row.kind,
            row.id,
            row.reason,
            *one.measure.reasons[row.reason],
            row.weight,
            row.detail,
            row.detail_en,
            row.code,
            row.title,
            row.owner,
        )
        for row in found
        if row.kind is not None
    )
    shown(row for row in found[:first] if row.kind is not None)
    total, seen = found[0].total, found[0].visible
    return Shortfall(rows[:first], seen, total - seen, len(rows) > first)


def _may_know(actor: Actor, measure: Measure) -> str:
    if measure.detail is None:
        return "false"
    return f"({actor.predicate(measure.detail, 'read', {'id': 's.id', 'agency_id': 'g.id'}, root=False)})"
