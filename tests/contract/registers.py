"""Figures of agencies, systems, papers and people counted again in plain Python over exported rows.

The measures are written here a second time from their definitions (domain of Kế hoạch 67), for what the demo city
holds: no agency of it has followed another since 2008, no system changed hands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta, timezone
from functools import partial
from types import SimpleNamespace

from tests.contract.conftest import City

HANOI = timezone(timedelta(hours=7))
Count = dict[int, tuple[int, int]]  # agency → numerator, denominator


class Rows:
    """The tables, and who is there on a day."""

    def __init__(self, city: City) -> None:
        self.city = city
        tables = "agency registered_system system_agency system_exchange source_membership online_procedure"
        tables += " use_request declared_progress training_participant deliverable exclusion indicator duty"
        for table in tables.split():
            setattr(self, table, city.sql(f"select * from {table}"))
        self.entries = city.sql(
            "select e.agency_id, l.kind, l.valid_from, l.valid_to"
            " from decided_list_entry e join decided_list l on l.id = e.list_id where e.agency_id is not null"
        )
        self.codes = {row.code: row for row in self.indicator}
        self.leads = city.sql(
            "select i.code, p.agency_id from indicator_party p join indicator i on i.id = p.indicator_id"
            " where p.role = 'LEAD' and p.agency_id is not null order by p.position"
        )

    def __getattr__(self, name: str) -> list[SimpleNamespace]:
        raise AttributeError(name)

    def archives(self, day: date) -> list[int]:
        """Agencies with an archive."""
        return [
            row.id for row in self.agency if in_force(row.archive_since, row.archive_until, day, known=True)
        ]

    def systems(self, agency: int, day: date) -> list[SimpleNamespace]:
        """Systems in use that serve an agency."""
        keys = {row.system_id for row in self.system_agency if row.agency_id == agency}
        found = [row for row in self.registered_system if row.id in keys]
        return [
            row
            for row in found
            if (row.retired_on is None or day < row.retired_on)
            and any(one is not None and one <= day for one in (row.accepted_on, row.operating_since))
        ]

    def responsible(self, code: str) -> int:
        """The first lead that is known, else the archive (part II)."""
        known = [row.agency_id for row in self.leads if row.code == code]
        return known[0] if known else next(row.id for row in self.agency if row.is_historical_archive)

    def issued(self, code: str, day: date) -> tuple[list[SimpleNamespace], list[SimpleNamespace]]:
        """The documents of a row on its list, and those of them that are issued."""
        listed = [
            row
            for row in self.deliverable
            if row.indicator_id == self.codes[code].id
            and (row.planned_on is None or row.planned_on <= day)
            and (row.cancelled_on is None or day < row.cancelled_on)
        ]
        return listed, [row for row in listed if row.document_number and row.document_date <= day]


def in_force(since: date | None, until: date | None, day: date, *, known: bool = False) -> bool:
    if since is None and known:
        return False
    return (since is None or since <= day) and (until is None or day < until)


def works(rows: Rows, system: SimpleNamespace, agency: int, day: date) -> bool:
    """Integrated, in operation, and heard of in the 184 days before."""
    if not (system.operating_since and system.operating_since <= day and system.integrated_on):
        return False
    if not in_force(system.integrated_on, system.integration_ended_on, day):
        return False
    heard = [
        row.at.astimezone(HANOI).date()
        for row in rows.system_exchange
        if row.system_id == system.id and row.accepted and row.agency_id in (None, agency)
    ]
    return any(timedelta(0) <= day - one <= timedelta(days=184) for one in heard)


def on_source_list(rows: Rows, day: date) -> list[int]:
    return [row.agency_id for row in rows.source_membership if in_force(row.valid_from, row.valid_to, day)]


def integrated(rows: Rows, day: date) -> Count:
    found = {}
    for agency in on_source_list(rows, day):
        systems = rows.systems(agency, day)
        found[agency] = (sum(works(rows, one, agency, day) for one in systems), len(systems))
    return found


def with_system(rows: Rows, day: date) -> Count:
    return {agency: (int(bool(rows.systems(agency, day))), 1) for agency in on_source_list(rows, day)}


def on_roadmap(rows: Rows, day: date) -> Count:
    named = [
        row.agency_id
        for row in rows.entries
        if row.kind == "INTEGRATION_ROADMAP" and in_force(row.valid_from, row.valid_to, day)
    ]
    found = {
        agency: (int(any(works(rows, one, agency, day) for one in rows.systems(agency, day))), 1)
        for agency in named
    }
    return found or {rows.responsible("4.3"): (0, 0)}


def accepted(rows: Rows, day: date) -> Count:
    return {
        agency: (int(any(one.accepted_on and one.accepted_on <= day for one in rows.systems(agency, day))), 1)
        for agency in rows.archives(day)
    }


def secured(rows: Rows, day: date) -> Count:
    found = {}
    for agency in rows.agency:
        systems = rows.systems(agency.id, day)
        approved = [one for one in systems if one.security_decision and one.security_decided_on <= day]
        if systems:
            found[agency.id] = (len(approved), len(systems))
    return found


def online(reading: str, rows: Rows, day: date) -> Count:
    indicator = rows.codes["II.1.c"].id
    left_out = {
        row.agency_id
        for row in rows.exclusion
        if row.indicator_id == indicator and row.whole_archive and row.valid_from <= day
    }
    start = day.replace(year=day.year - 1)
    found: Count = dict.fromkeys(left_out, (0, 0))
    for agency in set(rows.archives(day)) - left_out:
        procedures = [row for row in rows.online_procedure if row.agency_id == agency and row.document_number]
        procedures = [row for row in procedures if in_force(row.adopted_on, row.withdrawn_on, day)]
        requests = [row for row in rows.use_request if row.custodian_id == agency and row.received_on <= day]
        served = any(
            row.is_online and row.state == "COMPLETED" and start < row.completed_on <= day for row in requests
        )
        idle = not any(row.received_on > start or start < row.completed_on <= day for row in requests)
        tested = any(row.test_transaction_on and row.test_transaction_on <= day for row in procedures)
        counts = {
            "applying": served or (idle and tested),
            "ready": served or idle,
            "served": served,
            "idle": idle,
        }
        found[agency] = (int(bool(procedures) and counts[reading]), 1)
    return found


def declared(code: str, duty: str | None, needs_document: bool, rows: Rows, day: date) -> Count:
    subject = ("duty_id", next(row.id for row in rows.duty if row.code == duty)) if duty else (
        "indicator_id", rows.codes[code].id,
    )  # fmt: skip
    found = {}
    for agency in rows.archives(day):
        told = [
            row
            for row in rows.declared_progress
            if row.agency_id == agency and getattr(row, subject[0]) == subject[1] and row.as_of <= day
        ]
        newest = max(told, key=lambda row: (row.as_of, row.id), default=None)
        done = newest is not None and newest.numerator == newest.denominator
        proven = not needs_document or (newest is not None and newest.document_number is not None)
        found[agency] = (int(done and proven), 1)
    return found


def trained(rows: Rows, day: date, *, so_far: bool = False) -> Count:
    found: Count = dict.fromkeys(rows.archives(day), (0, 0))
    people: dict[tuple[int, str], SimpleNamespace] = {}
    for row in sorted(rows.training_participant, key=lambda row: row.due_year):
        gone = row.left_on and row.left_on <= day and row.trained_on is None
        if not gone and (row.due_year == day.year or (so_far and row.due_year < day.year)):
            people[row.agency_id, row.person] = row
    for row in people.values():
        numerator, denominator = found[row.agency_id]
        done = row.trained_on is not None and row.trained_on <= day and row.evidence is not None
        found[row.agency_id] = (numerator + done, denominator + 1)
    return found


def papers(code: str, rows: Rows, day: date) -> Count:
    listed, issued = rows.issued(code, day)
    found = {} if listed else {rows.responsible(code): (0, 0)}
    for row in listed:
        numerator, denominator = found.get(row.agency_id, (0, 0))
        found[row.agency_id] = (numerator + (row in issued), denominator + 1)
    return found


def parts(code: str, rows: Rows, day: date) -> Count:
    asked = {part["code"] for part in rows.codes[code].parameters["parts"]}
    done = {row.part_code for row in rows.issued(code, day)[1]}
    return {rows.responsible(code): (len(asked & done), len(asked))}


def reached(code: str, rows: Rows, day: date) -> Count:
    return {rows.responsible(code): (int(bool(rows.issued(code, day)[1])), 1)}


RECOUNTS: dict[str, Callable[[Rows, date], Count]] = {
    "II.1.b": integrated,
    "II.1.b.agencies": with_system,
    "4.3": on_roadmap,
    "3.4": accepted,
    "II.1.a.system": accepted,
    "4.2.level": secured,
    "II.1.c": partial(online, "applying"),
    "II.1.c.ready": partial(online, "ready"),
    "II.1.c.served": partial(online, "served"),
    "II.1.c.idle": partial(online, "idle"),
    "3.1": partial(declared, "3.1", None, False),
    "4.2": partial(declared, "4.2", None, True),
    "1.1.own_plan": partial(declared, "1.1.own_plan", "IV.5.a", True),
    "1.3.applied": partial(declared, "1.3.applied", None, False),
    "3.1.b.live": partial(declared, "3.1.b.live", None, False),
    "2.2": trained,
    "2.2.total": partial(trained, so_far=True),
    **{code: partial(papers, code) for code in ("1.1", "1.2", "1.3", "1.4", "2.1")},
    **{code: partial(parts, code) for code in ("II.2.a", "II.2.d", "3.2")},
    **{code: partial(reached, code) for code in ("3.1.a", "3.1.b", "4.1", "4.5")},
}
