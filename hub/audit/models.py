"""One table, append-only: an event stays as evidence even when the record it tells of is gone.

Therefore no foreign key leaves it, and its order is told by the transaction id, not by the clock.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

OUTCOMES = ("success", "failure", "denied")


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
