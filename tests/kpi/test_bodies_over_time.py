"""Figures while bodies merge, split and end (R13): told anew in Python from who owned what, day by day.

The records follow their body's successor from the day it took over; a past day stays as it was, whatever happens
afterwards, and the city's sums never move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

import hub.kpi
from hub.access.actor import the_public
from hub.agencies.commands import move_agency, rename_agency
from hub.kit.vietnamese import sort_key
from hub.kpi.breakdown import By, breakdown, breakdowns
from hub.kpi.counters import recount, recount_records
from hub.kpi.exclusions import answered_by
from hub.kpi.scorecard import scorecards, scorecards_by_agency
from hub.plan.models import Exclusion
from hub.records.commands import dissolve_agency, merge_agencies, split_agency
from hub.records.commands.succession import Part
from tests.kpi.city import PLAN, City, parts

TODAY = date(2026, 1, 1)
DAYS = [
    date(2023, 12, 31), date(2024, 2, 28), date(2024, 2, 29), date(2024, 12, 31), date(2025, 2, 28), date(2025, 3, 1),
    date(2025, 6, 29), date(2025, 6, 30), date(2025, 8, 31), date(2025, 12, 31),
]  # fmt: skip
# Of each body: documents in all, and electronic ones; no two bodies, nor sums of them, are alike.
HELD = {
    "A": (2, 1),
    "B": (4, 3),
    "C": (8, 5),
    "D": (16, 9),
    "E": (32, 20),
    "F": (64, 40),
    "H": (128, 90),
    "U": (256, 3),
}

# code of a line → numerator, denominator
Lines = dict[str, tuple[int | None, int | None]]


@dataclass
class Happening:
    """What was done from a day on, and where the test itself says that a file of a body goes."""

    day: date
    body: str
    way: Callable[[int], str]
    deed: Callable[[], object]


@dataclass
class Story:
    """A city of bodies with a fonds of two files each: the first holds half of the documents, in a series."""

    city: City
    keys: dict[str, int] = field(default_factory=dict)
    fonds: dict[str, int] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.actor = self.city.actor("sysadmin", None)
        top = self.keys["TP"] = self.city.agency("TP", kind="CITY", archive_since=None)
        self.keys["LTLS"] = self.city.archive(parent_id=top)
        for code in (*HELD, "G", "P", "Q", "R"):
            parent = self.keys["A"] if code == "U" else top
            key = self.keys[code] = self.city.agency(code, parent_id=parent)
            if code not in HELD:
                continue
            fonds = self.fonds[code] = self.city.fonds(key)
            series = self.series[code] = self.city.series(fonds)
            two = self.files[code] = (self.city.file(fonds, series_id=series), self.city.file(fonds))
            n, electronic = HELD[code]
            for file, odd in zip(two, (0, 1), strict=True):
                numbers = range(odd, n, 2)
                born = sum(number < electronic for number in numbers)
                for origin, count in (("BORN_DIGITAL", born), ("PAPER", len(numbers) - born)):
                    if count:
                        self.city.items(file, count, origin=origin)

    def merge(self, into: str, day: date, *bodies: str) -> Callable[[], object]:
        ending = [(self.keys[body], None) for body in bodies]
        return lambda: merge_agencies(
            self.city.session, self.actor, ending, self.keys[into], effective_on=day, decision="NQ", on=TODAY
        )

    def split(self, body: str, day: date, *given: Part) -> Callable[[], object]:
        return lambda: split_agency(
            self.city.session,
            self.actor,
            self.keys[body],
            None,
            given,
            effective_on=day,
            decision="NQ",
            on=TODAY,
        )

    def dissolve(self, body: str, day: date, to: str | None) -> Callable[[], object]:
        return lambda: dissolve_agency(
            self.city.session, self.actor, self.keys[body], None, records_to=self.keys[to] if to else None,
            effective_on=day, decision="QĐ", decided_on=day, on=TODAY,
        )  # fmt: skip

    def lines(self, day: date, by: By = By.AGENCY, code: str = "II.1.a") -> Lines:
        """What the hub says of a day."""
        return self.all_lines([day], by, code)[day]

    def all_lines(self, days: Sequence[date], by: By = By.AGENCY, code: str = "II.1.a") -> dict[date, Lines]:
        """What the hub says of several days."""
        session = self.city.session
        session.expire_all()
        rows = scorecards(session, the_public(), PLAN, days, None, [code])
        found = breakdowns(session, the_public(), [(day, rows[day][0].indicator) for day in days], by)
        return {
            day: {line.key: (line.numerator, line.denominator) for line in lines if line.denominator}
            for day, lines in zip(days, found, strict=True)
        }

    def figures(self, agency: str | None = None) -> dict[date, tuple[int | None, int | None]]:
        """The city's figure of II.1.a on every day, or an agency's."""
        key = self.keys[agency] if agency else None
        found = scorecards(self.city.session, the_public(), PLAN, DAYS, key, ["II.1.a"])
        return {day: parts(values[0]) for day, values in found.items()}

    def told(self, day: date, past: list[Happening]) -> Lines:
        """What the test itself says: documents by who answered for their file on the day."""
        rows = self.city.session.execute(
            text("select i.file_id, i.origin, f.creator_id from item i join file f on f.id = i.file_id")
        )
        codes = {key: code for code, key in self.keys.items()}
        numbers: Counter[str] = Counter()
        electronic: Counter[str] = Counter()
        for row in rows:
            at = codes[row.creator_id]
            for one in past:
                if one.day <= day and one.body == at:
                    at = one.way(row.file_id)
            numbers[at] += 1
            electronic[at] += row.origin == "BORN_DIGITAL"
        return {code: (electronic[code], number) for code, number in numbers.items()}


@pytest.fixture
def story(city: City) -> Story:
    return Story(city)


def test_every_day_is_told_as_it_was(story: Story) -> None:
    key, fonds, files = story.keys, story.fonds, story.files
    leap, march, cutoff, september = (
        date(2024, 2, 29), date(2025, 3, 1), date(2025, 6, 30), date(2025, 9, 1),
    )  # fmt: skip

    def always(code: str) -> Callable[[int], str]:
        return lambda file: code

    halves = [files["B"][1]]
    of_a = set(files["A"])
    happenings = [
        Happening(leap, "A", always("B"), story.merge("B", leap, "A")),
        # Two into one, entered one after the other.
        Happening(march, "C", always("D"), story.merge("D", march, "C")),
        Happening(march, "E", always("D"), story.merge("D", march, "E")),
        # F goes on, and what stands in its series leaves.
        Happening(
            march,
            "F",
            lambda file: "G" if file == files["F"][0] else "F",
            story.split("F", march, Part(key["F"]), Part(key["G"], series=[story.series["F"]])),
        ),
        Happening(march, "H", always("H"), story.dissolve("H", march, "LTLS")),
        # On the day of the cut-off what followed A and B is split: P gets A's records and one file of B's.
        Happening(
            cutoff,
            "B",
            lambda file: "P" if file in of_a or file in halves else "Q",
            story.split("B", cutoff, Part(key["Q"]), Part(key["P"], fonds=[fonds["A"]], files=halves)),
        ),
        # The two parts come together again: who had what before stays known.
        Happening(september, "Q", always("P"), story.merge("P", september, "Q")),
        Happening(september, "P", always("R"), story.merge("R", september, "P")),
        Happening(september, "G", always("F"), story.dissolve("G", september, "F")),
    ]
    whole = (sum(e for _, e in HELD.values()), sum(n for n, _ in HELD.values()))
    for number, one in enumerate(happenings, 1):
        before = story.all_lines(DAYS)
        one.deed()
        after, city = story.all_lines(DAYS), story.figures()
        for day in DAYS:
            assert after[day] == story.told(day, happenings[:number]), (number, day)
            assert sums(after[day]) == city[day] == whole, (number, day)
            if day < one.day:
                assert after[day] == before[day], (number, day)
        assert recount_records(story.city.session, TODAY)[1] == [], number  # who owns and keeps what now
    for code in story.keys:  # each agency's own figure is its line
        figures = story.figures(code)
        assert figures == {day: after[day].get(code, (0, 0)) for day in DAYS}, code
    for by in (By.PARENT, By.KIND, By.YEAR):
        assert {sums(lines) for lines in story.all_lines(DAYS, by).values()} == {whole}, by
    assert recount(story.city.session, DAYS)[1] == []  # the counters, too
    assert story.lines(date(2024, 12, 31)).keys() == {"B", "C", "D", "E", "F", "H", "U"}
    assert story.lines(date(2025, 6, 30)).keys() == {"P", "Q", "D", "F", "G", "H", "U"}
    assert story.lines(date(2025, 12, 31)).keys() == {"R", "D", "F", "H", "U"}


def test_exceptions_are_listed_by_who_answers_for_their_records(story: Story) -> None:
    """As the figures leave them out: F's series went to G, B's file to P with what A had."""
    city, march, june = story.city, date(2025, 3, 1), date(2025, 6, 30)
    item = {
        name: city.session.execute(
            text("select min(id) from item where file_id = :id"), {"id": story.files[name][0]}
        ).scalar_one()
        for name in "ABF"
    }
    told = {
        "item of A": city.exclusion("II.1.a", story.keys["A"], item_id=item["A"]),
        "file of B": city.exclusion("II.1.a", story.keys["B"], file_id=story.files["B"][1]),
        "series of F": city.exclusion("II.1.a", story.keys["F"], series_id=story.series["F"]),
    }
    story.merge("B", march, "A")()
    story.split("F", march, Part(story.keys["F"]), Part(story.keys["G"], series=[story.series["F"]]))()
    story.split("B", june, Part(story.keys["Q"]), Part(story.keys["P"], fonds=[story.fonds["A"]]))()
    names = {key: name for name, key in told.items()}

    def listed(day: date) -> dict[str, list[str]]:
        found = {}
        for code, key in story.keys.items():
            keys = city.session.execute(
                select(Exclusion.id).where(col(Exclusion.id).in_(answered_by(key, day)))
            )
            if mine := sorted(names[one] for one in keys.scalars() if one is not None):
                found[code] = mine
        return found

    assert listed(date(2025, 2, 28)) == {"A": ["item of A"], "B": ["file of B"], "F": ["series of F"]}
    assert listed(march) == {"B": ["file of B", "item of A"], "G": ["series of F"]}
    assert listed(june) == {"P": ["item of A"], "Q": ["file of B"], "G": ["series of F"]}
    for day, codes in ((march, {"B": (HELD["A"][0] + HELD["B"][0]) - 3, "G": 0}), (june, {"P": 1, "Q": 2})):
        for code, counted in codes.items():
            assert (city.value("II.1.a", story.keys[code], as_of=day).denominator or 0) == counted, (
                day,
                code,
            )


def test_every_measure_asks_who_owned_a_record_at_the_date() -> None:
    """`f.agency_id` is the owner of today: after two parts of a split came together it tells of no earlier day."""
    texts = {path.name: path.read_text() for path in Path(hub.kpi.__file__).parent.rglob("*.py")}
    assert [name for name, text in texts.items() if "f.agency_id as owner_id" in text] == []


def sums(lines: Mapping[str, tuple[int | None, int | None]]) -> tuple[int, int]:
    """Numerators and denominators of all lines."""
    return sum(n or 0 for n, _ in lines.values()), sum(d or 0 for _, d in lines.values())


def test_the_half_year_of_a_merger_is_right(story: Story) -> None:
    """A and B went into D on 1/3/2025: named apart at 31/12/2024, D with the sum at 30/6/2025."""
    story.merge("D", date(2025, 3, 1), "A", "B")()
    earlier, later = story.lines(date(2024, 12, 31)), story.lines(date(2025, 6, 30))
    assert {code: earlier[code] for code in "ABD"} == {"A": (1, 2), "B": (3, 4), "D": (9, 16)}
    assert later["D"] == (1 + 3 + 9, 2 + 4 + 16)
    assert not {"A", "B"} & later.keys()
    assert sums(earlier) == sums(later)
    figure = {day: story.city.value("II.1.a", as_of=day) for day in DAYS}
    assert {value.percent for value in figure.values()} == {figure[DAYS[0]].percent}
    # Who should report: both are gone, nobody came.
    expected = {day: figure[day].agencies_expected for day in (date(2025, 2, 28), date(2025, 3, 1))}
    assert expected[date(2025, 2, 28)] == (expected[date(2025, 3, 1)] or 0) + 2


def test_units_stand_under_the_body_of_the_day(story: Story) -> None:
    """U was A's; A went into B, then U was moved: at an earlier date its line is where it was."""
    march, may = date(2025, 3, 1), date(2025, 5, 1)
    story.merge("B", march, "A")()
    move_agency(
        story.city.session, story.actor, story.keys["U"], None, parent_id=story.keys["C"], effective_on=may,
        decision=None, on=TODAY,
    )  # fmt: skip

    def beneath(day: date) -> Lines:
        lines = story.lines(day, By.PARENT)
        return {code: line for code, line in lines.items() if code in "ABC"}

    unit = (HELD["U"][1], HELD["U"][0])
    assert beneath(date(2025, 2, 28)) == {"A": unit}
    assert beneath(march) == {"B": unit}
    assert beneath(may) == {"C": unit}


