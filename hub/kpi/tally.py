"""The tally of records: folding it, proving it by a count of the records, counting it anew.

A total is the sum of a group's rows, folded or not, so folding is tidiness. A row costs a total 0.15 µs, as much as a
record that an index counts: the tally is as slow as counting once an agency has made as many changes since the last
fold as it has records. The worker folds every ten minutes, an import at its end.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.records.models.tally import GROUP, KINDS


class Group(NamedTuple):
    """How many records of a group there are: as the tally has it, and as a count of the records finds."""

    kind: str
    agency: str
    told: str
    kept: int
    recounted: int


def fold_tally(session: Session) -> None:
    """Make one row of all changes of a group; nothing where another is at it."""
    session.execute(text("select hub_fold_record_tally()"))


def count_tally(session: Session) -> None:
    """Count every record anew, whatever the tally says. As the table's owner."""
    session.execute(text("select hub_tally_records()"))


def recount_tally(session: Session) -> list[Group]:
    """Every group of the tally and of the records themselves, in one snapshot."""
    group = ", ".join(GROUP)
    counted = " union all ".join(
        f"select '{kind}', {group}, 0, count(*) from {kind} group by {group}" for kind in KINDS
    )
    sql = f"""
    select g.kind, coalesce(a.code, '#' || g.agency_id) as agency,
           concat_ws(', ', 'fonds ' || coalesce(o.code, '#' || g.fonds_id),
                     'keeper ' || coalesce(k.code, '#' || g.custodian_id),
                     'access ' || coalesce(g.access_level::text, '?'),
                     case when g.published then 'published' end) as told, kept, recounted
      from (select kind, {group}, hub_sum(kept) as kept, hub_sum(recounted) as recounted
              from (select kind, {group}, n as kept, 0 as recounted from record_tally union all {counted}) c
             group by kind, {group}) g
      left join agency a on a.id = g.agency_id
      left join agency k on k.id = g.custodian_id
      left join fonds o on o.id = g.fonds_id
     order by 1, 2, 3
    """
    return [Group(*row) for row in session.execute(text(sql))]
