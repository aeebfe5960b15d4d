"""Data quality: beside each figure what could not be counted, and the records to mend with what each lacks.

The list comes from the measures themselves: members whose reason is one of `Measure.mends`. A record that is on it
is looked at whole, so that whoever mends it is told at once everything that its figures lack. Retention and the end
of work are facts of the file, so there the file is named, not each of its documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import CALLED
from hub.kpi.lacks import Lack
from hub.kpi.scorecard import scorecard
from hub.kpi.shortfall import Place
from hub.kpi.sight import joined, named, names, shown, visible
from hub.kpi.statement import Slot, counting, members
from hub.kpi.values import AgencyRef, IndicatorRow, IndicatorValue


@dataclass(frozen=True)
class LackCount:
    """How many records lack something; `units` are those it keeps out of one figure, 0 over several figures."""

    lack: Lack
    records: int
    units: int = 0


@dataclass(frozen=True)
class IndicatorQuality:
    """A figure, and what its records lack."""

    value: IndicatorValue
    records: int
    lacks: tuple[LackCount, ...]


@dataclass(frozen=True)
class AgencyQuality:
    """An agency's part of the records to mend."""

    agency: AgencyRef
    records: int
    lacks: tuple[LackCount, ...]


@dataclass(frozen=True)
class Quality:
    """The whole: by figure, by what is lacking, by agency (most records first)."""

    as_of: date
    indicators: tuple[IndicatorQuality, ...]
    lacks: tuple[LackCount, ...]
    agencies: tuple[AgencyQuality, ...]
    records: int


@dataclass(frozen=True)
class MendRow:
    """A record to mend: what it lacks, for which indicators, and how many units it keeps out of them in all.

    `code`, `title` and `owner` (the body's name) are what people know it by.
    """

    kind: str
    id: int
    lacks: tuple[Lack, ...]
    codes: tuple[str, ...]
    weight: int
    code: str
    title: str
    owner: str

    @property
    def place(self) -> Place:
        """Where the next page starts after this row."""
        return Place(self.weight, self.kind, self.id)


@dataclass(frozen=True)
class Mending:
    """A page of the records that the caller may see, how many he may see, and how many he may not."""

    rows: tuple[MendRow, ...]
    total: int
    hidden: int
    has_next: bool


# What is not known of a record, as the measures ask for it.
_ENDED = "coalesce(f.work_ended_on, f.end_latest, f.end_date, f.closed_on)"
_KNOWN_TERM = "f.retention_kind in ('PERMANENT', 'LEGACY_LONG', 'YEARS')"
_ALSO = f"""
    ('DATE', coalesce(i.id is not null and i.issued_date is null, false)
             or coalesce(f.id is not null and f.start_date is null and f.end_date is null, false)),
    ('ORIGIN', coalesce(i.id is not null and i.origin is null, false)
               or coalesce(f.origin_declared is null and (f.item_count = 0 or f.total_doc > f.item_count), false)),
    ('SIGNATURE_EVIDENCE', coalesce(i.origin = 'BORN_DIGITAL'
                                    and coalesce(i.signature_evidence, 'UNKNOWN') = 'UNKNOWN', false)),
    ('RETENTION', coalesce(f.accepted_at is null and not {_KNOWN_TERM}, false)),
    ('WORK_END', coalesce(f.accepted_at is null and f.state <> 'OPEN' and {_ENDED} is null, false)),
    ('TOTAL_DOC', coalesce(f.item_count = 0 and f.total_doc is null, false)),
    ('PAGE_COUNT', coalesce(f.id is not null and f.page_count is null, false))
"""


