"""Performance and mix by agency, in GraphQL."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import strawberry
from strawberry import Info

from hub.kpi import effects as effect
from hub.kpi.effects import apportioned
from schema.connections import PageInfo
from schema.kpi.paging import checked_page, cursor_of, page_info, place_in, read_cursor
from schema.lazy import AnAgency
from schema.loading import load_record
from schema.scalars import Percent


@strawberry.type(description="An agency's figure at one of the days (số liệu của cơ quan tại một ngày).")
class EffectPart:
    """What it adds to the whole."""

    numerator: int = strawberry.field(description="Numerator (tử số).")
    denominator: int = strawberry.field(description="Denominator (mẫu số).")
    percent: Percent | None = strawberry.field(description="Percent, two places (tỷ lệ).")
    weight: Percent = strawberry.field(description="Its part of all denominators, percent (tỷ trọng).")

    @classmethod
    def of(cls, part: effect.Part, weight: Fraction) -> EffectPart:
        """Shown with two places."""
        return cls(
            numerator=part.numerator,
            denominator=part.denominator,
            percent=None if part.rate is None else _shown(part.rate),
            weight=_shown(weight),
        )


def _shown(share: Fraction) -> Percent:
    return Percent(f"{float(round(share * 10_000)) / 100:.2f}")


@strawberry.type(description="What an agency did to the percent (ảnh hưởng của một cơ quan).")
class AgencyEffect:
    """Percentage points of two places; those of all agencies sum to the change as shown."""

    line: strawberry.Private[effect.AgencyEffect]
    rate_points: Percent = strawberry.field(
        description="By performance: its percent moved (do kết quả thực hiện)."
    )
    mix_points: Percent = strawberry.field(description="By mix: its part of the whole moved (do cơ cấu).")

    @strawberry.field(description="The agency (cơ quan).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, "Agency", self.line.agency.id)

    @strawberry.field(description="On the first day (ngày đầu).")
    def before(self) -> EffectPart:
        """Zeros where it had nothing."""
        return EffectPart.of(self.line.before, self.line.weights[0])

    @strawberry.field(description="On the last day (ngày cuối).")
    def after(self) -> EffectPart:
        """Zeros where it has nothing."""
        return EffectPart.of(self.line.after, self.line.weights[1])


@strawberry.type(description="A line in its place (phần tử).")
class AgencyEffectEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Where the line stands (con trỏ).")
    node: AgencyEffect = strawberry.field(description="The line (dòng).")


@strawberry.type(description="The agencies' effects, the strongest first (ảnh hưởng của các cơ quan).")
class AgencyEffectConnection:
    """Empty where a day has no percent."""

    edges: list[AgencyEffectEdge] = strawberry.field(description="The lines with their places (các phần tử).")
    page_info: PageInfo = strawberry.field(description="Where the page lies (thông tin trang).")
    total_count: int = strawberry.field(description="How many agencies there are (tổng số cơ quan).")

    @strawberry.field(description="The lines alone (các dòng).")
    def nodes(self) -> list[AgencyEffect]:
        """Without cursors."""
        return [edge.node for edge in self.edges]


def connection(
    found: effect.Effects | None, points: Decimal | None, first: int, after: str | None
) -> AgencyEffectConnection:
    """A page of the effects; what is shown of all agencies adds up to what is shown of the whole."""
    checked_page(first)
    lines = () if found is None or points is None else found.lines
    rate, mix = parts(found, points) or (Decimal(0), Decimal(0))
    rates = apportioned([line.rate for line in lines], rate)
    mixes = apportioned([line.mix for line in lines], mix)
    start = place_in([line.agency.code for line in lines], read_cursor(after, "effects"))
    edges = [
        AgencyEffectEdge(
            cursor=cursor_of("effects", line.agency.code, place),
            node=AgencyEffect(
                line=line,
                rate_points=Percent(f"{rates[place]:.2f}"),
                mix_points=Percent(f"{mixes[place]:.2f}"),
            ),
        )
        for place, line in enumerate(lines[start : start + first], start)
    ]
    return AgencyEffectConnection(
        edges=edges,
        page_info=page_info(
            [edge.cursor for edge in edges], before=start > 0, more=len(lines) > start + first
        ),
        total_count=len(lines),
    )


def parts(found: effect.Effects | None, points: Decimal | None) -> tuple[Decimal, Decimal] | None:
    """Performance and mix of the whole as shown, which add up to its points; None where a day has no percent."""
    if found is None or points is None:
        return None
    rate, mix = apportioned([found.rate, found.mix], points)
    return rate, mix
