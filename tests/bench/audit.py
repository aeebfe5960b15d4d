"""The audit trail: what an event costs a change, how fast a seal is made, and how fast a trail is verified."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlmodel import Session

from hub.audit.commands import record
from hub.audit.sealing import heads, keys
from hub.audit.sealing.seals import seal_all
from hub.audit.sealing.verify import verify
from hub.installation import opened
from hub.kit.db import sqlalchemy_url
from hub.kit.seam import Seam
from hub.settings import Settings
from tests.bench.timing import interleaved

EVENTS = 100_000
_MANY = """
insert into audit_event (event_type, agent_id, agency_id, object_type, object_id, outcome, detail, policy_version,
                         request_id, client_ip)
select 'file:update', 7, n % 700, 'file', n, 'success',
       jsonb_build_object('changed', jsonb_build_object('title', jsonb_build_array('Hồ sơ ' || n, 'Hồ sơ mới ' || n))),
       '0123456789ab', md5(n::text), '192.0.2.7'
  from generate_series(cast(:low as int), cast(:high as int)) n
"""


def measure(data: Path) -> None:
    """A database of its own, empty but for the trail."""
    with opened(Settings(data=data)) as installation:
        engine = create_engine(sqlalchemy_url(installation.app_dsn))
        try:
            _mutation(Seam(engine))
            _verification(Seam(engine))
        finally:
            engine.dispose()


def _mutation(seam: Seam) -> None:
    """A change of one row in its transaction, without an event and with one, in turns."""
    seam.change_now(
        lambda session: session.execute(
            text(
                "insert into app_user (name, full_name, is_service) values ('bench', 'x', false) on conflict do nothing"
            )
        )
    )

    def change(session: Session) -> None:
        session.execute(text("update app_user set full_name = 'y' where name = 'bench'"))

    def audited(session: Session) -> None:
        change(session)
        detail = {"changed": {"full_name": ["x", "y"], "title": ["Hồ sơ thu chi", "Hồ sơ chi"]}}
        record(session, 7, "user:update", "user", 7, agency_id=3, detail=detail)

    found = interleaved(
        {"without": lambda: seam.change_now(change), "with": lambda: seam.change_now(audited)}, calls=100
    )
    more = found["with"] - found["without"]
    print(
        f"\naudit of one change: {found['without']:.2f} ms without, {found['with']:.2f} with,"
        f" {more:.2f} more (goal 0.3)"
    )


def _verification(seam: Seam) -> None:
    """A trail of many small transactions and some long ones, sealed and computed again."""
    step = EVENTS // 100
    for low in range(0, EVENTS, step):
        values = {"low": low + 1, "high": low + step}
        seam.change_now(lambda session, values=values: session.execute(text(_MANY), values))
    with tempfile.TemporaryDirectory() as folder:
        key, outside = Path(folder, "key.pem"), Path(folder, "heads.jsonl")
        began = time.perf_counter()
        seals = seal_all(seam, key, outside)
        sealing = time.perf_counter() - began
        trusted, exported = keys.public_keys([keys.public_file(key)]), heads.read(outside)
        best, events = float("inf"), 0
        for _ in range(3):
            began = time.perf_counter()
            found = seam.change_now(lambda session: verify(session, trusted, exported))
            best, events = min(best, time.perf_counter() - began), found.events
            if found.faults:
                raise RuntimeError(found.faults[0].message_en)
    print(f"sealing: {events:,} events in {seals} seals, {events / sealing:,.0f} events/s")
    print(f"verification: {events / best:,.0f} events/s (goal 30,000)")
