"""Audit events (nhật ký): who did what to which record, and with what outcome."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from hub.audit import models
from schema.compiler.declarations import (
    ID,
    Page,
    Source,
    by,
    column,
    condition,
    expression,
    identifier,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AnAgency
from schema.node import Node
from schema.records.conditions import agency_codes, any_of, at_least, at_most, include_subtree, words
from schema.scalars import JSON

_ = strawberry.enum_value


@strawberry.enum(description="How a deed ended (kết quả).")
class AuditOutcome(Enum):
    """Outcomes."""

    SUCCESS = _("SUCCESS", description="Done (thành công).")
    FAILURE = _("FAILURE", description="Failed (thất bại).")
    DENIED = _("DENIED", description="Not permitted (bị từ chối).")


@strawberry.enum(description="Orders of audit events (thứ tự nhật ký).")
class AuditOrder(Enum):
    """Events are told in the order they were written."""

    ID_ASC = by(ID, description="As written (theo thứ tự ghi).")
    ID_DESC = by(ID, descending=True, description="Last written first (mới ghi trước).")


@strawberry.input(description="Which events; every field given must hold (bộ lọc nhật ký).")
class AuditFilter:
    """Conditions on events."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    event_types: list[str] | None = any_of(
        "event_type", "Any of these deeds, e.g. file:close (loại sự kiện)."
    )
    outcomes: list[AuditOutcome] | None = condition(
        "{t}.outcome = {v}",
        "text",
        "Any of these outcomes (kết quả).",
        many="{t}.outcome = any({v})",
        reads=str.lower,
    )
    text: str | None = words("hub_fold({t}.event_type || ' ' || coalesce({t}.reason, ''))")
    at_from: datetime | None = at_least("{t}.at", "timestamptz", "At or after (từ thời điểm).")
    at_to: datetime | None = at_most("{t}.at", "timestamptz", "At or before (đến thời điểm).")


@record(models.AuditEvent, resource="audit", description="A deed and its outcome (sự kiện nhật ký).")
class AuditEvent(Node):
    """PREMIS event."""

    id: strawberry.ID = identifier()
    at: datetime = column("at", "When (thời điểm).")
    event_type: str = column("event_type", "What was done, e.g. file:close (loại sự kiện).")
    agency: AnAgency | None = to_one("agency_id", "The agency it concerns (cơ quan).")
    agent: str | None = expression(
        "(select u.name from app_user u where u.id = {t}.agent_id)", "Who did it (người thực hiện)."
    )
    on_behalf_of: str | None = expression(
        "(select u.name from app_user u where u.id = {t}.on_behalf_of)", "For whom (thay mặt)."
    )
    object_type: str | None = column("object_type", "Kind of record (loại đối tượng).")
    outcome: AuditOutcome = expression("upper({t}.outcome)", "How it ended (kết quả).")
    reason: str | None = column("reason", "Why (lý do).")
    detail: JSON | None = column("detail", "Changed fields, before and after (chi tiết).")
    request_id: str | None = column("request_id", "The request it came with (mã yêu cầu).")


@strawberry.type(description="A page of audit events (danh sách nhật ký).")
class AuditEventConnection(Connection[AuditEvent]):
    """Connection to audit events."""


@strawberry.type
class AuditQuery:
    """Reads of the audit trail."""

    @root(Page((Source("true"),)))
    def audit_events(
        self,
        filter: AuditFilter | None = UNSET,
        order_by: AuditOrder | None = AuditOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AuditEventConnection:
        """Audit events that the caller may see, last first (nhật ký)."""
        raise NotImplementedError
