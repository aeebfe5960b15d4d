"""A report is gathered from the records: its figures are the scorecard's, its words the agencies' own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, col, create_engine, select

from hub.access.actor import Actor, the_public
from hub.access.models import AppUser
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency
from hub.kit.db import sqlalchemy_url
from hub.kit.errors import NotFound
from hub.kpi.frozen import thaw
from hub.kpi.quality import quality
from hub.kpi.scorecard import scorecard
from hub.plan.models import DeclaredProgress, Duty, Exclusion, Indicator
from hub.records.models import Item
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.queries import published_at
from reports.build import build_report
from reports.html import render_html
from reports.model import Report, Standing
from reports.numbers import percent
from reports.readings import standing
from tests.conftest import Cities

JUNE = date(2025, 6, 30)
LATER = date(2025, 7, 1)
DISTRICT = "UBND-BADINH"


@pytest.fixture(scope="module")
def city(cities: Cities) -> Iterator[Session]:
    """A small city for this module."""
    with cities(2_500) as loaded:
        engine = create_engine(sqlalchemy_url(loaded.owner_dsn))
        with Session(engine) as session:
            _exclude_one(session)
            session.commit()
            yield session
        engine.dispose()


def _exclude_one(session: Session) -> None:
    """One document left out of the first target on a legal basis, proposed and approved by two people."""
    one, other = session.exec(select(AppUser).order_by(col(AppUser.id)).limit(2)).all()
    target = session.exec(select(Indicator).where(Indicator.code == "II.1.a")).one()
    item = session.exec(select(Item).where(Item.origin == "BORN_DIGITAL").limit(1)).one()
    session.add(
        Exclusion(
            indicator_id=target.id or 0,
            agency_id=item.agency_id,
            item_id=item.id,
            basis_code="SECRET",
            legal_basis="Căn cứ thử nghiệm",
            valid_from=date(2021, 1, 1),
            state="APPROVED",
            proposed_by=one.id or 0,
            approved_by=other.id,
            decided_at=datetime(2021, 1, 2, tzinfo=UTC),
        )
    )


@pytest.fixture(scope="module")
def operator(city: Session) -> Actor:
    return actor_for_user(city)


@pytest.fixture(scope="module")
def report(city: Session, operator: Actor) -> Report:
    return build_report(city, operator, period=JUNE)


def test_the_figures_are_those_of_the_scorecard(city: Session, operator: Actor, report: Report) -> None:
    values = scorecard(city, operator, report.plan.code, JUNE)
    assert [target.code for target in report.targets] == [value.indicator.code for value in values]
    assert len(values) == 8
    for target, value in zip(report.targets, values, strict=True):
        assert (target.figure.numerator, target.figure.denominator) == (value.numerator, value.denominator)
        assert target.figure.percent == (None if value.percent is None else Decimal(value.percent))
        assert target.figure.standing is standing(value.result, value.schedule)
        assert target.title == value.indicator.title_vi
    page = render_html(report)
    assert all(percent(Decimal(value.percent)) in page for value in values if value.percent)
    assert {target.figure.standing for target in report.targets} >= {Standing.MET, Standing.IN_PROGRESS}


def test_the_period_before_is_told_as_it_was_published(city: Session, report: Report) -> None:
    issued = published_at(city, report.plan.code, date(2024, 12, 31), None)
    assert issued is not None
    values = [value for value in thaw(issued.figures) if value.indicator.part == "TARGET"]
    before = [target.previous.percent if target.previous else None for target in report.targets]
    assert before == [None if value.percent is None else Decimal(value.percent) for value in values]
    assert any(target.change for target in report.targets)


def test_agencies_add_up_to_the_city(report: Report) -> None:
    assert report.breakdowns
    for breakdown in report.breakdowns:
        for lines in (breakdown.agencies, breakdown.groups):
            figures = [line.figure for line in lines]
            assert sum(figure.numerator or 0 for figure in figures) == breakdown.target.figure.numerator
            assert sum(figure.denominator or 0 for figure in figures) == breakdown.target.figure.denominator


def test_the_annex_has_the_plans_rows_with_who_leads(report: Report) -> None:
    tasks = {task.code: task for group in report.tasks for task in group.tasks}
    assert [group.code for group in report.tasks] == ["1", "2", "3", "4"]
    assert {"1.1", "3.2", "4.5"} <= set(tasks)
    assert tasks["1.3"].leads == "Sở Nội vụ; Sở Thông tin và Truyền thông"
    assert (tasks["4.4"].goal, tasks["4.4"].due) == (Decimal(30), "Năm 2021-2025")
    assert "Phòng Lưu trữ" not in render_html(report)


def test_a_report_from_the_records_is_provisional(report: Report) -> None:
    assert not report.official
    assert "số liệu tạm tính" in render_html(report)


def test_only_accepted_returns_speak_in_the_citys_report(city: Session, operator: Actor) -> None:
    period = city.exec(select(ReportingPeriod).where(ReportingPeriod.deadline == JUNE)).one()
    owners = city.exec(
        select(Agency).where(Agency.kind == "DEPARTMENT").order_by(col(Agency.code)).limit(2)
    ).all()
    with city.begin_nested() as savepoint:
        city.execute(text("delete from agency_return where period_id = :id"), {"id": period.id})
        for owner, state, words in zip(
            owners, ("ACCEPTED", "SUBMITTED"), ("Thiếu kho", "Chưa duyệt"), strict=True
        ):
            made = AgencyReturn(
                period_id=period.id or 0, agency_id=owner.id or 0, state=state, difficulties=words
            )
            city.add(made)
        city.flush()
        told = build_report(city, operator, period=JUNE).returns
        own = build_report(city, operator, period=JUNE, agency_code=owners[1].code).returns
        savepoint.rollback()
    assert [(voice.agency, voice.difficulties) for voice in told.voices] == [(owners[0].name, "Thiếu kho.")]
    assert [voice.difficulties for voice in own.voices] == ["Chưa duyệt."]


def test_a_report_tells_no_more_than_its_maker_may_see(city: Session, report: Report) -> None:
    """The public reads the plan and its figures; exclusions and returns are not for it."""
    named = [(line.basis, line.count, line.unit, line.approved_on) for line in report.exclusions]
    assert ("Căn cứ thử nghiệm", 1, "văn bản", date(2021, 1, 2)) in named
    whole = [line for line in report.exclusions if line.unit == "lưu trữ cơ quan"]
    assert [(line.indicator, line.count) for line in whole] == [("II.1.c", 1)]
    public = build_report(city, the_public(), period=JUNE)
    assert [target.code for target in public.targets] == [target.code for target in report.targets]
    assert public.exclusions == ()
    assert public.returns.voices == ()


def test_an_agencys_own_report_goes_to_the_city_through_home_affairs(city: Session, operator: Actor) -> None:
    own = build_report(city, operator, period=JUNE, agency_code=DISTRICT, signed_as=("CHỦ TỊCH",))
    assert own.letterhead.organ == ("Ủy ban nhân dân", "quận Ba Đình")
    assert own.letterhead.addressed_to == "Ủy ban nhân dân thành phố Hà Nội (qua Sở Nội vụ)"
    assert own.letterhead.signed_as == ("CHỦ TỊCH",)
    assert own.targets[0].figure.denominator
    assert own.ranking == ()


def test_an_agency_with_units_reports_them_beside_itself_and_adds_them_up(
    city: Session, operator: Actor
) -> None:
    own = build_report(city, operator, period=JUNE, agency_code=DISTRICT)
    top = city.exec(select(Agency).where(Agency.code == DISTRICT)).one()
    units = {unit.code for unit in city.exec(select(Agency).where(Agency.parent_id == top.id))}
    for breakdown in own.breakdowns:
        lines = {line.code: line.figure for line in breakdown.agencies}
        assert set(lines) <= {DISTRICT, *units}
        assert lines[DISTRICT] == breakdown.target.figure
        assert breakdown.total.numerator == sum(figure.numerator or 0 for figure in lines.values())
        assert breakdown.total.denominator == sum(figure.denominator or 0 for figure in lines.values())
    assert own.breakdowns
    without = build_report(city, operator, period=JUNE, agency_code="STC")
    assert without.breakdowns == ()
    assert "đơn vị trực thuộc" not in render_html(without).split("</style>")[-1]


def test_an_agency_is_told_its_place_among_its_kind(city: Session, operator: Actor, report: Report) -> None:
    own = build_report(city, operator, period=JUNE, agency_code=DISTRICT)
    districts = next(group for group in report.ranking if group.title == own.kind)
    assert len(districts.agencies) == 30
    assert own.rank == next(one.rank for one in districts.agencies if one.code == DISTRICT)
    lines = [line for line in report.breakdowns[0].agencies if line.group == own.kind]
    mine = next(line for line in lines if line.code == DISTRICT)
    assert own.targets[0].rank == mine.rank
    assert mine.rank is not None
    better = [line for line in lines if (line.figure.percent or 0) > (mine.figure.percent or 0)]
    assert mine.rank.place == len(better) + 1
    assert "xếp thứ" in render_html(own)


def test_an_agency_reports_the_annex_rows_that_it_leads_or_takes_part_in(
    city: Session, operator: Actor
) -> None:
    def codes(agency: str) -> set[str]:
        own = build_report(city, operator, period=JUNE, agency_code=agency)
        return {task.code for group in own.tasks for task in group.tasks}

    everybody = {"1.2", "1.3", "3.1", "3.4", "3.5", "3.6", "4.2", "4.5"}
    assert everybody <= codes(DISTRICT)
    assert not {"1.1", "2.1", "3.2", "3.3", "4.1", "4.4"} & codes(DISTRICT)
    assert {"1.1", "2.1", "3.2"} <= codes("SNV")
    assert {"1.1", "3.1.a"} <= codes("VPUB")  # «Văn phòng UBND Thành phố»
    assert {"3.2", "3.3", "4.1"} <= codes("TTLTLS")  # «Trung tâm Lưu trữ lịch sử», «Sở Nội vụ (Trung tâm …)»


def test_who_follows_a_body_reports_its_rows(city: Session, operator: Actor) -> None:
    """Sở Thông tin và Truyền thông went into another department in 2025; what it led is led on."""
    with city.begin_nested() as savepoint:
        city.execute(
            text(
                "insert into agency_succession (predecessor_id, successor_id, effective_on, kind)"
                " select p.id, s.id, '2025-03-01', 'MERGED' from agency p, agency s"
                " where p.code = 'STTTT' and s.code = 'STP'"
            )
        )
        tasks = {
            period: {
                task.code
                for group in build_report(city, operator, period=period, agency_code="STP").tasks
                for task in group.tasks
            }
            for period in (date(2024, 12, 31), JUNE)
        }
        savepoint.rollback()
    assert tasks[JUNE] - tasks[date(2024, 12, 31)] >= {"1.1", "3.2"}


def test_what_is_declared_stands_in_the_reports_of_those_who_may_read_it(
    city: Session, operator: Actor
) -> None:
    owner = city.exec(select(Agency).where(Agency.code == DISTRICT)).one().id or 0
    duty = city.exec(select(Duty).where(Duty.code == "IV.5.d")).one()
    row = city.exec(select(Indicator).where(Indicator.code == "3.1")).one()
    with city.begin_nested() as savepoint:
        for subject in ({"duty_id": duty.id}, {"indicator_id": row.id}):
            for as_of, said in ((JUNE, "Đã chỉnh lý 12 mét"), (date(2024, 12, 31), "Cũ"), (LATER, "Sau kỳ")):
                city.add(
                    DeclaredProgress(
                        agency_id=owner, as_of=as_of, value=said, document_number="9/BC",
                        document_date=JUNE, **subject,
                    )
                )  # fmt: skip
        city.flush()
        whole = build_report(city, operator, period=JUNE)
        own = build_report(city, operator, period=JUNE, agency_code=DISTRICT)
        public = build_report(city, the_public(), period=JUNE)
        savepoint.rollback()
    for report in (whole, own):
        told = next(one for one in report.duties if one.code == "IV.5.d")
        said = [(one.said, one.number) for one in told.declared]
        assert ("Đã chỉnh lý 12 mét", "9/BC") in said
        assert len(said) == 1 or report is whole  # accepted returns of the demo declare it, too
        task = next(task for group in report.tasks for task in group.tasks if task.code == "3.1")
        of_district = [one.said for one in task.declared if one.number == "9/BC"]
        assert of_district == ["Đã chỉnh lý 12 mét"]
        assert len(task.declared) == 1 or report is whole  # the others' stand in the city's
    assert {duty.code[:4] for duty in own.duties} == {"IV.5"}
    page = render_html(own)
    assert "Đã chỉnh lý 12 mét" in page
    assert "Số 9/BC ngày 30/6/2025" in page
    assert not any(duty.declared for duty in public.duties)


def test_documents_stand_part_by_part_and_what_is_owed_stays_in_sight(report: Report) -> None:
    tasks = {task.code: task for group in report.tasks for task in group.tasks}
    [paper] = tasks["1.1"].proofs
    assert (paper.number, paper.issued_on, paper.is_done) == ("67/KH-UBND", date(2021, 3, 17), True)
    assert len(tasks["3.2"].proofs) == 10
    target = next(one for one in report.targets if one.code == "II.2.a")
    assert {one.part for one in target.proofs} == {"Kế hoạch bảo quản", "Giải pháp bảo quản"}
    assert all(bool(one.number) is one.is_done for one in target.proofs)
    assert "Kế hoạch bảo quản" in render_html(report)


def test_what_records_lack_is_named_as_the_data_quality_says(
    city: Session, operator: Actor, report: Report
) -> None:
    told = quality(city, operator, report.plan.code, JUNE)
    by_code = {one.value.indicator.code: one for one in told.indicators}
    assert any(target.lacks for target in report.targets)
    for target in report.targets:
        lacks = by_code[target.code].lacks
        assert {(one.what, one.records) for one in target.lacks} == {
            (one.lack.words[0], one.records) for one in lacks
        }


def test_an_agency_is_called_as_it_was_at_the_periods_date(city: Session, operator: Actor) -> None:
    with city.begin_nested() as savepoint:
        old = "agency_id = (select id from agency where code = 'STTTT')"
        city.execute(text(f"update agency_name set valid_to = '2025-03-01' where {old}"))
        city.execute(
            text(
                "insert into agency_name (agency_id, name, valid_from)"
                " select id, 'Sở Khoa học và Công nghệ', '2025-03-01' from agency where code = 'STTTT'"
            )
        )
        own = {
            period: build_report(city, operator, period=period, agency_code="STTTT")
            for period in (date(2024, 12, 31), JUNE)
        }
        whole = build_report(city, operator, period=JUNE)
        savepoint.rollback()
    assert [one.scope for one in own.values()] == ["Sở Thông tin và Truyền thông", "Sở Khoa học và Công nghệ"]
    assert own[JUNE].letterhead.organ_name == "Sở Khoa học và Công nghệ"
    assert "4.2" in {
        task.code for group in own[JUNE].tasks for task in group.tasks
    }  # the plan knows the old name
    assert any(line.name == "Sở Khoa học và Công nghệ" for line in whole.breakdowns[0].agencies)
    assert "Sở Khoa học và Công nghệ" in {one.name for group in whole.ranking for one in group.agencies}


def test_a_published_period_says_that_its_figures_were_published(city: Session, operator: Actor) -> None:
    told = build_report(city, operator, period=date(2024, 12, 31))
    assert told.published_on
    assert "đã được công bố" in render_html(told)


def test_who_owes_a_return_and_is_late_is_told(city: Session, operator: Actor, monkeypatch: Any) -> None:
    """Units hand in ten days before the others, and one agency has got more time."""
    with city.begin_nested() as savepoint:
        city.execute(text("delete from agency_return"))
        monkeypatch.setenv("HUB_TODAY", "2025-06-20")
        told = build_report(city, operator, period=JUNE).returns
        monkeypatch.setenv("HUB_TODAY", "2025-06-21")
        later = build_report(city, operator, period=JUNE).returns
        savepoint.rollback()
    assert told.expected == 49
    assert (told.submitted, len(told.late)) == (0, 2)
    assert len(later.late) == 48
    assert build_report(city, the_public(), period=JUNE).returns.expected is None


def test_statements_do_not_grow_with_the_number_of_agencies(city: Session, operator: Actor) -> None:
    def sent(code: str | None) -> int:
        told: list[str] = []
        engine = city.connection().engine
        note = lambda *given: told.append(given[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        try:
            build_report(city, operator, period=JUNE, agency_code=code)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(told)

    before = sent(None), sent(DISTRICT)
    with city.begin_nested() as savepoint:
        parent = city.exec(select(Agency).where(Agency.code == DISTRICT)).one().id
        city.add_all(
            Agency(code=f"X{number}", name=f"Cơ quan {number}", kind="DEPARTMENT", parent_id=parent,
                   archive_since=date(2012, 1, 1))
            for number in range(60)
        )  # fmt: skip
        city.flush()
        after = sent(None), sent(DISTRICT)
        savepoint.rollback()
    assert after == before
    assert max(before) <= 25


@pytest.mark.parametrize(("period", "agency"), [(JUNE, "KHONG-CO"), (date(1999, 6, 30), None)])
def test_an_unknown_agency_or_a_time_without_a_plan_is_named(
    city: Session, operator: Actor, period: date, agency: str | None
) -> None:
    with pytest.raises(NotFound) as refused:
        build_report(city, operator, period=period, agency_code=agency)
    assert (agency or "30/06/1999") in refused.value.message_vi
