"""Hand-overs of the demo's agencies to the Historical Archive: in time, late, sent back, waiting. All invented.

Whole files went with their custody (`holdings` says which). Of the other permanent files only the electronic documents
were extracted, and the scans of scanned ones: the paper stays with the agency until the law asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.demo.city import Body
from hub.demo.systems import sources
from hub.kit.clock import HANOI

# Percent of a stage's files of 2022 whose documents went in time, and how many fewer in the years before.
_IN_TIME = {"LEADING": 97, "GOOD": 90, "MIDDLE": 72, "LATE": 40, "UNDECLARED": 55, "PAPER": 25}
_FEWER = {2020: 22, 2021: 10, 2022: 0}
_SCANNING = ("LEADING", "GOOD", "MIDDLE")
_SCANNED_YEARS = ("2018", "2019", "2020", "2021")
# A file's place among a hundred, by its code: the same on every machine.
LOT = "('x' || substr(md5(f.code), 1, 6))::bit(24)::int % 100"

_WHOLE_FILES = (
    """
    insert into transfer (code, agency_id, custodian_id, fonds_id, state, registered_on, submitted_at, accepted_at,
                          minutes_number)
    select 'GN.' || f.catalog_number || '.' || a.code, f.creator_id, f.custodian_id, min(f.fonds_id), 'ACCEPTED',
           min(f.transferred_on) - 60, min(f.transferred_on) - 45, min(f.transferred_on),
           'BB-' || f.catalog_number || '/' || a.code
      from file f join agency a on a.id = f.creator_id
     where f.transferred_on is not null
     group by f.catalog_number, a.code, f.creator_id, f.custodian_id order by a.code, f.catalog_number
    """,
    """
    insert into transfer_entry (transfer_id, file_id)
    select t.id, f.id
      from file f
      join agency a on a.id = f.creator_id
      join transfer t on t.agency_id = f.creator_id and t.code = 'GN.' || f.catalog_number || '.' || a.code
     where f.transferred_on is not null order by f.id
    """,
)
_SCANS = f"""
    insert into page_acceptance (file_id, item_id, first_page, last_page, accepted_on)
    select f.id, i.id, 1, i.page_count, greatest(i.issued_date, date '2020-03-01') + 4 * ({LOT})
      from file f
      join item i on i.file_id = f.id and i.origin = 'DIGITIZED'
     where f.agency_id = any(:agencies) and f.state = 'ACCEPTED' and f.retention_kind = 'PERMANENT'
       and f.catalog_number = any(:years)
     order by i.id
"""
_LOTS = """
    insert into transfer (code, agency_id, custodian_id, fonds_id, state, registered_on, submitted_at, accepted_at,
                          minutes_number)
    select l.code, a.id, :archive, o.id, l.state, l.registered_on, l.submitted_at, l.accepted_at,
           case l.state when 'ACCEPTED' then 'BB-' || l.code end
      from jsonb_to_recordset(cast(:lots as jsonb)) as l (code text, agency_id bigint, state text, registered_on date,
                                                          submitted_at timestamptz, accepted_at timestamptz)
      join agency a on a.id = l.agency_id
      join fonds o on o.agency_id = a.id and o.code = a.code || '.P01'
     order by a.code, l.code
"""
_DOCUMENTS = f"""
    insert into transfer_entry (transfer_id, file_id, item_id)
    select t.id, f.id, i.id
      from jsonb_to_recordset(cast(:lots as jsonb)) as l (code text, agency_id bigint, origin text, years text[],
                                                          first int, after int)
      join transfer t on t.agency_id = l.agency_id and t.code = l.code
      join file f on f.agency_id = l.agency_id and f.catalog_number = any(l.years) and f.state = 'ACCEPTED'
                 and f.retention_kind = 'PERMANENT' and {LOT} >= l.first and {LOT} < l.after
      join item i on i.file_id = f.id and i.origin = l.origin
     order by t.id, i.id
"""
_CHANNELS = """
    update transfer t set channel = 'INTEGRATED'
     where exists (select from system_agency x
                     join registered_system s on s.id = x.system_id
                    where x.agency_id = t.agency_id and s.integrated_on <= t.registered_on
                      and (s.integration_ended_on is null or t.registered_on < s.integration_ended_on))
"""


def load_handovers(
    session: Session, agencies: Mapping[str, int], bodies: list[Body], archive_id: int, today: date
) -> None:
    """The transfers up to `today`, each through the channel that its agency had then."""
    for statement in _WHOLE_FILES:
        session.execute(text(statement))
    listed = sources(bodies)
    scanning = [agencies[body.code] for body in listed if body.stage in _SCANNING]
    session.execute(text(_SCANS), {"agencies": scanning, "years": list(_SCANNED_YEARS)})
    lots = [lot for body in listed for lot in _lots(body, agencies[body.code], today)]
    told = {"lots": json.dumps(lots, default=str), "archive": archive_id}
    session.execute(text(_LOTS), told)
    session.execute(text(_DOCUMENTS), told)
    session.execute(
        text("delete from transfer t where not exists (select from transfer_entry where transfer_id = t.id)")
    )
    session.execute(text(_CHANNELS))


def _lots(body: Body, agency_id: int, today: date) -> Iterator[dict[str, Any]]:
    """The transfers of one agency's documents that were sent by `today`."""
    for year, fewer in _FEWER.items():
        good = max(0, _IN_TIME.get(body.stage, 0) - fewer)
        rounds: list[tuple[int, int, date, date | None]] = [
            (0, good, date(year + 2, 9, 10), date(year + 2, 10, 25)),
            (good, good + 9, date(year + 3, 6, 15), date(year + 3, 10, 15)),  # in part late
            (good + 9, good + 13, date(year + 3, 12, 5), date(year + 4, 1, 25)),  # late
            (good + 13, good + 16, date(year + 2, 11, 20), None),  # sent back
        ]
        for number, (first, after, sent, accepted) in enumerate(rounds, 1):
            lot = {"code": f"TX.{year}.{number}.{body.code}", "origin": "BORN_DIGITAL", "years": [str(year)]}
            if sent <= today:
                yield (
                    lot
                    | {"agency_id": agency_id, "first": first, "after": after}
                    | _steps(sent, accepted, today)
                )
    if body.stage in _SCANNING:
        for first, after, sent in ((0, 60, date(2023, 1, 31)), (60, 75, date(2024, 11, 1))):
            lot = {
                "code": f"TS.{sent.year}.{body.code}",
                "origin": "DIGITIZED",
                "years": list(_SCANNED_YEARS),
            }
            steps = _steps(sent, sent + timedelta(days=21), today)
            yield lot | {"agency_id": agency_id, "first": first, "after": after} | steps


def _steps(sent: date, accepted: date | None, today: date) -> dict[str, Any]:
    """State and moments of a transfer; one accepted after today is still being checked."""
    done = accepted if accepted is not None and accepted <= today else None
    return {
        "state": "RETURNED" if accepted is None else "ACCEPTED" if done else "CHECKING",
        "registered_on": sent - timedelta(days=10),
        "submitted_at": datetime.combine(sent, time(9, 30), HANOI),
        "accepted_at": done and datetime.combine(done, time(15), HANOI),
    }
