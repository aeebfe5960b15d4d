"""Proof of a single event for an outsider: its text, the neighbours up to the root, and the signed seal.

Who has the public key checks it without the database and without seeing any other event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.audit.sealing.keys import PublicKeys, is_signed
from hub.audit.sealing.merkle import Step, climb, leaf, path
from hub.audit.sealing.texts import EVENT, SEAL_COLUMNS, UnknownEvent, seal_text
from hub.kit.errors import BadRequest, HubError

FORMAT = "hub-audit-proof-1"

_EVENT = text(f"select {EVENT} from audit_event e where e.id = :event")
_SEAL = text(
    f"select {', '.join('s.' + name for name in SEAL_COLUMNS)}, s.signature, s.event_ids, s.leaf_hashes"
    " from audit_event e join audit_seal s on s.epoch = e.epoch and e.xid >= s.from_xid and e.xid < s.to_xid"
    " where e.id = :event"
)


class NotSealedYet(HubError):
    """The event is too young: no seal covers it."""

    code = "NOT_SEALED_YET"

    def __init__(self, event: int) -> None:
        super().__init__(
            f"Sự kiện {event} chưa được niêm phong. Hãy chạy: hub audit seal",
            f"Event {event} is not sealed yet. Run: hub audit seal",
        )


class NotProved(HubError):
    """A proof that proves nothing: what does not fit."""

    code = "NOT_PROVED"

    def __init__(self, reason_vi: str, reason_en: str) -> None:
        super().__init__(
            f"Chứng minh không đúng: {reason_vi}. Không dùng được làm bằng chứng.",
            f"The proof does not hold: {reason_en}. It is no evidence.",
        )


def proof_of(session: Session, event: int) -> dict[str, Any]:
    """What an outsider needs. Raises UnknownEvent, NotSealedYet, NotProved when the event is not as it was sealed."""
    told = session.scalar(_EVENT, {"event": event})
    if told is None:
        raise UnknownEvent(event)
    seal = session.execute(_SEAL, {"event": event}).mappings().first()
    if seal is None:
        raise NotSealedYet(event)
    list_ = bytes(seal["leaf_hashes"])
    hashes = [list_[place : place + 32] for place in range(0, len(list_), 32)]
    if event not in seal["event_ids"] or hashes[place := seal["event_ids"].index(event)] != leaf(
        told.encode()
    ):
        raise NotProved(
            f"sự kiện {event} không còn như khi niêm phong", f"event {event} is not as it was sealed"
        )
    return {
        "format": FORMAT,
        "event": told,
        "path": [[side, beside.hex()] for side, beside in path(hashes, place)],
        "seal": seal_text(dict(seal)).decode(),
        "signature": bytes(seal["signature"]).hex(),
    }


def check(proof: Mapping[str, Any], keys: PublicKeys) -> dict[str, Any]:
    """The event that a proof proves. Raises NotProved, BadRequest for what is no proof."""
    try:
        steps = [Step(str(side), bytes.fromhex(beside)) for side, beside in proof["path"]]
        event, told, signature = str(proof["event"]), str(proof["seal"]), bytes.fromhex(proof["signature"])
        seal = json.loads(told)
        sealed_root, key = bytes.fromhex(seal["root"]), str(seal["key_id"])
        found: dict[str, Any] = json.loads(event)
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest(
            f"Không đọc được chứng minh ({error}). Hãy dùng tệp do hub audit proof ghi.",
            f"This is no proof ({error}). Use a file written by hub audit proof.",
        ) from None
    if climb(leaf(event.encode()), steps) != sealed_root:
        raise NotProved("sự kiện không thuộc niêm phong này", "the event is not under this seal")
    if not is_signed(keys, key, signature, told.encode()):
        raise NotProved(
            f"niêm phong không do khóa đã biết ký ({key})", f"no known key signed the seal ({key})"
        )
    return {
        "event": found,
        "seal": seal["n"],
        "sealedAt": seal["at"],
        "sealHash": hashlib.sha256(told.encode()).hexdigest(),
    }
