"""What a page says in sentences: made of figures and of the catalogue's words, in the visitor's language."""

from __future__ import annotations

from collections.abc import Sequence

from hub.kpi.values import IndicatorValue, Result
from hub.web.ranking import Ranked
from hub.web.sheet import Sheet, standing_of
from hub.web.words import Words
from hub.web.writing import Writing
from reports.model import Figure, Standing
from reports.numbers import UNKNOWN
from reports.sentences import lacking


def lead(sheet: Sheet, agencies: Sequence[Ranked], say: Words, write: Writing) -> str:
    """The one sentence to take away: targets met, which are not, how many agencies are behind, how sure it is."""
    where = sheet.standings()
    risky = {value.indicator.code for value in sheet.values if sheet.is_at_risk(value)}
    met = len(where.get(Standing.MET, ()))
    whole = len(sheet.values) - len(where.get(Standing.NOT_APPLICABLE, ()))  # R1: neither met nor missed
    parts = [say("lead.met", n=met, whole=whole, day=write.day(sheet.as_of))]
    under_way = where.get(Standing.IN_PROGRESS, [])
    told = {
        "lead.overdue": where.get(Standing.OVERDUE, []),
        "lead.risk": [code for code in under_way if code in risky],
        "lead.in_progress": [code for code in under_way if code not in risky],
        "lead.falling": [code for code in where.get(Standing.MET, ()) if code in risky],
        "lead.missing_data": where.get(Standing.MISSING_DATA, []),
        "lead.not_applicable": where.get(Standing.NOT_APPLICABLE, []),
    }
    parts += [say(key, n=len(codes), codes=", ".join(codes)) for key, codes in told.items() if codes]
    if sheet.agency is None and agencies:
        parts.append(say("lead.agencies", n=len(agencies)))
    nature = say("lead.official") if sheet.official else say("lead.provisional")
    return "; ".join(parts) + f" – {nature}."


def reached(value: IndicatorValue, say: Words, write: Writing) -> str:
    """The figure itself: a percentage, k of n, done or not, or why there is none."""
    row = value.indicator
    if value.result is Result.NOT_APPLICABLE and value.percent is None:
        return UNKNOWN
    if row.has_percent:
        return write.percent(value.percent) if value.percent is not None else say("figure.none")
    if value.numerator is None or value.denominator is None:
        return say("figure.none")
    if row.kind == "MILESTONE":
        return say("figure.done" if value.numerator >= value.denominator > 0 else "figure.open")
    return say("figure.of", k=write.number(value.numerator), n=write.number(value.denominator))


def parts(value: IndicatorValue, say: Words, write: Writing) -> str:
    """Numerator of denominator with the unit; empty where the figure shows it already or knows nothing."""
    row = value.indicator
    if not row.has_percent or value.numerator is None or not value.denominator:
        return ""
    unit = write.unit(row, value.denominator)
    return say("figure.parts", k=write.number(value.numerator), n=write.number(value.denominator), unit=unit)


def needed(value: IndicatorValue, say: Words, write: Writing) -> str:
    """How many units are lacking to reach the target; empty when none are, or nobody can say."""
    row = value.indicator
    standing = standing_of(value)
    if not standing.is_short_of_target or not row.has_percent:
        return ""
    lack = lacking(Figure(value.numerator, value.denominator, None, standing), row.target_percent)
    return say("figure.needed", n=write.number(lack), unit=write.unit(row, lack)) if lack else ""


def outlook(sheet: Sheet, value: IndicatorValue, say: Words, write: Writing) -> str:
    """Where the figure will be on its day at the pace of the last half-years; empty where that cannot be said."""
    found = sheet.forecast(value)
    if found is None or found.expected_percent is None or value.indicator.due_on is None:
        return ""
    expected = write.percent(found.expected_percent)
    return say(
        f"outlook.{found.outlook.value.lower()}", percent=expected, day=write.day(value.indicator.due_on)
    )


def quality(value: IndicatorValue, say: Words, write: Writing) -> list[str]:
    """How far the figure may be believed: missing data, coverage, lower bound, exclusions, agencies heard."""
    row = value.indicator
    told = []
    if value.missing:
        told.append(
            say("quality.missing", n=write.number(value.missing), unit=write.unit(row, value.missing))
        )
    if value.estimated and value.coverage is not None:
        told.append(say("quality.estimated", percent=write.percent(value.coverage)))
    if value.percent_low is not None and value.percent_low != value.percent:
        told.append(say("quality.low", percent=write.percent(value.percent_low)))
    if value.excluded:
        told.append(say("quality.excluded", n=write.number(value.excluded), unit=write.unit(row, value.excluded),
                        percent=write.percent(value.percent_with_excluded)))  # fmt: skip
    heard, expected = value.agencies_reported, value.agencies_expected
    if heard is not None and expected is not None and heard < expected:
        told.append(say("quality.heard", k=write.number(heard), n=write.number(expected)))
    return told


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def device(user_agent: str | None) -> str:
    """Browser and system, as far as a browser tells: enough to know one's own again."""
    told = user_agent or ""
    found = [next((name for mark, name in marks if mark in told), None) for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or told[:60] or "–"
