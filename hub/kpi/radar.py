"""What is due for the historical archive: late, due now, within half a year and a year, by agency, and what blocks it.

Counted are permanent files and documents that are still with their agency at the date. They stand by the day of the
plan (hub/records/terms.py); `past_law` says how many are late by law, too. What nobody knows to be permanent, or
when it was made, has no day and stands apart (`unknown`). A record belongs to the agency that answers then for its
creator (R10, R13); a document's retention is its own, else its file's. Facts true at the date, as known now (R3b);
holds and access are of today, since they are not dated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import CALLED
from hub.kit.clock import HANOI
from hub.kpi.registers import BODIES, INTEGRATION, SYSTEMS
from hub.kpi.relations import HEIR_OF_PAIR, HEIRS
from hub.kpi.sight import joined, named, names, shown, visible
from hub.kpi.values import AgencyRef
from hub.records.terms import FILE_CREATED, ITEM_CREATED, due_by_law, due_by_plan, obstacle

FRESHNESS_DAYS = 184  # as the plan's row II.1.b reads it
NEVER = date.max


class Bucket(StrEnum):
    """When a record is due, each apart from the others."""

    LATE = "LATE"
    DUE_NOW = "DUE_NOW"
    WITHIN_6_MONTHS = "WITHIN_6_MONTHS"
    WITHIN_12_MONTHS = "WITHIN_12_MONTHS"
    UNKNOWN = "UNKNOWN"


# Vietnamese, English
OBSTACLES: Mapping[str, tuple[str, str]] = {
    "ON_HOLD": ("Đang bị tạm giữ", "Held for an inquiry or a dispute"),
    "SECRET": ("Tài liệu mật, phải giải mật", "Secret: only after declassification"),
    "FILE_OPEN": ("Hồ sơ chưa kết thúc", "The file is still being made"),
    "NOT_IN_AGENCY_ARCHIVE": ("Chưa nộp vào lưu trữ cơ quan", "Not yet accepted by the agency's own archive"),
    "RETENTION_UNKNOWN": ("Chưa rõ thời hạn lưu trữ", "The retention is not known"),
    "DATE_UNKNOWN": ("Chưa rõ ngày để tính hạn", "There is no date to reckon from"),
    "NOT_ON_SOURCE_LIST": (
        "Cơ quan không thuộc danh mục nguồn nộp lưu", "The agency is not on the source list",
    ),
    "AWAITING_ACCEPTANCE": (
        "Đã nộp, chờ Lưu trữ lịch sử tiếp nhận", "Handed in, the historical archive has not decided",
    ),
    "RETURNED": ("Lưu trữ lịch sử đã trả lại", "The historical archive sent it back"),
    "NO_CHANNEL": (
        "Hệ thống của cơ quan chưa tích hợp với Lưu trữ lịch sử",
        "No system of the agency is integrated with the historical archive's",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class DueCounts:
    """How many records are due when; `past_law` of the late ones are late by law, `ready` of all nothing blocks."""

    late: int = 0
    due_now: int = 0
    within_6_months: int = 0
    within_12_months: int = 0
    unknown: int = 0
    past_law: int = 0
    ready: int = 0


@dataclass(frozen=True)
class Blocked:
    """What blocks so many files and documents."""

    obstacle: str
    files: int
    items: int

    def message(self, language: str) -> str:
        """The obstacle in the caller's language."""
        return OBSTACLES[self.obstacle][1 if language == "en" else 0]


@dataclass(frozen=True)
class RadarLine:
    """An agency's part, or the whole (`agency` None)."""

    agency: AgencyRef | None
    files: DueCounts = DueCounts()
    items: DueCounts = DueCounts()
    blocked: tuple[Blocked, ...] = ()


@dataclass(frozen=True)
class Radar:
    """The whole and its lines, those with most late files first."""

    as_of: date
    whole: RadarLine
    lines: tuple[RadarLine, ...]


class DuePlace(NamedTuple):
    """Where a page ends: the longest due come first, those without a day last."""

    due: date
    id: int


@dataclass(frozen=True)
class DueRow:
    """A file or an item, when it is due by plan and by law, and what blocks it first."""

    kind: str
    id: int
    bucket: Bucket
    due: date | None
    law: date | None
    obstacle: str | None
    code: str
    title: str
    owner: str

    @property
    def place(self) -> DuePlace:
        """Where the next page starts after this row."""
        return DuePlace(self.due or NEVER, self.id)

    def message(self, language: str) -> str | None:
        """The obstacle in the caller's language; None where nothing blocks."""
        return None if self.obstacle is None else OBSTACLES[self.obstacle][1 if language == "en" else 0]


@dataclass(frozen=True)
class DuePage:
    """A page of the records that the caller may see, how many he may see, and how many he may not."""

    rows: tuple[DueRow, ...]
    total: int
    hidden: int
    has_next: bool


