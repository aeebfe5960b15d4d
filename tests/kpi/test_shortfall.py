"""The records behind a shortfall: every reason, heaviest first, and only what the caller may see."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hub.access.actor import Actor, the_public
from hub.kpi.scorecard import rows_of
from hub.kpi.shortfall import Place, Shortfall, ShortfallRow, shortfall
from hub.kpi.values import IndicatorRow
from tests.kpi.city import CUT_OFF, PLAN, City


def row(city: City, code: str) -> IndicatorRow:
    return next(row for row in rows_of(city.session, PLAN, [CUT_OFF], [code])[CUT_OFF] if row.code == code)


def asked(
    city: City,
    actor: Actor,
    code: str = "II.1.a",
    agency: int | None = None,
    first: int = 50,
    after: Place | None = None,
) -> Shortfall:
    return shortfall(city.session, actor, row(city, code), CUT_OFF, agency, first=first, after=after)


def test_every_reason_names_its_record(city: City) -> None:
    agency = city.agency("P")
    fonds = city.fonds(agency)
    file = city.file(fonds, total_doc=20, origin_declared="PAPER")
    city.items(file, 3)
    records = {
        ("item", city.item(file, origin="PAPER")): ("NOT_ELECTRONIC", 1),
        ("item", city.item(file, origin="DIGITIZED")): ("DIGITIZED", 1),
        ("item", city.item(file, origin=None)): ("ORIGIN_UNKNOWN", 1),
        ("item", city.item(file, issued_date=None)): ("DATE_UNKNOWN", 1),
        ("item", city.item(file, signature_evidence="UNKNOWN")): ("SIGNATURE_UNKNOWN", 1),
        ("file", file): ("NOT_ELECTRONIC", 12),
        ("file", city.file(fonds, total_doc=4)): ("ORIGIN_UNKNOWN", 4),
        ("file", city.file(fonds)): ("NOT_COUNTED", 0),
    }
    due = city.file(fonds, state="CLOSED", accepted_at=None, retention_kind="UNKNOWN")
    records["item", city.item(due)] = ("RETENTION_UNKNOWN", 1)
    excluded = city.item(file, origin="PAPER")
    city.exclusion("II.1.a", agency, item_id=excluded)
    found = asked(city, city.actor("supervisor", None))
    assert {(one.kind, one.id): (one.reason, one.weight) for one in found.rows} == {
        **records, ("file", file): ("NOT_ELECTRONIC", 11),
    }  # fmt: skip
    assert (found.total, found.hidden, found.has_next) == (9, 0, False)
    assert [one.weight for one in found.rows] == [11, 4, 1, 1, 1, 1, 1, 1, 0]
    assert all(one.message("vi") != one.message("en") for one in found.rows)
    assert {(one.title, one.owner) for one in found.rows} == {
        ("Văn bản", "Cơ quan P"),
        ("Hồ sơ", "Cơ quan P"),
    }
    assert len({one.code for one in found.rows}) == len(found.rows)
    value = city.value("II.1.a")
    assert (value.denominator or 0) - (value.numerator or 0) == sum(one.weight for one in found.rows)


def test_every_reason_of_the_historical_archive(city: City) -> None:
    fonds = city.fonds(city.archive())
    city.metres(fonds, 3, 4)
    whole = {"origin_declared": "PAPER", "page_count_declared": 10}
    done, part, none, over, bare = (city.file(fonds, **whole) for _ in range(5))
    city.session.execute(text("update file set page_count_declared = null where id = :id"), {"id": bare})
    city.scanned(done, 1, 10)
    city.scanned(part, 1, 4)
    city.scanned(over, 1, 12)
    unknown = city.file(fonds, page_count_declared=7)
    found = asked(city, city.actor("supervisor", None), "II.2.b")
    assert [(one.kind, one.id, one.reason, one.weight) for one in found.rows] == [
        ("file", none, "NOT_DIGITISED", 10),
        ("file", unknown, "ORIGIN_UNKNOWN", 7),
        ("file", part, "PARTLY_DIGITISED", 6),
        ("file", over, "PAGES_DISAGREE", 0),
        ("file", bare, "PAGES_UNKNOWN", 0),
        ("fonds", fonds, "NOT_DESCRIBED", 0),
    ]
    value = city.value("II.2.b")
    assert (value.denominator or 0) - (value.numerator or 0) == 23


def test_the_figure_is_whole_and_the_list_is_what_the_caller_may_see(city: City) -> None:
    first, second = city.agency("P"), city.agency("Q")
    for agency in (first, second):
        file = city.file(city.fonds(agency), access_level=0)
        city.items(file, 3, origin="PAPER", access_level=0)
        city.item(file, origin="PAPER", access_level=2)
    city.item(city.file(city.fonds(first), access_level=0), origin="PAPER", access_level=0, published=True)

    def seen(actor: Actor, agency: int | None = None) -> tuple[int, int]:
        found = asked(city, actor, agency=agency)
        assert len(found.rows) == found.total
        return found.total, found.hidden

    assert seen(city.actor("officer", first)) == (5, 4)  # an officer reads even the secret of his agency
    assert seen(city.actor("clerk", first)) == (4, 5)
    assert seen(city.actor("clerk", first), first) == (4, 1)
    assert seen(city.actor("clerk", first), second) == (0, 4)
    assert seen(city.actor("leader", None)) == (7, 2)
    assert seen(city.actor("sysadmin", None)) == (1, 8)
    assert seen(the_public()) == (1, 8)


@pytest.mark.parametrize("size", [1, 4, 100])
def test_pages_follow_each_other_without_gap_or_repeat(city: City, size: int) -> None:
    fonds = city.fonds(city.agency("P"))
    for number in range(1, 5):
        city.items(city.file(fonds, total_doc=number * 3, origin_declared="PAPER"), 2, origin="PAPER")
    actor = city.actor("supervisor", None)
    whole = asked(city, actor).rows
    assert len(whole) == 12
    found: list[ShortfallRow] = []
    after: Place | None = None
    while True:
        page = asked(city, actor, first=size, after=after)
        assert (page.total, page.hidden) == (12, 0)
        found += page.rows
        if not page.has_next:
            break
        after = page.rows[-1].place
    assert tuple(found) == whole
    beyond = asked(city, actor, first=size, after=whole[-1].place)
    assert (beyond.rows, beyond.total) == ((), 12)


def test_a_side_figure_has_the_shortfall_of_its_row(city: City) -> None:
    agency = city.agency("P")
    item, _ = city.items(city.file(city.fonds(agency)), 2, origin="PAPER", issued_date=date(2023, 1, 1))
    city.exclusion("II.1.a", agency, item_id=item)
    actor = city.actor("supervisor", None)
    assert asked(city, actor, "II.1.a.broad").rows == asked(city, actor).rows
    assert asked(city, actor).total == 1