def quality(
    session: Session,
    actor: Actor,
    plan: str,
    as_of: date,
    agency_id: int | None = None,
    codes: Sequence[str] | None = None,
) -> Quality:
    """What the figures of a plan's rows lack at `as_of`; counts are whole. Four statements. Raises as `scorecard`."""
    values = scorecard(session, actor, plan, as_of, agency_id, codes)
    slots, sql, bound = _lacking([value.indicator for value in values], as_of, agency_id)
    if sql is None:
        told = tuple(IndicatorQuality(value, 0, ()) for value in values)
        return Quality(as_of, told, (), (), 0)
    statement = f"""{sql},
        counted as (
            select slot, agency_id, lack, count(distinct (kind, id)) as records, sum(units) as units,
                   grouping(slot) as all_slots, grouping(agency_id) as all_agencies, grouping(lack) as all_lacks
              from each group by grouping sets ((slot, lack), (slot), (lack), (agency_id, lack), (agency_id), ())
        )
        select c.*, a.code, n.name from counted c left join agency a on a.id = c.agency_id
          left join lateral {CALLED.format(a="a", day="cast(:called_on as date)")} n on true
         order by c.records desc, n.name_sort, a.id, c.lack
    """
    by_slot: dict[int, list[LackCount]] = defaultdict(list)
    by_agency: dict[AgencyRef, list[LackCount]] = defaultdict(list)
    records: dict[int | AgencyRef | None, int] = {}
    lacks: list[LackCount] = []
    for row in session.execute(text(statement), {**bound, "called_on": as_of}):
        whose: int | AgencyRef | None = None if row.all_slots else row.slot
        if not row.all_agencies:
            whose = AgencyRef(row.agency_id, row.code, row.name)
        if row.all_lacks:
            records[whose] = row.records
        elif isinstance(whose, AgencyRef):
            by_agency[whose].append(LackCount(Lack(row.lack), row.records))
        elif whose is not None:
            by_slot[whose].append(LackCount(Lack(row.lack), row.records, int(row.units)))
        else:
            lacks.append(LackCount(Lack(row.lack), row.records))
    agencies = [whose for whose in records if isinstance(whose, AgencyRef)]
    return Quality(
        as_of,
        tuple(
            IndicatorQuality(value, records.get(place, 0), tuple(by_slot[place]))
            for value in values
            for place in (slots.get(value.indicator.code, -1),)
        ),
        tuple(lacks),
        tuple(AgencyQuality(one, records[one], tuple(by_agency[one])) for one in agencies),
        records.get(None, 0),
    )


def lacks_by_agency(
    session: Session, indicators: Sequence[IndicatorRow], as_of: date, agency_id: int | None = None
) -> dict[int | None, dict[str, list[LackCount]]]:
    """What the records behind each figure lack, of the city (None) and of every agency, or of one; one statement."""
    slots, sql, bound = _lacking(indicators, as_of, agency_id)
    if sql is None:
        return {}
    statement = f"""{sql}
        select slot, agency_id, lack, count(distinct (kind, id)) as records, sum(units) as units,
               grouping(agency_id) as whole
          from each group by grouping sets ((slot, lack), (slot, agency_id, lack)) order by slot, agency_id, lack
    """
    codes = list(slots)
    found: dict[int | None, dict[str, list[LackCount]]] = {}
    for row in session.execute(text(statement), bound):
        of_body = found.setdefault(None if row.whole else row.agency_id, {})
        of_body.setdefault(codes[row.slot], []).append(LackCount(Lack(row.lack), row.records, int(row.units)))
    return found