# The state of a file at the date, by the days that are known; of a state without its day, the state itself.
_STATE = """
case when f.closed_on > @as_of or (f.closed_on is null and f.state = 'OPEN') then 'OPEN'
     when f.accepted_at < @until
          or (f.accepted_at is null and f.state in ('ACCEPTED', 'TRANSFERRED')) then 'ACCEPTED'
     else 'CLOSED' end
"""
_FURTHER = (
    "when {t}.retention = 'UNKNOWN' then 'RETENTION_UNKNOWN'",
    "when {t}.created is null then 'DATE_UNKNOWN'",
    "when not {t}.is_source then 'NOT_ON_SOURCE_LIST'",
    "when {t}.waiting then 'AWAITING_ACCEPTANCE'",
    "when {t}.returned then 'RETURNED'",
    "when not {t}.has_channel then 'NO_CHANNEL'",
)

_DUE = f"""
with recursive {HEIRS},
{BODIES},
{SYSTEMS},
{INTEGRATION},
channel as materialized (select distinct agency_id from integration where is_live),
handed as materialized (
    select e.file_id, e.item_id, bool_or(t.accepted_at < @until) as accepted,
           bool_or(t.submitted_at < @until and t.state <> 'RETURNED'
                   and (t.accepted_at is null or t.accepted_at >= @until)) as waiting,
           bool_or(t.state = 'RETURNED' and t.submitted_at < @until) as returned
      from transfer t join transfer_entry e on e.transfer_id = t.id
     group by e.file_id, e.item_id
),
here as materialized (
    select f.id, f.creator_id, coalesce(w.agency_id, f.agency_id) as owner_id,
           {FILE_CREATED.replace("{t}", "f")} as created, f.retention_kind as retention,
           f.access_level, f.on_hold, f.accepted_at, {_STATE} as state,
           h.accepted is true as accepted, h.waiting is true as waiting, h.returned is true as returned
      from file f
      left join owned w on w.fonds_id = f.fonds_id
      join agency k on k.id = f.custodian_id
      left join handed h on h.file_id = f.id and h.item_id is null
     where f.state <> 'DISPOSED'
       and not (f.transferred_on <= @as_of) is true
       and not (f.transferred_on is null and (k.is_historical_archive or f.transferred or f.state = 'TRANSFERRED'))
),
pair as (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from here) p
),
body_of as materialized (
    select p.creator_id, p.owner_id, p.agency_id,
           exists (select from source_membership m where m.agency_id = p.agency_id and m.valid_from <= @as_of
                    and (m.valid_to is null or @as_of < m.valid_to)) as is_source,
           p.agency_id in (select c.agency_id from channel c) as has_channel
      from pair p
     where @agency is null or p.agency_id = @agency
),
record as (
    select 'file' as kind, h.id, b.agency_id, b.is_source, b.has_channel, h.created, h.retention, h.access_level,
           h.on_hold, h.accepted_at, h.state, h.waiting, h.returned
      from here h join body_of b using (creator_id, owner_id)
     where h.retention in ('PERMANENT', 'UNKNOWN') and not h.accepted
    union all
    select 'item', i.id, b.agency_id, b.is_source, b.has_channel, {ITEM_CREATED.replace("{t}", "i")},
           case i.retention_kind when 'UNKNOWN' then h.retention else i.retention_kind end,
           greatest(i.access_level, h.access_level), i.on_hold or h.on_hold, h.accepted_at, h.state,
           h.waiting or o.waiting is true, h.returned or o.returned is true
      from item i
      join here h on h.id = i.file_id
      join body_of b using (creator_id, owner_id)
      left join handed o on o.item_id = i.id
     where i.state = 'ACTIVE' and not h.accepted and not o.accepted is true
       and case i.retention_kind when 'UNKNOWN' then h.retention else i.retention_kind end
           in ('PERMANENT', 'UNKNOWN')
       and (i.issued_date is null or i.issued_date <= @as_of)
),
dated as (
    select r.*, {due_by_plan("r.created")} as plan, {due_by_law("r.accepted_at")} as law from record r
),
due as materialized (
    select d.kind, d.id, d.agency_id, d.law,
           case when d.retention <> 'UNKNOWN' then d.plan end as plan,
           case when d.retention = 'UNKNOWN' or d.plan is null then 'UNKNOWN'
                when d.plan < @as_of then 'LATE'
                when d.plan <= @as_of + interval '1 month' then 'DUE_NOW'
                when d.plan <= @as_of + interval '6 months' then 'WITHIN_6_MONTHS'
                else 'WITHIN_12_MONTHS' end as bucket,
           {obstacle("d.state", _FURTHER).replace("{t}", "d")} as obstacle
      from dated d
     where d.plan is null or d.plan <= @as_of + interval '12 months'
)
"""


