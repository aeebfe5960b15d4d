"""Reminders of returns in GraphQL: what was sent to whom, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry

from hub.kit.ids import encode
from hub.returns.reminders import told

_ = strawberry.enum_value


@strawberry.enum(description="Why an agency was reminded (lý do nhắc).")
class ReminderKind(Enum):
    """Kinds of reminders."""

    AHEAD = _("AHEAD", description="By the hub, so many working days before the day (trước hạn).")
    OVERDUE = _("OVERDUE", description="By the hub, when the day had passed (quá hạn).")
    REQUEST = _("REQUEST", description="By Home Affairs, by hand (đôn đốc).")


@strawberry.type(description="An agency reminded of its return (lần nhắc nộp báo cáo).")
class Reminder:
    """It stands on the agency's page whether there was somebody to write to or not."""

    one: strawberry.Private[told.Told]

    @strawberry.field(description="Global id of the agency (mã định danh cơ quan).")
    def agency_id(self) -> strawberry.ID:
        """Of type Agency."""
        return strawberry.ID(encode("Agency", self.one.agency_id))

    @strawberry.field(description="Why (lý do).")
    def kind(self) -> ReminderKind:
        """By the hub or by hand."""
        return ReminderKind[self.one.kind]

    @strawberry.field(description="By when the return was due then (hạn nộp khi nhắc).")
    def due_on(self) -> date:
        """An extension moves it, and begins anew."""
        return self.one.due_on

    @strawberry.field(description="When (thời điểm).")
    def at(self) -> datetime:
        """When it was written; mails follow."""
        return self.one.at

    @strawberry.field(description="What Home Affairs said beside it (ý kiến).")
    def note(self) -> str | None:
        """Of reminders by hand."""
        return self.one.note

    @strawberry.field(description="Whether there was an address to write to (có địa chỉ thư).")
    def is_reachable(self) -> bool:
        """The contact person's, else of those who may submit."""
        return self.one.written > 0

    @strawberry.field(description="Mails sent (số thư đã gửi).")
    def sent_count(self) -> int:
        """To as many addresses."""
        return self.one.sent

    @strawberry.field(description="Mails that wait to be sent (số thư chờ gửi).")
    def waiting_count(self) -> int:
        """Tried again by themselves."""
        return self.one.waiting

    @strawberry.field(description="Mails that the server refused for good (số thư bị từ chối).")
    def failed_count(self) -> int:
        """Mend the address (setContact), and it goes there."""
        return self.one.failed

    @strawberry.field(description="What the mail server said, where mails wait or failed (lỗi gửi thư).")
    def problem(self) -> str | None:
        """Of one of them."""
        return self.one.problem


@strawberry.type(description="What reminding many agencies came to (kết quả đôn đốc).")
class AgenciesReminded:
    """Who was reminded; the rest of those asked for have handed in, or were reminded today."""

    reminded: list[Reminder] = strawberry.field(description="Who was reminded (các cơ quan được nhắc).")
    unreachable: list[Reminder] = strawberry.field(
        description="Those of them with nobody to write to: to be called, or given a contact (không có địa chỉ thư)."
    )
    skipped_count: int = strawberry.field(
        description="Asked for, but handed in or reminded today already (số không cần nhắc)."
    )
