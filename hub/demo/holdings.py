"""The records of the demo's agencies: files and items by COPY, the same for the same number of items.

Holdings are flat and wide with a few very large parents, as real ones are: most files have a handful of items,
one file of each larger agency has hundreds, and one of the city has two in a hundred of all items.
Paper files stand as in a real register: described as a whole, with the number of documents and no items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hub.demo.city import Body
from hub.demo.vocabulary import DOCUMENTS, FIELDS, PLACES, POSITIONS, file_title, person
from hub.kit.vietnamese import sort_key

# Year of creation and how much of an agency's documents is of that year; the clock stands at 30/6/2025.
YEARS = {2018: 4, 2019: 6, 2020: 10, 2021: 13, 2022: 16, 2023: 19, 2024: 21, 2025: 11}
LAST_DAY = date(2025, 6, 28)
# Share of documents created electronically in 2025, and what each earlier year had less.
STAGES = {
    "LEADING": (0.99, 0.02), "GOOD": (0.985, 0.02), "MIDDLE": (0.95, 0.03), "LATE": (0.78, 0.06),
    "PAPER": (0.25, 0.05), "UNDECLARED": (0.85, 0.05),
}  # fmt: skip
WEIGHTS = {"DEPARTMENT": 3.0, "DISTRICT": 2.5, "BOARD": 1.5, "UNIT": 0.35}
RETENTIONS = (("PERMANENT", None), ("YEARS", 70), ("YEARS", 20), ("YEARS", 10), ("YEARS", 10), ("YEARS", 5))

FILE_COLUMNS = (
    "id", "fonds_id", "series_id", "agency_id", "creator_id", "custodian_id", "code", "catalog_number", "notation",
    "title", "title_sort", "state", "start_date", "start_latest", "start_precision", "end_date", "end_latest",
    "end_precision", "work_ended_on", "closed_on", "retention_kind", "retention_years", "access_level",
    "origin_declared", "languages", "total_doc", "sheet_count", "page_count_declared", "published", "transferred",
    "transferred_on", "submitted_by", "accepted_by", "accepted_at", "metadata_schema", "created_by",
)  # fmt: skip
ITEM_COLUMNS = (
    "id", "file_id", "fonds_id", "agency_id", "custodian_id", "ordinal", "code", "doc_type", "number", "notation",
    "direction", "issued_date", "issued_latest", "issued_precision", "issuer", "subject", "languages", "page_count",
    "retention_kind", "retention_years", "access_level", "origin", "signer_name", "signer_position",
    "signature_evidence", "published", "transferred", "created_by",
)  # fmt: skip


@dataclass(slots=True)
class Place:
    """Where an agency's records go: the keys that stand before any row is written."""

    body: Body
    agency_id: int
    fonds_id: int
    series: dict[str, int]
    archive_id: int
    maker_id: int
    keeper_id: int


@dataclass(slots=True)
class DemoFile:
    """A file about to be written: its row, and what its items need to know."""

    row: list[object]
    place: Place
    year: int
    field: str
    items: int
    end: date

    @property
    def code(self) -> str:
        return str(self.row[6])


def shares(bodies: list[Body], items: int) -> dict[str, int]:
    """How many items each agency gets; the sum is exactly `items`."""
    weights = {
        body.code: WEIGHTS.get(body.kind, 0.0) * (0.4 if body.stage == "PAPER" else 1.0)
        for body in bodies
        if body.stage != "NONE"
    }
    total = sum(weights.values())
    given = {code: int(items * weight / total) for code, weight in weights.items()}
    for code in sorted(given, key=lambda c: (-weights[c], c)):
        if sum(given.values()) == items:
            break
        given[code] += 1
    rest = items - sum(given.values())
    if rest:
        given[next(iter(given))] += rest
    return given