def radar(session: Session, as_of: date, agency_id: int | None = None) -> Radar:
    """The counts, whole whoever asks; one statement. The radar is as public as the figures of the plan."""
    sql, values = _due(as_of, agency_id)
    statement = f"""{sql}
        select d.agency_id, a.code, n.name, d.kind, d.bucket, d.obstacle, count(*) as n,
               count(*) filter (where d.bucket = 'LATE' and d.law < cast(:as_of as date)) as past_law
          from due d join agency a on a.id = d.agency_id
         cross join lateral {CALLED.format(a="a", day="cast(:as_of as date)")} n
         group by 1, 2, 3, 4, 5, 6, n.name_sort order by n.name_sort, 1
    """
    whole = _Tally()
    by_agency: dict[AgencyRef, _Tally] = defaultdict(_Tally)
    for row in session.execute(text(statement), values):
        for tally in (whole, by_agency[AgencyRef(row.agency_id, row.code, row.name)]):
            tally.add(row)
    lines = [tally.line(agency) for agency, tally in by_agency.items()]
    lines.sort(key=lambda line: (-line.files.late, -line.items.late))
    return Radar(as_of, whole.line(None), tuple(lines))


def due_records(
    session: Session,
    actor: Actor,
    kind: str,
    as_of: date,
    agency_id: int | None = None,
    *,
    buckets: Collection[Bucket] | None = None,
    obstacles: Collection[str] | None = None,
    first: int = 50,
    after: DuePlace | None = None,
) -> DuePage:
    """A page of the files or items (`kind`) that are due, the longest due first; one statement."""
    sql, values = _due(as_of, agency_id)
    beyond = (
        ""
        if after is None
        else "and (coalesce(plan, :never), id) > (cast(:due as date), cast(:id as bigint))"
    )
    statement = f"""{sql},
        wanted as (
            select d.* from due d
             where d.kind = :kind
               and (cast(:buckets as text[]) is null or d.bucket = any(cast(:buckets as text[])))
               and (cast(:obstacles as text[]) is null or d.obstacle = any(cast(:obstacles as text[])))
        ),
        told as materialized (select w.*, {visible(actor, "w")} as visible from wanted w {joined("w")}),
        page as (
            select * from told where visible {beyond} order by coalesce(plan, :never), id limit :more
        )
        select t.total, t.visible, p.kind, p.id, p.bucket, p.plan, p.law, p.obstacle, {names(actor)}
          from (select count(*) as total, count(*) filter (where visible) as visible from told) t
          left join page p on true
          {named("p")}
         order by coalesce(p.plan, :never), p.id
    """
    values |= actor.values(statement) | {"kind": kind, "more": first + 1, "never": NEVER}
    values |= {
        "buckets": None if buckets is None else list(buckets),
        "obstacles": None if obstacles is None else list(obstacles),
    }
    values |= after._asdict() if after else {}
    found = session.execute(text(statement), values).all()
    rows = tuple(
        DueRow(
            row.kind,
            row.id,
            Bucket(row.bucket),
            row.plan,
            row.law,
            row.obstacle,
            row.code,
            row.title,
            row.owner,
        )
        for row in found
        if row.kind is not None
    )
    shown(row for row in found[:first] if row.kind is not None)
    total, seen = found[0].total, found[0].visible
    return DuePage(rows[:first], seen, total - seen, len(rows) > first)


def _due(as_of: date, agency_id: int | None) -> tuple[str, dict[str, Any]]:
    sql = _DUE
    for name, kind in (
        ("as_of", "date"),
        ("until", "timestamptz"),
        ("freshness_days", "int"),
        ("agency", "bigint"),
    ):
        sql = sql.replace(f"@{name}", f"cast(:{name} as {kind})")
    until = datetime.combine(as_of + timedelta(days=1), time.min, HANOI)
    return sql, {"as_of": as_of, "until": until, "freshness_days": FRESHNESS_DAYS, "agency": agency_id}


@dataclass
class _Tally:
    """Counts as they are read."""

    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    blocked: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: Any) -> None:
        self.counts[row.kind, row.bucket] += row.n
        self.counts[row.kind, "PAST_LAW"] += row.past_law
        if row.obstacle is None:
            self.counts[row.kind, "READY"] += row.n
        else:
            self.blocked[row.kind, row.obstacle] += row.n

    def line(self, agency: AgencyRef | None) -> RadarLine:
        return RadarLine(agency, self._counts("file"), self._counts("item"), tuple(self._blocked()))

    def _counts(self, kind: str) -> DueCounts:
        names = (*(bucket.value for bucket in Bucket), "PAST_LAW", "READY")
        return DueCounts(**{name.lower(): self.counts[kind, name] for name in names})

    def _blocked(self) -> Iterable[Blocked]:
        for obstacle_ in OBSTACLES:
            files, items = self.blocked["file", obstacle_], self.blocked["item", obstacle_]
            if files or items:
                yield Blocked(obstacle_, files, items)
