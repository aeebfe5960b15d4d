"""Events taken elsewhere: a line of JSON each, as sealed and in the terms of PREMIS, oldest first."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.audit import premis
from hub.audit.sealing.texts import EVENT
from hub.kit.clock import HANOI

_EVENTS = text(
    f"""
select {EVENT} as event, s.n as seal, coalesce(u.is_service, false) as is_service
  from audit_event e
  left join app_user u on u.id = e.agent_id
  left join lateral (select n from audit_seal s
                      where s.epoch = e.epoch and e.xid >= s.from_xid and e.xid < s.to_xid) s on true
 where e.at >= coalesce(cast(:since as timestamptz), '-infinity')
   and e.at < coalesce(cast(:until as timestamptz), 'infinity')
 order by e.epoch, e.xid, e.id
"""
)


def write_events(session: Session, path: Path, since: date | None, until: date | None) -> int:
    """Write the events of these days, in Hà Nội, both included; the number of lines.

    `event` is the sealed text itself, so that a proof fits it; the rest says the same in PREMIS's words.
    """
    values = {"since": _start(since), "until": _start(until and until + timedelta(days=1))}
    rows = session.execute(_EVENTS, values, execution_options={"yield_per": 2_000}).mappings()
    written = 0
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        for line in map(json.dumps, _lines(rows)):
            file.write(line + "\n")
            written += 1
    return written


def _start(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), HANOI)


def _lines(rows: Any) -> Iterator[dict[str, Any]]:
    for row in rows:
        told = json.loads(row["event"])
        term = premis.event_type(told["type"])
        agents = [
            {
                "type": "software" if row["is_service"] else "person",
                "identifier": told["agent"],
                "role": premis.AGENT_ROLE,
            }
        ]
        if told["onBehalfOf"] is not None:
            agents.append({"type": "person", "identifier": told["onBehalfOf"], "role": premis.BEHALF_ROLE})
        yield {
            "event": row["event"],
            "seal": row["seal"],
            "premis": {
                "eventIdentifier": told["id"],
                "eventType": term or told["type"],
                "eventTypeURI": term and premis.event_type_uri(term),
                "eventDateTime": f"{told['at']}Z",
                "eventOutcome": premis.OUTCOMES[told["outcome"]],
                "linkingAgents": agents if told["agent"] is not None else [],
                "linkingObject": told["objectType"]
                and {"type": told["objectType"], "identifier": told["object"]},
            },
        }
