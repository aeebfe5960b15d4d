"""Answers kept by key, so that a repeated call changes nothing (`idempotencyKey` of every mutation).

The key is taken in the transaction of the deed. A second caller with the same key waits for the first one's
commit and then finds its answer; a refused deed rolls back and leaves the key free for another try.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, SQLModel, select

from hub.kit.errors import Conflict, FieldError
from hub.kit.tables import document, key, moment, ref


class KeptAnswer(SQLModel, table=True):
    """What a call answered; `request_hash` tells a repeat from another call under the same key."""

    __tablename__ = "kept_answer"
    __table_args__ = (UniqueConstraint("caller_id", "idempotency_key", name="uq_kept_answer_key"),)

    id: int | None = key()
    caller_id: int = ref("app_user.id")
    idempotency_key: str
    operation: str
    request_hash: str
    answer: dict[str, Any] = document()
    created_at: datetime | None = moment(now=True)


class IdempotencyKeyReused(Conflict):
    """The caller has used this key for another input."""

    code = "IDEMPOTENCY_KEY_REUSED"

    def __init__(self, idempotency_key: str) -> None:
        super().__init__(
            f"Khóa «{idempotency_key}» đã dùng cho một yêu cầu khác. Hãy dùng khóa mới cho mỗi việc mới.",
            f'The key "{idempotency_key}" was used for another request. Use a new key for each new deed.',
            path=("idempotencyKey",),
        )


def key_given(idempotency_key: str) -> FieldError | None:
    """A key is a short text of visible characters."""
    if 0 < len(idempotency_key.strip()) <= 200 and idempotency_key.isprintable():
        return None
    return FieldError(
        "idempotency_key",
        "BAD_KEY",
        "Khóa chống lặp dài 1 đến 200 ký tự, không có ký tự điều khiển. Hãy dùng một UUID.",
        "An idempotency key has 1 to 200 visible characters. A UUID will do.",
    )


def hash_of(operation: str, values: Mapping[str, Any]) -> str:
    """The digest that two calls share only when they ask for the same deed with the same input."""
    text = json.dumps([operation, values], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def taken(
    session: Session, caller_id: int, idempotency_key: str, operation: str, request_hash: str
) -> dict[str, Any] | None:
    """Take the key for this call: None for a new one, the kept answer for a repeat.

    Raises IdempotencyKeyReused when the key stands for another call.
    """
    mine = (
        insert(KeptAnswer)
        .values(
            caller_id=caller_id,
            idempotency_key=idempotency_key,
            operation=operation,
            request_hash=request_hash,
            answer={},
        )
        .on_conflict_do_nothing(constraint="uq_kept_answer_key")
        .returning(KeptAnswer.__table__.c.id)  # type: ignore[attr-defined]
    )
    if session.connection().execute(mine).first() is not None:
        return None
    kept = session.exec(
        select(KeptAnswer).where(
            KeptAnswer.caller_id == caller_id, KeptAnswer.idempotency_key == idempotency_key
        )
    ).one()
    if (kept.operation, kept.request_hash) != (operation, request_hash):
        raise IdempotencyKeyReused(idempotency_key)
    return kept.answer


def keep(session: Session, caller_id: int, idempotency_key: str, answer: Mapping[str, Any]) -> None:
    """Store the answer of a call whose key was taken in this transaction."""
    table = KeptAnswer.__table__  # type: ignore[attr-defined]
    mine = (table.c.caller_id == caller_id) & (table.c.idempotency_key == idempotency_key)
    session.connection().execute(update(table).where(mine).values(answer=dict(answer)))
