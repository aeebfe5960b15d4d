"""Tables of reminders: a round of many at once, a reminder of one agency, and the mails that carry it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from hub.kit.tables import choice, count, key, moment, ref

KINDS = ("AHEAD", "OVERDUE", "REQUEST")
STATES = ("WAITING", "SENT", "FAILED", "DROPPED")


class ReminderRound(SQLModel, table=True):
    """One act of Home Affairs: many agencies reminded at once, with the same note. `asked`: how many it was about."""

    __tablename__ = "reminder_round"
    __table_args__ = ({"comment": "One act of reminding many agencies at once (đợt đôn đốc)."},)

    id: int | None = key()
    period_id: int = ref("reporting_period.id", index=True)
    note: str | None = None
    asked: int = count(0)
    by_id: int | None = ref("app_user.id", nullable=True)
    at: datetime | None = moment(now=True)


class Reminder(SQLModel, table=True):
    """An agency reminded on one occasion, whether there was somebody to write to or not; only ever added.

    `occasion` names what must not happen twice: so many working days before `due_on`, overdue, asked for on a day.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("period_id", "agency_id", "due_on", "occasion", name="uq_reminder_occasion"),
        CheckConstraint(f"kind in {KINDS}", name="ck_reminder_kind"),
        CheckConstraint("(kind = 'REQUEST') = (round_id is not null)", name="ck_reminder_round"),
        {"comment": "An agency reminded of its return on one occasion (lần nhắc nộp báo cáo)."},
    )

    id: int | None = key()
    period_id: int = ref("reporting_period.id")
    agency_id: int = ref("agency.id", index=True)
    kind: str = choice("AHEAD")
    due_on: date
    occasion: str
    round_id: int | None = ref("reminder_round.id", nullable=True, index=True)
    at: datetime | None = moment(now=True)


class OutboxMessage(SQLModel, table=True):
    """A mail to one address, written in the transaction of its reminder and sent afterwards.

    `message_key` makes its Message-ID, the same at every try. DROPPED: no longer to be sent when its turn came.
    Address and words are kept for a while only (`forgotten_at`); that it was written, and what became of it, stays.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("reminder_id", "recipient", name="uq_outbox_message_recipient"),
        CheckConstraint(f"state in {STATES}", name="ck_outbox_message_state"),
        CheckConstraint(
            "num_nonnulls(recipient, text) = case when forgotten_at is null then 2 else 0 end"
            " and (forgotten_at is null or state <> 'WAITING')",
            name="ck_outbox_message_forgotten",
        ),
        CheckConstraint("(state = 'SENT') = (sent_at is not null)", name="ck_outbox_message_sent"),
        Index("ix_outbox_message_waiting", "next_try_at", postgresql_where=text("state = 'WAITING'")),
        {"comment": "Mails, written with what they tell of and sent afterwards (thư chờ gửi, đã gửi)."},
    )

    id: int | None = key()
    reminder_id: int = ref("reminder.id")
    message_key: UUID | None = Field(
        default=None, sa_column=Column(Uuid, nullable=False, server_default=text("gen_random_uuid()"))
    )
    recipient: str | None = None
    subject: str
    text: str | None = None
    state: str = choice("WAITING")
    tries: int = count(0)
    next_try_at: datetime | None = moment(now=True)
    last_error: str | None = None
    sent_at: datetime | None = moment(nullable=True)
    forgotten_at: datetime | None = moment(nullable=True)
    created_at: datetime | None = moment(now=True)
