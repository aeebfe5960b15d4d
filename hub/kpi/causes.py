"""What moved a figure, record by record: each record that counts otherwise has one cause, and the causes add up.

Two questions have the same form. Between two dates, facts as known now: what came, went, was accepted, excluded.
At one date, as reported then and as known now: what was registered late, corrected, destroyed, excluded since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.clock import HANOI
from hub.kpi.known import TABLES_THEN, UNDONE
from hub.kpi.shifted import IS_SHIFTED, shifted
from hub.kpi.shortfall import Place
from hub.kpi.sight import joined, named, names, shown, visible
from hub.kpi.statement import Slot, members


class Cause(StrEnum):
    """Why a record counts otherwise than before; the closed list, in the order of telling."""

    NEW = "NEW"
    ACCEPTED = "ACCEPTED"
    ENTERED = "ENTERED"
    ACHIEVED = "ACHIEVED"
    PUBLISHED = "PUBLISHED"
    LAPSED = "LAPSED"
    LEFT = "LEFT"
    MERGED = "MERGED"
    EXCLUDED = "EXCLUDED"
    EXCLUSION_LIFTED = "EXCLUSION_LIFTED"
    REGISTERED_LATE = "REGISTERED_LATE"
    ORIGIN_CORRECTED = "ORIGIN_CORRECTED"
    DATE_CORRECTED = "DATE_CORRECTED"
    RETENTION_CORRECTED = "RETENTION_CORRECTED"
    SIGNATURE_CORRECTED = "SIGNATURE_CORRECTED"
    ACCESS_CORRECTED = "ACCESS_CORRECTED"
    EXTENT_CORRECTED = "EXTENT_CORRECTED"
    DESTROYED = "DESTROYED"
    CORRECTED = "CORRECTED"
    PARAMETER_CHANGED = "PARAMETER_CHANGED"
    FORMULA_CHANGED = "FORMULA_CHANGED"
    NOT_TRACED = "NOT_TRACED"

    @property
    def words(self) -> tuple[str, str]:
        """The cause for people, in Vietnamese and English."""
        return _WORDS[self]


_WORDS = {
    Cause.NEW: ("Mới phát sinh trong kỳ", "New since then"),
    Cause.ACCEPTED: ("Được tiếp nhận, nghiệm thu trong kỳ", "Accepted since then"),
    Cause.ENTERED: ("Đến hạn hoặc vào phạm vi tính", "Fell due or came into scope"),
    Cause.ACHIEVED: ("Đã thực hiện trong kỳ", "Done since then"),
    Cause.PUBLISHED: ("Được công bố trực tuyến trong kỳ", "Published since then"),
    Cause.LAPSED: ("Không còn đáp ứng", "No longer fulfilled"),
    Cause.LEFT: ("Ra khỏi phạm vi tính", "Left the scope"),
    Cause.MERGED: ("Chuyển cơ quan do sáp nhập, chia tách", "Moved with a merger or a split of agencies"),
    Cause.EXCLUDED: ("Được loại trừ theo quy định", "Excluded by law"),
    Cause.EXCLUSION_LIFTED: ("Hết loại trừ", "No longer excluded"),
    Cause.REGISTERED_LATE: ("Đăng ký sau cho thời điểm trước", "Registered late for an earlier date"),
    Cause.ORIGIN_CORRECTED: ("Sửa nguồn gốc", "Origin corrected"),
    Cause.DATE_CORRECTED: ("Sửa ngày", "Date corrected"),
    Cause.RETENTION_CORRECTED: ("Sửa thời hạn lưu trữ", "Retention corrected"),
    Cause.SIGNATURE_CORRECTED: ("Sửa chứng cứ chữ ký", "Evidence of the signature corrected"),
    Cause.ACCESS_CORRECTED: ("Sửa chế độ sử dụng", "Access mode corrected"),
    Cause.EXTENT_CORRECTED: ("Sửa số tài liệu, số trang", "Number of documents or pages corrected"),
    Cause.DESTROYED: ("Đã hủy, rút hoặc trùng", "Destroyed, withdrawn or a duplicate"),
    Cause.CORRECTED: ("Sửa nội dung khác", "Otherwise corrected"),
    Cause.PARAMETER_CHANGED: ("Thay đổi tham số theo quyết định", "A parameter was changed by decision"),
    Cause.FORMULA_CHANGED: ("Thay đổi cách tính", "The way of counting was changed"),
    Cause.NOT_TRACED: ("Không truy được tới từng hồ sơ", "Not traced to single records"),
}


@dataclass(frozen=True)
class Question:
    """What is compared. Between two dates: `before` and `after` differ in their day, `between` is the first day
    counted as the second is, where readings changed. As known at an instant and now: `known_at` is set, and both
    are one. `wide`: an agency's records are sought in the whole city, since bodies followed each other meanwhile.
    """

    before: Slot
    after: Slot
    agency_id: int | None
    known_at: datetime | None = None
    between: Slot | None = None
    wide: bool = False


@dataclass(frozen=True)
class Moved:
    """How a cause moved numerator and denominator; `records` is None where it has no list of records."""

    cause: Cause
    numerator: int
    denominator: int
    records: int | None = None


@dataclass(frozen=True)
class MovedRow:
    """A record that counts otherwise, and by how many units."""

    cause: Cause
    kind: str
    id: int
    numerator: int
    denominator: int
    weight: int
    code: str
    title: str
    owner: str

    @property
    def place(self) -> Place:
        """Where the next page starts after this row."""
        return Place(self.weight, self.kind, self.id)


@dataclass(frozen=True)
class MovedPage:
    """A page of a cause's records that the caller may see, how many he may see, and how many he may not."""

    rows: tuple[MovedRow, ...]
    total: int
    hidden: int
    has_next: bool


