"""What moved a figure: each cause with its records, sums that are exact in any city, words for leaders."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from sqlalchemy import text

from hub.access.actor import Actor, the_public
from hub.kit.errors import BadRequest, NotFound
from hub.kpi.causes import Cause, MovedPage, MovedRow, Question, moved_records
from hub.kpi.change import Change, Reported, change
from hub.kpi.change_words import sentences
from hub.kpi.shortfall import Place
from hub.kpi.statement import members
from hub.plan.models import IndicatorParameter
from hub.records.commands.files import describe_file
from hub.records.commands.items import correct_item
from tests.kpi.city import PLAN, City, parts
from tests.kpi.test_recount import build
from tests.kpi.test_recount_holdings import dress
from tests.kpi.test_scorecard import statements

FIRST, LAST = date(2024, 6, 30), date(2024, 12, 31)
BETWEEN = date(2024, 9, 1)


def changed(
    city: City,
    code: str = "II.1.a",
    agency: int | None = None,
    first: date = FIRST,
    last: date = LAST,
    reported: Reported | None = None,
) -> Change:
    found = change(city.session, the_public(), PLAN, code, first, last, agency, reported)
    for side, causes in (
        (found.before, found.causes),
        (None, found.revision.causes if found.revision else ()),
    ):
        old = side or (reported.value if reported else None)
        new = found.after if side else found.before
        if old is not None:
            assert sum(one.numerator for one in causes) == (new.numerator or 0) - (old.numerator or 0)
            assert sum(one.denominator for one in causes) == (new.denominator or 0) - (old.denominator or 0)
    return found


def units(found: Change) -> dict[Cause, tuple[int, int]]:
    return {one.cause: (one.numerator, one.denominator) for one in found.causes}


def records(
    city: City, question: Question | None, causes: list[Cause], actor: Actor | None = None
) -> set[int]:
    assert question is not None
    pages = moved_records(city.session, actor or city.actor("supervisor", None), question, causes)
    return {row.id for page in pages.values() for row in page.rows}


def moved_among_all(city: City, question: Question) -> set[tuple[str, int]]:
    """The records that count otherwise on the second day, found by looking at every record of the city on both."""
    sql, values = members([question.before, question.after], None)
    states: list[dict[tuple[str, int], tuple[int, int]]] = [{}, {}]
    for row in city.session.execute(text(f"select * from ({sql}) m"), values):
        key = (row.kind, row.id)
        numerator, denominator = states[row.slot].get(key, (0, 0))
        states[row.slot][key] = (numerator + row.numerator, denominator + row.denominator)
    before, after = states
    return {key for key in before.keys() | after.keys() if before.get(key, (0, 0)) != after.get(key, (0, 0))}


def two_agencies(city: City) -> tuple[int, int]:
    """Domain case 10: June A 600/700, B 198/300; December A 858/1000, B 465/694."""
    agencies = []
    for code, june, more in (("A", (600, 100), (258, 42)), ("B", (198, 102), (267, 127))):
        agency = city.agency(code)
        agencies.append(agency)
        file = city.file(city.fonds(agency))
        for (electronic, paper), day in ((june, date(2022, 3, 1)), (more, BETWEEN)):
            city.items(file, electronic, issued_date=day)
            city.items(file, paper, issued_date=day, origin="PAPER")
    return agencies[0], agencies[1]


def test_both_agencies_rise_and_the_city_falls(city: City) -> None:
    two_agencies(city)
    found = changed(city)
    assert (parts(found.before), parts(found.after)) == ((798, 1000), (1323, 1694))
    assert (found.before.percent, found.after.percent, found.points) == ("79.80", "78.10", Decimal("-1.70"))
    assert found.effects is not None
    assert found.effects.change == Fraction(1323, 1694) - Fraction(798, 1000)
    assert found.effects.rate > 0 > found.effects.mix
    assert all(line.rate > 0 for line in found.effects.lines)
    assert units(found) == {Cause.NEW: (525, 694)}
    vi, en = sentences(found)
    assert vi == (
        "Từ 30/6/2024 đến 31/12/2024, chỉ tiêu II.1.a của Thành phố giảm 1,70 điểm (79,80% → 78,10%). Cả hai cơ quan"
        " đều tăng; số giảm là do cơ cấu, không phải do kết quả thực hiện: Cơ quan B, có tỷ lệ thấp (67,00%), chiếm tỷ"
        " trọng lớn hơn (30,00% → 40,97% tổng số). Nguyên nhân (văn bản): mới phát sinh trong kỳ (tử số +525, mẫu số"
        " +694)."
    )
    assert en == (
        "From 2024-06-30 to 2024-12-31, indicator II.1.a of the City fell by 1.70 points (79.80% → 78.10%). Both"
        " agencies rose; the fall is a matter of mix, not of performance: Cơ quan B, whose rate is low (67.00%), weighs"
        " more (30.00% → 40.97% of the whole). Causes (unit: document): new since then (numerator +525, denominator"
        " +694)."
    )


def test_one_agency_moves_by_performance_alone(city: City) -> None:
    first, _ = two_agencies(city)
    found = changed(city, agency=first)
    assert found.effects is not None
    assert (found.effects.mix, found.effects.rate) == (0, found.effects.change)
    assert "của Cơ quan A tăng 0,09 điểm (85,71% → 85,80%)" in sentences(found)[0]
    assert "cơ cấu" not in sentences(found)[0]


def test_each_record_has_its_cause(city: City) -> None:
    agency, other = city.agency("P"), city.agency("Q")
    fonds = city.fonds(agency)
    file = city.file(fonds)
    city.items(file, 10)
    late = {
        "state": "CLOSED",
        "accepted_at": None,
        "work_ended_on": date(2023, 9, 1),
        "closed_on": date(2023, 9, 1),
    }
    accepted = {"accepted_at": datetime(2024, 8, 1, tzinfo=UTC), "work_ended_on": date(2024, 5, 1)}
    expected = {
        Cause.NEW: [
            city.item(file, issued_date=BETWEEN),
            city.item(file, issued_date=BETWEEN, origin="PAPER"),
        ],
        Cause.ACCEPTED: list(city.items(city.file(fonds, **accepted), 3)),
        Cause.ENTERED: list(city.items(city.file(fonds, **late), 2)),
        Cause.EXCLUDED: [city.item(file, origin="PAPER")],
        Cause.EXCLUSION_LIFTED: [city.item(file)],
    }
    excluded, lifted = expected[Cause.EXCLUDED][0], expected[Cause.EXCLUSION_LIFTED][0]
    city.exclusion("II.1.a", agency, item_id=excluded, valid_from=BETWEEN)
    city.exclusion("II.1.a", agency, item_id=lifted, state="LIFTED", valid_to=BETWEEN)
    found = changed(city)
    assert units(found) == {
        Cause.NEW: (1, 2), Cause.ACCEPTED: (3, 3), Cause.ENTERED: (2, 2), Cause.EXCLUDED: (0, -1),
        Cause.EXCLUSION_LIFTED: (1, 1),
    }  # fmt: skip
    assert [one.records for one in found.causes] == [2, 3, 2, 1, 1]
    for cause, keys in expected.items():
        assert records(city, found.question, [cause]) == set(keys)
    assert units(changed(city, agency=agency)) == units(found)
    assert changed(city, agency=other).causes == ()
    # backwards in time nothing is asked
    with pytest.raises(BadRequest, match="before the last"):
        change(city.session, the_public(), PLAN, "II.1.a", LAST, FIRST)
    with pytest.raises(BadRequest, match="before the last"):
        change(city.session, the_public(), PLAN, "II.1.a", LAST, LAST)
    with pytest.raises(NotFound):
        change(city.session, the_public(), PLAN, "II.9.z", FIRST, LAST)


def test_pages_and_files_at_the_historical_archive(city: City) -> None:
    archive, agency = city.archive(), city.agency("P")
    whole = {"origin_declared": "PAPER", "page_count_declared": 10}
    city.scanned(city.file(city.fonds(archive), **whole), 1, 4)
    scanned = city.file(city.fonds(archive), **whole)
    city.scanned(scanned, 1, 7, on=BETWEEN)
    handed = city.file(
        city.fonds(agency),
        **whole,
        custodian_id=archive,
        transferred=True,
        state="TRANSFERRED",
        transferred_on=BETWEEN,
    )
    found = changed(city, "II.2.b")
    assert (parts(found.before), parts(found.after)) == ((4, 20), (11, 30))
    assert units(found) == {Cause.ACCEPTED: (7, 10)}
    assert records(city, found.question, [Cause.ACCEPTED]) == {scanned, handed}


def test_records_that_follow_a_merger_move_between_agencies(city: City) -> None:
    old, new, other = city.agency("P"), city.agency("Q"), city.agency("R")
    for agency, number in ((old, 3), (new, 4), (other, 5)):
        file = city.file(city.fonds(agency))
        city.items(file, number)
        city.item(file, issued_date=BETWEEN)
    city.succession(old, new, date(2024, 8, 1))
    assert units(changed(city)) == {Cause.NEW: (3, 3)}
    # the predecessor's new record is the successor's from the beginning
    assert units(changed(city, agency=new)) == {Cause.NEW: (2, 2), Cause.MERGED: (3, 3)}
    assert units(changed(city, agency=old)) == {Cause.MERGED: (-3, -3)}
    assert units(changed(city, agency=other)) == {Cause.NEW: (1, 1)}
    found = changed(city).effects
    assert found is not None
    assert {line.agency.code: (line.before.denominator, line.after.denominator) for line in found.lines} == {
        "P": (3, 0), "Q": (4, 9), "R": (5, 6),
    }  # fmt: skip


def decided(city: City, name: str, value: object, since: date) -> None:
    reading = {
        "name": name,
        "value": value,
        "valid_from": since,
        "decision_number": "1/QĐ",
        "decided_on": since,
    }
    city.session.add(IndicatorParameter(indicator_id=city.indicator("II.1.a"), **reading))
    city.session.flush()


def test_a_parameter_that_was_decided_is_a_cause(city: City) -> None:
    agency = city.agency("P")
    fonds = city.fonds(agency)
    city.items(city.file(fonds), 3)
    early = {
        "state": "CLOSED",
        "accepted_at": None,
        "work_ended_on": date(2024, 1, 1),
        "closed_on": date(2024, 1, 1),
    }
    entered = city.items(city.file(fonds, **early), 2)
    city.item(city.file(fonds), issued_date=BETWEEN)
    decided(city, "due_after_years", 0, date(2024, 7, 1))
    found = changed(city)
    assert units(found) == {Cause.NEW: (1, 1), Cause.PARAMETER_CHANGED: (2, 2)}
    assert records(city, found.question, [Cause.PARAMETER_CHANGED]) == set(entered)
    [reading] = found.readings
    assert (reading.name, reading.before, reading.after) == ("due_after_years", 1, 0)
    assert "thay đổi tham số theo quyết định (tử số +2, mẫu số +2)" in sentences(found)[0]


def test_another_figure_as_headline_is_another_formula(city: City) -> None:
    file = city.file(city.fonds(city.agency("P")))
    city.items(file, 3, direction="OUTGOING")
    city.items(file, 2, direction="INCOMING", origin="PAPER")
    city.item(file, issued_date=BETWEEN, direction="OUTGOING")
    decided(city, "figure", "own", date(2024, 7, 1))
    found = changed(city)
    assert (parts(found.before), parts(found.after)) == ((3, 5), (4, 4))
    assert units(found) == {Cause.FORMULA_CHANGED: (0, -2), Cause.NOT_TRACED: (1, 1)}
    assert found.question is None


def test_a_figure_without_records_moves_untraced(city: City) -> None:
    two_agencies(city)
    found = changed(city, "II.1.a.broad")
    assert set(units(found)) == {Cause.NOT_TRACED}
    assert found.question is None
    assert found.effects is not None


def test_what_has_no_percent_is_not_compared(city: City) -> None:
    file = city.file(city.fonds(city.agency("P")))
    city.items(file, 2, issued_date=BETWEEN)
    found = changed(city)
    assert (found.points, found.effects) == (None, None)
    assert units(found) == {Cause.NEW: (2, 2)}
    assert "không so sánh được tỷ lệ (chưa có số liệu → 100,00%)" in sentences(found)[0]
    same = changed(city, first=date(2021, 1, 1), last=date(2021, 6, 30))
    assert same.causes == ()
    city.session.execute(text("update indicator set measure = 'never_written' where code = 'II.1.a'"))
    unknown = changed(city)
    assert (unknown.effects, unknown.causes, unknown.question) == (None, (), None)
    assert sentences(unknown)[1].endswith("(no figure → no figure).")


# ---- as reported and as known now -------------------------------------------------------------------------


def frozen(city: City, agency: int | None = None, code: str = "II.1.a") -> Reported:
    """The figure of the first day as known at the start of this transaction."""
    now = city.session.execute(text("select now()")).scalar_one()
    return Reported(city.value(code, agency, FIRST), now, 1)


def test_what_became_known_later_is_told_by_its_causes(city: City) -> None:
    agency = city.agency("P")
    fonds = city.fonds(agency)
    file = city.file(fonds, total_doc=20, origin_declared="PAPER")
    items = list(city.items(file, 8, origin="PAPER"))
    undated, unsigned = city.item(file, issued_date=None), city.item(file, signature_evidence="UNKNOWN")
    gone = city.item(file)
    vague = city.file(fonds, state="CLOSED", accepted_at=None, retention_kind="UNKNOWN", retention_years=None)
    termed = city.items(vague, 2)
    paper = city.file(fonds, total_doc=4, origin_declared="PAPER")
    reported = frozen(city)
    assert parts(reported.value) == (1, 26)
    clerk = city.actor("officer", agency)

    def said(key: int, **what: object) -> None:
        correct_item(city.session, clerk, key, None, what)  # type: ignore[arg-type]

    for key in items[:3]:
        said(key, origin="BORN_DIGITAL", signature_evidence="VERIFIED")
    said(undated, issued_date=date(2022, 1, 1))
    said(unsigned, signature_evidence="VERIFIED")
    describe_file(city.session, clerk, vague, None, {"retention_kind": "PERMANENT"})
    describe_file(city.session, clerk, paper, None, {"origin_declared": "BORN_DIGITAL", "total_doc": 5})
    after = reported.frozen_at + timedelta(seconds=1)
    late = city.items(file, 2, created_at=after)
    city.session.execute(text("update item set state = 'DESTROYED' where id = :id"), {"id": gone})
    city.session.execute(
        text("insert into audit_event (event_type, object_type, object_id, outcome, detail) values"
             " ('item:dispose', 'item', :id, 'success', '{\"changed\": {\"state\": [\"ACTIVE\", \"DESTROYED\"]}}')"),
        {"id": gone},
    )  # fmt: skip
    city.exclusion("II.1.a", agency, item_id=items[7], created_at=after, decided_at=after)
    city.session.expire_all()
    found = changed(city, reported=reported)
    assert found.revision is not None
    told = {one.cause: (one.numerator, one.denominator) for one in found.revision.causes}
    assert told == {
        Cause.ORIGIN_CORRECTED: (8, 1),
        Cause.DATE_CORRECTED: (1, 0),
        Cause.SIGNATURE_CORRECTED: (1, 0),
        Cause.RETENTION_CORRECTED: (2, 0),
        Cause.REGISTERED_LATE: (2, 0),  # two more documents, two fewer that the file only declares
        Cause.DESTROYED: (-1, -1),
        Cause.EXCLUDED: (0, -1),
    }
    question = found.revision.question
    assert records(city, question, [Cause.ORIGIN_CORRECTED]) == {*items[:3], paper}
    assert records(city, question, [Cause.REGISTERED_LATE]) == {*late, file}
    assert records(city, question, [Cause.RETENTION_CORRECTED]) == set(termed)
    vi, en = sentences(found)
    assert "Số đã báo cáo tại 30/6/2024 là 3,85%, nay biết là" in vi
    assert "sửa nguồn gốc (tử số +8, mẫu số +1)" in vi
    assert "What was reported of 2024-06-30 is 3.85%, known now is" in en
    own = changed(city, agency=agency, reported=reported)
    assert own.revision is not None
    assert {one.cause: (one.numerator, one.denominator) for one in own.revision.causes} == told


def test_pages_counted_from_documents_are_put_back(city: City) -> None:
    """What a file derives from its documents is derived again as it was."""
    archive = city.archive()
    file = city.file(city.fonds(archive), total_doc=2)
    first, second = city.items(file, 2, origin="PAPER", page_count=10)
    city.scanned(file, 1, 5, item=first)
    reported = frozen(city, code="II.2.b")
    assert parts(reported.value) == (5, 20)
    keeper = city.actor("archivist", archive)
    correct_item(city.session, keeper, second, None, {"page_count": 30})
    found = changed(city, "II.2.b", reported=reported)
    assert found.revision is not None
    assert [(one.cause, one.numerator, one.denominator) for one in found.revision.causes] == [
        (Cause.CORRECTED, 0, 20)
    ]
    correct_item(city.session, keeper, first, None, {"origin": "BORN_DIGITAL"})
    correct_item(city.session, keeper, second, None, {"origin": "BORN_DIGITAL"})
    found = changed(city, "II.2.b", reported=reported)
    assert found.revision is not None
    assert parts(found.before) == (0, 0)
    assert Cause.NOT_TRACED not in {one.cause for one in found.revision.causes}


def test_a_report_that_says_the_same_needs_no_causes(city: City) -> None:
    two_agencies(city)
    found = changed(city, reported=frozen(city))
    assert found.revision is not None
    assert found.revision.causes == ()
    assert "Số đã báo cáo" not in sentences(found)[0]


def test_what_leaves_no_trace_is_said_to(city: City) -> None:
    file = city.file(city.fonds(city.agency("P")))
    items = city.items(file, 4)
    reported = frozen(city)
    city.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": items[0]})
    found = changed(city, reported=reported)
    assert found.revision is not None
    assert [(one.cause, one.numerator, one.records) for one in found.revision.causes] == [
        (Cause.NOT_TRACED, -1, None)
    ]


# ---- any city ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(int(os.environ.get("HUB_EXAMPLES", "1"))))
def test_in_any_city_effects_and_causes_add_up(city: City, seed: int) -> None:
    rng = Random(seed)
    build(city, rng)
    if seed:
        dress(city, rng)
    agencies = list(city.session.execute(text("select id from agency order by id")).scalars())
    days = [date(2021, 6, 30), date(2022, 12, 31), date(2023, 12, 31), date(2024, 6, 30), date(2025, 6, 30)]
    for code in ("II.1.a", "II.1.d", "II.2.b", "II.2.c"):
        for owner in (None, rng.choice(agencies), agencies[1], agencies[2]):
            first, last = sorted(rng.sample(days, 2))
            found = changed(city, code, owner, first, last)
            assert Cause.NOT_TRACED not in units(found)
            if found.effects is None:
                assert not found.before.denominator or not found.after.denominator
            else:
                assert found.effects.change == Fraction(
                    found.after.numerator or 0, found.after.denominator or 1
                ) - (Fraction(found.before.numerator or 0, found.before.denominator or 1))
                assert found.effects.change == sum(line.total for line in found.effects.lines)
            assert all(sentences(found))
            if owner is None:
                assert found.question is not None
                assert sum(one.records or 0 for one in found.causes) == len(
                    moved_among_all(city, found.question)
                )
            if found.question is not None and found.causes:
                listed = moved_records(
                    city.session, city.actor("supervisor", None), found.question, list(Cause), first=10_000
                )
                for one in found.causes:
                    page = listed[one.cause]
                    assert page.total + page.hidden == one.records
                    if not page.hidden:
                        assert sum(row.numerator for row in page.rows) == one.numerator
                        assert sum(row.denominator for row in page.rows) == one.denominator


def test_statements_are_constant(city: City) -> None:
    first, _ = two_agencies(city)
    reported = frozen(city)
    counts = set()
    for code, agency in (("II.1.a", None), ("II.1.a", first), ("II.2.b", None)):
        with statements(city) as sent:
            change(
                city.session,
                the_public(),
                PLAN,
                code,
                FIRST,
                LAST,
                agency,
                reported if code == "II.1.a" else None,
            )
        counts.add(len(sent))
    assert max(counts) <= 7


# ---- lists under permission --------------------------------------------------------------------------------


def test_the_causes_are_whole_and_their_records_are_what_the_caller_may_see(city: City) -> None:
    first, second = city.agency("P"), city.agency("Q")
    for agency in (first, second):
        file = city.file(city.fonds(agency), access_level=0)
        city.items(file, 3, issued_date=BETWEEN, access_level=0)
        city.item(file, issued_date=BETWEEN, access_level=2)
    found = changed(city)
    assert units(found) == {Cause.NEW: (8, 8)}

    def seen(actor: Actor) -> tuple[int, int]:
        assert found.question is not None
        page = moved_records(city.session, actor, found.question, [Cause.NEW])[Cause.NEW]
        assert len(page.rows) == page.total
        return page.total, page.hidden

    assert seen(city.actor("officer", first)) == (4, 4)
    assert seen(city.actor("clerk", first)) == (3, 5)
    assert seen(city.actor("leader", None)) == (6, 2)
    assert seen(the_public()) == (0, 8)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_pages_follow_each_other_without_gap_or_repeat(city: City, size: int) -> None:
    fonds = city.fonds(city.agency("P"))
    for number in range(3):
        file = city.file(fonds, total_doc=number + 4, origin_declared="PAPER", end_date=BETWEEN)
        city.items(file, 2, issued_date=BETWEEN)
    question = changed(city).question
    assert question is not None
    actor = city.actor("supervisor", None)

    def page(first: int, after: Place | None = None) -> MovedPage:
        return moved_records(city.session, actor, question, [Cause.NEW], first=first, after=after)[Cause.NEW]

    whole = page(100).rows
    assert len(whole) == 9
    assert [row.weight for row in whole] == sorted((row.weight for row in whole), reverse=True)
    found: list[MovedRow] = []
    after: Place | None = None
    while True:
        one = page(size, after)
        assert one.total == 9
        found += one.rows
        if not one.has_next:
            break
        after = one.rows[-1].place
    assert tuple(found) == whole
