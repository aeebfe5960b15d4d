"""How guessing is stopped: an attempt is counted before it is tried, and taken back when it was right.

Counting first leaves no gap: however many attempts come at once, no more than the limit are tried. Names are
counted as typed, known or not, so that a lock tells nobody who exists; what was typed is kept as a hash only,
since people type passwords into the wrong field.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from hub.access.credentials.errors import SignInLocked
from hub.kit import clock
from hub.settings import Settings

# The row's lock makes attempts of the same kind and key follow each other.
_COUNT = text(
    """
    insert into sign_in_guess as g (kind, sha256, failures, since, locked_until)
    values (:kind, :sha256, 1, :now, case when :most <= 1 then :until end)
    on conflict (kind, sha256) do update
       set failures = case when g.locked_until > :now then g.failures + 1
                           when g.since < :fresh or g.locked_until is not null then 1
                           else g.failures + 1 end,
           since = case when g.locked_until > :now then g.since
                        when g.since < :fresh or g.locked_until is not null then :now else g.since end,
           locked_until = case when g.locked_until > :now then g.locked_until
                               when g.since < :fresh or g.locked_until is not null then null
                               when g.failures + 1 >= :most then :until end
    returning locked_until, failures > :most as refused
    """
)
_FORGET = text("delete from sign_in_guess where kind = :kind and sha256 = :sha256")
_TAKE_BACK = text(
    """
    update sign_in_guess set failures = greatest(failures - 1, 0), locked_until = null
     where kind = :kind and sha256 = :sha256
    """
)

NAME, ADDRESS, CODE = "NAME", "ADDRESS", "CODE"


def key_of(told: str) -> bytes:
    """Under which guesses are counted: the hash of a name, an address, a user's id."""
    return hashlib.sha256(told.strip().casefold().encode()).digest()


def network_of(address: str) -> str:
    """The address that guesses are counted for; of IPv6 the network that one subscriber has."""
    told = ipaddress.ip_address(address)
    return str(ipaddress.ip_network(f"{told}/64", strict=False)) if told.version == 6 else str(told)


def count(session: Session, settings: Settings, kind: str, told: str) -> bool:
    """Count an attempt; True when it is the last one before the lock. Raises SignInLocked while it lasts."""
    now, rest = clock.now(), timedelta(minutes=settings.sign_in_lock)
    most = settings.sign_in_failures_address if kind == ADDRESS else settings.sign_in_failures
    # An attempt beyond the last one has come while the lock lasts.
    values = {"kind": kind, "sha256": key_of(told), "now": now, "most": most, "until": now + rest}
    row = session.connection().execute(_COUNT, {**values, "fresh": now - rest}).one()
    if row.refused:
        raise SignInLocked(row.locked_until, now)
    return row.locked_until is not None


def forget(session: Session, kind: str, told: str) -> None:
    """It was the right one: the wrong ones before it count no more."""
    session.connection().execute(_FORGET, {"kind": kind, "sha256": key_of(told)})


def take_back(session: Session, kind: str, told: str) -> None:
    """It was the right one, which leaves those that others guessed from the same address."""
    session.connection().execute(_TAKE_BACK, {"kind": kind, "sha256": key_of(told)})
