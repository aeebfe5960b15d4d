"""The scorecard from outside: figures counted again in plain Python, cut into agencies, walked to their records.

The two measures are written here a second time from their definitions (domain of Kế hoạch 67, II.1.a and II.2.b) for
what the demo city holds: every document dated, no merged agency.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.contract.conftest import HERE, ROLES, SIGHTS, City, Hub

AS_OF = date(2025, 6, 30)
WINDOW = date(2020, 1, 1)
END = datetime(2025, 7, 1, tzinfo=timezone(timedelta(hours=7)))
CODES = ["II.1.a", "II.1.b", "II.1.c", "II.1.d", "II.2.a", "II.2.b", "II.2.c", "II.2.d"]
TARGETS = {"II.1.a": 80, "II.2.b": 60}
COUNTED = list(TARGETS)
SIGNED_IN = tuple(role for role in SIGHTS if role != "anyone")


@dataclass
class Recount:
    """Sums by agency, and the records that do not count: (kind, id)."""

    numerator: Counter[int] = field(default_factory=Counter)
    denominator: Counter[int] = field(default_factory=Counter)
    excluded: int = 0
    missing: int = 0
    short: set[tuple[str, int]] = field(default_factory=set)

    @property
    def sums(self) -> tuple[int, int]:
        return self.numerator.total(), self.denominator.total()


def _agency_files(city: City) -> Iterator[SimpleNamespace]:
    """Files held by an agency's archive or due to it."""
    archives = {row.id for row in city.rows("agency").values() if row.is_historical_archive}
    for row in city.rows("file").values():
        if row.state == "DISPOSED" or (row.custodian_id in archives and not row.transferred):
            continue
        held = (row.accepted_at is not None and row.accepted_at < END) or row.transferred
        over = row.closed_on is not None and row.work_ended_on is not None
        late = over and row.work_ended_on <= date(AS_OF.year - 1, AS_OF.month, AS_OF.day)
        if held or (late and (row.retention_kind != "YEARS" or row.retention_years >= 5)):
            yield row


def created_electronically(city: City) -> Recount:
    """II.1.a."""
    count = Recount()
    files = {row.id: row for row in _agency_files(city)}
    ended = {key for key, row in city.rows("agency").items() if row.valid_to and row.valid_to <= AS_OF}

    def answers(file: SimpleNamespace) -> int:
        """Its creator, or who owns it now that the creator has ended."""
        return int(file.agency_id if file.creator_id in ended else file.creator_id)

    listings = city.sql("select file_id, item_id from item_listing")
    listed = {row.item_id: row.file_id for row in listings if row.file_id in files}
    excluded = {row.item_id for row in city.sql("select item_id from exclusion where state = 'APPROVED'")}
    for item in city.rows("item").values():
        home = files.get(item.file_id) or files.get(listed.get(item.id, 0))
        if home is None or item.state != "ACTIVE" or not WINDOW <= item.issued_date <= AS_OF:
            continue
        if item.id in excluded:
            count.excluded += 1
            continue
        unknown = item.origin is None or (
            item.origin == "BORN_DIGITAL" and item.signature_evidence == "UNKNOWN"
        )
        counts = item.origin == "BORN_DIGITAL" and not unknown
        count.denominator[answers(home)] += 1
        count.numerator[answers(home)] += counts
        count.missing += unknown
        if not counts:
            count.short.add(("item", item.id))
    for row in files.values():
        day = row.end_date or row.start_date
        if not WINDOW <= day <= AS_OF:
            continue
        unlisted = max(0, (row.total_doc or 0) - row.item_count)
        counts = row.origin_declared == "BORN_DIGITAL"
        count.denominator[answers(row)] += unlisted
        count.numerator[answers(row)] += unlisted * counts
        count.missing += unlisted if row.origin_declared in (None, "MIXED") else 0
        if (unlisted and not counts) or (row.item_count == 0 and row.total_doc is None):
            count.short.add(("file", row.id))
    return count


