"""What callers spend in a minute, added up over the processes of an installation (table `spending`).

Each process tells its sums once a second and hears those of all, in one statement; none of them waits for it. The
table is unlogged: what was spent in a minute that a crash interrupts is nobody's loss.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Integer, Text, text
from sqlmodel import Field, Session, SQLModel

MINUTE = 60
EXCHANGE_SECONDS = 1.0
KEPT_MINUTES = 2


class Sums(NamedTuple):
    """Requests, and their costs in rows."""

    requests: int
    cost: int


class Spending(SQLModel, table=True):
    """What one payer has spent in one minute; `minute` counts from 1970."""

    __tablename__ = "spending"
    __table_args__ = (
        {
            "comment": "What callers spent in a minute, over all processes (mức sử dụng trong từng phút).",
            "prefixes": ["UNLOGGED"],
        },
    )

    minute: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    payer: str = Field(sa_column=Column(Text, primary_key=True))
    requests: int = Field(sa_column=Column(BigInteger, nullable=False))
    cost: int = Field(sa_column=Column(BigInteger, nullable=False))


# Payers in one order, so that two processes never wait for each other in a circle.
_EXCHANGE = text(
    """
insert into spending as s (minute, payer, requests, cost)
select :minute, t.payer, t.requests, t.cost
  from unnest(cast(:payers as text[]), cast(:requests as bigint[]), cast(:costs as bigint[]))
       as t (payer, requests, cost)
 order by t.payer
on conflict (minute, payer) do update
   set requests = s.requests + excluded.requests, cost = s.cost + excluded.cost
returning s.payer, s.requests, s.cost
"""
)


def exchange(session: Session, minute: int, spent: dict[str, Sums]) -> dict[str, Sums]:
    """Add these sums to those of the minute; what the same payers have spent in all."""
    payers = sorted(spent)
    values = {
        "minute": minute,
        "payers": payers,
        "requests": [spent[payer].requests for payer in payers],
        "costs": [spent[payer].cost for payer in payers],
    }
    rows = session.connection().execute(_EXCHANGE, values).all()
    return {payer: Sums(requests, cost) for payer, requests, cost in rows}


def forget(session: Session, minute: int) -> None:
    """Delete what was spent before the minutes that still matter."""
    session.connection().execute(
        text("delete from spending where minute < :minute"), {"minute": minute - KEPT_MINUTES}
    )