def test_a_body_is_called_as_on_the_day(story: Story) -> None:
    def rename(name: str, day: date) -> None:
        rename_agency(
            story.city.session, story.actor, story.keys["C"], None, name=name, code=None, effective_on=day,
            decision=None, on=TODAY,
        )  # fmt: skip

    for code, agency in story.keys.items():
        story.city.session.execute(
            text("update agency_name set name_sort = :sort where agency_id = :id"),
            {"id": agency, "sort": sort_key(f"Cơ quan {code}")},
        )
    rename("Ứng Hòa", date(2024, 2, 29))
    rename("Á Châu", date(2025, 3, 1))
    days = [date(2024, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1)]
    names = ["Cơ quan C", "Ứng Hòa", "Ứng Hòa", "Á Châu"]
    key, session = story.keys["C"], story.city.session
    row = story.city.value("II.1.a").indicator
    for day, name in zip(days, names, strict=True):
        assert story.city.value("II.1.a", key, as_of=day).agency.name == name  # type: ignore[union-attr]
        labels = [line.label for line in breakdown(session, the_public(), row, day)]
        assert name in labels
        assert labels == sorted(labels, key=sort_key)  # in its place among the names of that day
    cards = scorecards_by_agency(session, the_public(), PLAN, days)
    [told] = [dates for agency, dates in cards.items() if agency.id == key]
    assert [agency.name for agency in cards if agency.id == key] == ["Á Châu"]
    assert [told[day][0].agency.name for day in days] == names  # type: ignore[union-attr]


