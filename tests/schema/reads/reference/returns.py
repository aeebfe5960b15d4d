"""The half-year as the reference answers it: periods and returns, over plain rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from hub.access.actor import Actor
from tests.schema.reads.reference.rows import Rows
from tests.schema.reads.world import TODAY

HANDED_IN = ("SUBMITTED", "APPROVED", "ACCEPTED")


def owes(agency: Row, day: date) -> bool:
    """Whether an agency owes a return on a reporting date."""
    return (
        agency.archive_since is not None
        and agency.archive_since <= day
        and (agency.archive_until is None or day < agency.archive_until)
        and (agency.valid_from is None or agency.valid_from <= day)
        and (agency.valid_to is None or day < agency.valid_to)
    )


class Returns(Rows):
    """Fields of periods and returns."""

    def owing(self, actor: Actor, period: Row) -> list[Row]:
        """Agencies that owe a return which the actor may read."""
        return [
            agency
            for agency in self.world["agency"]
            if owes(agency, period.deadline) and self.reads_returns(actor, agency.id)
        ]

    def reads_returns(self, actor: Actor, agency: int) -> bool:
        """Whether the actor may read a return of the agency, whatever its state."""
        row = Row(id=None, agency_id=agency, state=None, created_by=None, submitted_by=None)
        return actor.may("read", "return", row)

    def handed_in(self, period: Row) -> set[int]:
        """The agencies whose return is in."""
        return {
            one.agency_id
            for one in self.world["agency_return"]
            if one.period_id == period.id and one.state in HANDED_IN
        }

    def due_on(self, period: Row, agency: Row) -> date:
        """By when the agency hands in: as extended, as units or as agencies do."""
        for case in self.world["return_case"]:
            if (case.period_id, case.agency_id) == (period.id, agency.id) and case.extended_to:
                return case.extended_to  # type: ignore[no-any-return]
        places = [one for one in self.world["agency_parent"] if one.agency_id == agency.id]
        places = [one for one in places if one.valid_to is None or one.valid_to > period.deadline]
        first = min(places, key=lambda one: one.valid_to or date.max, default=None)
        above = self.world.one("agency", first.parent_id if first else None)
        of_unit = above is not None and owes(above, period.deadline)
        due: date = (period.unit_returns_due_on if of_unit else None) or period.returns_due_on
        return due

    def late(self, actor: Actor, period: Row) -> set[int]:
        """Agencies whose return is late today."""
        handed_in = self.handed_in(period)
        return {
            one.id
            for one in self.owing(actor, period)
            if one.id not in handed_in and self.due_on(period, one) < TODAY
        }

    def _expectedCount(self, row: Row, actor: Actor) -> int:
        return len(self.owing(actor, row))

    def _submittedCount(self, row: Row, actor: Actor) -> int:
        return sum(self.reads_returns(actor, agency) for agency in self.handed_in(row))

    def _AgencyReturn_attachUrl(self, row: Row, actor: Actor) -> str:
        return f"/returns/{row.id}/attach"

    def _AgencyReturn_dueOn(self, row: Row, actor: Actor) -> str:
        return self._due(row).isoformat()

    def _AgencyReturn_isLate(self, row: Row, actor: Actor | None = None) -> bool:
        at: datetime | None = row.handed_in_at
        day = TODAY if at is None else (at.astimezone(UTC) + timedelta(hours=7)).date()
        return day > self._due(row)

    def _due(self, row: Row) -> date:
        period, agency = (
            self.world.one(table, key)
            for table, key in (("reporting_period", row.period_id), ("agency", row.agency_id))
        )
        assert period is not None
        assert agency is not None
        return self.due_on(period, agency)

    def _AgencyReturn_reportsTo(self, row: Row, actor: Actor) -> Row | None:
        return self.seen(actor, "Agency", self.world.one("agency", row.reports_to_id))

    def _person(self, key: int | None) -> str | None:
        user = self.world.one("app_user", key)
        return user.full_name if user else None

    def _AgencyReturn_submittedBy(self, row: Row, actor: Actor) -> str | None:
        return self._person(row.submitted_by)

    def _AgencyReturn_approvedBy(self, row: Row, actor: Actor) -> str | None:
        return self._person(row.approved_by)

    def _AgencyReturn_decidedBy(self, row: Row, actor: Actor) -> str | None:
        return self._person(row.decided_by)

    def _of_return(self, table: str, row: Row) -> list[Row]:
        return sorted((one for one in self.world[table] if one.return_id == row.id), key=lambda one: one.id)

    def _lines(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        found = []
        for one in self._of_return("return_line", row):
            duty = self.world.one("duty", one.duty_id)
            assert duty is not None
            found.append(
                {
                    "code": duty.code, "title": duty.text_vi, "numerator": one.numerator and str(one.numerator),
                    "denominator": one.denominator and str(one.denominator), "value": one.value, "note": one.note,
                    "documentNumber": one.document_number, "documentDate": one.document_date,
                    "quantities": one.quantities,
                }
            )  # fmt: skip
        return found

    def _attachments(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        return []

    def _turns(self, row: Row, actor: Actor) -> list[dict[str, Any]]:
        return [
            {
                "turn": one.turn, "fromState": one.from_state, "toState": one.to_state, "note": one.note,
                "by": self._person(one.by_id), "onBehalfOf": None, "version": one.version,
                "at": one.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
            for one in self._of_return("return_turn", row)
        ]  # fmt: skip
