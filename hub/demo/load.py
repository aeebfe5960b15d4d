"""Loads the demo city in one transaction: all of it, or nothing.

The mark of a loaded city is an audit event written in the same transaction; it says how many items there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.commands import seat_operator
from hub.access.queries import actor_for_user, user_by_name
from hub.agencies.models import Agency, AgencyCode
from hub.audit.commands import record
from hub.demo import archive, holdings
from hub.demo.changes import change_bodies
from hub.demo.city import ARCHIVE, DISTRICT, Body, bodies
from hub.demo.evidence import TODAY, load_evidence
from hub.demo.people import ROLES, hand_out_tokens, seat_people
from hub.demo.published import publish_closed_periods
from hub.demo.returns import load_returns
from hub.demo.vocabulary import FIELDS
from hub.kit.errors import Conflict
from hub.kit.vietnamese import sort_key
from hub.kpi.counters import fold
from hub.plan.models import Plan
from hub.records.bulk import copy_lines, copy_rows, reserve_keys
from hub.records.codes import load_code_lists
from hub.records.models import Fonds, Series
from hub.returns.models import ReportingPeriod

DEFAULT_ITEMS = 20_000
SEED = "hub-demo-1"
CHUNK = 50_000
MARK = "demo:load"
Progress = Callable[[str, int, int], None]


class AnotherDemo(Conflict):
    """The folder already holds a demo city of another size."""

    code = "ANOTHER_DEMO"

    def __init__(self, there: int, wanted: int) -> None:
        super().__init__(
            f"Thư mục này đã có thành phố mẫu với {there} văn bản, không phải {wanted}. "
            f"Hãy chạy lại với --items {there}, hoặc chọn thư mục khác bằng --data.",
            f"This folder already holds a demo city of {there} items, not {wanted}. "
            f"Run again with --items {there}, or choose another folder with --data.",
        )


def loaded_items(session: Session) -> int | None:
    """How many items the demo in this database has; None when there is none."""
    found = session.connection().scalar(
        text("select (detail->>'items')::int from audit_event where event_type = :mark order by id limit 1"),
        {"mark": MARK},
    )
    return None if found is None else int(found)


def load_city(session: Session, items: int, progress: Progress = lambda *_: None) -> dict[str, str]:
    """Load the city with `items` items; returns the keys per role. The caller commits.

    Raises AnotherDemo when a city is there already, of whatever size.
    """
    session.connection().execute(text("select pg_advisory_xact_lock(hashtext('hub-demo'))"))
    there = loaded_items(session)
    if there is not None:
        raise AnotherDemo(there, items)
    load_code_lists(session)
    city = bodies()
    agencies = _load_agencies(session, city)
    seat_operator(session)
    administrator = actor_for_user(session)
    users = seat_people(session, administrator, agencies)
    maker, keeper, staff = (users[name].id or 0 for name in ("registry", "keeper", "staff"))
    places = [
        _place(session, body, agencies, staff if body.code == DISTRICT else maker, keeper)
        for body in city
        if body.stage != "NONE"
    ]
    given = holdings.shares(city, items)
    _load_holdings(session, places, given, items, progress)
    old = _load_archive(session, agencies, maker, max(40, items // 9), progress)
    _take_statistics(session)
    plan = load_evidence(session, agencies, city, old, users)
    change_bodies(session, administrator, agencies, TODAY)
    fold(session)
    _take_statistics(session)
    reporting = {agencies[body.code] for body in city if body.has_archive}
    publish_closed_periods(session, administrator, plan, users, reporting)
    load_returns(session, administrator, plan, periods_of(session, plan), agencies, city, users)
    tokens = hand_out_tokens(session, administrator, users)
    _mark(session, administrator, items)
    return tokens


def renew_tokens(session: Session) -> dict[str, str]:
    """New keys for the users of a city that is there, when the old ones were lost. The caller commits."""
    users = {role: user_by_name(session, f"demo.{role}") for role in ROLES}
    return hand_out_tokens(session, actor_for_user(session), users)


def periods_of(session: Session, plan: Plan) -> Sequence[ReportingPeriod]:
    """The reporting periods of a plan, the oldest first."""
    return session.exec(
        select(ReportingPeriod)
        .where(ReportingPeriod.plan_id == plan.id)
        .order_by(col(ReportingPeriod.deadline))
    ).all()


def _take_statistics(session: Session) -> None:
    """Tell the planner what is there: without it a million items are read whole for every date of a report."""
    session.connection().execute(text("select hub_take_statistics()"))


def _mark(session: Session, administrator: Actor, items: int) -> None:
    record(session, administrator, MARK, "agency", None, detail={"items": items})


def _load_agencies(session: Session, city: list[Body]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for body in city:
        agency = Agency(
            parent_id=keys[body.parent] if body.parent else None, code=body.code, name=body.name,
            name_sort=sort_key(body.name), kind=body.kind, valid_from=body.valid_from, valid_to=body.valid_to,
            archive_since=date(2012, 1, 1) if body.has_archive else None, is_historical_archive=body.code == ARCHIVE,
        )  # fmt: skip
        session.add(agency)
        session.flush()
        keys[body.code] = agency.id or 0
        session.add(
            AgencyCode(agency_id=keys[body.code], scheme="DEMO", value=body.code, valid_from=body.valid_from)
        )
    session.flush()
    return keys


def _open_fonds(session: Session, fonds: Fonds, fields: Iterable[str]) -> dict[str, int]:
    """A fonds with one series for each heading; returns the series by heading."""
    session.add(fonds)
    session.flush()
    rows = [
        Series(fonds_id=fonds.id or 0, agency_id=fonds.agency_id, custodian_id=fonds.custodian_id,
               code=f"{fonds.code}.{field}", title=FIELDS[field][0], title_sort=sort_key(FIELDS[field][0]),
               position=number * 1000, access_level=0, published=fonds.published, created_by=fonds.created_by)
        for number, field in enumerate(fields, 1)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return {field: row.id or 0 for field, row in zip(fields, rows, strict=True)}


def _place(session: Session, body: Body, agencies: dict[str, int], maker: int, keeper: int) -> holdings.Place:
    agency_id = agencies[body.code]
    title = f"Phông {body.name}"
    fonds = Fonds(
        agency_id=agency_id, creator_id=agency_id, custodian_id=agency_id, code=f"{body.code}.P01", title=title,
        title_sort=sort_key(title), start_year=body.valid_from.year, languages=["01"], access_level=0,
        metadata_schema="N30", created_by=maker,
    )  # fmt: skip
    series = _open_fonds(session, fonds, tuple(FIELDS))
    return holdings.Place(body, agency_id, fonds.id or 0, series, agencies[ARCHIVE], maker, keeper)


def _load_holdings(
    session: Session, places: list[holdings.Place], given: dict[str, int], items: int, progress: Progress
) -> None:
    largest = max(places, key=lambda place: given[place.body.code]).body.code
    files = [
        file
        for place in places
        for file in holdings.files_of(
            place, given[place.body.code], SEED, huge=items // 50 if place.body.code == largest else 0
        )
    ]
    for file, key in zip(files, reserve_keys(session, "file", len(files)), strict=True):
        file.row[0] = key
    copy_lines(session, "file", holdings.FILE_COLUMNS, (holdings.line(file.row) for file in files))
    progress("file", len(files), len(files))
    keys = reserve_keys(session, "item", items)
    lines = _item_lines(files, keys.start)
    done = 0
    while chunk := copy_lines(session, "item", holdings.ITEM_COLUMNS, islice(lines, CHUNK)):
        done += chunk
        progress("item", done, items)


def _item_lines(files: list[holdings.DemoFile], first: int) -> Iterator[str]:
    for file in files:
        for row in holdings.items_of(file, first, SEED):
            yield holdings.line(row)
        first += file.items


def _load_archive(
    session: Session, agencies: dict[str, int], maker: int, files: int, progress: Progress
) -> dict[str, int]:
    keys: dict[str, int] = {}
    owner = agencies[ARCHIVE]
    total = sum(old.weight for old in archive.OLD_FONDS)
    for old in archive.OLD_FONDS:
        creator = agencies[old.creator]
        fonds = Fonds(
            agency_id=owner, creator_id=creator, custodian_id=owner, code=old.code, title=old.title,
            title_sort=sort_key(old.title), state="CLOSED", history=old.history, start_year=old.years[0],
            end_year=old.years[1], languages=["01"], access_level=0, published=True, metadata_schema="HD169",
            created_by=maker,
        )  # fmt: skip
        series = _open_fonds(session, fonds, archive.fields_of_archive())
        keys[old.code] = fonds.id or 0
        made = list(
            archive.archive_files(
                old, reserve_keys(session, "file", files * old.weight // total), keys[old.code], series, owner, creator,
                maker, SEED,
            )
        )  # fmt: skip
        copy_lines(session, "file", archive.ARCHIVE_FILE_COLUMNS, (holdings.line(row) for row, _ in made))
        copy_rows(
            session,
            "page_acceptance",
            archive.PAGE_COLUMNS,
            (pages for _, ranges in made for pages in ranges),
        )
    progress("archive", files, files)
    return keys
