"""Seals over the settled part of the trail, each linked to the one before and signed.

A seal covers the transactions below the oldest one still running (`pg_snapshot_xmin`), from where the last seal
ended. What was written by them is settled, whatever order they committed in; rolled back ones left nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.audit.models import AuditEpoch, AuditSeal
from hub.audit.sealing import heads
from hub.audit.sealing.keys import key_id, signing_key
from hub.audit.sealing.merkle import leaf, root
from hub.audit.sealing.texts import EVENT, seal_text
from hub.kit.errors import Unavailable
from hub.kit.seam import Seam

# One seal holds so many events, and the rest of the transaction in which that many are reached.
MOST_EVENTS = 20_000
BEFORE_ALL = bytes(32)
_ALL = str(2**63 - 1)
LOCK = 67_0415

_BOUNDS = text(
    "select pg_snapshot_xmin(s)::text as low, pg_snapshot_xmax(s)::text as high, clock_timestamp() as now"
    " from pg_current_snapshot() s"
)
_RANGE = "e.epoch = :epoch and e.xid >= cast(:low as xid8) and e.xid < cast(:high as xid8)"
_CUT = text(f"select e.xid::text from audit_event e where {_RANGE} order by e.xid, e.id offset :most limit 1")
_EVENTS = text(f"select e.id, {EVENT} from audit_event e where {_RANGE} order by e.xid, e.id")
_ELSEWHERE = text("select system_identifier from pg_control_system()")


class RestoredElsewhere(Unavailable):
    """The database was restored into another cluster, whose transaction ids are other ones."""

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu đã được khôi phục sang cụm PostgreSQL khác. Hãy chạy: hub migrate",
            "The database was restored into another PostgreSQL cluster. Run: hub migrate",
        )


def seal_all(seam: Seam, key_file: Path, heads_file: Path) -> int:
    """Seal everything settled, each seal in a transaction of its own, then export the heads; the number of seals.

    Two at once do no harm: the second finds nothing to do. Raises KeyMissing, KeyUnusable, RestoredElsewhere.
    """
    made = 0
    while seam.change_now(lambda session: seal_next(session, key_file)) is not None:
        made += 1
    seam.change_now(lambda session: heads.export(session, heads_file))
    return made


def seal_next(session: Session, key_file: Path) -> AuditSeal | None:
    """The next seal; None when nothing is settled, or another process is at it."""
    if not session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
        return None
    epochs = session.exec(select(AuditEpoch).order_by(col(AuditEpoch.epoch))).all()
    if session.scalar(_ELSEWHERE) != epochs[-1].system_identifier:
        raise RestoredElsewhere
    last = last_seal(session)
    for epoch in epochs:
        if last is None or epoch.epoch >= last.epoch:
            bounds = _bounds(session, epoch, last, is_over=epoch is not epochs[-1])
            rows = session.execute(_EVENTS, bounds).all()
            if rows:
                note = _note(epoch, epochs[-1], last)
                return _sealed(session, key_file, epochs[-1].lost_to or 0, last, bounds, rows, note)
    return None


def _sealed(
    session: Session,
    key_file: Path,
    lost_to: int,
    last: AuditSeal | None,
    bounds: dict[str, Any],
    rows: Sequence[Any],
    note: str | None,
) -> AuditSeal:
    key = signing_key(key_file, last.key_id if last else None)
    leaves = [leaf(told.encode()) for _, told in rows]
    seal = AuditSeal(
        n=max(last.n if last else 0, lost_to) + 1,
        epoch=bounds["epoch"],
        from_xid=bounds["low"],
        to_xid=bounds["high"],
        horizon=bounds["horizon"],
        events=len(rows),
        root=root(leaves),
        previous=last.hash if last else BEFORE_ALL,
        at=bounds["now"],
        note=note,
        key_id=key_id(key.public_key()),
        hash=b"",
        signature=b"",
        event_ids=[event for event, _ in rows],
        leaf_hashes=b"".join(leaves),
    )
    told = seal_text(seal.model_dump())
    seal.hash, seal.signature = hashlib.sha256(told).digest(), key.sign(told)
    session.add(seal)
    session.flush()
    return seal


def last_seal(session: Session) -> AuditSeal | None:
    """The newest seal."""
    return session.exec(select(AuditSeal).order_by(col(AuditSeal.n).desc()).limit(1)).first()


def _note(epoch: AuditEpoch, newest: AuditEpoch, last: AuditSeal | None) -> str | None:
    """The first seal after a restoration tells of it: numbers of lost seals are passed over."""
    is_after = last is not None and (last.epoch != epoch.epoch or last.n < (newest.lost_to or 0))
    return note_of(newest) if is_after else None


def note_of(epoch: AuditEpoch) -> str:
    """Why an epoch began, and what is lost: what the first seals after it say, signed."""
    lost = f"; exported seals up to {epoch.lost_to} are not in it" if epoch.lost_to else ""
    return f"epoch {epoch.epoch}: {epoch.reason}{lost}"


def _bounds(session: Session, epoch: AuditEpoch, last: AuditSeal | None, *, is_over: bool) -> dict[str, Any]:
    """From which transaction to which, from which on none had begun, and when that was so.

    Nobody writes into an epoch that is over: all that is left of it is settled.
    """
    low = str(last.to_xid) if last and last.epoch == epoch.epoch else "0"
    settled = session.execute(_BOUNDS).one()
    high, horizon = (_ALL, _ALL) if is_over else (settled.low, settled.high)
    values = {"epoch": epoch.epoch, "low": low, "high": high, "most": MOST_EVENTS}
    cut = session.scalar(_CUT, values)
    if cut is not None:
        values["high"] = str(int(cut) + 1)
    return {**values, "horizon": horizon, "now": settled.now}
