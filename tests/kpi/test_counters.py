"""The counters against a recount of the records, through every kind of change, and what they leave to the records."""

from __future__ import annotations

import os
from datetime import date
from random import Random

import pytest
from sqlalchemy import text

from hub.access.actor import the_public
from hub.kpi.counters import fold, rebuild, recount, recount_records
from hub.kpi.models import COUNTERS
from hub.kpi.scorecard import SUMS, rows_of
from hub.kpi.statement import Slot, counting, facts, is_kept
from tests.kpi.city import CUT_OFF, PLAN, City, parts
from tests.kpi.test_recount import build
from tests.kpi.test_recount_holdings import dress

DAYS = [
    date(2019, 12, 31),
    date(2020, 6, 30),
    date(2022, 3, 1),
    date(2023, 12, 31),
    date(2024, 2, 29),
    CUT_OFF,
]


def agrees(city: City) -> int:
    compared, differences = recount(city.session, DAYS)
    assert differences == [], "\n".join(map(str, differences[:12]))
    assert recount_records(city.session, CUT_OFF)[1] == []
    assert totals(city, recount=False) == totals(city, recount=True)
    return compared


def totals(city: City, *, recount: bool) -> dict[tuple[object, ...], object]:
    """All that a figure of the city is made of, and how many agencies have something and owe something."""
    rows = [row for told in rows_of(city.session, PLAN, DAYS, None).values() for row in told]
    countings = dict.fromkeys(one for row in rows if (one := counting(row)) is not None and is_kept(one))
    slots = [Slot(one, day) for one in countings for day in DAYS]
    relation, values = facts(slots, None, recount=recount)
    sql = f"select slot, figure, {SUMS} from ({relation}) f group by 1, 2"
    return {tuple(row)[:2]: tuple(row)[2:] for row in city.session.execute(text(sql), values)}


# Every kind of change that may move a figure, in sets as commands and bulk writes make them.
CHANGES = (
    "update item set origin = 'PAPER' where id % 7 = :n",
    "update item set origin = 'BORN_DIGITAL', signature_evidence = 'VERIFIED' where id % 5 = :n",
    "update item set state = 'DESTROYED' where id % 11 = :n",
    "update item set state = 'ACTIVE' where id % 3 = :n",
    "update item set issued_date = issued_date + 400 where id % 6 = :n",
    "update item set issued_date = null where id % 13 = :n",
    "update item set direction = 'INCOMING' where id % 4 = :n",
    "update item set page_count = 3 where id % 4 = :n",
    "delete from page_acceptance where id % 9 = :n",
    "update page_acceptance set accepted_on = accepted_on + 90, last_page = last_page + 2 where id % 4 = :n",
    "delete from item_listing where item_id % 3 = :n",
    "update file set state = 'DISPOSED' where id % 12 = :n",
    "update file set state = 'OPEN', closed_on = null, accepted_at = null where id % 8 = :n and not transferred",
    "update file set state = 'CLOSED', closed_on = date '2023-05-05', work_ended_on = null where id % 9 = :n",
    "update file set state = 'ACCEPTED', accepted_at = timestamptz '2023-12-31 16:59:59+00' where id % 7 = :n",
    "update file set retention_kind = 'UNKNOWN', retention_years = null where id % 5 = :n",
    "update file set retention_kind = 'YEARS', retention_years = 2 + id % 9 where id % 6 = :n",
    "update file set total_doc = 9, origin_declared = 'PAPER', page_count_declared = 30 where id % 5 = :n",
    "update file set end_date = null, start_date = null where id % 10 = :n",
    "update file set end_date = date '2024-02-29', start_date = date '2023-01-01' where id % 10 = :n",
    "update file set transferred_on = date '2023-03-03' where id % 4 = :n and transferred",
    "update file f set custodian_id = a.id, transferred = true, state = 'TRANSFERRED'"
    " from agency a where a.is_historical_archive and f.id % 9 = :n",
    "update fonds set end_year = 2018 where id % 4 = :n",
    "update fonds set end_year = null where id % 3 = :n",
    "update agency set is_historical_archive = not is_historical_archive where id % 6 = :n",
    "update file set creator_id = (select min(id) from agency) where id % 9 = :n",
    "update item set retention_kind = 'PERMANENT', retention_years = null where id % 5 = :n",
    "update file set access_level = 1 where id % 5 = :n",
    "update file set access_level = null, access_provenance = 'HD169_blank' where id % 7 = :n",
    "update file set code = 'TAM-' || code where id % 6 = :n",
    "update file set languages = '{01}', total_doc = 4 where id % 2 = :n",
    "update file set series_id = null where id % 6 = :n",
    "update transfer set state = 'ACCEPTED', accepted_at = submitted_at + interval '40 days'"
    " where state <> 'ACCEPTED' and submitted_at is not null and id % 3 = :n",
    "update transfer set channel = 'MANUAL' where id % 3 = :n",
    "update transfer set state = 'RETURNED', accepted_at = null where id % 5 = :n",
    "delete from transfer_entry where id % 5 = :n",
    "insert into transfer_entry (transfer_id, file_id) select (select min(id) from transfer), id from file"
    " where id % 9 = :n on conflict do nothing",
    "update publication set service_level = 3, withdrawn_on = null where id % 3 = :n",
    "update publication set published_on = published_on - 200 where id % 4 = :n",
    "delete from publication where id % 6 = :n",
    "insert into publication (file_id, service_level, published_on) select id, 4, date '2024-02-29' from file"
    " where id % 5 = :n",
    "update decided_list set valid_to = date '2024-06-30' where id % 3 = :n and valid_from < date '2024-06-30'",
    "update decided_list set kind = 'HIGH_USE' where id % 4 = :n",
    "delete from decided_list_entry where id % 4 = :n",
    "delete from decided_list where id % 5 = :n",
    "insert into decided_list_entry (list_id, series_id) select min(l.id), s.id from decided_list l, series s"
    " where s.id % 3 = :n group by s.id on conflict do nothing",
    "insert into decided_list_entry (list_id, fonds_id) select min(l.id), o.id from decided_list l, fonds o"
    " where o.id % 6 = :n group by o.id on conflict do nothing",
    "update series set parent_id = null where id % 3 = :n",
    "delete from source_membership where id % 4 = :n",
)


