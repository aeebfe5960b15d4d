"""What records lack: every kind of lack with the record that has it, whole counts, lists under permission."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pkgutil import iter_modules
from random import Random

import pytest

from hub.access.actor import Actor, the_public
from hub.kpi import measures
from hub.kpi.lacks import Lack
from hub.kpi.quality import Mending, MendRow, Quality, quality, to_mend
from hub.kpi.registry import measure
from hub.kpi.scorecard import rows_of
from hub.kpi.shortfall import Place, shortfall
from tests.kpi.city import CUT_OFF, PLAN, City
from tests.kpi.test_recount import build
from tests.kpi.test_scorecard import statements

MEASURES = sorted(module.name for module in iter_modules(measures.__path__))
BOTH = ["II.1.a", "II.2.b"]


def mending(
    city: City,
    actor: Actor,
    codes: list[str] | None = None,
    agency: int | None = None,
    lacks: list[Lack] | None = None,
    first: int = 50,
    after: Place | None = None,
) -> Mending:
    rows = [
        row for row in rows_of(city.session, PLAN, [CUT_OFF], codes or BOTH)[CUT_OFF] if row.part != "SIDE"
    ]
    return to_mend(city.session, actor, rows, CUT_OFF, agency, lacks=lacks, first=first, after=after)


def told(city: City, agency: int | None = None, codes: list[str] | None = None) -> Quality:
    return quality(city.session, the_public(), PLAN, CUT_OFF, agency, codes or BOTH)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_says_what_its_unknown_reasons_lack(name: str) -> None:
    found = measure(name)
    assert found is not None
    assert set(found.mends) <= set(found.reasons)
    assert {reason for reason in found.reasons if reason.endswith("_UNKNOWN")} <= set(found.mends)
    for lack in found.mends.values():
        assert all(Lack(lack).words)


def test_each_record_says_everything_that_it_lacks(city: City) -> None:
    agency = city.agency("P")
    fonds = city.fonds(agency)
    file = city.file(fonds)
    city.items(file, 2)
    city.item(file, origin="PAPER")  # counted, and short for another reason than missing data
    due = city.file(fonds, state="CLOSED", accepted_at=None, retention_kind="UNKNOWN", end_date=None)
    city.items(due, 3)
    endless = city.file(
        fonds, state="CLOSED", accepted_at=None, end_date=None, closed_on=None, work_ended_on=None
    )
    city.items(endless, 2)
    undated = city.item(file, issued_date=None, origin=None, signature_evidence="UNKNOWN")
    expected = {
        ("item", undated): ((Lack.DATE, Lack.ORIGIN), 1),
        ("item", city.item(file, origin=None)): ((Lack.ORIGIN,), 1),
        ("item", city.item(file, signature_evidence="UNKNOWN")): ((Lack.SIGNATURE_EVIDENCE,), 1),
        ("file", city.file(fonds, total_doc=4)): ((Lack.ORIGIN,), 4),
        ("file", city.file(fonds, origin_declared="PAPER")): ((Lack.TOTAL_DOC,), 0),
        # documents of one file are mended there, and once
        ("file", due): ((Lack.RETENTION, Lack.WORK_END), 3),
        ("file", endless): ((Lack.WORK_END,), 2),
    }
    holdings = city.fonds(city.archive())
    bare = city.file(holdings, origin_declared="PAPER")
    city.metres(holdings, 3, 4)
    expected[("file", bare)] = ((Lack.PAGE_COUNT,), 0)
    expected[("fonds", holdings)] = ((Lack.ARRANGEMENT,), 0)
    unknown = city.file(holdings, page_count_declared=7)
    expected[("file", unknown)] = ((Lack.ORIGIN,), 7)
    found = mending(city, city.actor("supervisor", None))
    assert {(row.kind, row.id): (row.lacks, row.weight) for row in found.rows} == expected
    assert (found.total, found.hidden, found.has_next) == (len(expected), 0, False)
    assert [row.weight for row in found.rows] == sorted((row.weight for row in found.rows), reverse=True)
    assert {row.codes for row in found.rows if row.id in (bare, unknown)} == {("II.2.b",)}
    # counts
    whole = told(city)
    assert whole.records == len(expected)
    assert {one.lack: one.records for one in whole.lacks} == Counter(
        lack for lacks, _ in expected.values() for lack in lacks
    )
    first, second = whole.indicators
    assert first.value == city.value("II.1.a")
    assert (first.records, second.records) == (7, 3)
    assert sum(one.units for one in first.lacks) == first.value.missing == 12
    assert {one.lack: one.units for one in second.lacks} == {
        Lack.PAGE_COUNT: 0,
        Lack.ORIGIN: 7,
        Lack.ARRANGEMENT: 0,
    }
    assert [(one.agency.code, one.records) for one in whole.agencies] == [("P", 7), ("LTLS", 3)]
    own = told(city, agency)
    assert (own.records, own.lacks) == (7, own.agencies[0].lacks)
    assert [one.agency.id for one in own.agencies] == [agency]


def test_the_list_can_be_of_one_lack(city: City) -> None:
    file = city.file(city.fonds(city.agency("P")))
    both = city.item(file, issued_date=None, origin=None)
    origin = city.item(file, origin=None)
    city.item(file, signature_evidence="UNKNOWN")
    actor = city.actor("supervisor", None)
    found = mending(city, actor, lacks=[Lack.ORIGIN])
    assert {row.id for row in found.rows} == {both, origin}
    assert found.total == 2
    assert [row.lacks for row in found.rows if row.id == both] == [(Lack.DATE, Lack.ORIGIN)]
    assert mending(city, actor, lacks=[Lack.ORIGIN, Lack.SIGNATURE_EVIDENCE]).total == 3
    assert mending(city, actor, lacks=[Lack.PAGE_COUNT]) == Mending((), 0, 0, False)
    assert mending(city, actor, codes=["II.2.b"]).total == 0


def test_counts_are_whole_and_the_list_is_what_the_caller_may_see(city: City) -> None:
    first, second = city.agency("P"), city.agency("Q")
    for agency in (first, second):
        file = city.file(city.fonds(agency), access_level=0)
        city.items(file, 3, origin=None, access_level=0)
        city.item(file, origin=None, access_level=2)
    assert told(city).records == 8

    def seen(actor: Actor, agency: int | None = None) -> tuple[int, int]:
        found = mending(city, actor, agency=agency)
        assert len(found.rows) == found.total
        return found.total, found.hidden

    assert seen(city.actor("officer", first)) == (4, 4)
    assert seen(city.actor("clerk", first)) == (3, 5)
    assert seen(city.actor("clerk", first), second) == (0, 4)
    assert seen(city.actor("leader", None)) == (6, 2)
    assert seen(the_public()) == (0, 8)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_pages_follow_each_other_without_gap_or_repeat(city: City, size: int) -> None:
    fonds = city.fonds(city.agency("P"))
    for number in range(1, 5):
        city.items(city.file(fonds, total_doc=number * 2), 1, origin=None)
    actor = city.actor("supervisor", None)
    whole = mending(city, actor).rows
    assert len(whole) == 8
    found: list[MendRow] = []
    after: Place | None = None
    while True:
        page = mending(city, actor, first=size, after=after)
        assert page.total == 8
        found += page.rows
        if not page.has_next:
            break
        after = page.rows[-1].place
    assert tuple(found) == whole


@pytest.mark.parametrize("seed", range(2))
def test_a_random_city_lacks_what_its_figures_miss(city: City, seed: int) -> None:
    build(city, Random(seed))
    actor = city.actor("supervisor", None)
    with statements(city) as sent:
        whole = told(city)
    assert len(sent) <= 4
    for one in whole.indicators:
        if one.value.indicator.code == "II.1.a":
            assert sum(count.units for count in one.lacks) == one.value.missing
        mends = measure(one.value.indicator.measure).mends  # type: ignore[union-attr]
        behind = shortfall(city.session, actor, one.value.indicator, CUT_OFF, first=10_000).rows
        short = [row for row in behind if row.reason in mends]
        listed = mending(city, actor, codes=[one.value.indicator.code], first=10_000).rows
        assert sum(row.weight for row in listed) == sum(row.weight for row in short)
        assert one.records == len(listed) > 0
        files = {row.id for row in listed if row.kind == "file"}
        shown = {(row.kind, row.id) for row in listed}
        assert all((row.kind, row.id) in shown for row in short if row.reason != "RETENTION_UNKNOWN")
        assert files
    parts = [told(city, one.agency.id) for one in whole.agencies]
    assert sum(part.records for part in parts) >= whole.records
    for part, line in zip(parts, whole.agencies, strict=True):
        assert (part.records, set(part.lacks)) == (line.records, set(line.lacks))


def test_nothing_to_count_lacks_nothing(city: City) -> None:
    city.agency("P")
    assert told(city).records == 0
    assert quality(city.session, the_public(), PLAN, date(2015, 1, 1), None, BOTH).lacks == ()