def moved(session: Session, question: Question) -> list[Moved]:
    """The causes with the units they moved and how many records, whole; one statement."""
    sql, values = _rows(question)
    statement = f"""{sql}
        select cause, sum(numerator) as numerator, sum(denominator) as denominator, count(*) as records
          from moved group by cause
    """
    found = {
        Cause(row.cause): Moved(Cause(row.cause), int(row.numerator), int(row.denominator), row.records)
        for row in session.execute(text(statement), values)
    }
    return [found[cause] for cause in Cause if cause in found]


def moved_records(
    session: Session,
    actor: Actor,
    question: Question,
    causes: Sequence[Cause],
    *,
    first: int = 50,
    after: Place | None = None,
) -> dict[Cause, MovedPage]:
    """A page of the records of each cause, heaviest first, as far as the caller may see; one statement for all.

    `after` is a place in the list of a single cause.
    """
    sql, values = _rows(question)
    beyond = (
        ""
        if after is None
        else "and (-weight, kind, id) > (-cast(:weight as bigint), :kind, cast(:id as bigint))"
    )
    statement = f"""{sql},
        told as materialized (
            select m.*, cast(greatest(abs(m.numerator), abs(m.denominator)) as bigint) as weight,
                   {visible(actor, "m")} as visible
              from moved m {joined("m")} where m.cause = any(:causes)
        ),
        ranked as (
            select *, row_number() over (partition by cause order by weight desc, kind, id) as rank
              from told where visible {beyond}
        ),
        page as (select * from ranked where rank <= :more)
        select t.cause, t.total, t.visible, p.kind, p.id, p.numerator, p.denominator, p.weight, {names(actor)}
          from (select cause, count(*) as total, count(*) filter (where visible) as visible
                  from told group by cause) t
          left join page p on p.cause = t.cause
          {named("p")}
         order by t.cause, p.rank
    """
    values |= actor.values(statement) | {"more": first + 1, "causes": [str(cause) for cause in causes]}
    values |= after._asdict() if after else {}
    totals: dict[Cause, tuple[int, int]] = {}
    rows: dict[Cause, list[MovedRow]] = {}
    for row in session.execute(text(statement), values):
        cause = Cause(row.cause)
        totals[cause] = (row.visible, row.total - row.visible)
        listed = rows.setdefault(cause, [])
        if row.kind is not None:
            units = (int(row.numerator), int(row.denominator), row.weight)
            listed.append(MovedRow(cause, row.kind, row.id, *units, row.code, row.title, row.owner))
            if len(listed) <= first:
                shown([row])
    return {
        cause: MovedPage(tuple(rows[cause][:first]), seen, hidden, len(rows[cause]) > first)
        for cause, (seen, hidden) in totals.items()
    }


