"""A period frozen: its figures with the records behind them, which nothing that happens later changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from hub.kit.errors import NotPermitted
from hub.kpi.frozen import thaw
from hub.kpi.membership import Standing, differences, pack, totals, unpack
from hub.kpi.scorecard import scorecard
from hub.returns.models import ReportingPeriod
from hub.returns.snapshots.checking import check
from hub.returns.snapshots.freezing import Taken, freeze_of, keep, take
from hub.returns.snapshots.models import FrozenFigures, PeriodFreeze
from tests.kpi.city import CUT_OFF, PLAN
from tests.returns.conftest import Half

COUNTS = st.tuples(st.integers(0, 1 << 31), st.integers(0, 70_000), st.integers(0, 300), st.integers(0, 2))


@given(st.dictionaries(st.integers(1, 1 << 40), COUNTS, max_size=60))
def test_members_come_out_of_a_pack_as_they_went_in(members: dict[int, tuple[int, int, int, int]]) -> None:
    keys = sorted(members)
    columns = [[members[key][place] for key in keys] for place in range(4)]
    packed = pack(keys, *columns)
    words = (None, "A", "B")
    assert unpack(packed, ["A", "B"]) == {
        key: Standing(n, d, x, words[reason]) for key, (n, d, x, reason) in members.items()
    }
    assert totals(packed) == (len(keys), *(sum(column) for column in columns[:3]))
    assert pack(keys, *columns) == packed


def test_a_record_that_stands_twice_has_the_sums_and_what_is_no_pack_is_refused() -> None:
    packed = pack([7, 7, 9], [1, 0, 0], [1, 2, 1], [0, 0, 1], [0, 1, 0])
    assert unpack(packed, ["WHY"]) == {7: Standing(1, 3, 0, "WHY"), 9: Standing(0, 1, 1, None)}
    assert list(differences({7: Standing(1, 1, 0, None)}, unpack(packed, ["WHY"]))) == [
        (7, Standing(1, 1, 0, None), Standing(1, 3, 0, "WHY")),
        (9, None, Standing(0, 1, 1, None)),
    ]
    for broken in (b"", b"abc", packed[:-3]):
        with pytest.raises(ValueError, match="pack"):
            unpack(broken)


def frozen(half: Half) -> tuple[Taken, PeriodFreeze]:
    head = half.actor("supervisor_head")
    taken = take(half.session, head, half.period.id or 0)
    return taken, keep(half.session, head, taken)


def test_frozen_figures_are_the_scorecards_and_add_up_from_their_members(half: Half) -> None:
    taken, row = frozen(half)
    city = scorecard(half.session, half.actor("leader"), PLAN, CUT_OFF)
    assert thaw(taken.figures[None])[: len(city)] == city
    one = scorecard(half.session, half.actor("leader"), PLAN, CUT_OFF, half.first)
    assert thaw(taken.figures[half.first])[: len(one)] == one
    assert (one[0].numerator, one[0].denominator) == (4, 5)
    sums = {
        (code, told.agency_id, told.kind): (told.records, told.numerator, told.denominator)
        for code, _, told in taken.members
    }
    assert sums["II.1.a", half.first, "item"] == (5, 4, 5)
    assert sums["II.2.b", half.archive, "file"] == (1, 6, 10)
    (of_first,) = [
        (reasons, told.packed)
        for code, reasons, told in taken.members
        if (code, told.agency_id, told.kind) == ("II.1.a", half.first, "item")
    ]
    members = unpack(of_first[1], of_first[0])
    assert {key: one.reason for key, one in members.items()} == {
        **dict.fromkeys(half.items[:4]),
        half.items[4]: "DIGITIZED",
    }
    checked = check(half.session, row.id or 0)
    assert checked.is_right
    assert checked.figures > 24
    assert checked.members >= 9
    assert freeze_of(half.session, half.period.id or 0, half.first) == row
    assert freeze_of(half.session, half.period.id or 0, 10**9) is None


def figures_of(half: Half, row: PeriodFreeze) -> FrozenFigures:
    """Those of the first agency."""
    asked = select(FrozenFigures).where(
        FrozenFigures.freeze_id == row.id, FrozenFigures.agency_id == half.first
    )
    return half.session.exec(asked).one()


def _sql(statement: str) -> Callable[[Half], object]:
    return lambda half: half.session.execute(text(statement), {"item": half.items[0]})


CHANGES: dict[str, Callable[[Half], object]] = {
    "corrected": _sql("update item set origin = 'PAPER' where id = :item"),
    "withdrawn": _sql("update item set state = 'WITHDRAWN' where id = :item"),
    "destroyed": _sql("delete from item where id = :item"),
    "back-dated": lambda half: half.city.item(half.file, issued_date=date(2022, 1, 1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_happens_to_a_record_afterwards_changes_nothing(
    half: Half, change: Callable[[Half], object]
) -> None:
    taken, row = frozen(half)
    change(half)
    half.session.expire_all()
    assert check(half.session, row.id or 0).is_right
    assert figures_of(half, row).figures == taken.figures[half.first]
    now = scorecard(half.session, half.actor("leader"), PLAN, CUT_OFF, half.first)[0]
    assert (now.numerator, now.denominator) != (4, 5)


def _figures(half: Half, row: PeriodFreeze) -> None:
    told = figures_of(half, row)
    told.figures = {
        **told.figures,
        "indicators": [
            {**one, "numerator": 5} if one["indicator"]["code"] == "II.1.a" else one
            for one in told.figures["indicators"]
        ],
    }


def _members(half: Half, row: PeriodFreeze) -> None:
    half.session.execute(
        text(
            "update frozen_members set packed = :packed where freeze_id = :id and agency_id = :agency"
            " and indicator_code = 'II.1.a' and kind = 'item'"
        ),
        {"id": row.id, "agency": half.first, "packed": pack([1], [1], [1], [0], [0])},
    )


@pytest.mark.parametrize("forge", [_figures, _members])
def test_a_check_finds_what_was_forged(half: Half, forge: Callable[[Half, PeriodFreeze], None]) -> None:
    _, row = frozen(half)
    forge(half, row)
    half.session.flush()
    half.session.expire_all()
    checked = check(half.session, row.id or 0)
    assert not checked.is_as_sealed
    assert ("II.1.a", half.first) in {(one.code, one.agency_id) for one in checked.differences}


def test_the_application_may_write_what_is_frozen_once_and_change_nothing_of_it(half: Half) -> None:
    _, row = frozen(half)
    for table in ("period_freeze", "frozen_figures", "frozen_members", "snapshot"):
        for deed in (f"delete from {table}", f"update {table} set id = id"):
            if deed == "delete from snapshot":  # a draft's is replaced (test_standing.py)
                continue
            half.session.execute(text("set local role hub_app"))
            with pytest.raises(ProgrammingError, match="permission denied"), half.session.begin_nested():
                half.session.execute(text(deed))
            half.session.execute(text("reset role"))
    assert check(half.session, row.id or 0).is_right


@pytest.mark.parametrize("role", ["supervisor", "leader", "officer"])
def test_only_who_closes_a_period_freezes_it(half: Half, role: str) -> None:
    actor = half.actor(role, half.first if role == "officer" else None)
    with pytest.raises(NotPermitted):
        take(half.session, actor, half.period.id or 0)
    taken = take(half.session, half.actor("supervisor_head"), half.period.id or 0)
    with pytest.raises(NotPermitted):
        keep(half.session, actor, taken)
    assert half.session.exec(select(PeriodFreeze)).all() == []


def test_an_empty_denominator_is_frozen_as_nothing_to_count(half: Half) -> None:
    early = ReportingPeriod(
        plan_id=half.period.plan_id, deadline=date(2021, 6, 30), returns_due_on=date(2021, 6, 30),
        data_cutoff=date(2021, 6, 30), state="CLOSED",
    )  # fmt: skip
    half.session.add(early)
    half.session.flush()
    head = half.actor("supervisor_head")
    row = keep(half.session, head, take(half.session, head, early.id or 0))
    told = {
        value.indicator.code: value for value in thaw(take(half.session, head, early.id or 0).figures[None])
    }
    assert (told["II.1.d"].percent, told["II.1.d"].result) == (None, "NOT_APPLICABLE")
    assert check(half.session, row.id or 0).is_right
