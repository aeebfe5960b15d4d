"""Audit events (nhật ký): who did what to which record, and with what outcome.

Whoever reads the trail sees that something happened. What it says of a record (changed fields, reasons) is shown to
those alone who may read that record: the same law decides, asked in the same statement.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from hub.audit import models, premis
from hub.kit.ids import ForgedId, decode, decode_as
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

# The law's word for a kind of record, its table and its type; what else has events holds nothing of records.
RECORDS = {
    "fonds": "Fonds",
    "series": "Series",
    "file": "ArchivalFile",
    "item": "Item",
}
_NO_RECORDS = (
    "agency", "user", "grant", "apikey", "session", "import", "kpi", "audit", "policy", "setting", "period", "plan",
    "indicator", "codelist", "job",
)  # fmt: skip
_SEEN = " ".join(
    f"when '{table}' then exists (select from {table} o where o.id = {{t}}.object_id and {{read {kind} o}}"
    f" and not {{masked {kind} o}})"
    for table, kind in RECORDS.items()
)
# Whether the event is about a record whose words are kept from the caller.
MASKED = (
    "(case {t}.object_type"
    " when 'file' then exists (select from file o where o.id = {t}.object_id and {masked ArchivalFile o})"
    " when 'item' then exists (select from item o where o.id = {t}.object_id and {masked Item o}) else false end)"
)
_PLAIN = ", ".join(f"'{name}'" for name in _NO_RECORDS)
# Whether the caller may know what the event says of its object.
TOLD = f"(case {{t}}.object_type {_SEEN} else coalesce({{t}}.object_type in ({_PLAIN}), true) end)"

AGENT = "(select u.name from app_user u where u.id = {t}.agent_id)"
BEHALF = "(select u.name from app_user u where u.id = {t}.on_behalf_of)"
_OBJECT = " ".join(
    f"when '{table}' then '{kind}'" for table, kind in (*RECORDS.items(), ("agency", "Agency"))
)
_OBJECT_ID = f"encode(((case {{t}}.object_type {_OBJECT} end) || ':' || {{t}}.object_id)::bytea, 'base64')"
_SEAL = (
    "(select s.n from audit_seal s"
    " where s.epoch = {t}.epoch and {t}.xid >= s.from_xid and {t}.xid < s.to_xid)::text"
)
_ABOUT = (
    "{t}.id in (select e.id from unnest({v}) x(named) join audit_event e"
    " on e.object_type = split_part(x.named, ':', 1) and e.object_id = split_part(x.named, ':', 2)::bigint"
    " union all select e.id from audit_event e where e.event_type = 'record:read'"
    " and jsonb_exists_any(e.detail -> 'records', {v}))"
)

_BY = "({t}.agent_id = {users} or {t}.on_behalf_of = {users})"


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


def _named(text: str) -> str:
    """A global id as the trail names its object. Raises ForgedId for a type that has no events."""
    kind, _ = decode(text)
    names = {kind: name for name, kind in RECORDS.items()} | {"Agency": "agency"}
    if kind not in names:
        raise ForgedId(text)
    return f"{names[kind]}:{decode_as(text, kind)}"


@strawberry.input(description="Which events; every field given must hold (bộ lọc nhật ký).")
class AuditFilter:
    """Conditions on events."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    event_types: list[str] | None = any_of(
        "event_type", "Any of these deeds, e.g. file:close (loại sự kiện)."
    )
    object_ids: list[strawberry.ID] | None = condition(
        _ABOUT.replace("{v}", "array[{v}]"),
        "text",
        "About any of these records or agencies, reads of them included (đối tượng, theo mã định danh).",
        many=_ABOUT,
        reads=_named,
    )
    agents: list[str] | None = condition(
        _BY.replace("{users}", "(select u.id from app_user u where u.name = {v})"),
        "text",
        "Done by any of these users, or on their behalf, by name (người thực hiện).",
        many=_BY.replace("{users}", "any(array(select u.id from app_user u where u.name = any({v})))"),
    )
    outcomes: list[AuditOutcome] | None = condition(
        "{t}.outcome = {v}",
        "text",
        "Any of these outcomes (kết quả).",
        many="{t}.outcome = any({v})",
        reads=str.lower,
    )
    text: str | None = words(
        f"hub_fold({{t}}.event_type || ' ' || case when {TOLD} then coalesce({{t}}.reason, '') else '' end)"
    )
    at_from: datetime | None = at_least("{t}.at", "timestamptz", "At or after (từ thời điểm).")
    at_to: datetime | None = at_most("{t}.at", "timestamptz", "At or before (đến thời điểm).")


@record(models.AuditEvent, resource="audit", description="A deed and its outcome (sự kiện nhật ký).")
class AuditEvent(Node):
    """PREMIS event."""

    id: strawberry.ID = identifier()
    number: str = expression("{t}.id::text", "Its number, as hub audit proof takes it (số sự kiện).")
    at: datetime = column("at", "When (thời điểm).")
    event_type: str = column("event_type", "What was done, e.g. file:close (loại sự kiện).")
    premis_type: str | None = expression(
        premis.sql("{t}.event_type"),
        "The same in the PREMIS vocabulary eventType; null where it has no word (loại sự kiện theo PREMIS).",
    )
    agency: AnAgency | None = to_one("agency_id", "The agency it concerns (cơ quan).")
    agent: str | None = expression(AGENT, "Who did it (người thực hiện).")
    on_behalf_of: str | None = expression(BEHALF, "For whom (thay mặt).")
    object_type: str | None = column("object_type", "Kind of record (loại đối tượng).")
    object_id: strawberry.ID | None = expression(
        _OBJECT_ID, "Global id of the record or agency it is about, still there or not (mã đối tượng)."
    )
    outcome: AuditOutcome = expression("upper({t}.outcome)", "How it ended (kết quả).")
    reason: str | None = expression(
        f"case when {TOLD} then {{t}}.reason end", "Why; null, too, when isRedacted (lý do)."
    )
    detail: JSON | None = expression(
        f"case when {TOLD} then {{t}}.detail end",
        "Changed fields, before and after; null, too, when isRedacted (chi tiết).",
    )
    is_redacted: bool = expression(
        f"not {TOLD}",
        "Whether detail and reason are kept from the caller, who may not read the record (đã che nội dung).",
    )
    policy_version: str | None = column(
        "policy_version", "The policy it was decided under (phiên bản chính sách)."
    )
    request_id: str | None = column("request_id", "The request it came with (mã yêu cầu).")
    seal: str | None = expression(
        _SEAL, "The number of the seal that covers it; null when none does yet (niêm phong)."
    )


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