def files_of(place: Place, items: int, seed: str, *, huge: int = 0) -> Iterator[DemoFile]:
    """The files of one agency, holding `items` items in all; `huge` items go into one file."""
    rng = Random(f"{seed}:{place.body.code}")
    left = items
    number = 0
    if huge:
        number += 1
        yield _file(rng, place, number, 2022, "TH", min(huge, left))
        left -= min(huge, left)
    elif items >= 400:
        number += 1
        large = items // 25
        yield _file(rng, place, number, 2023, "TH", large)
        left -= large
    years, fields = list(YEARS), list(FIELDS)
    weights = list(YEARS.values())
    while left:
        size = min(left, 1 + int(rng.expovariate(1 / 7)))
        left -= size
        number += 1
        yield _file(rng, place, number, rng.choices(years, weights)[0], rng.choice(fields), size)
    paper = max(1, items // (12 if place.body.stage == "PAPER" else 200))
    for _ in range(paper):
        number += 1
        yield _file(rng, place, number, rng.choices(years, weights)[0], rng.choice(fields), 0)


def _file(rng: Random, place: Place, number: int, year: int, field: str, items: int) -> DemoFile:
    """One file: its state follows its age, as a working agency's would."""
    body = place.body
    start = date(year, 1, 1) + timedelta(days=rng.randrange(150))
    end = min(start + timedelta(days=20 + rng.randrange(200)), date(year, 12, 31), LAST_DAY)
    kind, years = RETENTIONS[rng.randrange(len(RETENTIONS))]
    roll = rng.random()
    taken_on = end + timedelta(days=60 + rng.randrange(300))
    state = "ACCEPTED" if roll < 0.85 else "CLOSED"
    if taken_on > LAST_DAY:
        state = "OPEN" if year == 2025 and roll < 0.5 else "SUBMITTED" if roll > 0.93 else "CLOSED"
    transferred = (
        state == "ACCEPTED" and kind == "PERMANENT" and year <= 2021 and items > 0 and body.is_source
        and body.stage in ("LEADING", "GOOD") and rng.random() < 0.7
    )  # fmt: skip
    access = 0 if rng.random() < 0.8 else 1 if rng.random() < 0.9 else None
    undeclared = body.stage == "UNDECLARED" and items == 0 and rng.random() < 0.7
    documents = 4 + rng.randrange(18)
    row: list[object] = [
        None, place.fonds_id, place.series[field], place.agency_id, place.agency_id,
        place.archive_id if transferred else place.agency_id,
        f"{body.code}.{year}.{number:04d}.{field}", str(year), f"{number:04d}.{field}",
        (title := file_title(rng, field, year)), sort_key(title),
        "TRANSFERRED" if transferred else state, start, start, "DAY", end, end, "DAY",
        None if state == "OPEN" else end, None if state == "OPEN" else end + timedelta(days=5), kind, years, access,
        None if undeclared else "PAPER" if items == 0 else None, "{01}",
        None if undeclared or items else documents, None if undeclared or items else documents * 3,
        None if undeclared or items else documents * 4,
        transferred and access == 0 and rng.random() < 0.6, transferred,
        date(year + 2, 6, 1) if transferred else None,
        None if state in ("OPEN", "CLOSED") else place.maker_id,
        place.keeper_id if state == "ACCEPTED" else None, taken_on if state == "ACCEPTED" else None,
        "N30", place.maker_id,
    ]  # fmt: skip
    return DemoFile(row, place, year, field, items, end)


def items_of(file: DemoFile, first_id: int, seed: str) -> Iterator[list[object]]:
    """The items of one file, in the order they were issued."""
    rng = Random(f"{seed}:{file.code}")
    body = file.place.body
    best, slope = STAGES[body.stage]
    share = max(0.02, best - slope * (2025 - file.year))
    row = file.row
    matter = rng.choice(FIELDS[file.field][1])
    start = row[12]
    assert isinstance(start, date)
    span = max(1, (file.end - start).days)
    short = body.code.split("-")[0]
    for ordinal in range(1, file.items + 1):
        doc_type, form, subject = DOCUMENTS[rng.randrange(len(DOCUMENTS))]
        issued = start + timedelta(days=span * ordinal // (file.items + 1))
        outgoing = rng.random() < 0.6
        roll = rng.random()
        origin, evidence = _origin(roll, share), None
        if origin == "BORN_DIGITAL":
            signed = rng.random()
            evidence = "VERIFIED" if signed < 0.75 else "DECLARED" if signed < 0.985 else "UNKNOWN"
        number = rng.randrange(1, 4000)
        issuer = body.name if outgoing else "Ủy ban nhân dân Thành phố Hà Nội"
        notation = f"{form}-{short}" if form else f"{short}-{file.field}"
        yield [
            first_id + ordinal - 1, row[0], row[1], row[3], row[5], ordinal, f"{file.code}.{ordinal:07d}", doc_type,
            number, notation, "OUTGOING" if outgoing else "INCOMING", issued, issued, "DAY", issuer,
            f"{subject.format(matter)} tại {PLACES[rng.randrange(len(PLACES))]}", "{01}", 1 + rng.randrange(9),
            row[20], row[21], row[22], origin, person(rng), POSITIONS[rng.randrange(len(POSITIONS))], evidence,
            row[28], row[29], row[35],
        ]  # fmt: skip


def _origin(roll: float, share: float) -> str | None:
    """Seven documents in a thousand come without it, as in real registers."""
    if roll > 0.993:
        return None
    if roll < share:
        return "BORN_DIGITAL"
    return "DIGITIZED" if roll < share + 0.3 * (1 - share) else "PAPER"


def line(row: list[object]) -> str:
    """One line of COPY text; the demo's own texts hold no tab, newline or backslash."""
    return "\t".join(["\\N" if value is None else str(value) for value in row])
