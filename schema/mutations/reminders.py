"""Reminding agencies of the returns they owe."""

from __future__ import annotations

from typing import Annotated

import strawberry
from sqlmodel import Session

from hub.access.actor import Actor
from hub.returns.reminders.models import ReminderRound
from hub.returns.reminders.reminding import remind_agencies
from hub.returns.reminders.told import reminders_in
from schema.mutations.doing import Given, described, do_and_read
from schema.mutations.inputs import key_in, needed, once, or_none, said
from schema.problems import (
    AgencyEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    ReturnNotOwed,
    WrongPeriodState,
)
from schema.reminders import AgenciesReminded, Reminder


@strawberry.input(description="Agencies to remind of their returns (đôn đốc nộp báo cáo).")
class RemindAgenciesInput:
    """Input of remindAgencies."""

    period_id: strawberry.ID = needed("The period (kỳ báo cáo).")
    agency_ids: list[strawberry.ID] | None = said("These; null: all that have not handed in (các cơ quan).")
    is_late: bool | None = said("Only those whose day has passed (chỉ cơ quan quá hạn).")
    note: str | None = said("What is to be said beside it, the same to all (ý kiến kèm theo).")
    idempotency_key: str | None = once()


RemindAgenciesResult = Annotated[
    AgenciesReminded
    | NotFound
    | NotPermitted
    | Invalid
    | WrongPeriodState
    | ReturnNotOwed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union(
        "RemindAgenciesResult",
        description="Who was reminded, or the problem that stood in the way (kết quả đôn đốc).",
    ),
]


@strawberry.type
class RemindersMutation:
    """Reminding."""

    @strawberry.mutation(
        description=described(
            "remindAgencies",
            "Remind agencies that have not handed in, by mail and on their pages, once a day each (đôn đốc).",
        )
    )
    async def remind_agencies(
        self, info: strawberry.Info, input: Given[RemindAgenciesInput]
    ) -> RemindAgenciesResult:
        """See the description."""

        def deed(session: Session, actor: Actor) -> ReminderRound:
            ids = or_none(input.agency_ids)
            return remind_agencies(
                session,
                actor,
                key_in("ReportingPeriod", input.period_id, "period_id"),
                None if ids is None else [key_in("Agency", one, "agency_ids") for one in ids],
                late_only=bool(or_none(input.is_late)),
                note=or_none(input.note),
            )

        about = ("ReportingPeriod", input.period_id)
        answer: RemindAgenciesResult = await do_and_read(info, "remindAgencies", about, input, deed, _read)
        return answer


def _read(session: Session, actor: Actor, key: int) -> AgenciesReminded:
    found = reminders_in(session, key)
    asked = session.get_one(ReminderRound, key).asked
    return AgenciesReminded(
        reminded=[Reminder(one=one) for one in found],
        unreachable=[Reminder(one=one) for one in found if not one.written],
        skipped_count=asked - len(found),
    )
