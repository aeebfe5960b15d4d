"""The next plan is data: a fictitious plan of 2026–2030 names every measure, with other targets and readings.

It is loaded from a text, counted, cut, walked to its records and printed, without a line of Python of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

import hub.kpi.measures
from hub.access.actor import the_public
from hub.kit.clock import HANOI
from hub.kpi.breakdown import By, breakdown
from hub.kpi.scorecard import rows_of, scorecard
from hub.kpi.shortfall import shortfall
from hub.kpi.values import IndicatorValue, Result
from hub.plan.load import load_plan
from hub.plan.models import DeclaredProgress, Deliverable, Duty, Indicator
from reports.build import build_report
from reports.html import render_html
from tests.kpi.city import City, parts
from tests.kpi.offices import person, procedure, request, roadmap, source, system

PLAN = "99/KH-UBND"
DAY = date(2027, 6, 30)

HEAD = """
[plan]
code = "99/KH-UBND"
number = "99/KH-UBND"
title = "Kế hoạch giả định giai đoạn 2026-2030"
issued_on = 2026-01-15
issuer = "Ủy ban nhân dân thành phố Hà Nội"
period_from = 2026-01-01
period_to = 2030-12-31
source = "Dữ liệu kiểm thử"
"""

# code, part, kind, measure, target, the rest of the row
ROWS = (
    ("A.1", "TARGET", "RATIO", "born_digital", 95.5,
     'window_from = 2026-01-01\nwindow_to = 2030-12-31\nparameters = {exclusions = true, retention_years_min = 10}'),
    ("A.2", "TARGET", "RATIO", "integrated_systems", 50, "parameters = {freshness_days = 30}"),
    ("A.3", "TARGET", "RATIO", "online_procedures", 40, 'parameters = {figure = "ready", request_months = 6}'),
    ("A.4", "TARGET", "RATIO", "timely_transfers", 90, "parameters = {years = 2}"),
    ("B.1", "TARGET", "CHECKLIST", "checklist", None, """[[indicator.parameters.parts]]
code = "vault"
title = "A vault"
title_vi = "Kho số"
[[indicator.parameters.parts]]
code = "copy"
title = "A second copy"
title_vi = "Bản sao thứ hai\""""),
    ("B.2", "TARGET", "RATIO", "digitised_pages", 75, ""),
    ("B.3", "TARGET", "RATIO", "described_online", 85, ""),
    ("1", "ANNEX", "RATIO", "issued_documents", 60, "parameters = {planned = 1}"),
    ("2", "ANNEX", "RATIO", "trained_people", 50, "window_from = 2026-01-01"),
    ("3", "ANNEX", "RATIO", "declared_agencies", 30, 'parameters = {duty = "V.1"}'),
    ("4", "ANNEX", "MILESTONE", "milestone", None, ""),
    ("5", "ANNEX", "RATIO", "accepted_systems", 66.67, ""),
    ("6", "ANNEX", "RATIO", "secured_systems", 100, ""),
    ("7", "ANNEX", "RATIO", "roadmap_databases", 100, "parameters = {freshness_days = 400}"),
    ("8", "ANNEX", "RATIO", "high_use_online", 70, ""),
    ("9", "ANNEX", "RATIO", "high_use_pages", 70, ""),
    ("10", "ANNEX", "RATIO", "widely_used_fonds", 70, ""),
)  # fmt: skip

DUTY = """
[[duty]]
code = "V.1"
responsible = "Các cơ quan"
text = "Có kho số của mình."
"""


def row(code: str, part: str, kind: str, measure: str, target: float | None, rest: str) -> str:
    goal = "" if target is None else f"target_percent = {target}\n"
    return f"""
[[indicator]]
code = "{code}"
part = "{part}"
section = "Một phần"
kind = "{kind}"
title = "Row {code}"
title_vi = "Dòng {code}"
text = "Nội dung dòng {code}"
legal_basis = "Kế hoạch 99/KH-UBND, dòng {code}"
measure = "{measure}"
unit = "đơn vị"
unit_en = "unit"
{goal}deadline = "Năm 2026-2027"
leads = ["Sở Nội vụ"]
{rest}
"""


@pytest.fixture
def agencies(city: City, tmp_path: Path) -> list[int]:
    """Three agencies under the new plan, which is loaded beside the old one."""
    top = city.agency("UBND-TP", kind="CITY", archive_since=None)
    keys = [city.agency(code, parent_id=top) for code in ("P", "Q", "R")]
    path = tmp_path / "next.toml"
    path.write_text(HEAD + "".join(row(*told) for told in ROWS) + DUTY, encoding="utf-8")
    load_plan(city.session, path)
    return keys


def told(city: City, code: str, as_of: date = DAY, plan: str = PLAN) -> IndicatorValue:
    (value,) = scorecard(city.session, the_public(), plan, as_of, codes=[code])
    return value


def test_the_plan_names_every_measure_there_is() -> None:
    written = {path.stem for path in Path(hub.kpi.measures.__file__).parent.glob("[a-z]*.py")}
    assert written <= {measure for _, _, _, measure, _, _ in ROWS}


