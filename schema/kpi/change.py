"""What moved a figure, in GraphQL: effects by agency, causes with their records, what was reported, a sentence."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import orjson
import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit import ids
from hub.kit.clock import today
from hub.kpi import change as moved
from hub.kpi import small
from hub.kpi.change_words import sentences
from hub.kpi.scorecard import check_reached
from hub.returns.changes import reported_change
from schema.kpi.causes import Causes, IndicatorChangeCause, causes_of
from schema.kpi.effects import AgencyEffectConnection, connection, parts
from schema.kpi.history import percent
from schema.kpi.names import Counted
from schema.kpi.place import AgencyCode, PlanCode, placed
from schema.kpi.types import After, First
from schema.kpi.values import IndicatorValue
from schema.scalars import Percent


@strawberry.type(description="A reading decided between the days (tham số thay đổi theo quyết định).")
class ReadingChange:
    """How the row is read otherwise."""

    name: str = strawberry.field(description="Name of the parameter (tên tham số).")
    before: str | None = strawberry.field(description="Its value before, as JSON (giá trị trước).")
    after: str | None = strawberry.field(description="Its value after, as JSON (giá trị sau).")


@strawberry.type(
    description="What the published report said of the first day, and what became known of it since"
    " (số liệu đã báo cáo và thay đổi về sau)."
)
class ReportedChange:
    """The causes sum to the difference between the report and what is known now."""

    found: strawberry.Private[moved.Revision]

    @strawberry.field(description="The report (báo cáo).")
    def report_id(self) -> strawberry.ID:
        """A global id."""
        return strawberry.ID(ids.encode("PublishedReport", self.found.reported.report_id))

    @strawberry.field(description="Numerator as reported (tử số đã báo cáo).")
    def numerator(self) -> int | None:
        """Frozen."""
        return self.found.reported.value.numerator

    @strawberry.field(description="Denominator as reported (mẫu số đã báo cáo).")
    def denominator(self) -> int | None:
        """Frozen."""
        return self.found.reported.value.denominator

    @strawberry.field(description="Percent as reported (tỷ lệ đã báo cáo).")
    def percent(self) -> Percent | None:
        """Frozen."""
        return percent(self.found.reported.value.percent)

    @strawberry.field(description="What became known since, by cause (nguyên nhân thay đổi).")
    def causes(self, only: Causes = None) -> list[IndicatorChangeCause]:
        """Registered late, corrected, destroyed, excluded …"""
        return causes_of(self.found.causes, self.found.question, only)


@strawberry.type(description="What moved a figure between two days (thay đổi của chỉ tiêu giữa hai ngày).")
class IndicatorChange:
    """Facts true at each day, as known now; what was reported of the first day stands beside."""

    found: strawberry.Private[moved.Change]
    plan: strawberry.Private[str]

    @strawberry.field(description="The figure on the first day (số liệu ngày đầu).")
    def before(self) -> IndicatorValue:
        """As known now."""
        return self._figure(self.found.before)

    @strawberry.field(description="The figure on the last day (số liệu ngày cuối).")
    def after(self) -> IndicatorValue:
        """As known now."""
        return self._figure(self.found.after)

    @strawberry.field(
        description="Change of the percent as shown, in percentage points; null where a day has none (thay đổi tỷ lệ)."
    )
    def points(self) -> Percent | None:
        """Two places, with a minus when it fell."""
        return None if self.found.points is None else Percent(f"{self.found.points:.2f}")

    @strawberry.field(description="Change of the numerator (thay đổi tử số).")
    def numerator(self) -> int | None:
        """The sum of the causes."""
        return _difference(self.found.before.numerator, self.found.after.numerator)

    @strawberry.field(description="Change of the denominator (thay đổi mẫu số).")
    def denominator(self) -> int | None:
        """The sum of the causes."""
        return _difference(self.found.before.denominator, self.found.after.denominator)

    @strawberry.field(
        description="Of the points, those by performance: agencies' percents moved (do kết quả thực hiện)."
    )
    def rate_points(self) -> Percent | None:
        """Performance and mix together are the points."""
        return self._parts()[0]

    @strawberry.field(
        description="Of the points, those by mix: agencies' parts of the whole moved (do cơ cấu)."
    )
    def mix_points(self) -> Percent | None:
        """Performance and mix together are the points."""
        return self._parts()[1]

    @strawberry.field(description="The effects by agency, the strongest first (ảnh hưởng của từng cơ quan).")
    def effects(self, first: First = 50, after: After = None) -> AgencyEffectConnection:
        """Symmetric midpoints, so that nothing is left over (hub/kpi/effects.py)."""
        return connection(self.found.effects, self.found.points, first, after)

    @strawberry.field(description="The causes; they sum to the change of both sides (các nguyên nhân).")
    def causes(self, only: Causes = None) -> list[IndicatorChangeCause]:
        """In the order of the list."""
        return causes_of(self.found.causes, self.found.question, only)

    @strawberry.field(description="Readings decided between the days (các tham số thay đổi).")
    def readings(self) -> list[ReadingChange]:
        """What PARAMETER_CHANGED and FORMULA_CHANGED mean."""
        return [
            ReadingChange(name=one.name, before=_json(one.before), after=_json(one.after))
            for one in self.found.readings
        ]

    @strawberry.field(
        description="What the published report said of the first day; null where there is none (số đã báo cáo)."
    )
    def reported(self) -> ReportedChange | None:
        """Records registered late or corrected since move what was reported, not what is known now."""
        return None if self.found.revision is None else ReportedChange(found=self.found.revision)

    @strawberry.field(description="The same in a few sentences (diễn giải).")
    def sentence(self, info: Info) -> str:
        """In the caller's language."""
        return sentences(self.found)[info.context.language == "en"]

    def _figure(self, value: moved.IndicatorValue) -> IndicatorValue:
        agency_id = value.agency.id if value.agency else None
        name = str(Counted(self.plan, value.indicator.code, agency_id, value.as_of))
        return IndicatorValue(value=value, name=name, plan=self.plan)

    def _parts(self) -> tuple[Percent | None, Percent | None]:
        found = parts(self.found.effects, self.found.points)
        return (None, None) if found is None else (Percent(f"{found[0]:.2f}"), Percent(f"{found[1]:.2f}"))


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _json(value: object) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def read_change(
    session: Session,
    actor: Actor,
    plan: str | None,
    code: str,
    first: date,
    last: date,
    agency_code: str | None,
) -> IndicatorChange:
    """Raises FutureDate, BadRequest, NotFound for an unknown plan, agency or code, NotPermitted as the pages do."""
    check_reached(last, today())
    plan, agency_id = placed(session, plan, last, agency_code)
    small.require_all(actor, agency_id)
    return IndicatorChange(
        found=reported_change(session, actor, plan, code, first, last, agency_id), plan=plan
    )


@strawberry.type
class ChangeQuery:
    """The root field about what moved a figure."""

    @strawberry.field(
        description="What moved an indicator between two days: performance and mix by agency, causes with records,"
        " what was reported, and a sentence (vì sao chỉ tiêu thay đổi giữa hai ngày)."
    )
    async def indicator_change(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="Code of the indicator (mã chỉ tiêu).")],
        first: Annotated[date, strawberry.argument(name="from", description="The first day (từ ngày).")],
        last: Annotated[
            date,
            strawberry.argument(name="to", description="The last day, today or earlier (đến ngày)."),
        ],
        agency_code: AgencyCode = None,
        plan: PlanCode = None,
    ) -> IndicatorChange:
        """Figures, effects and causes are whole; records are under the caller's permissions."""
        actor = info.context.actor
        found: IndicatorChange = await info.context.seam.read(
            lambda session: read_change(session, actor, plan, code, first, last, agency_code)
        )
        return found
