"""Figures read from counters against the scan they replace, and what keeping them costs a bulk load."""

from __future__ import annotations

import statistics
from datetime import date
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import the_public
from hub.installation import opened
from hub.kit.db import open_engine
from hub.kpi import statement
from hub.kpi.counters import fold
from hub.kpi.scorecard import SUMS, rows_of, scorecard
from hub.kpi.statement import Slot, counting, facts
from hub.settings import load
from tests.bench.timing import seconds

PLAN = "67/KH-UBND"
DAYS = (date(2021, 6, 30), date(2023, 2, 28), date(2024, 12, 31), date(2025, 6, 30))
ROUNDS = 5

# Files of twenty documents each, copied from what is there: with its mix of retentions, or all of them permanent. Such
# documents cost most, since each falls due on a day of its own. Documents come file by file, as imports write them.
_FILES = """
    insert into file (fonds_id, series_id, agency_id, creator_id, custodian_id, code, title, state, start_date,
                      end_date, retention_kind, retention_years, accepted_at)
    select f.fonds_id, f.series_id, f.agency_id, f.creator_id, f.custodian_id, 'BENCH.' || f.id, f.title, 'ACCEPTED',
           f.start_date, f.end_date, {retention}, now() - interval '2 years'
      from file f join fonds o on o.id = f.fonds_id where f.item_count > 0 order by f.id limit :files
"""
_ITEMS = """
    insert into item (file_id, fonds_id, agency_id, custodian_id, code, ordinal, subject, number, notation, issued_date,
                      origin, signature_evidence, direction, retention_kind, retention_years, page_count)
    select f.id, f.fonds_id, f.agency_id, f.custodian_id, f.code || '.' || n, n, 'Văn bản ' || n || ' ' || f.title,
           n, 'QĐ-UBND', f.start_date + n, 'BORN_DIGITAL', 'VERIFIED', 'OUTGOING', f.retention_kind, f.retention_years,
           2
      from file f cross join generate_series(1, 20) n where f.code like 'BENCH.%' order by f.id, n
"""
_MIXES = {
    "as in the demo": "f.retention_kind, f.retention_years",
    "all permanent": "'PERMANENT', null",
}


def measure(folder: Path) -> None:
    """Both, on the demo in `folder`."""
    with opened(load(data=folder)) as installation:
        engine = open_engine(installation.owner_dsn, size=1)
        with Session(engine) as session:
            session.execute(text("select set_config('jit', 'off', false)"))
            _scorecards(session)
            _load(session)
        engine.dispose()


def _scorecards(session: Session) -> None:
    kept = statement.is_kept
    print(
        "\nscorecard of the eight targets  scan ms  counters ms   ratio   of it planning, if planned anew   (goal: 25)"
    )
    for day in DAYS:
        told: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(ROUNDS):
            for recount in (True, False):
                statement.is_kept = (lambda _: False) if recount else kept
                told[recount].append(
                    seconds(lambda day=day: scorecard(session, the_public(), PLAN, day)) * 1000
                )
        statement.is_kept = kept
        scan, counters = (statistics.median(told[one]) for one in (True, False))
        planning = statistics.median(_planning(session, day) for _ in range(ROUNDS))
        print(f"  {day}{scan:28,.0f}{counters:13,.1f}{scan / counters:8.1f}{planning:20,.1f} ms")


def _planning(session: Session, day: date) -> float:
    """Milliseconds that PostgreSQL plans the statement; after a few uses a connection keeps the plan."""
    slots = [Slot(one, day) for row in rows_of(session, PLAN, [day], None)[day] if (one := counting(row))]
    relation, values = facts(list(dict.fromkeys(slots)), None)
    sql = f"explain (summary, format json) select slot, figure, {SUMS} from ({relation}) f group by 1, 2"
    return float(session.execute(text(sql), values).scalar_one()[0]["Planning Time"])


def _load(session: Session) -> None:
    """Loads of 2,000 files with 40,000 documents, each in a transaction that is undone, and their fold as in an import.

    Told by the time that PostgreSQL's process was at work: whoever else uses the machine is not counted.
    """
    triggers = session.execute(
        text(
            "select tgname, tgrelid::regclass::text as relation from pg_trigger where tgname like '%\\_steps\\_%'"
        )
    ).all()
    pid = session.execute(text("select pg_backend_pid()")).scalar_one()
    worked = Path(f"/proc/{pid}/schedstat")

    def load_once(retention: str, keep: bool) -> tuple[float, float]:
        """Seconds of the load, and with the fold."""
        for one in triggers:
            if not keep:
                session.execute(text(f"alter table {one.relation} disable trigger {one.tgname}"))
        began = _seconds_at_work(worked)
        session.execute(text(_FILES.format(retention=retention)), {"files": 2_000})
        session.execute(text(_ITEMS))
        loaded = _seconds_at_work(worked) - began
        if keep:
            fold(session)
        folded = _seconds_at_work(worked) - began
        session.rollback()
        # Or the words of one load are sorted in by the next.
        session.execute(text("select gin_clean_pending_list('ix_item_search')"))
        session.commit()
        return loaded, folded

    print(
        "\nbulk load of 40,000 documents in 2,000 files: with counters / without, and with the fold (goal: 1.15)"
    )
    for mix, retention in _MIXES.items():
        for keep in (True, False):
            load_once(retention, keep)
        times = [(load_once(retention, True), load_once(retention, False)[0]) for _ in range(ROUNDS)]
        loaded, folded = (statistics.median(with_[at] / without for with_, without in times) for at in (0, 1))
        told = ", ".join(f"{with_[0]:.2f}/{without:.2f}" for with_, without in times)
        print(f"  retention {mix:20}{loaded:8.2f}{folded:8.2f}   seconds {told}")


def _seconds_at_work(told: Path) -> float:
    return int(told.read_text().split()[0]) / 1e9
