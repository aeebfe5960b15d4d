"""The figures of a plan at a date or at many: one function for GraphQL, dashboard, report and command line.

Three statements whatever is asked: the rows of the plan, the agency, and one statement in which every measure
counts. The city's value is the sum of the agencies' numerators over the sum of their denominators (R2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import CALLED
from hub.kit.errors import BadRequest, NotFound
from hub.kpi import rules
from hub.kpi.evidence import evidence_of
from hub.kpi.statement import Counting, Slot, counting, facts, figure_of
from hub.kpi.values import AgencyRef, IndicatorRow, IndicatorValue, Result, SideFigure
from hub.plan.queries import indicator_rows, plan_by_code

SUMS = """sum(numerator) as numerator, sum(denominator) as denominator, sum(excluded) as excluded,
       sum(excluded_numerator) as excluded_numerator, sum(missing) as missing, sum(covered) as covered,
       sum(whole) as whole, sum(uncounted) as uncounted, count(*) filter (where held) as reported,
       count(*) filter (where expected) as expected"""


class FutureDate(BadRequest):
    """Figures were asked for at a date that has not come."""

    def __init__(self, as_of: date, today: date) -> None:
        super().__init__(
            f"Ngày {as_of:%d/%m/%Y} chưa tới (hôm nay là {today:%d/%m/%Y}), nên chưa có số liệu. Hãy chọn hôm nay"
            " hoặc một ngày trước đó.",
            f"{as_of} has not come (today is {today}), so there are no figures. Choose today or an earlier date.",
        )


def check_reached(as_of: date, today: date) -> None:
    """Refuse a date after today: facts true at it cannot be known. Raises FutureDate."""
    if as_of > today:
        raise FutureDate(as_of, today)


@dataclass(frozen=True)
class Total:
    """The sums of one figure over one agency or many."""

    numerator: Decimal = Decimal(0)
    denominator: Decimal = Decimal(0)
    excluded: int = 0
    excluded_numerator: int = 0
    missing: int = 0
    covered: Decimal = Decimal(0)
    whole: Decimal = Decimal(0)
    uncounted: int = 0
    reported: int = 0
    expected: int = 0

    @classmethod
    def of(cls, row: RowMapping) -> Total:
        """The sums as a row of the statement gives them."""
        exact = (Decimal(row[name]) for name in ("numerator", "denominator", "covered", "whole"))
        numerator, denominator, covered, whole = exact
        return cls(
            numerator=numerator,
            denominator=denominator,
            excluded=int(row["excluded"]),
            excluded_numerator=int(row["excluded_numerator"]),
            missing=int(row["missing"]),
            covered=covered,
            whole=whole,
            uncounted=int(row["uncounted"]),
            reported=row["reported"],
            expected=row["expected"],
        )

    @property
    def share(self) -> Fraction | None:
        """Numerator over denominator, or None where there is nothing to count."""
        return rules.share(self.numerator, self.denominator)

    @property
    def share_low(self) -> Fraction | None:
        """The share if what is not described counted as not done; None where the whole is unknown."""
        described = rules.share(self.covered, self.whole)
        return None if described is None or self.share is None else self.share * described

    @property
    def share_with_excluded(self) -> Fraction | None:
        """The share as it were without the exceptions granted by law (R5)."""
        return rules.share(self.numerator + self.excluded_numerator, self.denominator + self.excluded)


def scorecard(
    session: Session,
    actor: Actor,
    plan: str,
    as_of: date,
    agency_id: int | None = None,
    codes: Sequence[str] | None = None,
) -> list[IndicatorValue]:
    """The figures of a plan's rows at `as_of`, in plan order, for one agency or for the city.

    Without codes the targets of part II. A row whose measure is not written yet is MISSING_DATA with null figures.
    Raises NotFound for an unknown plan, code or agency. Source: Kế hoạch 67/KH-UBND, part II and annex.
    """
    return scorecards(session, actor, plan, [as_of], agency_id, codes)[as_of]


def scorecards(
    session: Session,
    actor: Actor,
    plan: str,
    dates: Sequence[date],
    agency_id: int | None = None,
    codes: Sequence[str] | None = None,
    *,
    sides: bool = True,
) -> dict[date, list[IndicatorValue]]:
    """The same at several dates, by date; three statements however many there are. Raises what `scorecard` raises.

    `sides=False` leaves out the figures printed beside the rows, for who does not show them.
    """
    cards = _Cards(rows_of(session, plan, dates, codes, sides=sides), actor, codes)
    agency = agency_on(session, agency_id, dates) if agency_id is not None else {}
    return cards.of(agency, _totals(session, cards.counted, agency_id).get(None, {}))


def scorecards_by_agency(
    session: Session, actor: Actor, plan: str, dates: Sequence[date], codes: Sequence[str] | None = None
) -> dict[AgencyRef, dict[date, list[IndicatorValue]]]:
    """The figures of every agency that has or owes something, by name: what `scorecards` says of each.

    An agency is called as on the last of the dates, and in each value as on its own. Three statements however many
    there are. Raises NotFound for an unknown plan or code.
    """
    cards = _Cards(rows_of(session, plan, dates, codes), actor, codes)
    totals = _totals(session, cards.counted, None, by_agency=True)
    named: dict[int, dict[date, AgencyRef]] = {}
    for row in session.execute(text(_NAMED), {"ids": list(totals), "days": list(dates)}):
        named.setdefault(row.id, {})[row.day] = AgencyRef(row.id, row.code, row.name)
    return {refs[max(dates)]: cards.of(refs, totals[key]) for key, refs in named.items()}


# Agencies with the names they bore on each day, in the order of the last.
_NAMED = f"""
select a.id, a.code, d.day, n.name
  from agency a cross join unnest(cast(:days as date[])) d(day)
 cross join lateral {CALLED.format(a="a", day="d.day")} n
 where a.id = any(:ids)
 order by d.day desc, n.name_sort, n.name, a.id
