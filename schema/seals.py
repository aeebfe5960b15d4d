"""Seals of the audit trail (niêm phong): what covers which events, and the head to compare elsewhere."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from hub.audit import models
from schema.compiler.declarations import Key, Order, Page, Source, column, expression, record, root
from schema.connections import UNSET, After, Before, Connection, First, Last

_NUMBER = (Key("n", "{t}.n", "bigint"),)


@strawberry.enum(description="Orders of seals (thứ tự niêm phong).")
class SealOrder(Enum):
    """Seals are numbered as they were made."""

    NUMBER_ASC = strawberry.enum_value(Order(_NUMBER, False), description="As made (theo số).")
    NUMBER_DESC = strawberry.enum_value(Order(_NUMBER, True), description="Last made first (mới trước).")


@record(
    models.AuditSeal,
    resource="audit",
    facts={"id": "{t}.n", "agency_id": "null::bigint", "agent_id": "null::bigint"},
    description="A signed Merkle seal over a stretch of the audit trail (niêm phong nhật ký).",
)
class AuditSeal:
    """What proves that the events under it are as they were written."""

    number: str = expression("{t}.n::text", "Its number; the next one names its hash (số niêm phong).")
    at: datetime = column("at", "When it was made (thời điểm).")
    events: int = column("events", "How many events it covers (số sự kiện).")
    root: str = expression("encode({t}.root, 'hex')", "Root of the Merkle tree over them (gốc cây Merkle).")
    previous: str = expression(
        "encode({t}.previous, 'hex')", "Hash of the seal before (mã băm niêm phong trước)."
    )
    hash: str = expression("encode({t}.hash, 'hex')", "Its hash, the head to compare elsewhere (mã băm).")
    signature: str = expression("encode({t}.signature, 'hex')", "Ed25519 over its text (chữ ký).")
    key_id: str = column("key_id", "The key that signed (khóa ký).")
    epoch: int = column("epoch", "Counts restorations into another cluster (kỳ).")
    note: str | None = column("note", "What is declared of a restoration (ghi chú).")


@strawberry.type(description="A page of seals (danh sách niêm phong).")
class AuditSealConnection(Connection[AuditSeal]):
    """Connection to seals."""


@strawberry.type
class SealsQuery:
    """The read of seals."""

    @root(Page((Source("true"),)))
    def audit_seals(
        self,
        order_by: SealOrder | None = SealOrder.NUMBER_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AuditSealConnection:
        """The seals of the audit trail, last first (niêm phong nhật ký)."""
        raise NotImplementedError
