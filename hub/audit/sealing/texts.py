"""What is hashed: an event as PostgreSQL writes jsonb, every column of the row in it, and a seal as sorted JSON.

The instant is told in UTC and numbers of transactions as text, so that no setting of a session changes a byte.
PostgreSQL writes the text and Python hashes it: a hash function replaced in the database would prove nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from hub.kit.errors import HubError

_COLUMNS = {
    "epoch": "e.epoch",
    "xid": "e.xid::text",
    "id": "e.id",
    "at": "e.at at time zone 'UTC'",
    "agency": "e.agency_id",
    "type": "e.event_type",
    "agent": "e.agent_id",
    "onBehalfOf": "e.on_behalf_of",
    "request": "e.request_id",
    "objectType": "e.object_type",
    "object": "e.object_id",
    "outcome": "e.outcome",
    "reason": "e.reason",
    "detail": "e.detail",
    "policy": "e.policy_version",
    "address": "e.client_ip::text",
}

# What of a seal its text tells; its own hash and signature follow from it.
SEAL_COLUMNS = (
    "n",
    "epoch",
    "from_xid",
    "to_xid",
    "horizon",
    "events",
    "root",
    "previous",
    "at",
    "note",
    "key_id",
)
FORMAT = "hub-audit-seal-1"

# SQL over `audit_event e`.
_PAIRS = ", ".join(f"'{name}', {sql}" for name, sql in _COLUMNS.items())
EVENT = f"jsonb_build_object({_PAIRS})::text"


def seal_text(seal: Mapping[str, Any]) -> bytes:
    """A seal, by its columns, as the text that is hashed and signed; hashes are hexadecimal."""
    plain = {
        "format": FORMAT,
        **{name: seal[name] for name in ("n", "epoch", "events", "note", "key_id")},
        **{name: str(seal[name]) for name in ("from_xid", "to_xid", "horizon")},
        **{name: bytes(seal[name]).hex() for name in ("root", "previous")},
        "at": seal["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class UnknownEvent(HubError):
    """No event has this number."""

    code = "UNKNOWN_EVENT"

    def __init__(self, event: int) -> None:
        super().__init__(
            f"Nhật ký không có sự kiện số {event}. Hãy kiểm tra số sự kiện.",
            f"The trail has no event {event}. Check the number.",
        )
