"""Two snapshots compared record by record: what came into a figure, what left it, what counts otherwise now.

Both sides are read from what was frozen, so the answer is the same whatever became of the records. The figures are
whole, the list is not: what the caller may not see is counted and nothing more is said of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.kit.errors import Conflict, NotFound
from hub.kpi import small
from hub.kpi.membership import Standing, differences, unpack
from hub.kpi.sight import joined, named, names, shown, visible
from hub.returns.models import PublishedReport, Snapshot
from hub.returns.snapshots.models import FrozenFigures, FrozenMembers, PeriodFreeze

_Group = tuple[list[str], bytes]
Groups = dict[tuple[int, str], _Group]


class Move(StrEnum):
    """What became of a record from one snapshot to the other, told in this order."""

    ENTERED = "ENTERED"
    LEFT = "LEFT"
    GAINED = "GAINED"
    LOST = "LOST"
    CHANGED = "CHANGED"


_ORDER = list(Move)


class Place(NamedTuple):
    """Where a page of moved records ends."""

    order: int
    kind: str
    id: int


@dataclass(frozen=True)
class Moved:
    """A record (kind: file, item, fonds or agency) that stands otherwise; None where it did not stand at all."""

    kind: str
    id: int
    before: Standing | None
    after: Standing | None

    @property
    def move(self) -> Move:
        """Came, went, counts more, counts less, or changed otherwise (as its reason)."""
        if self.before is None:
            return Move.ENTERED
        if self.after is None:
            return Move.LEFT
        if self.after.numerator != self.before.numerator:
            return Move.GAINED if self.after.numerator > self.before.numerator else Move.LOST
        return Move.CHANGED

    @property
    def place(self) -> Place:
        """Where the next page starts after this record."""
        return Place(_ORDER.index(self.move), self.kind, self.id)


@dataclass(frozen=True)
class MovedRow:
    """A moved record with what people know it by."""

    moved: Moved
    code: str
    title: str
    owner: str


@dataclass(frozen=True)
class MovedPage:
    """A page of moved records that the caller may see, how many he may see, and how many he may not."""

    rows: tuple[MovedRow, ...]
    total: int
    hidden: int
    has_next: bool


@dataclass(frozen=True)
class Side:
    """One snapshot to compare: the freezing it was made of, and whose report it is in (None: the city)."""

    snapshot: Snapshot
    report: PublishedReport

    @property
    def agency_id(self) -> int | None:
        """Whose figures it tells."""
        return self.report.agency_id

    def figures(self, session: Session, agency_id: int | None = None) -> dict[str, Any]:
        """The figures it froze, or those of one agency in a snapshot of the city; empty where it has none."""
        if agency_id in (None, self.agency_id):
            return self.snapshot.figures
        asked = select(FrozenFigures.figures).where(
            FrozenFigures.freeze_id == self.snapshot.freeze_id, FrozenFigures.agency_id == agency_id
        )
        return dict(session.exec(asked).first() or {})

    def formula(self, session: Session, code: str) -> tuple[Any, Any]:
        """How a figure was counted: the SHA-256 of its measure, and its parameters."""
        frozen = session.get_one(PeriodFreeze, self.snapshot.freeze_id)
        told = next(
            (one for one in self.snapshot.figures["indicators"] if one["indicator"]["code"] == code), None
        )
        measure = str(told["indicator"]["measure"]) if told else ""
        return frozen.formulas.get(measure), frozen.parameters.get(code)


class NoMembers(Conflict):
    """A snapshot tells figures without the records behind them: it was made before records were frozen."""

    code = "NO_MEMBERS"

    def __init__(self, snapshot_id: int) -> None:
        super().__init__(
            f"Bản chụp {snapshot_id} chỉ có số liệu, không có danh sách hồ sơ, văn bản, vì được lập trước khi Hub chốt"
            " danh sách. Hãy chọn bản chụp khác.",
            f"Snapshot {snapshot_id} has figures and no records behind them, since it was made before the hub froze"
            " them. Choose another one.",
        )


def side_of(session: Session, actor: Actor, snapshot_id: int) -> Side:
    """A snapshot that the caller may read, with the records behind it. Raises NotFound, NoMembers."""
    snapshot = session.get(Snapshot, snapshot_id)
    report = session.get(PublishedReport, snapshot.report_id) if snapshot is not None else None
    actor.require("read", "report", report)
    assert snapshot is not None  # `require` raises for no row
    assert report is not None
    if snapshot.freeze_id is None:
        raise NoMembers(snapshot_id)
    return Side(snapshot, report)


def require_whole(actor: Actor, before: Side, after: Side, agency_id: int | None) -> None:
    """May he know every count of these figures, however small (hub/kpi/small.py)? Raises NotFound."""
    for whose in {before.agency_id, after.agency_id, agency_id}:
        if not small.sees_all(actor, whose):
            raise NotFound("số liệu chi tiết của bản chụp", "the details of the snapshot")


def moved(
    session: Session, before: Side, after: Side, code: str, agency_id: int | None = None
) -> list[Moved]:
    """The records that stand otherwise behind a figure, in the order of their moves, kinds and keys.

    `agency_id` narrows two snapshots of the city to one agency. What is packed alike on both sides is not unpacked.
    """
    return moves(groups(session, before, code, agency_id), groups(session, after, code, agency_id))


def moves(old: Groups, new: Groups) -> list[Moved]:
    """The same of members that are at hand."""
    old, new = dict(old), dict(new)
    for key in old.keys() & new.keys():
        if old[key] == new[key]:
            del old[key], new[key]
    found = [
        Moved(kind, key, was, now)
        for kind in sorted({kind for _, kind in (*old, *new)})
        for key, was, now in differences(_joined(old, kind), _joined(new, kind))
    ]
    return sorted(found, key=lambda one: one.place)


def summary(moves: Sequence[Moved]) -> dict[str, int]:
    """How many records moved, by the kind of move."""
    counted = Counter(one.move for one in moves)
    return {move.value: counted[move] for move in Move if counted[move]}


def page_of(
    session: Session, actor: Actor, moves: Sequence[Moved], *, first: int = 50, after: Place | None = None
) -> MovedPage:
    """A page of them, as far as the caller may see the records; one statement. A destroyed record is seen by nobody."""
    if not moves:
        return MovedPage((), 0, 0, False)
    statement = f"""
        with asked as (
            select kind, id, place from unnest(cast(:kinds as text[]), cast(:ids as bigint[])) with ordinality
                t (kind, id, place)
        ),
        told as materialized (
            -- what was destroyed is no record any more: the law is not asked about it
            select s.*, coalesce(f.id, i.id, o.id, g.id) is not null and {visible(actor, "s")} as visible
              from asked s {joined("s")}
        ),
        page as (select * from told where visible and place > :start order by place limit :more)
        select t.visible, p.place, p.kind, p.id, {names(actor)}
          from (select count(*) filter (where visible) as visible from told) t
          left join page p on true
          {named("p")}
         order by p.place
    """
    start = 0 if after is None else sum(one.place <= after for one in moves)
    values: dict[str, Any] = {
        "kinds": [one.kind for one in moves], "ids": [one.id for one in moves], "start": start,
        "more": first + 1, **actor.values(statement),
    }  # fmt: skip
    found = session.execute(text(statement), values).all()
    rows = [row for row in found if row.kind is not None]
    shown(rows[:first])
    told = tuple(MovedRow(moves[row.place - 1], row.code, row.title, row.owner) for row in rows[:first])
    seen = found[0].visible
    return MovedPage(told, seen, len(moves) - seen, len(rows) > first)


def groups(session: Session, side: Side, code: str, agency_id: int | None = None) -> Groups:
    """The frozen members behind a figure, packed, by agency and kind."""
    whose = side.agency_id if side.agency_id is not None else agency_id
    asked = select(FrozenMembers).where(
        FrozenMembers.freeze_id == side.snapshot.freeze_id, FrozenMembers.indicator_code == code
    )
    if whose is not None:
        asked = asked.where(FrozenMembers.agency_id == whose)
    return {(one.agency_id, one.kind): (one.reasons, one.packed) for one in session.exec(asked)}


def _joined(groups: Mapping[tuple[int, str], _Group], kind: str) -> dict[int, Standing]:
    """The members of one kind, whichever agency answers for them."""
    found: dict[int, Standing] = {}
    for (_, of_kind), (reasons, packed) in groups.items():
        if of_kind != kind:
            continue
        for key, standing in unpack(packed, reasons).items():
            held = found.get(key)
            found[key] = standing if held is None else held + standing
    return found