@pytest.mark.parametrize("code", ["II.1.b", "II.1.d", "II.2.b"])
@pytest.mark.parametrize("day", [DAYS[4], DAYS[5]])
def test_other_figures_keep_their_past(city: City, session: Session, code: str, day: date) -> None:
    """A merger, a split with a part that goes on, and a dissolution change no figure of a day before them."""
    story = Story(city)
    march = date(2025, 3, 1)
    for agency in ("A", "B", "C", "D", "F"):
        session.execute(
            text("insert into source_membership (agency_id, valid_from) values (:id, '2012-01-01')"),
            {"id": story.keys[agency]},
        )
        session.execute(
            text(
                "with s as (insert into registered_system (code, name, state, accepted_on, operating_since)"
                " values (:code, 'Hệ thống', 'OPERATING', '2022-01-01', '2022-06-01') returning id)"
                " insert into system_agency (system_id, agency_id) select id, :id from s"
            ),
            {"id": story.keys[agency], "code": f"HT-{agency}"},
        )
        session.execute(
            text(
                "insert into online_procedure (agency_id, document_number, adopted_on, test_transaction_on)"
                " values (:id, '1/QT', '2022-01-01', '2022-02-01')"
            ),
            {"id": story.keys[agency]},
        )
    before, whole = story.lines(day, code=code), parts(city.value(code, as_of=day))
    story.merge("B", march, "A")()
    story.split("F", march, Part(story.keys["F"]), Part(story.keys["G"], files=[story.files["F"][0]]))()
    story.dissolve("C", march, "D")()
    after = story.lines(day, code=code)
    assert sums(after) == parts(city.value(code, as_of=day)) or not after
    if day < march:
        assert (after, parts(city.value(code, as_of=day))) == (before, whole)
    elif code == "II.1.d":  # the duty to hand over goes along, and so do the documents
        assert sums(after) == sums(before)
        assert not {"A", "C"} & after.keys()
    elif code == "II.1.b":  # so do the systems in use
        assert (after["B"][1], after["D"][1], sums(after)) == (2, 2, sums(before))
