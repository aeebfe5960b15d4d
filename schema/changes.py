"""What was done to a record (lịch sử thay đổi), for whoever works with records and sees this one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from hub.audit import models, premis
from schema.audit import AGENT, BEHALF, MASKED, AuditOrder
from schema.compiler.declarations import column, connection, expression, record
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.scalars import JSON


@record(
    models.AuditEvent, resource="change", description="Something done to a record (thay đổi của bản ghi)."
)
class Change:
    """An audit event as part of the history of its record."""

    at: datetime = column("at", "When (thời điểm).")
    event_type: str = column("event_type", "What was done, e.g. file:close (loại sự kiện).")
    premis_type: str | None = expression(
        premis.sql("{t}.event_type"),
        "The same in the PREMIS vocabulary eventType (loại sự kiện theo PREMIS).",
    )
    agent: str | None = expression(AGENT, "Who did it (người thực hiện).")
    on_behalf_of: str | None = expression(BEHALF, "For whom (thay mặt).")
    reason: str | None = expression(
        f"case when not {MASKED} then {{t}}.reason end", "Why; null where its words are masked (lý do)."
    )
    detail: JSON | None = expression(
        f"case when not {MASKED} then {{t}}.detail end",
        "Changed fields, before and after; null where its words are masked (chi tiết).",
    )


@strawberry.type(description="A page of changes (lịch sử thay đổi).")
class ChangeConnection(Connection[Change]):
    """Connection to the changes of a record."""


def changes_of(table: str) -> Any:
    """The connection from a record to what was done to it."""

    @connection(
        f"{{t}}.object_type = '{table}' and {{t}}.object_id = {{p}}.id and {{t}}.outcome = 'success'"
        " and {t}.event_type <> 'record:read'"
    )
    def changes(
        self: Any,
        order_by: AuditOrder | None = AuditOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> ChangeConnection:
        """What was done to it, last first, for those who work with records (lịch sử thay đổi)."""
        raise NotImplementedError

    return changes
