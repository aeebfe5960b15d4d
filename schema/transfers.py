"""Transfers (đợt giao nộp): batches of permanent records handed to the historical archive."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry

from hub.transfers import models
from schema.compiler.declarations import (
    ID,
    Page,
    Source,
    by,
    column,
    connection,
    expression,
    identifier,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AFonds, AnAgency, Files
from schema.node import Node
from schema.records.conditions import (
    CODE,
    agency_codes,
    any_of,
    at_least,
    at_most,
    codes,
    day_key,
    include_subtree,
    words,
)

_ = strawberry.enum_value
_REGISTERED = day_key("registered", "registered_on")


@strawberry.enum(description="Where a transfer is (trạng thái đợt giao nộp).")
class TransferState(Enum):
    """States of a transfer."""

    REGISTERED = _("REGISTERED", description="Registered (đã đăng ký).")
    SUBMITTED = _("SUBMITTED", description="Submitted to the head of the agency (đã trình).")
    APPROVED = _("APPROVED", description="Approved by the head of the agency (đã duyệt).")
    CHECKING = _("CHECKING", description="Being checked by the archive (đang kiểm tra).")
    RETURNED = _("RETURNED", description="Returned for correction (trả lại).")
    ACCEPTED = _("ACCEPTED", description="Accepted by the archive (đã tiếp nhận).")


@strawberry.enum(description="How records come over (phương thức giao nộp).")
class TransferChannel(Enum):
    """Channels of a transfer."""

    INTEGRATED = _("INTEGRATED", description="Through linked systems (qua hệ thống tích hợp).")
    MANUAL = _("MANUAL", description="By hand (thủ công).")


@strawberry.enum(description="Orders of transfers (thứ tự đợt giao nộp).")
class TransferOrder(Enum):
    """Orders of transfers."""

    ID_ASC = by(ID, description="As entered (theo thứ tự nhập).")
    ID_DESC = by(ID, descending=True, description="Last entered first (mới nhập trước).")
    REGISTERED_ON_ASC = by(_REGISTERED, description="First registered first (theo ngày đăng ký).")
    REGISTERED_ON_DESC = by(
        _REGISTERED, descending=True, description="Last registered first (mới đăng ký trước)."
    )
    CODE_ASC = by(CODE, description="By code (theo mã).")
    CODE_DESC = by(CODE, descending=True, description="By code, backwards (theo mã, ngược).")


@strawberry.input(description="Which transfers; every field given must hold (bộ lọc đợt giao nộp).")
class TransferFilter:
    """Conditions on transfers."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    codes: list[str] | None = codes()
    text: str | None = words("hub_fold({t}.code || ' ' || coalesce({t}.minutes_number, ''))")
    states: list[TransferState] | None = any_of("state", "Any of these states (trạng thái).")
    channels: list[TransferChannel] | None = any_of("channel", "Any of these channels (phương thức).")
    registered_on_from: date | None = at_least(
        "{t}.registered_on", "date", "Registered on or after (đăng ký từ ngày)."
    )
    registered_on_to: date | None = at_most(
        "{t}.registered_on", "date", "Registered on or before (đăng ký đến ngày)."
    )


@record(models.Transfer, resource="transfer", description="A batch of records handed over (đợt giao nộp).")
class Transfer(Node):
    """From registration to acceptance."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Code (mã đợt).")
    agency: AnAgency | None = to_one("agency_id", "Who hands over (cơ quan giao).")
    custodian: AnAgency | None = to_one("custodian_id", "Who receives (lưu trữ nhận).")
    fonds: AFonds | None = to_one("fonds_id", "The fonds it comes from (phông).")
    state: TransferState = column("state", "Where it is (trạng thái).")
    channel: TransferChannel = column("channel", "How it comes over (phương thức).")
    registered_on: date = column("registered_on", "When registered (ngày đăng ký).")
    submitted_at: datetime | None = column("submitted_at", "When submitted (thời điểm trình).")
    accepted_at: datetime | None = column(
        "accepted_at", "When accepted; the date that counts (thời điểm tiếp nhận)."
    )
    decision_note: str | None = column("decision_note", "What was said in deciding (ý kiến).")
    minutes_number: str | None = column("minutes_number", "Number of the minutes (số biên bản).")
    entry_count: int = expression(
        "(select count(*) from transfer_entry e where e.transfer_id = {t}.id)",
        "Files and documents in it (số đối tượng).",
    )
    version: int = column("version", "Counts changes (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")

    @connection("{t}.id in (select e.file_id from transfer_entry e where e.transfer_id = {p}.id)")
    def files(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Files:
        """The files handed over, whole or in part (các hồ sơ giao nộp)."""
        raise NotImplementedError


@strawberry.type(description="A page of transfers (danh sách đợt giao nộp).")
class TransferConnection(Connection[Transfer]):
    """Connection to transfers."""


@strawberry.type
class TransfersQuery:
    """Reads of transfers."""

    @root(Page((Source("true"),)))
    def transfers(
        self,
        filter: TransferFilter | None = UNSET,
        order_by: TransferOrder | None = TransferOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> TransferConnection:
        """Transfers that the caller may see (danh sách đợt giao nộp)."""
        raise NotImplementedError