def test_every_row_is_counted_cut_walked_to_its_records_and_printed(city: City, agencies: list[int]) -> None:
    codes = [code for code, *_ in ROWS]
    values = scorecard(city.session, the_public(), PLAN, DAY, codes=codes)
    assert [value.indicator.code for value in values] == codes
    assert len(scorecard(city.session, the_public(), PLAN, DAY)) == 7
    for value in values:
        for cut in By:
            breakdown(city.session, the_public(), value.indicator, DAY, cut)
        shortfall(city.session, the_public(), value.indicator, DAY)
    report = build_report(city.session, city.actor("supervisor", None), period=DAY)
    assert report.plan.code == PLAN
    page = render_html(report)
    words = [f"Dòng {code}" if part == "TARGET" else f"Nội dung dòng {code}" for code, part, *_ in ROWS]
    assert [one for one in words if one not in page] == []
    assert "0/2" in page  # the checklist


def test_targets_windows_and_readings_are_those_of_the_plan(city: City, agencies: list[int]) -> None:
    first, second, third = agencies
    source(city, first, second)
    roadmap(city, first, second, third)
    heard = datetime(2027, 6, 10, tzinfo=HANOI)
    system(city, first, heard=heard, operating_since=date(2026, 9, 1))
    system(city, second, heard=datetime(2026, 6, 30, tzinfo=HANOI), security_level=None)
    assert (parts(told(city, "A.2")), told(city, "A.2").result) == ((1, 2), Result.MET)
    assert parts(told(city, "II.1.b", plan="67/KH-UBND")) == (1, 2)
    assert (parts(told(city, "7")), told(city, "7").result) == ((2, 3), Result.NOT_MET)
    accepted = told(city, "5")
    assert (parts(accepted), accepted.percent, accepted.result) == ((2, 3), "66.66", Result.NOT_MET)
    assert (parts(told(city, "6")), told(city, "6").result) == ((1, 2), Result.NOT_MET)

    procedure(city, first)
    request(city, second, received_on=date(2027, 3, 1), completed_on=date(2027, 3, 2))
    procedure(city, second)
    request(city, third, received_on=date(2026, 11, 1), completed_on=date(2026, 11, 2))
    procedure(city, third)  # its customers came more than six months ago
    assert (parts(told(city, "A.3")), told(city, "A.3").result) == ((3, 3), Result.MET)

    for name in ("An", "Bình"):
        person(city, first, name, 2027)
    person(city, second, "Chi", 2027, trained_on=DAY, evidence="CN-1")
    assert (parts(told(city, "2")), told(city, "2").status_text) == ((1, 3), "chưa đạt (đang thực hiện)")
    assert told(city, "2", date(2027, 12, 31)).status_text == "quá hạn"


def test_papers_and_declarations_are_about_the_rows_of_the_plan(city: City, agencies: list[int]) -> None:
    rows = {one.code: one for one in rows_of(city.session, PLAN, [DAY], ["B.1", "1", "4"])[DAY]}
    paper: dict[str, Any] = {
        "title": "Văn bản", "state": "APPROVED", "document_number": "7/BB", "document_date": DAY,
    }  # fmt: skip
    assert [parts(told(city, code)) for code in ("B.1", "1", "4")] == [(0, 2), (0, 1), (0, 1)]
    for code, part in (("B.1", "vault"), ("1", None), ("4", None)):
        city.session.add(Deliverable(indicator_id=rows[code].id, part_code=part, **paper))
    duty = city.session.exec(select(Duty.id).where(Duty.code == "V.1")).one()
    city.session.add(DeclaredProgress(duty_id=duty, agency_id=agencies[0], as_of=DAY, numerator=1))
    city.session.flush()
    checklist = told(city, "B.1")
    assert (parts(checklist), checklist.percent, checklist.result) == ((1, 2), None, Result.NOT_MET)
    assert [(one.part_title_vi, one.state) for one in checklist.indicator.evidence] == [
        ("Kho số", "APPROVED"),
        ("Bản sao thứ hai", "MISSING"),
    ]
    assert [told(city, code).result for code in ("1", "4", "3")] == [Result.MET] * 3
    assert parts(told(city, "3")) == (1, 3)
    assert parts(told(city, "4", date(2027, 6, 29))) == (0, 1)
    old = city.session.exec(select(Indicator).where(Indicator.code == "1.1")).one()
    assert old.id != rows["1"].id
    assert parts(told(city, "1.1", plan="67/KH-UBND")) == (0, 1)


def test_records_are_counted_in_the_window_and_by_the_rules_of_the_plan(
    city: City, agencies: list[int]
) -> None:
    file = city.file(city.fonds(agencies[0]), start_date=date(2026, 2, 1), end_date=date(2026, 3, 1))
    city.items(file, 19, issued_date=date(2026, 2, 1))
    city.item(file, issued_date=date(2026, 2, 1), origin="PAPER")
    city.items(file, 5, issued_date=date(2025, 12, 31), origin="PAPER")
    value = told(city, "A.1")
    assert (parts(value), value.percent, value.result) == ((19, 20), "95.00", Result.NOT_MET)
    city.items(file, 3, issued_date=date(2026, 2, 1))
    assert (parts(told(city, "A.1")), told(city, "A.1").result) == ((22, 23), Result.MET)
