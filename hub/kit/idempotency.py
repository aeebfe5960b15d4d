"""Answers kept by key, so that a repeated call changes nothing (`idempotencyKey` of every mutation)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

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
