"""Annex 4.4 through the service: fonds on the widely-used list, and receipts of the State fonds system."""

from __future__ import annotations

from datetime import date

from hub.access.actor import the_public
from hub.kpi.breakdown import By, breakdown
from hub.kpi.scorecard import rows_of
from hub.kpi.shortfall import shortfall
from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, PLAN, City, parts


def test_fonds_on_the_list_with_a_receipt(city: City) -> None:
    archive = city.archive()
    taken, due, free = (city.fonds(archive, end_year=1976) for _ in range(3))
    away = city.fonds(city.agency("P"))
    for fonds in (taken, due, away):
        city.listed("WIDELY_USED", fonds_id=fonds, valid_from=date(2022, 6, 1))
    city.listed("WIDELY_USED", fonds_id=taken)  # named twice, one fonds
    city.listed("HIGH_USE", fonds_id=free)
    city.listed("WIDELY_USED", series_id=city.series(free))
    for fonds in (taken, free):
        city.state_accepted(fonds, date(2024, 3, 1))
    city.state_accepted(taken, date(2025, 3, 1))
    value = city.value("4.4")
    assert (parts(value), value.percent, value.result) == ((1, 2), "50.00", Result.MET)
    days = (date(2022, 5, 31), date(2022, 6, 1), date(2024, 2, 29), date(2024, 3, 1))
    assert [parts(city.value("4.4", as_of=day)) for day in days] == [(0, 1), (0, 2), (0, 2), (1, 2)]
    assert parts(city.value("4.4", archive)) == (1, 2)
    row = rows_of(city.session, PLAN, [CUT_OFF], ["4.4"])[CUT_OFF][0]
    found = shortfall(city.session, city.actor("supervisor_head", None), row, CUT_OFF)
    assert [(one.kind, one.id, one.reason) for one in found.rows] == [("fonds", due, "NOT_ACCEPTED")]
    for by, key in ((By.AGENCY, "LTLS"), (By.YEAR, "1976")):
        lines = breakdown(city.session, the_public(), row, CUT_OFF, by)
        assert [(line.key, line.numerator, line.denominator) for line in lines] == [(key, 1, 2)]


def test_a_list_that_ended_flags_nothing(city: City) -> None:
    fonds = city.fonds(city.archive())
    city.listed("WIDELY_USED", fonds_id=fonds, valid_to=date(2024, 1, 1))
    assert city.value("4.4", as_of=date(2023, 12, 31)).result is Result.NOT_MET
    assert city.value("4.4", as_of=date(2024, 1, 1)).result is Result.NOT_APPLICABLE