def _rows(question: Question) -> tuple[str, dict[str, Any]]:
    """`moved (kind, id, cause, numerator, denominator)` as common table expressions, with its values."""
    return _known_otherwise(question) if question.known_at else _happened(question)


# Two states of every record side by side. Where an agency is asked for, units elsewhere do not count.
_PAIRED = """
{name} as materialized (
    select kind, id, min(agency_id) as agency_id, sum(numerator) as numerator, sum(denominator) as denominator,
           sum(excluded) as excluded
      from (select m.kind, m.id, m.agency_id,
                   case when {own} then m.numerator else 0 end as numerator,
                   case when {own} then m.denominator else 0 end as denominator,
                   case when {own} then m.excluded else 0 end as excluded
              from {source} m) m
     group by kind, id
)"""
_CHANGED = """
    select coalesce(a.kind, b.kind) as kind, coalesce(a.id, b.id) as id, a.agency_id as old_agency,
           b.agency_id as new_agency, coalesce(b.numerator, 0) - coalesce(a.numerator, 0) as numerator,
           coalesce(b.denominator, 0) - coalesce(a.denominator, 0) as denominator,
           coalesce(b.excluded, 0) - coalesce(a.excluded, 0) as excluded
      from {before} a full join {after} b on b.kind = a.kind and b.id = a.id
     where coalesce(a.numerator, 0) <> coalesce(b.numerator, 0)
        or coalesce(a.denominator, 0) <> coalesce(b.denominator, 0)
"""

# The record with its file. `m` is a row of _CHANGED.
_OF = """
      left join item i on m.kind = 'item' and i.id = m.id
      left join file f on f.id = case m.kind when 'file' then m.id when 'item' then i.file_id end
"""

_HAPPENED = """
case
    when :scoped and m.old_agency <> m.new_agency then 'MERGED'
    when m.kind = 'agency' and exists (select from agency_succession s
                                        where m.id = case when m.denominator < 0 then s.predecessor_id
                                                          when m.denominator > 0 then s.successor_id end
                                          and s.effective_on > :first_day and s.effective_on <= :last_day) then 'MERGED'
    when m.excluded > 0 and m.denominator < 0 then 'EXCLUDED'
    when m.excluded < 0 and m.denominator > 0 then 'EXCLUSION_LIFTED'
    when m.denominator > 0 then
         case when coalesce(i.issued_date, f.end_date, f.start_date, g.valid_from) > :first_day then 'NEW'
              when f.accepted_at >= :first_instant and f.accepted_at < :last_instant then 'ACCEPTED'
              when k.is_historical_archive and f.transferred_on > :first_day and f.transferred_on <= :last_day
                   then 'ACCEPTED'
              when exists (select from page_acceptance p where p.file_id = f.id
                            and p.accepted_on > :first_day and p.accepted_on <= :last_day) then 'ACCEPTED'
              else 'ENTERED' end
    when m.denominator < 0 then 'LEFT'
    when m.numerator > 0 then
         case when exists (select from page_acceptance p where p.file_id = f.id
                            and p.accepted_on > :first_day and p.accepted_on <= :last_day)
                or exists (select from transfer t join transfer_entry e on e.transfer_id = t.id
                            where e.file_id = f.id
                              and t.accepted_at >= :first_instant and t.accepted_at < :last_instant) then 'ACCEPTED'
              when exists (select from publication p where p.file_id = f.id
                            and p.published_on > :first_day and p.published_on <= :last_day) then 'PUBLISHED'
              else 'ACHIEVED' end
    else 'LAPSED' end
"""


