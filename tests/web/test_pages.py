"""The pages show what the services say, to whom the law lets see it, in few statements and little text."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from sqlmodel import Session

from hub.access.actor import the_public
from hub.access.queries import actor_for_user
from hub.demo.evidence import TODAY
from hub.kpi.change import Change, change
from hub.kpi.change_words import sentences
from hub.kpi.forecast import Forecast, Outlook, forecasts
from hub.kpi.frozen import thaw
from hub.kpi.quality import Quality, quality
from hub.kpi.radar import Radar, radar
from hub.kpi.scorecard import scorecard
from hub.kpi.values import IndicatorValue, Result
from hub.web.writing import Writing
from reports.build import build_report
from reports.model import Report
from reports.sentences import brief
from tests.web.conftest import CLOSED, Site, served, statements

PLAN = "67/KH-UBND"
LIVE = ("leader", "supervisor", "supervisor_head", "finance")
NOT_LIVE = ("anyone", "user", "staff", "clerk", "officer", "approver", "archivist", "itsec", "sysadmin")
PUBLIC_PAGES = (
    "/",
    "/annex",
    "/agencies",
    "/agencies/UBND-BADINH",
    "/indicators/II.1.a",
    "/indicators/II.2.d",
)
LIVE_PAGES = ("/quality", "/radar", "/agencies/UBND-BADINH/quality", "/radar?agency=UBND-BADINH")
EVERY = (*PUBLIC_PAGES, *LIVE_PAGES)
WRITE = Writing("vi")


def _words(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def _counted(site: Site, as_of: date = TODAY) -> list[IndicatorValue]:
    def work(session: Session) -> list[IndicatorValue]:
        return scorecard(session, the_public(), PLAN, as_of)

    found: list[IndicatorValue] = site.app.state.services.seam.read_now(work)
    return found


@pytest.mark.parametrize("role", LIVE)
def test_who_may_read_figures_sees_those_counted_now(site: Site, role: str) -> None:
    said = _words(site.get("/", role).text)
    assert "số liệu tạm tính" in said
    for value in _counted(site):
        if value.indicator.has_percent and value.percent is not None:
            assert WRITE.percent(value.percent) in said


def test_the_page_and_the_brief_name_the_same_agencies_and_what_they_cost(site: Site, city: str) -> None:
    def work(session: Session) -> Report:
        actor = actor_for_user(session, "demo.leader")
        return build_report(session, actor, period=TODAY)

    report: Report = site.app.state.services.seam.read_now(work)
    page = site.get("/", "leader").text
    behind = re.compile(r"(\d+) cơ quan chậm so với")
    assert behind.findall(brief.lead(report)) == behind.findall(_words(page))
    for name, points, _codes in brief.held_back(report)[:3]:
        assert f"{name} −{points.removesuffix(' điểm %')}" in _words(page)


@pytest.mark.parametrize("role", NOT_LIVE)
def test_everybody_else_sees_the_published_figures_and_no_others(site: Site, city: str, role: str) -> None:
    said = _words(site.get("/", role).text)
    assert "số liệu chính thức" in said
    assert "tạm tính từ hồ sơ" not in said
    assert "31/12/2024" in said
    with psycopg.connect(city) as connection:
        row = connection.execute(
            "select s.figures from snapshot s join published_report r on r.id = s.report_id"
            " where r.agency_id is null and s.as_of = %s",
            [CLOSED],
        ).fetchone()
    assert row is not None
    frozen = {value.indicator.code: value for value in thaw(row[0])}
    for value in _counted(site):
        was = frozen[value.indicator.code]
        if was.percent is not None:
            assert WRITE.percent(was.percent) in said
        if value.percent not in (None, was.percent, "0.00", "100.00"):
            assert WRITE.percent(value.percent) not in said


def test_published_figures_are_never_counted_from_records(site: Site) -> None:
    for path in PUBLIC_PAGES:
        with statements() as said:
            site.get(path)
        assert not [
            one for one in said if re.search(r"\b(from|join) (item|file|fonds|system_exchange)\b", one)
        ]


@pytest.mark.parametrize(
    ("role", "path", "live"),
    [
        ("officer", "/agencies/UBND-BADINH", True),
        ("officer", "/agencies/PNV-BADINH", True),
        ("clerk", "/agencies/UBND-BADINH", True),
        ("clerk", "/agencies/PNV-BADINH", False),
        ("officer", "/agencies/SNV", False),
        ("officer", "/indicators/II.1.a?agency=UBND-BADINH", True),
        ("officer", "/indicators/II.1.a?agency=SNV", False),
        ("officer", "/indicators/II.1.a", False),
        ("leader", "/agencies/SNV", True),
        ("anyone", "/agencies/SNV", False),
    ],
)
def test_an_agency_is_live_to_its_own_people(site: Site, role: str, path: str, live: bool) -> None:
    answer = site.get(path, role)
    assert answer.status_code == 200
    assert ("stamp provisional" in answer.text) is live


def test_an_officer_is_led_to_the_figures_of_his_own_agency(site: Site) -> None:
    assert 'href="/agencies/UBND-BADINH"' in site.get("/", "officer").text
    assert "Số liệu tạm tính của cơ quan bạn" not in site.get("/", "leader").text


def test_records_are_named_only_as_far_as_the_visitor_may_see_them(site: Site) -> None:
    seen = site.get("/indicators/II.1.a", "supervisor").text
    leader = site.get("/indicators/II.1.a", "leader").text
    finance = site.get("/indicators/II.1.a", "finance").text

    def counted(page: str) -> tuple[int, int]:
        """Records the page lets be seen, and those it only counts."""
        may = re.search(r"([\d.]+) bản ghi bạn được xem", page)
        hidden = re.search(r"([\d.]+) hồ sơ, tài liệu khác bạn không được xem", page)
        return tuple(int(found[1].replace(".", "")) if found else 0 for found in (may, hidden))  # type: ignore

    everything = sum(counted(seen))
    assert sum(counted(leader)) == sum(counted(finance)) == everything
    assert counted(seen)[1] < counted(leader)[1] < counted(finance)[1]
    assert 'class="records"' not in site.get("/indicators/II.1.a").text


@pytest.mark.parametrize("role", ["anyone", "officer", "leader"])
def test_the_first_page_takes_few_statements_and_little_text(site: Site, role: str) -> None:
    cookies = site.session(role)
    site.get("/", cookies=cookies)
    with statements() as said:
        answer = site.get("/", cookies=cookies)
    assert answer.status_code == 200
    assert len(said) <= 6, "\n---\n".join(said)
    assert len(answer.content) <= 100_000
    with statements() as said:
        site.get("/?as_of=2025-03-31&compare=2023-06-30", cookies=cookies)
    assert len(said) <= 6


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("role", ["anyone", "officer", "leader"])
def test_every_page_is_there_in_both_languages(site: Site, path: str, role: str) -> None:
    cookies = site.session(role)
    for language in ("vi", "en"):
        answer = site.get(f"{path}{'&' if '?' in path else '?'}lang={language}", cookies=cookies)
        if path in LIVE_PAGES and role == "anyone":
            assert answer.status_code == 403
            assert 'href="/sign-in"' in answer.text
            continue
        if path in LIVE_PAGES[:2] and role == "officer":  # led to his own agency
            assert answer.status_code == 303
            assert "UBND-BADINH" in answer.headers["location"]
            continue
        assert answer.status_code == 200, (path, language)
        assert len(answer.content) <= 150_000
        assert answer.text.count("<h1") == 1
        assert "None" not in _words(answer.text)


def test_two_dates_are_compared_with_both_values_and_the_difference(site: Site) -> None:
    page = site.get("/?as_of=2024-06-30&compare=2023-06-30", "leader").text
    now, then = _counted(site, date(2024, 6, 30))[0], _counted(site, date(2023, 6, 30))[0]
    assert now.percent is not None
    assert then.percent is not None
    said = _words(page)
    assert f"30/6/2023: {WRITE.percent(then.percent)}" in said
    assert WRITE.percent(now.percent) in said
    assert f"{WRITE.points(Decimal(now.percent) - Decimal(then.percent))} điểm" in said


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?as_of=2025-07-01", 400),
        ("/?as_of=hôm nay", 400),
        ("/?as_of=2025-02-30", 400),
        ("/?compare=2026-01-01", 400),
        ("/?as_of=31/12/2024", 200),
        ("/agencies/KHONG-CO", 404),
        ("/indicators/IX.9", 404),
        ("/indicators/II.1.a?agency=KHONG-CO", 404),
        ("/indicators/II.1.a?after=1.file.x", 400),
        ("/indicators/II.1.a?sort=';drop&page=999999999999&way=x", 200),
        ("/agencies?page=0&sort=", 200),
        ("/?as_of=1800-01-01", 200),
    ],
)
def test_an_address_that_asks_for_what_is_not_there_says_so(site: Site, path: str, status: int) -> None:
    for language in ("vi", "en"):
        joint = "&" if "?" in path else "?"
        assert site.get(f"{path}{joint}lang={language}", "leader").status_code == status


def test_published_figures_are_those_of_the_newest_report_up_to_a_date(site: Site) -> None:
    for asked, shown in (
        ("2024-12-30", "30/6/2024"),
        ("2025-06-30", "31/12/2024"),
        ("2000-01-01", "30/6/2021"),
    ):
        assert f"báo cáo kỳ {shown}" in site.get(f"/?as_of={asked}").text


def test_a_leader_may_look_at_what_was_published(site: Site) -> None:
    page = site.get("/?as_of=2024-12-31", "leader").text
    assert "stamp provisional" in page
    link = re.search(r'href="([^"]*figures=official[^"]*)"', page)
    assert link is not None
    official = site.get(html.unescape(link[1]), "leader").text
    assert "stamp official" in official
    assert "Xem số liệu tạm tính" in official


def test_breakdown_sorts_and_turns_pages(site: Site) -> None:
    def names(query: str) -> list[str]:
        page = site.get(f"/indicators/II.1.a?{query}", "leader").text
        table = page.split('id="by-agency"')[1].split("</table>")[0]
        return re.findall(r'agency=([\w-]+)"', table)

    first, second = names("sort=name"), names("sort=name&page=2")
    assert len(first) == 25
    assert not set(first) & set(second)
    assert names("sort=name&way=down")[0] not in first
    costly = names("sort=cost")
    assert costly != first
    assert costly == names("")
    assert 'aria-sort="descending"' in site.get("/indicators/II.1.a", "leader").text


def test_records_turn_pages_without_repeating(site: Site) -> None:
    page = site.get("/indicators/II.1.a", "supervisor").text
    after = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert after is not None
    following = site.get(html.unescape(after[1]).partition("#")[0], "supervisor").text
    codes = [set(re.findall(r"<code>([^<]+)</code>", text)) for text in (page, following)]
    assert all(codes)
    assert not codes[0] & codes[1]


def test_where_nothing_is_published_a_plain_sentence_says_so(clone: object) -> None:
    with clone() as dsn, served(dsn) as site:  # type: ignore[operator]
        answer = site.get("/")
        assert answer.status_code == 200
        assert "Chưa có báo cáo nào được công bố" in answer.text


def test_who_may_read_no_figures_gets_no_data_quality_and_no_radar(site: Site) -> None:
    for path in LIVE_PAGES:
        for role in ("user", "itsec", "sysadmin"):
            assert site.get(path, role).status_code == 403
    for path in ("/agencies/SNV/quality", "/radar?agency=SNV"):
        assert site.get(path, "officer").status_code == 403
    assert "/quality" not in site.get("/").text
    assert "/quality" in site.get("/", "officer").text


def test_data_quality_says_what_the_service_says(site: Site) -> None:
    def work(session: Session) -> Quality:
        return quality(session, the_public(), PLAN, TODAY)

    whole: Quality = site.app.state.services.seam.read_now(work)
    page = site.get("/quality", "supervisor").text
    said = _words(page)
    assert f"{WRITE.number(whole.records)} hồ sơ, tài liệu thiếu dữ liệu" in said
    for one in whole.indicators:
        assert f"{one.value.indicator.code} {one.value.indicator.title_vi}" in said
    lack = whole.lacks[0]
    narrowed = _words(site.get(f"/quality?lack={lack.lack.value}", "supervisor").text)
    assert f"{lack.lack.words[0]} {WRITE.number(lack.records)}" in narrowed
    assert site.get("/quality?lack=NOTHING", "supervisor").status_code == 400


def test_the_radar_says_what_the_service_says(site: Site) -> None:
    def work(session: Session) -> Radar:
        return radar(session, TODAY)

    found: Radar = site.app.state.services.seam.read_now(work)
    said = _words(site.get("/radar", "leader").text)
    files = found.whole.files
    assert f"Hồ sơ {files.late} {files.due_now} {files.within_6_months} {files.within_12_months}" in said
    for blocked in found.whole.blocked:
        assert blocked.message("vi") in said
    late = site.get("/radar?due=LATE", "supervisor").text
    due = re.findall(r"hạn theo Kế hoạch (\d+)/(\d+)/(\d+)", late)
    assert due
    assert due == sorted(due, key=lambda day: tuple(int(part) for part in reversed(day)))
    for path in ("/radar?due=SOON", "/radar?obstacle=RAIN", "/radar?after=x.1", "/radar?as_of=2026-01-01"):
        assert site.get(path, "leader").status_code == 400


def test_what_moved_a_figure_is_told_with_its_causes_and_their_records(site: Site) -> None:
    address = "/indicators/II.1.a?as_of=2024-12-31&compare=2023-12-31"

    def work(session: Session) -> Change:
        return change(session, the_public(), PLAN, "II.1.a", date(2023, 12, 31), CLOSED)

    moves: Change = site.app.state.services.seam.read_now(work)
    said = _words(site.get(address, "leader").text)
    assert sentences(moves)[0] in said
    for one in moves.causes:
        assert f"{one.cause.words[0]} {WRITE.signed(one.numerator)} {WRITE.signed(one.denominator)}" in said
    listed = next(one for one in moves.causes if one.records)
    shown = site.get(f"{address}&cause={listed.cause.value}", "supervisor").text.split('id="forecast"')[0]
    assert 'class="records"' in shown
    assert site.get(f"{address}&cause=RAIN", "leader").status_code == 400
    assert "Vì sao thay đổi so với" in site.get("/indicators/II.1.a", "leader").text
    assert "Vì sao thay đổi" not in site.get(address).text  # published figures are not counted again


def test_the_first_sentence_tells_what_is_at_risk(site: Site) -> None:
    def work(session: Session) -> dict[str, Forecast | None]:
        values = scorecard(session, the_public(), PLAN, TODAY)
        return forecasts(session, the_public(), PLAN, values)

    told: dict[str, Forecast | None] = site.app.state.services.seam.read_now(work)
    missed = [code for code, one in told.items() if one and one.outlook is Outlook.WILL_BE_MISSED]
    short = {value.indicator.code for value in _counted(site) if value.result is Result.NOT_MET}
    risky = [code for code in missed if code in short]
    said = _words(site.get("/", "leader").text)
    assert risky
    assert f"có nguy cơ không đạt đúng hạn ({', '.join(risky)})" in said
