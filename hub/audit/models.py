"""Events and the seals over them, append-only: an event stays as evidence even when its record is gone.

Therefore no foreign key leaves the events, and their order is told by the transaction id, not by the clock. They
are kept whole and never deleted, so one table serves them: partitions would pay only where old ones are dropped.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INET, JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

OUTCOMES = ("success", "failure", "denied")

_EPOCHS = "Từ khi nào nhật ký nằm ở cụm PostgreSQL này · since when the trail lives in this cluster"
_SEALS = "Niêm phong một đoạn nhật ký: cây Merkle có ký · a signed Merkle seal over a stretch of the trail"


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id, which SQLAlchemy does not know."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class AuditEvent(SQLModel, table=True):
    """A deed and its outcome, in the words of PREMIS: event, agent, object."""

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint("outcome in ('success', 'failure', 'denied')", name="audit_event_outcome"),
        Index("audit_event_xid", "xid", "id"),
        Index("audit_event_object", "object_type", "object_id", "at"),
        Index("audit_event_agency", "agency_id", "at"),
        Index("audit_event_agent", "agent_id", "id"),
        Index(
            "audit_event_records",
            text("(detail -> 'records')"),
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 256},  # whoever fills it, merges it, before his answer
            postgresql_where=text("event_type = 'record:read'"),
        ),
    )

    id: int | None = Field(
        default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True)
    )
    xid: int | None = Field(
        default=None, sa_column=Column(Xid8, nullable=False, server_default=text("pg_current_xact_id()"))
    )
    at: datetime | None = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    )
    agency_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    event_type: str = Field(sa_column=Column(Text, nullable=False))
    agent_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    on_behalf_of: int | None = Field(default=None, sa_column=Column(BigInteger))
    request_id: str | None = Field(default=None, sa_column=Column(Text))
    object_type: str | None = Field(default=None, sa_column=Column(Text))
    object_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    outcome: str = Field(default="success", sa_column=Column(Text, nullable=False))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    detail: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
    policy_version: str | None = Field(default=None, sa_column=Column(Text))
    client_ip: str | None = Field(default=None, sa_column=Column(INET))
    epoch: int | None = Field(
        default=None, sa_column=Column(Integer, nullable=False, server_default=text("1"))
    )


class AuditEpoch(SQLModel, table=True):
    """Since when the trail lives in one cluster: where a backup is restored, transaction ids begin anew.

    `lost_to` is the last seal that was exported before and is gone with what was not in the backup.
    """

    __tablename__ = "audit_epoch"
    __table_args__ = ({"comment": _EPOCHS},)

    epoch: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    system_identifier: int = Field(sa_column=Column(BigInteger, nullable=False))
    began_at: datetime | None = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    reason: str = Field(sa_column=Column(Text, nullable=False))
    lost_to: int | None = Field(default=None, sa_column=Column(BigInteger))


class AuditSeal(SQLModel, table=True):
    """A signed Merkle seal over the events of the transactions from `from_xid` up to, not including, `to_xid`.

    No transaction below `to_xid` was running, so none can fall in later; none from `horizon` on had begun.
    `event_ids` and `leaf_hashes` (32 bytes each, in the order of the tree) say which event does not fit any more.
    """

    __tablename__ = "audit_seal"
    __table_args__ = (
        CheckConstraint(
            "octet_length(root) = 32 and octet_length(previous) = 32 and octet_length(hash) = 32"
            " and octet_length(signature) = 64 and octet_length(leaf_hashes) = 32 * events",
            name="audit_seal_hashes",
        ),
        {"comment": _SEALS},
    )

    n: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    epoch: int = Field(sa_column=Column(Integer, nullable=False))
    from_xid: str = Field(sa_column=Column(Xid8, nullable=False))
    to_xid: str = Field(sa_column=Column(Xid8, nullable=False))
    horizon: str = Field(sa_column=Column(Xid8, nullable=False))
    events: int = Field(sa_column=Column(Integer, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    previous: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    note: str | None = Field(default=None, sa_column=Column(Text))
    key_id: str = Field(sa_column=Column(Text, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    event_ids: list[int] = Field(sa_column=Column(ARRAY(BigInteger), nullable=False))
    leaf_hashes: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