def to_mend(
    session: Session,
    actor: Actor,
    indicators: Sequence[IndicatorRow],
    as_of: date,
    agency_id: int | None = None,
    *,
    lacks: Collection[Lack] | None = None,
    first: int = 50,
    after: Place | None = None,
) -> Mending:
    """A page of the records to mend, those that cost most first, which lack one of `lacks`; one statement."""
    slots, sql, values = _lacking(indicators, as_of, agency_id)
    if sql is None:
        return Mending((), 0, 0, False)
    beyond = (
        ""
        if after is None
        else "and (-weight, kind, id) > (-cast(:weight as bigint), :kind, cast(:id as bigint))"
    )
    statement = f"""{sql},
        record as (
            select e.kind, e.id, array_agg(distinct e.lack) as lacks, array_agg(distinct e.slot) as slots,
                   cast(sum(e.units) as bigint) as weight
              from each e group by e.kind, e.id
            having cast(:lacks as text[]) is null or bool_or(e.lack = any(cast(:lacks as text[])))
        ),
        told as materialized (select r.*, {visible(actor, "r")} as visible from record r {joined("r")}),
        page as (select * from told where visible {beyond} order by weight desc, kind, id limit :more)
        select t.total, t.visible, p.kind, p.id, p.lacks, p.slots, p.weight, {names(actor)}
          from (select count(*) as total, count(*) filter (where visible) as visible from told) t
          left join page p on true
          {named("p")}
         order by p.weight desc, p.kind, p.id
    """
    values |= actor.values(statement) | {"more": first + 1} | (after._asdict() if after else {})
    values["lacks"] = None if lacks is None else list(lacks)
    found = session.execute(text(statement), values).all()
    codes = {number: code for code, number in slots.items()}
    rows = tuple(
        MendRow(
            row.kind,
            row.id,
            tuple(lack for lack in Lack if lack in row.lacks),
            tuple(codes[slot] for slot in row.slots),
            row.weight,
            row.code,
            row.title,
            row.owner,
        )
        for row in found
        if row.kind is not None
    )
    shown(row for row in found[:first] if row.kind is not None)
    total, seen = found[0].total, found[0].visible
    return Mending(rows[:first], seen, total - seen, len(rows) > first)


def _lacking(
    indicators: Sequence[IndicatorRow], as_of: date, agency_id: int | None
) -> tuple[dict[str, int], str | None, dict[str, Any]]:
    """The place of each indicator's code, and `each` as common table expressions: one row for each record and lack.

    None where no measure among them says what is to be mended.
    """
    slots = {
        row.code: Slot(one, as_of)
        for row in indicators
        if (one := counting(row)) is not None and one.measure.mends
    }
    if not slots:
        return {}, None, {}
    sql, values = members(list(slots.values()), agency_id)
    mends = ", ".join(
        f"({number}, '{reason}', '{lack}')"
        for number, slot in enumerate(slots.values())
        for reason, lack in slot.counting.measure.mends.items()
    )
    text = f"""
        with mends (slot, reason, lack) as (values {mends}),
        short as (
            select m.slot, m.kind, m.id, m.agency_id, d.lack, m.denominator - m.numerator as units
              from ({sql}) m join mends d on d.slot = m.slot and d.reason = m.reason
        ),
        placed as (
            select s.slot, s.agency_id, case when t.id is null then s.kind else 'file' end as kind,
                   coalesce(t.id, s.id) as id, coalesce(t.lack, s.lack) as lack, s.units
              from short s
              left join item i on s.lack = 'RETENTION' and s.kind = 'item' and i.id = s.id
              left join lateral (
                   select f.id, case when not {_KNOWN_TERM} then 'RETENTION' when {_ENDED} is null then 'WORK_END' end
                     from file f
                    where s.lack = 'RETENTION' and f.id = case s.kind when 'file' then s.id else i.file_id end
              ) t (id, lack) on t.lack is not null
        ),
        each as materialized (
            select slot, kind, id, agency_id, lack, sum(units) as units from (
                select * from placed
                union all
                select p.slot, p.agency_id, p.kind, p.id, x.lack, 0
                  from (select distinct slot, agency_id, kind, id from placed) p
                  left join item i on p.kind = 'item' and i.id = p.id
                  left join file f on p.kind = 'file' and f.id = p.id
                 cross join lateral (values {_ALSO}) x (lack, lacking)
                 where x.lacking
                   and exists (select from mends d where d.slot = p.slot
                                and (d.lack = x.lack or (d.lack = 'RETENTION' and x.lack = 'WORK_END')))
            ) one group by 1, 2, 3, 4, 5
        )"""
    return {code: number for number, code in enumerate(slots)}, text, values