@pytest.mark.parametrize("seed", range(int(os.environ.get("HUB_EXAMPLES", "1"))))
def test_the_counters_are_what_a_recount_finds_after_every_change(city: City, seed: int) -> None:
    rng = Random(seed)
    build(city, rng)
    dress(city, rng)
    assert agrees(city) > 1_000
    for change in rng.sample(CHANGES, len(CHANGES)):
        city.session.execute(text(change), {"n": rng.randrange(3)})
        if rng.random() < 0.3:
            fold(city.session)
        if rng.random() < 0.25:
            assert recount(city.session, [rng.choice(DAYS)])[1] == [], change
    assert agrees(city) > 500
    city.session.execute(text("delete from exclusion"))
    city.session.execute(text("delete from item_listing"))
    city.session.execute(text("delete from page_acceptance where item_id is not null"))
    city.session.execute(text("delete from transfer_entry where item_id is not null"))
    city.session.execute(text("delete from item where file_id % 3 = 0"))
    assert agrees(city) > 500
    for name in ("page_acceptance", "transfer_entry", "publication", "decided_list_entry", "item"):
        city.session.execute(text(f"delete from {name}"))
    city.session.execute(text("delete from file"))
    fold(city.session)
    for name in COUNTERS:
        assert city.session.execute(text(f"select count(*) from {name}_step")).scalar_one() == 0
        assert city.session.execute(text(f"select count(*) from {name}_count")).scalar_one() == 0


def test_files_opened_many_at_once_are_counted_as_when_they_are_looked_at(city: City) -> None:
    """What comes in is counted from the rows themselves; whoever looks at the files finds the same steps and sums."""
    fonds, archived = city.fonds(city.agency("P")), city.fonds(city.archive())
    opened = """
    insert into file (fonds_id, agency_id, creator_id, custodian_id, code, title, state, end_date, retention_kind,
                      retention_years, origin, origin_declared, total_doc)
    select o.id, o.agency_id, o.creator_id, o.custodian_id, concat_ws('.', 'M', o.id, s, d, r, m, n), 'Hồ sơ', s, d, r,
           case r when 'YEARS' then 5 end, m, m, n
      from fonds o, unnest(array['OPEN', 'CLOSED']) s,
           unnest(array[null, date '2019-02-28', date '2024-02-29']) d,
           unnest(array['PERMANENT', 'UNKNOWN', 'YEARS', 'LEGACY_LONG']) r,
           unnest(array[null, 'BORN_DIGITAL', 'PAPER']) m, unnest(array[null, 0, 7]) n
     where o.id in (:fonds, :archived)
    """
    city.session.execute(text(opened), {"fonds": fonds, "archived": archived})
    ids = list(city.session.execute(text("select id from file")).scalars())
    kept = "select * from timely_transfers_step"
    looked = "select * from hub_timely_transfers_steps(:ids)"
    assert city.session.execute(text(f"{kept} where files_uncounted > 0")).all()
    for one, other in ((kept, looked), (looked, kept)):
        assert city.session.execute(text(f"{one} except all {other}"), {"ids": ids}).all() == []
    assert recount(city.session, [CUT_OFF])[1] == []


