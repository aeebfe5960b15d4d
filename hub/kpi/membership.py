"""The records behind figures, packed: which records stood in numerator and denominator, and how, at one moment.

A pack holds the members (hub/kpi/registry.py) of one figure, one agency and one kind of record, in columns: keys in
order as differences, then numerator, denominator, excluded units and reason of each. Every column is written in the
narrowest whole numbers that hold it, and all of it is compressed (zlib), so that what is alike costs next to nothing:
1,000,000 documents take well under a megabyte, and two packs that are the same byte for byte hold the same members.

    byte 1        version of this form
    bytes 2-5     number of members
    then          for each column: its type (B, H, I, Q: 1, 2, 4, 8 bytes), its values, little end first
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.kpi.registry import Measure
from hub.kpi.statement import Slot, members

VERSION = 1
_COLUMNS = 5
_HEAD = 5


@dataclass(frozen=True)
class Standing:
    """How a record counts: units in numerator and denominator, units left out by law, why it keeps the figure down."""

    numerator: int
    denominator: int
    excluded: int
    reason: str | None

    def __add__(self, other: Standing) -> Standing:
        """Both together, of a record that stands twice."""
        return Standing(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.excluded + other.excluded,
            self.reason or other.reason,
        )


@dataclass(frozen=True)
class Pack:
    """The members of one figure (`slot` is its place among those asked for), one agency and one kind, packed."""

    slot: int
    agency_id: int
    kind: str
    records: int
    numerator: int
    denominator: int
    excluded: int
    packed: bytes


def packs(session: Session, slots: Sequence[Slot], agency_id: int | None = None) -> Iterator[Pack]:
    """The members of all figures asked for, of one agency or of all, packed; one statement, one group at a time."""
    if not slots:
        return
    relation, values = members(slots, agency_id)
    known = ", ".join(f"({number}, cast(:reasons_{number} as text[]))" for number in range(len(slots)))
    values |= {
        f"reasons_{number}": list(reasons_of(slot.counting.measure)) for number, slot in enumerate(slots)
    }
    order = "order by id, numerator, denominator, excluded, reason"
    sql = f"""
        with known (slot, reasons) as (values {known}),
        member as materialized (
            select m.slot, m.agency_id, m.kind, m.id, cast(m.numerator as integer) as numerator,
                   cast(m.denominator as integer) as denominator, cast(m.excluded as integer) as excluded,
                   coalesce(array_position(k.reasons, m.reason), 0) as reason
              from ({relation}) m join known k using (slot)
             where m.agency_id is not null
        )
        select slot, agency_id, kind, count(*) as records, sum(numerator) as numerator,
               sum(denominator) as denominator, sum(excluded) as excluded,
               string_agg(int8send(id), '' {order}) as ids,
               string_agg(int4send(numerator), '' {order}) as numerators,
               string_agg(int4send(denominator), '' {order}) as denominators,
               string_agg(int4send(excluded), '' {order}) as excludeds,
               string_agg(int4send(reason), '' {order}) as reasons
          from member group by slot, agency_id, kind order by slot, agency_id, kind
    """
    for row in session.execute(text(sql), values, execution_options={"yield_per": 200}):
        numbers = (row.numerators, row.denominators, row.excludeds, row.reasons)
        columns = [_sent("q", row.ids), *(_sent("i", one) for one in numbers)]
        yield Pack(
            row.slot, row.agency_id, row.kind, row.records, int(row.numerator), int(row.denominator),
            int(row.excluded), pack(*columns),
        )  # fmt: skip


def reasons_of(measure: Measure) -> tuple[str, ...]:
    """The reasons of a measure as packs number them, from 1; a pack keeps its own copy beside it."""
    return tuple(sorted(measure.reasons))


def pack(
    ids: Sequence[int],
    numerators: Sequence[int],
    denominators: Sequence[int],
    excluded: Sequence[int],
    reasons: Sequence[int],
) -> bytes:
    """Members in the order of their keys as bytes; the same members always make the same bytes."""
    steps = [*ids[:1], *map(sub, ids[1:], ids)]
    body = [bytes([VERSION]), len(ids).to_bytes(4, "little")]
    for column in (steps, numerators, denominators, excluded, reasons):
        body += _narrow(column)
    return zlib.compress(b"".join(body), 6)


def unpack(packed: bytes, reasons: Sequence[str] = ()) -> dict[int, Standing]:
    """Each record's standing by its key; one that stands there more than once has the sums.

    `reasons` are the words that the numbers mean. Raises ValueError for bytes that are no pack.
    """
    found: dict[int, Standing] = {}
    words: list[str | None] = [None, *reasons]
    made: dict[tuple[int, int, int, int], Standing] = {}  # few differ: each is made once
    for key, *told in zip(*_columns(packed), strict=True):
        n, d, x, r = told
        standing = made.get((n, d, x, r))
        if standing is None:
            standing = made[n, d, x, r] = Standing(n, d, x, words[r] if r < len(words) else None)
        before = found.get(key)
        found[key] = standing if before is None else before + standing
    return found


def totals(packed: bytes) -> tuple[int, int, int, int]:
    """How many members a pack holds, and the sums of numerators, denominators and excluded units."""
    ids, numerators, denominators, excluded, _ = _columns(packed)
    return len(ids), sum(numerators), sum(denominators), sum(excluded)


def differences(
    before: Mapping[int, Standing], after: Mapping[int, Standing]
) -> Iterator[tuple[int, Standing | None, Standing | None]]:
    """Records that stand otherwise, by key: (key, before, after); None where it was not there."""
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield key, old, new


def _columns(packed: bytes) -> tuple[Sequence[int], ...]:
    try:
        body = zlib.decompress(packed)
    except zlib.error as error:
        raise ValueError("no pack of members") from error
    if not body or body[0] != VERSION:
        raise ValueError(f"a pack of members in a form that this version does not know: {body[:1]!r}")
    count = int.from_bytes(body[1:_HEAD], "little")
    place, columns = _HEAD, []
    for _ in range(_COLUMNS):
        column = array(chr(body[place]))
        end = place + 1 + count * column.itemsize
        column.frombytes(body[place + 1 : end])
        columns.append(_little(column))
        place = end
    return tuple(accumulate(columns[0])), *columns[1:]


def _sent(code: str, told: Any) -> array[int]:
    """A column as PostgreSQL sends it: big end first."""
    column = array(code)
    column.frombytes(bytes(told))
    if sys.byteorder == "little":
        column.byteswap()
    return column


def _narrow(values: Iterable[int]) -> tuple[bytes, bytes]:
    values = values if isinstance(values, list | array) else list(values)
    most = max(values, default=0)
    code = next(code for code in "BHIQ" if most < 1 << 8 * array(code).itemsize)
    return code.encode(), _little(array(code, values)).tobytes()


def _little(column: array[int]) -> array[int]:
    if sys.byteorder == "big":
        column.byteswap()
    return column