def digitised(city: City) -> Recount:
    """II.2.b."""
    count = Recount()
    archives = {row.id for row in city.rows("agency").values() if row.is_historical_archive}
    accepted: dict[int, set[int]] = {}
    files = city.rows("file")
    for row in city.sql("select * from page_acceptance where accepted_on <= %s", AS_OF):
        if files[row.file_id].custodian_id not in archives:
            continue
        assert row.item_id is None
        accepted.setdefault(row.file_id, set()).update(range(row.first_page, row.last_page + 1))
    electronic: Counter[int] = Counter()
    for item in city.rows("item").values():
        if item.origin == "BORN_DIGITAL" or item.state != "ACTIVE":
            electronic[item.file_id] += item.page_count or 0
    for file in city.rows("file").values():
        if file.custodian_id not in archives or file.state == "DISPOSED" or file.origin == "BORN_DIGITAL":
            continue
        assert file.transferred_on is None or file.transferred_on <= AS_OF
        done = len(accepted.get(file.id, ()))
        pages = max(0, file.page_count - electronic[file.id]) if file.page_count is not None else done
        counted = min(done, pages)
        count.denominator[file.custodian_id] += pages
        count.numerator[file.custodian_id] += counted
        if file.page_count is None or counted < pages or done > pages:
            count.short.add(("file", file.id))
    for row in _extent(city):
        if row.described_metres < row.total_metres:
            count.short.add(("fonds", row.fonds_id))
    return count


def _extent(city: City) -> list[SimpleNamespace]:
    return city.sql(
        "select distinct on (fonds_id) * from fonds_extent where measured_on <= %s"
        " order by fonds_id, measured_on desc",
        AS_OF,
    )


@pytest.fixture(scope="module")
def recounts(city: City) -> dict[str, Recount]:
    """Both figures, counted again."""
    return {"II.1.a": created_electronically(city), "II.2.b": digitised(city)}


def _truncated(share: Fraction) -> str:
    """Two places, half up."""
    return f"{int(share * 10_000 + Fraction(1, 2)) / 100:.2f}"


@pytest.mark.parametrize("role", ROLES)
def test_the_city_scorecard_is_that_of_a_recount_for_everybody(
    hub: Hub, recounts: dict[str, Recount], role: str
) -> None:
    values = hub.ask("CityScorecard", role, asOf="2025-06-30").data["indicators"]
    assert [value["indicator"]["code"] for value in values] == CODES
    for value in values:
        code = value["indicator"]["code"]
        if code not in recounts:
            continue
        count = recounts[code]
        numerator, denominator = count.sums
        assert 0 < numerator < denominator
        assert (value["numerator"], value["denominator"]) == (numerator, denominator)
        assert (value["excluded"], value["missing"]) == (count.excluded, count.missing)
        assert value["indicator"]["targetPercent"] == f"{TARGETS[code]}.00"
        assert value["indicator"]["dueOn"] == "2025-12-31"
        if numerator * 100 >= TARGETS[code] * denominator:
            assert value["percent"] == _truncated(Fraction(numerator, denominator))
        assert (value["schedule"], value["agenciesExpected"] > 0) == ("BEFORE_DUE", True)
        if code == "II.1.a":
            met = numerator * 100 >= TARGETS[code] * denominator
            assert value["result"] == ("MET" if met else "NOT_MET")


def test_the_lower_bound_counts_undescribed_metres_as_not_digitised(
    hub: Hub, recounts: dict[str, Recount]
) -> None:
    [value] = [
        one
        for one in hub.ask("CityScorecard", asOf="2025-06-30").data["indicators"]
        if one["indicator"]["code"] == "II.2.b"
    ]
    numerator, denominator = recounts["II.2.b"].sums
    extent = _extent(hub.city)
    coverage = Fraction(sum(row.described_metres for row in extent)) / Fraction(
        sum(row.total_metres for row in extent)
    )
    share, low = Fraction(numerator, denominator), Fraction(numerator, denominator) * coverage
    assert value["estimated"] == (coverage < 1)
    assert abs(Fraction(value["coverage"]) - 100 * coverage) <= Fraction(1, 100)
    assert abs(Fraction(value["percentLow"]) - 100 * low) <= Fraction(1, 100)
    target = Fraction(TARGETS["II.2.b"], 100)
    assert value["result"] == ("NOT_MET" if share < target else "MET" if low >= target else "MISSING_DATA")