def test_who_has_only_documents_that_need_no_hand_over_has_reported_all_the_same(city: City) -> None:
    office, empty = city.agency("P"), city.agency("Q")
    for one in (office, empty):
        city.source(one)
    file = city.file(city.fonds(office), retention_kind="YEARS", retention_years=5)
    city.items(file, 2, retention_kind="YEARS", retention_years=5)
    value = city.value("II.1.d")
    assert (value.agencies_reported, value.agencies_expected) == (1, 2)
    agrees(city)
    city.session.execute(text("update file set state = 'DISPOSED'"))
    assert city.value("II.1.d").agencies_reported == 0
    agrees(city)


def test_the_sums_of_a_day_lie_side_by_side(city: City) -> None:
    for code in "PQRS":
        fonds = city.fonds(city.agency(code))
        for day in (date(2021, 3, 4), date(2023, 7, 8), date(2022, 5, 6)):
            city.item(city.file(fonds), issued_date=day)
    fold(city.session)
    order = "select grain, day from born_digital_count order by"
    found, wanted = (city.session.execute(text(f"{order} {by}")).all() for by in ("ctid", "grain, day"))
    assert len(found) > 24
    assert found == wanted


def test_the_steps_of_a_file_lie_side_by_side(city: City) -> None:
    fonds = city.fonds(city.agency("P"))
    files = [city.file(fonds) for _ in range(6)]
    for month in range(1, 13):
        for file in files:
            city.item(file, issued_date=date(2022, month, 15))
    city.session.execute(text("select hub_count_files(:ids)"), {"ids": files[::-1]})
    found = (
        city.session.execute(text("select file_id from timely_transfers_step order by ctid")).scalars().all()
    )
    assert len(found) > 6 * 12
    assert found == sorted(found)


def test_documents_of_a_load_are_found_by_their_files_though_nothing_is_known_of_their_table(
    city: City,
) -> None:
    files = city.files(city.fonds(city.agency("P")), 1_000, origin_declared="BORN_DIGITAL")
    city.session.execute(
        text(
            "insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject, issued_date)"
            " select f.id, f.fonds_id, f.agency_id, f.custodian_id, f.id || '.' || n, 'Văn bản', date '2022-03-01'"
            " from file f, generate_series(1, 3) n"
        )
    )
    asked = "explain select * from hub_timely_transfers_steps(:ids)"
    plan = "\n".join(city.session.execute(text(asked), {"ids": list(files)}).scalars())
    assert "Index Cond: (file_id = c" in plan, plan
    assert "Seq Scan on item" not in plan, plan


def test_every_counter_answers_a_target_of_the_plan(city: City) -> None:
    rows = rows_of(city.session, PLAN, [CUT_OFF], None)[CUT_OFF]
    kept = {row.code: one.measure.name for row in rows if (one := counting(row)) is not None and is_kept(one)}
    targets = {code: name for code, name in kept.items() if code.count(".") == 2}
    assert targets == {
        "II.1.a": "born_digital",
        "II.1.d": "timely_transfers",
        "II.2.b": "digitised_pages",
        "II.2.c": "described_online",
    }
    assert set(targets.values()) == set(COUNTERS)


def test_a_wrong_sum_is_named_and_counting_anew_mends_it(city: City) -> None:
    agency = city.agency("P")
    city.items(city.file(city.fonds(agency)), 4)
    city.session.execute(
        text("update born_digital_count set electronic = electronic - 1, n = n + 2 where grain = 'NEW'")
    )
    city.session.execute(text("delete from born_digital_step"))
    _, differences = recount(city.session, [CUT_OFF])
    told = {
        (one.measure, one.figure, one.agency, one.year, one.sum, one.kept, one.recounted)
        for one in differences
    }
    assert ("born_digital", "created", "P", 2022, "numerator", 3, 4) in told
    assert ("born_digital", "created", "P", 2022, "denominator", 6, 4) in told
    assert rebuild(city.session, the_public()) == 1
    assert recount(city.session, [CUT_OFF])[1] == []
    assert parts(city.value("II.1.a")) == (4, 4)


def test_a_window_within_a_year_is_answered_from_the_records(city: City) -> None:
    file = city.file(city.fonds(city.agency("P")))
    for month in (1, 6, 12):
        city.item(file, issued_date=date(2022, month, 15))
    kept = city.value("II.1.a")
    city.session.execute(
        text(
            "update indicator set window_from = date '2022-03-01', window_to = date '2022-11-30' where code = 'II.1.a'"
        )
    )
    assert (parts(kept), parts(city.value("II.1.a"))) == ((3, 3), (1, 1))
