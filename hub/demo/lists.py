"""Decided lists of the demo and what is online: which records are restricted, of high use, widely used. All invented.

Files went online at level 2 from 2021 on and were raised to level 3 or 4 after that; agencies name what they scan first
and scan it from 2022 on, each at its stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.demo.city import ARCHIVE, Body
from hub.demo.handovers import LOT
from hub.plan.models import DecidedList, DecidedListEntry
from hub.transfers.models import StateAcceptance

# Percent of the listed files of a stage that are scanned, and when its list was decided.
_SCANNED = {"LEADING": 96, "GOOD": 88, "MIDDLE": 70, "PAPER": 45, "LATE": 30}
_DECIDED = {
    "LEADING": date(2022, 1, 10), "GOOD": date(2022, 3, 15), "MIDDLE": date(2022, 8, 22), "PAPER": date(2022, 10, 3),
    "LATE": date(2023, 4, 17),
}  # fmt: skip

_RESTRICTED = f"""
    insert into decided_list_entry (list_id, file_id)
    select :list, f.id from file f
     where f.fonds_id = any(:fonds) and f.access_level = 1 and {LOT} < 86 order by f.id
"""
_HIGH_USE = f"""
    insert into decided_list_entry (list_id, file_id, category)
    select :list, f.id, 'ADMINISTRATIVE' from file f
     where f.fonds_id = any(:fonds) and f.access_level = 0 and {LOT} between 30 and 41 order by f.id
"""
# The tenth of the way that a file went, by its place among a hundred: online at level 2, then higher.
_ONLINE = f"""
    insert into publication (file_id, service_level, published_on, withdrawn_on)
    select p.id, s.level, s.since, s.until
      from (select f.id, {LOT} as lot,
                   greatest(date '2021-03-15' + 13 * ({LOT}), f.transferred_on + 120) as since
              from file f where f.custodian_id = :archive and f.published) p
     cross join lateral (values
           (2, p.since, case when p.lot % 12 > 0 then p.since + 150 end),
           (3 + p.lot % 2, p.since + 150, null)) s (level, since, until)
     where s.since <= :today and (s.level = 2 or p.lot % 12 > 0)
     order by p.id, s.level
"""
_ASKED = """
    insert into use_request (agency_id, custodian_id, file_id, state, is_online, is_test, purpose, received_on,
                             completed_on)
    select :archive, :archive, f.id, 'COMPLETED', true, false, 'Nghiên cứu lịch sử địa phương', date '2025-03-03',
           date '2025-03-07'
      from (select id, published, row_number() over (order by id) - 1 as number from file where fonds_id = :fonds) f
     where f.published and f.number % 40 = 0 order by f.id
"""
_WANTED = f"""
    insert into decided_list_entry (list_id, file_id, category)
    select d.id, f.id, case right(f.notation, 2) when 'XD' then 'SPECIALISED' when 'DD' then 'PROCEDURE'
                                                 when 'NC' then 'PROCEDURE' when 'VX' then 'SPECIALISED'
                                                 else 'ADMINISTRATIVE' end
      from decided_list d
      join file f on f.agency_id = d.agency_id and f.origin_declared = 'PAPER' and {LOT} < 70
     where d.kind = 'HIGH_USE' and d.agency_id = any(:agencies) order by f.id
"""
_SCANS = f"""
    insert into page_acceptance (file_id, first_page, last_page, accepted_on)
    select p.id, 1, case when p.lot % 9 = 0 then greatest(1, p.page_count / 2) else p.page_count end, p.day
      from (select f.id, f.page_count, {LOT} as lot, l.share,
                   d.valid_from + 60 + (('x' || substr(md5(f.code), 7, 6))::bit(24)::int % 900) as day
              from unnest(cast(:agencies as bigint[]), cast(:shares as int[])) as l (agency_id, share)
              join decided_list d on d.agency_id = l.agency_id and d.kind = 'HIGH_USE'
              join decided_list_entry e on e.list_id = d.id
              join file f on f.id = e.file_id) p
     where p.page_count > 0 and 10 * p.lot < 7 * p.share and p.day <= :today
     order by p.id
"""


def load_lists(
    session: Session, agencies: Mapping[str, int], bodies: list[Body], fonds: Mapping[str, int], today: date
) -> None:
    """Lists and publications of the Historical Archive, its receipts, and the lists of agencies with their scans."""
    archive = agencies[ARCHIVE]
    lists = {told.decision_number: told for told in _lists(archive)}
    wanting = [body for body in bodies if body.has_archive and body.stage in _DECIDED]
    own = [_list("HIGH_USE", f"{number:02d}/QĐ-{body.code}", _DECIDED[body.stage], agencies[body.code])
           for number, body in enumerate(wanting, 11)]  # fmt: skip
    session.add_all([*lists.values(), *own])
    session.flush()
    keys = {number: told.id or 0 for number, told in lists.items()}
    for number, codes in (("112/QĐ-SNV", ("P.UBHC", "P.UBND")), ("140/QĐ-SNV", ("P.HATAY",))):
        session.add_all(DecidedListEntry(list_id=keys[number], fonds_id=fonds[code]) for code in codes)
    session.add(
        StateAcceptance(
            fonds_id=fonds["P.UBHC"], receipt_number="17/BN-CVTLT", accepted_on=date(2024, 10, 22)
        )
    )
    session.flush()

    def run(statement: str, **told: Any) -> None:
        session.execute(text(statement), told)

    run(_RESTRICTED, list=keys["45/QĐ-TTLTLS"], fonds=[fonds[code] for code in ("P.UBHC", "P.UBND")])
    run(_RESTRICTED, list=keys["18/QĐ-TTLTLS"], fonds=[fonds[code] for code in ("P.HATAY", "P.STC", "P.SXD")])
    run(_HIGH_USE, list=keys["46/QĐ-TTLTLS"], fonds=[fonds["P.UBND"]])
    run(_HIGH_USE, list=keys["19/QĐ-TTLTLS"], fonds=[fonds[code] for code in ("P.HATAY", "P.SXD")])
    run(_ONLINE, archive=archive, today=today)
    run(_ASKED, archive=archive, fonds=fonds["P.UBND"])
    scanning = {agencies[body.code]: _SCANNED[body.stage] for body in wanting}
    run(_WANTED, agencies=list(scanning))
    run(_SCANS, agencies=list(scanning), shares=list(scanning.values()), today=today)


def _lists(archive: int) -> Iterator[DecidedList]:
    """The lists of the Historical Archive: the first ones of 2021, and those that followed."""
    yield _list("RESTRICTED", "45/QĐ-TTLTLS", date(2021, 9, 1), archive)
    yield _list("RESTRICTED", "18/QĐ-TTLTLS", date(2023, 2, 14), archive)
    yield _list("HIGH_USE", "46/QĐ-TTLTLS", date(2021, 9, 1), archive)
    yield _list("HIGH_USE", "19/QĐ-TTLTLS", date(2023, 2, 14), archive)
    yield _list("WIDELY_USED", "112/QĐ-SNV", date(2022, 5, 20), archive)
    yield _list("WIDELY_USED", "140/QĐ-SNV", date(2024, 5, 6), archive)


def _list(kind: str, number: str, decided_on: date, agency_id: int) -> DecidedList:
    """A list in force from the day it was decided."""
    return DecidedList(
        kind=kind, decision_number=number, decided_on=decided_on, valid_from=decided_on, agency_id=agency_id
    )
