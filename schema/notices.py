"""What is asked of the caller now, in GraphQL."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry
from strawberry import Info

from hub.kit.ids import encode
from hub.returns.reminders import notices

_ = strawberry.enum_value


@strawberry.enum(description="What is to be done (việc cần làm).")
class NoticeKind(Enum):
    """Kinds of notices."""

    WRITE = _("WRITE", description="Returns to write and submit (lập và trình báo cáo).")
    APPROVE = _("APPROVE", description="Returns to approve or send back (duyệt báo cáo).")
    ACCEPT = _("ACCEPT", description="Returns to accept or send back (tiếp nhận báo cáo).")
    EXCLUSION = _("EXCLUSION", description="Exclusions to decide on (trường hợp loại trừ chờ quyết định).")
    MAIL = _("MAIL", description="Mails that could not be sent (thư chưa gửi được).")


@strawberry.type(description="What is asked of the caller now (việc đang chờ người truy cập).")
class Notice:
    """Counted from where the returns are."""

    one: strawberry.Private[notices.Notice]

    @strawberry.field(description="What is to be done (việc cần làm).")
    def kind(self) -> NoticeKind:
        """See NoticeKind."""
        return NoticeKind[self.one.kind]

    @strawberry.field(description="In one sentence, by when (nội dung).")
    def message(self, info: Info) -> str:
        """In the caller's language."""
        return self.one.message(info.context.language)

    @strawberry.field(description="How many returns, exclusions or mails (số lượng).")
    def count(self) -> int:
        """One or more."""
        return self.one.count

    @strawberry.field(description="How many of them are overdue (số quá hạn).")
    def overdue_count(self) -> int:
        """By their agencies' days."""
        return self.one.overdue

    @strawberry.field(description="Global id of the period; null for what is of none (kỳ báo cáo).")
    def period_id(self) -> strawberry.ID | None:
        """Of type ReportingPeriod."""
        key = self.one.period_id
        return None if key is None else strawberry.ID(encode("ReportingPeriod", key))

    @strawberry.field(description="The nearest day by which one is due (hạn gần nhất).")
    def due_on(self) -> date | None:
        """Null for what has no day."""
        return self.one.due_on

    @strawberry.field(description="Working days left; negative when overdue (số ngày làm việc còn lại).")
    def working_days_left(self) -> int | None:
        """Null for what has no day."""
        return None if self.one.due_on is None else self.one.days

    @strawberry.field(description="Global id of the agency where it is about one (cơ quan).")
    def agency_id(self) -> strawberry.ID | None:
        """Of type Agency."""
        key = self.one.agency_id
        return None if key is None else strawberry.ID(encode("Agency", key))

    @strawberry.field(description="Global id of the return where it is about one that was begun (báo cáo).")
    def return_id(self) -> strawberry.ID | None:
        """Of type AgencyReturn."""
        key = self.one.return_id
        return None if key is None else strawberry.ID(encode("AgencyReturn", key))

    @strawberry.field(description="When Home Affairs last reminded (lần đôn đốc gần nhất).")
    def reminded_at(self) -> datetime | None:
        """Null: not yet."""
        return self.one.reminded_at

    @strawberry.field(description="What it said then; of mails the server's words (ý kiến kèm theo).")
    def note(self) -> str | None:
        """Null: nothing."""
        return self.one.note


@strawberry.type
class NoticesQuery:
    """The read of what is asked."""

    @strawberry.field(
        description="What is asked of the caller now, the nearest day first; empty for the public"
        " (việc đang chờ người truy cập)."
    )
    async def notices(self, info: Info) -> list[Notice]:
        """Returns of open periods, and for Home Affairs the outbox."""
        actor = info.context.actor
        found: list[notices.Notice] = await info.context.seam.read(
            lambda session: notices.notices(session, actor)
        )
        return [Notice(one=one) for one in found]