"""


class _Cards:
    """The rows asked for at each date, how each is counted, and the values that come of their totals."""

    def __init__(
        self, rows: dict[date, list[IndicatorRow]], actor: Actor, codes: Sequence[str] | None
    ) -> None:
        self._rows = rows
        # The law is asked once for each row, however many agencies have a card.
        self._shown = {
            as_of: [
                row
                for row in told
                if (row.part == "TARGET" if codes is None else row.code in codes)
                and actor.may("read", "indicator", row)
            ]
            for as_of, told in rows.items()
        }
        self._slots = {
            (as_of, row.code): Slot(one, as_of)
            for as_of, told in rows.items()
            for row in told
            if (one := counting(row)) is not None
        }
        self.counted = list(dict.fromkeys(self._slots.values()))

    def of(
        self, agency: Mapping[date, AgencyRef], totals: Mapping[tuple[Slot, str], Total]
    ) -> dict[date, list[IndicatorValue]]:
        """The values of an agency as it was called on each date, or of the city (an empty mapping), by date."""
        return {
            as_of: [self._value(row, as_of, agency.get(as_of), totals) for row in rows]
            for as_of, rows in self._shown.items()
        }

    def _total(
        self, row: IndicatorRow, as_of: date, totals: Mapping[tuple[Slot, str], Total]
    ) -> Total | None:
        slot = self._slots.get((as_of, row.code))
        return None if slot is None else totals.get((slot, figure_of(row, slot.counting.measure)), Total())

    def _value(
        self,
        row: IndicatorRow,
        as_of: date,
        agency: AgencyRef | None,
        totals: Mapping[tuple[Slot, str], Total],
    ) -> IndicatorValue:
        slot = self._slots.get((as_of, row.code))
        side = tuple(
            _side_figure(other, self._total(other, as_of, totals))
            for other in self._rows[as_of]
            if other.part == "SIDE" and other.parameters.get("of") == row.code
        )
        how = slot.counting if slot else None
        return _value(row, self._total(row, as_of, totals), agency, as_of, how, side)


def rows_of(
    session: Session, plan: str, dates: Sequence[date], codes: Sequence[str] | None, *, sides: bool = True
) -> dict[date, list[IndicatorRow]]:
    """The rows asked for and the figures printed beside them, as read at each date; one statement.

    Raises NotFound for an unknown plan or code.
    """
    found: dict[date, list[IndicatorRow]] = {as_of: [] for as_of in dates}
    for row in indicator_rows(session, plan, dates, codes, sides=sides):
        told = {
            name: row[name] for name in IndicatorRow.__annotations__ if name not in ("measure", "evidence")
        }
        evidence = evidence_of(row["parameters"], row["documents"])
        found[row["as_of"]].append(IndicatorRow(**told, measure=row["measure"] or "", evidence=evidence))
    known = {row.code for rows in found.values() for row in rows}
    unknown = [code for code in codes or () if code not in known]
    if unknown or not known:
        plan_by_code(session, plan)
    if unknown:
        names = ", ".join(unknown)
        raise NotFound(
            f"chỉ tiêu «{names}» của kế hoạch {plan}", f'indicator "{names}" of plan {plan}', path=("codes",)
        )
    return found


def agency_on(session: Session, agency_id: int, dates: Sequence[date]) -> dict[date, AgencyRef]:
    """Who a figure is about, as it was called on each date. Raises NotFound."""
    found = session.execute(text(_NAMED), {"ids": [agency_id], "days": list(dates)}).all()
    if not found:
        raise NotFound("cơ quan", "the agency", path=("agencyCode",))
    return {row.day: AgencyRef(row.id, row.code, row.name) for row in found}


def _totals(
    session: Session, slots: Sequence[Slot], agency_id: int | None, *, by_agency: bool = False
) -> dict[int | None, dict[tuple[Slot, str], Total]]:
    """The sums by agency, or of all of them under None."""
    found: dict[int | None, dict[tuple[Slot, str], Total]] = {}
    if not slots:
        return found
    relation, values = facts(slots, agency_id)
    key = "agency_id" if by_agency else "cast(null as bigint)"
    sql = f"select {key} as agency_id, slot, figure, {SUMS} from ({relation}) facts group by 1, slot, figure"
    for row in session.execute(text(sql), values).mappings():
        found.setdefault(row["agency_id"], {})[slots[row["slot"]], row["figure"]] = Total.of(row)
    return found


def _side_figure(row: IndicatorRow, total: Total | None) -> SideFigure:
    return SideFigure(
        code=row.code,
        title=row.title,
        title_vi=row.title_vi,
        numerator=None if total is None else round(total.numerator),
        denominator=None if total is None else round(total.denominator),
        percent=None if total is None else percent_of(row, total.share),
        unit=row.unit,
        unit_en=row.unit_en,
    )


def percent_of(row: IndicatorRow, share: Fraction | None) -> str | None:
    """The share in percent, as a row of this kind shows it."""
    return rules.percent(share, row.target_percent) if row.has_percent else None


def result_of(row: IndicatorRow, total: Total, one: Counting) -> Result:
    """The result of a row's figure, with the lower bound where its measure has one.

    Where the row asks for `full_coverage`, nothing is met before all is covered (II.1.b: each agency has a system).
    """
    uncounted = total.uncounted > 0
    if is_bounded(row, one):
        return rules.judged_with_bound(total.share, total.share_low, row.wanted, uncounted=uncounted)
    result = rules.judged(total.share, row.wanted, uncounted=uncounted)
    lacks_cover = needs_cover(row) and total.covered < total.whole
    return Result.MISSING_DATA if result is Result.MET and lacks_cover else result


def needs_cover(row: IndicatorRow) -> bool:
    """Must all be covered before anything is met? Then what is not covered is no estimate: the ratio leaves it out."""
    return row.parameters.get("full_coverage") is True


def is_bounded(row: IndicatorRow, one: Counting) -> bool:
    """Does the row's figure have a lower bound? Only a measure's headline has."""
    return one.measure.bounded and figure_of(row, one.measure) == one.measure.headline


def _value(
    row: IndicatorRow,
    total: Total | None,
    agency: AgencyRef | None,
    as_of: date,
    one: Counting | None,
    side: tuple[SideFigure, ...],
) -> IndicatorValue:
    result = Result.MISSING_DATA if total is None or one is None else result_of(row, total, one)
    when = rules.schedule(as_of, row.due_on)
    known = total or Total()
    unknown = total is None
    untargeted = row.wanted is None and known.share is not None
    status_text, status_text_en = rules.NO_TARGET if untargeted else rules.status(result, when)
    low = known.share_low if one is not None and is_bounded(row, one) else None
    return IndicatorValue(
        indicator=row,
        agency=agency,
        as_of=as_of,
        numerator=None if unknown else round(known.numerator),
        denominator=None if unknown else round(known.denominator),
        excluded=None if unknown else known.excluded,
        missing=None if unknown else known.missing,
        percent=percent_of(row, known.share),
        percent_low=percent_of(row, low),
        percent_with_excluded=percent_of(row, known.share_with_excluded),
        result=result,
        schedule=when,
        status_text=status_text,
        status_text_en=status_text_en,
        coverage=rules.percent(rules.share(known.covered, known.whole)),
        estimated=(known.uncounted > 0 or known.covered < known.whole) and not needs_cover(row),
        agencies_reported=None if unknown else known.reported,
        agencies_expected=None if unknown else known.expected,
        side=side,
    )