def _by_agency(hub: Hub, role: str) -> dict[str, dict[str, Any]]:
    values = hub.ask("IndicatorByAgency", role, asOf="2025-06-30", codes=COUNTED).data["indicators"]
    return {value["indicator"]["code"]: value for value in values}


@pytest.mark.parametrize("role", SIGNED_IN)
def test_figures_are_whole_and_their_records_under_permission(
    hub: Hub, recounts: dict[str, Recount], role: str
) -> None:
    city = hub.city
    kinds = {"ArchivalFile": "file", "Item": "item", "Fonds": "fonds"}
    for code, value in _by_agency(hub, role).items():
        count = recounts[code]
        lines = value["breakdown"]["nodes"]
        assert not value["breakdown"]["pageInfo"]["hasNextPage"]
        told = {line["agency"]["id"]: (line["numerator"], line["denominator"]) for line in lines}
        if role in (
            "supervisor",
            "leader",
        ):  # who reads every agency's figures live; small cells are kept from others
            assert (None, None) not in told.values()
            assert sum(line["numerator"] or 0 for line in lines) == count.numerator.total()
            assert sum(line["denominator"] or 0 for line in lines) == count.denominator.total()
        for agency, denominator in count.denominator.items():
            found = told[encode("Agency", agency)]
            assert found in ((None, None), (count.numerator[agency], denominator))
        shortfall = value["shortfall"]
        visible = {one for one in count.short if city.sees(role, *one)}
        assert shortfall["totalCount"] == len(visible)
        assert shortfall["totalCount"] + shortfall["hiddenCount"] == len(count.short)
        assert len(shortfall["edges"]) == min(20, len(visible))
        for edge in shortfall["edges"]:
            key = int(base64.b64decode(edge["node"]["id"]).decode().partition(":")[2])
            assert (kinds[edge["node"]["__typename"]], key) in visible
            assert edge["reason"]["code"]
            assert edge["reason"]["message"]


def test_the_roles_see_different_parts_of_the_same_shortfall(hub: Hub) -> None:
    told = {
        role: _by_agency(hub, role)["II.1.a"]["shortfall"]
        for role in ("clerk", "officer", "leader", "supervisor")
    }
    assert len({one["totalCount"] for one in told.values()}) == len(told)
    assert len({one["totalCount"] + one["hiddenCount"] for one in told.values()}) == 1


def test_the_pages_of_a_shortfall_give_every_visible_record_once(
    hub: Hub, recounts: dict[str, Recount]
) -> None:
    query = """query($after: String) { indicators(asOf: "2025-06-30", codes: ["II.1.a"]) { shortfall(first: 150,
      after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }"""
    count = recounts["II.1.a"]
    for role in ("officer", "leader"):
        found: list[str] = []
        after = None
        while True:
            [value] = hub.ask(query, role, after=after).data["indicators"]
            found += [edge["node"]["id"] for edge in value["shortfall"]["edges"]]
            after = value["shortfall"]["pageInfo"]["endCursor"]
            if not value["shortfall"]["pageInfo"]["hasNextPage"]:
                break
        names = {"file": "ArchivalFile", "item": "Item"}
        visible = [encode(names[kind], key) for kind, key in count.short if hub.city.sees(role, kind, key)]
        assert sorted(found) == sorted(visible)


def test_one_agencys_figure_is_its_line_in_the_city(hub: Hub, recounts: dict[str, Recount]) -> None:
    count = recounts["II.1.a"]
    key = hub.city.agency(HERE).id
    [value] = hub.ask(
        'query($agency: String!) { indicators(asOf: "2025-06-30", agencyCode: $agency, codes: ["II.1.a"])'
        " { numerator denominator agency { code } } }",
        agency=HERE,
    ).data["indicators"]
    assert value == {
        "numerator": count.numerator[key],
        "denominator": count.denominator[key],
        "agency": {"code": HERE},
    }