def _happened(question: Question) -> tuple[str, dict[str, Any]]:
    slots = [question.before, *([question.between] if question.between else []), question.after]
    # Read alike on both days, most records of the city count alike too; those of one agency are few as it is.
    is_city = question.agency_id is None or question.wide
    narrowed = shifted(question.after.counting) if is_city and not question.between else None
    sql, values = members(
        slots, None if question.wide else question.agency_id, IS_SHIFTED if narrowed else None
    )
    own = "true" if question.agency_id is None else "m.agency_id = cast(:whose as bigint)"
    states = ",".join(
        _PAIRED.format(
            name=f"state_{number}", own=own, source=f"(select * from member where slot = {number})"
        )
        for number in range(len(slots))
    )
    last = len(slots) - 1
    read_otherwise = (
        "select m.kind, m.id, 'PARAMETER_CHANGED' as cause, m.numerator, m.denominator"
        f" from ({_CHANGED.format(before='state_0', after='state_1')}) m union all"
        if question.between
        else ""
    )
    happened = _CHANGED.format(before=f"state_{last - 1}", after=f"state_{last}")
    statement = f"""
        with recursive {narrowed + "," if narrowed else ""}
        member as materialized ({sql}),{states},
        moved as materialized (
            {read_otherwise}
            select m.kind, m.id, {_HAPPENED} as cause, m.numerator, m.denominator
              from ({happened}) m {_OF}
              left join agency k on k.id = m.new_agency
              left join agency g on m.kind = 'agency' and g.id = m.id
        )"""
    return statement, values | {
        "whose": question.agency_id,
        "scoped": question.agency_id is not None,
        **({"excepted_of": question.after.counting.indicator_id} if narrowed else {}),
        "first_day": question.before.as_of,
        "last_day": question.after.as_of,
        "first_instant": _day_after(question.before.as_of),
        "last_instant": _day_after(question.after.as_of),
    }


# Which field was put back says what was corrected; a document counts as its file does, so the file's fields count too.
_FIELDS: Mapping[Cause, Sequence[str]] = {
    Cause.ORIGIN_CORRECTED: ("origin", "origin_declared"),
    Cause.DATE_CORRECTED: (
        "issued_date", "start_date", "end_date", "end_latest", "work_ended_on", "closed_on", "accepted_at",
    ),
    Cause.RETENTION_CORRECTED: ("retention_kind", "retention_years"),
    Cause.SIGNATURE_CORRECTED: ("signature_evidence",),
    Cause.ACCESS_CORRECTED: ("access_level",),
    Cause.EXTENT_CORRECTED: ("total_doc", "page_count", "page_count_declared"),
}  # fmt: skip
_CORRECTED = " ".join(
    f"when u.before ?| array{list(fields)} or v.before ?| array{list(fields)} then '{cause}'"
    for cause, fields in _FIELDS.items()
)
_KNOWN_OTHERWISE = f"""
case
    when m.excluded > 0 and m.denominator < 0 then 'EXCLUDED'
    when m.excluded < 0 and m.denominator > 0 then 'EXCLUSION_LIFTED'
    when coalesce(i.created_at, f.created_at) > :known_at then 'REGISTERED_LATE'
    when coalesce(i.state <> 'ACTIVE', false) and u.before ? 'state'
         or f.state = 'DISPOSED' and v.before ? 'state' then 'DESTROYED'
    {_CORRECTED}
    when exists (select from item n where n.file_id = f.id and n.created_at > :known_at) then 'REGISTERED_LATE'
    else 'CORRECTED' end
"""


def _known_otherwise(question: Question) -> tuple[str, dict[str, Any]]:
    sql, values = members([question.after], question.agency_id)
    then = f"(with {TABLES_THEN} select * from ({sql}) m)"
    statement = f"""
        with {UNDONE},{_PAIRED.format(name="state_0", own="true", source=then)},
        {_PAIRED.format(name="state_1", own="true", source=f"({sql})")},
        moved as materialized (
            select m.kind, m.id, {_KNOWN_OTHERWISE} as cause, m.numerator, m.denominator
              from ({_CHANGED.format(before="state_0", after="state_1")}) m {_OF}
              left join undone u on u.kind = m.kind and u.id = m.id
              left join undone v on v.kind = 'file' and v.id = f.id
        )"""
    return statement, values | {"known_at": question.known_at}


def _day_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, HANOI)
