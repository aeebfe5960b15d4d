"""A report's way by role over GraphQL, and what whoever holds its PDF is told: one small city, played through."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import pypdf
import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from hub.app import create_app
from hub.kit.db import as_app, sqlalchemy_url
from hub.kit.ids import encode
from hub.kit.seam import Seam
from hub.plan.load import load_plan
from hub.plan.models import Plan
from hub.records.codes import load_code_lists
from hub.returns.models import PublishedReport, ReportingPeriod
from hub.returns.publication.models import ReportPrint
from hub.settings import Settings
from reports.attachments import attached
from reports.numbers import percent
from reports.print_jobs import perform
from reports.verification import Verdict, verify
from tests.mutations.conftest import Town, anyio_backend, town
from tests.records.world import ON

__all__ = ["anyio_backend", "town"]
pytestmark = pytest.mark.anyio

REPORT = (
    "... on PublishedReport { id version revision state number sha256 pdfUrl snapshotId correctionReason }"
)
PROBLEM = "... on Problem { code message }"
FREEZE = f"mutation($id: ID!) {{ freezePeriod(input: {{id: $id}}) {{ ... on ReportingPeriod {{ id }} {PROBLEM} }} }}"
DRAFT = f"mutation($p: ID!, $a: ID) {{ draftReport(input: {{periodId: $p, agencyId: $a}}) {{ {REPORT} {PROBLEM} }} }}"
SUBMIT = f"""mutation($id: ID!, $v: Int!) {{ submitReport(input: {{id: $id, expectedVersion: $v, number: "12",
  notation: "BC-SNV"}}) {{ {REPORT} {PROBLEM} ... on WrongReportState {{ wrong: state allowed }} }} }}"""
BACK = f"""mutation($id: ID!, $v: Int!) {{ sendBackReport(input: {{id: $id, expectedVersion: $v, reason: "Thiếu"}}) {{
  {REPORT} {PROBLEM} }} }}"""
PUBLISH = f"""mutation($id: ID!, $v: Int!, $k: String) {{ publishReport(input: {{id: $id, expectedVersion: $v,
  issuedOn: "2025-07-15", idempotencyKey: $k}}) {{ {REPORT} {PROBLEM} }} }}"""
PRINT = f"""mutation($id: ID!, $v: Int!) {{ printReport(input: {{id: $id, expectedVersion: $v,
  issuedOn: "2025-07-15"}}) {{ ... on Job {{ id kind jobState: state total done }} {PROBLEM} }} }}"""
JOB = "query($id: ID!) { job(id: $id) { jobState: state done result } }"
TAKEN = (
    "The input is not valid: Number 12/BC-SNV of 2025 is borne by another report of this body, issued on 2025-07-15."
    " Take the next number of the register of outgoing documents."
)
CORRECT = f"""mutation($id: ID!, $v: Int!) {{ correctReport(input: {{id: $id, expectedVersion: $v,
  reason: "Nhập sai nguồn gốc"}}) {{ {REPORT} {PROBLEM} }} }}"""
FROZEN = """query($id: ID!) { snapshotIndicators(reportId: $id) {
  indicator { code } numerator denominator percent } }"""
COMPARE = """query($a: ID!, $b: ID!) { compareSnapshots(a: $a, b: $b, code: "II.1.a") { sameFormula
  before { numerator denominator percent } after { numerator denominator percent } moves { move count }
  records { totalCount hiddenCount edges { move before { numerator reason } after { numerator reason }
    node { id } } } } }"""
LISTS = """{ publishedReports { totalCount nodes { revision state number } }
  snapshots { totalCount nodes { hasMembers asOf report { revision } } } reports { totalCount } }"""


class Hub:
    """The town behind HTTP, with a closed half-year and documents of district A in it."""

    def __init__(self, town: Town, http: httpx.AsyncClient) -> None:
        self.town, self.http = town, http

    async def ask(self, query: str, role: str, place: str = "a", **variables: Any) -> Any:
        token = self.town.tokens.get((role, place))
        headers = {"accept-language": "en"} | ({"authorization": f"Bearer {token}"} if token else {})
        sent = {"query": query, "variables": variables}
        answer = (await self.http.post("/graphql", json=sent, headers=headers)).json()
        return answer["data"] if "errors" not in answer else answer["errors"]

    async def do(self, query: str, role: str, **variables: Any) -> dict[str, Any]:
        data = await self.ask(query, role, **variables)
        assert isinstance(data, dict), data
        (told,) = data.values()
        return dict(told)


@pytest.fixture
async def hub(town: Town, tmp_path: Path) -> AsyncIterator[Hub]:
    session = town.session
    load_plan(session)
    load_code_lists(session)
    session.execute(text("update agency set archive_since = '2010-01-01' where code in ('A', 'B')"))
    session.execute(
        text(
            "update file set state = 'ACCEPTED', accepted_at = '2024-01-01', start_date = '2022-01-01',"
            " end_date = '2023-01-01', retention_kind = 'PERMANENT'"
        )
    )
    session.execute(
        text(
            "update item set origin = 'BORN_DIGITAL', issued_date = '2022-05-01', signature_evidence = 'VERIFIED'"
        )
    )
    plan = session.exec(select(Plan)).first()
    assert plan is not None
    day = date(2025, 6, 30)
    session.add(
        ReportingPeriod(
            plan_id=plan.id or 0, deadline=day, returns_due_on=day, data_cutoff=min(day, ON), state="CLOSED"
        )
    )
    session.commit()
    settings = Settings(dsn=town.dsn, data=tmp_path, profile="development", pool_size=2, today=ON)
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test") as http,
    ):
        yield Hub(town, http)


async def test_a_report_from_freezing_to_correction(hub: Hub, printer: None, tmp_path: Path) -> None:
    session = hub.town.session
    period = hub.town.id(session.exec(select(ReportingPeriod)).one())
    assert (await hub.do(DRAFT, "supervisor", p=period))["code"] == "NOT_FROZEN"
    assert (await hub.do(FREEZE, "leader", id=period))["code"] == "NOT_PERMITTED"
    assert (await hub.do(FREEZE, "supervisor_head", id=period))["id"] == period
    assert (await hub.do(FREEZE, "supervisor_head", id=period))["id"] == period
    assert session.execute(text("select count(*) from period_freeze")).scalar() == 1

    draft = await hub.do(DRAFT, "supervisor", p=period)
    assert (draft["state"], draft["revision"], draft["sha256"]) == ("DRAFT", 1, None)
    assert (await hub.do(DRAFT, "supervisor", p=period))["id"] == draft["id"]
    told = {"id": draft["id"], "v": draft["version"]}
    assert (await hub.do(PUBLISH, "supervisor_head", **told))["code"] == "WRONG_STATE"
    assert (await hub.do(PUBLISH, "leader", **told))["code"] == "NOT_FOUND"
    sent = await hub.do(SUBMIT, "supervisor", **told)
    assert (await hub.do(SUBMIT, "supervisor", **told))["wrong"] == "SUBMITTED"
    told["v"] = sent["version"]
    assert (await hub.do(PUBLISH, "supervisor", **told))["code"] == "NOT_PERMITTED"
    back = await hub.do(BACK, "supervisor_head", **told)
    assert back["state"] == "DRAFT"
    sent = await hub.do(SUBMIT, "supervisor", id=draft["id"], v=back["version"])
    told["v"] = sent["version"]
    assert not list(tmp_path.rglob("*.pdf"))

    # printed by a job first, which publishing then takes
    assert (await hub.do(PRINT, "supervisor", **told))["code"] == "NOT_PERMITTED"
    asked = await hub.do(PRINT, "supervisor_head", **told)
    assert (asked["kind"], asked["jobState"], asked["total"]) == ("report:print", "QUEUED", 4), asked
    assert (await hub.do(PRINT, "supervisor_head", **told))["id"] == asked["id"]
    [row] = session.exec(select(ReportPrint)).all()
    engine = create_engine(sqlalchemy_url(as_app(hub.town.dsn)))
    settings = Settings(dsn=hub.town.dsn, data=tmp_path)
    await anyio.to_thread.run_sync(perform, Seam(engine), settings, row.id or 0, row.job_id)
    engine.dispose()
    done = await hub.do(JOB, "supervisor_head", id=asked["id"])
    assert (done["jobState"], done["done"]) == ("SUCCEEDED", 4)

    out = await hub.do(PUBLISH, "supervisor_head", **told, k="one")
    assert out["state"] == "PUBLISHED", out
    assert await hub.do(PUBLISH, "supervisor_head", **told, k="one") == out
    assert await hub.do(PUBLISH, "supervisor_head", **told) == out
    assert out["sha256"] == done["result"]["sha256"]
    assert len(list(tmp_path.rglob("*.pdf"))) == 2  # and the one page for leadership
    assert (await hub.do(PRINT, "supervisor_head", **told))["code"] == "WRONG_STATE"
    paper = await hub.http.get(out["pdfUrl"])
    verified = verify(session, paper.content)
    assert (verified.verdict, verified.differences) == (Verdict.PUBLISHED, ())
    assert verified.members
    assert hashlib.sha256(paper.content).hexdigest() == out["sha256"]
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")

    # the same figures over the API, on the paper, in what is attached to it, and on the page
    frozen = (await hub.ask(FROZEN, "supervisor", id=out["id"]))["snapshotIndicators"]
    report, tables_agree = attached(paper.content)
    assert tables_agree
    targets = {one.code: one.figure for one in report.targets}
    shown = {one["indicator"]["code"]: one for one in frozen if one["indicator"]["code"] in targets}
    assert shown.keys() == targets.keys()
    assert any(figure.percent is not None for figure in targets.values())
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    seen = (await hub.http.get(f"/verify/{out['sha256']}")).text
    for code, figure in targets.items():
        same = shown[code]
        assert (same["numerator"], same["denominator"]) == (figure.numerator, figure.denominator), code
        if figure.percent is not None and same["percent"] is not None:
            assert Decimal(same["percent"]) == figure.percent
            assert percent(figure.percent) in words
            assert percent(figure.percent) in seen

    # whoever holds the PDF is told which one it is, by either name
    number = session.execute(text("select id from snapshot")).scalar_one()
    for named in (str(number), out["snapshotId"], out["sha256"], out["sha256"].upper()):
        page = await hub.http.get(f"/verify/{named}?lang=en")
        assert page.status_code == 200, named
        assert out["sha256"] in page.text
        assert "is in force" in page.text
        assert "12/BC-SNV" in page.text
    for unknown in ("0" * 64, "999999", "khong-co", encode("Item", 1)):
        page = await hub.http.get(f"/verify/{unknown}?lang=vi")
        assert page.status_code == 404
        assert "chưa công bố báo cáo nào" in page.text

    # a record mended afterwards changes nothing of it, and a correction says what it did
    session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": hub.town.world.item.id})
    session.commit()
    again = await hub.http.get(f"/verify/{number}")
    assert "100,00%" in again.text
    assert (await hub.do(CORRECT, "leader", id=out["id"], v=out["version"]))["code"] == "NOT_PERMITTED"
    revised = await hub.do(CORRECT, "supervisor", id=out["id"], v=out["version"])
    assert (revised["revision"], revised["state"]) == (2, "DRAFT")
    assert revised["correctionReason"] == "Nhập sai nguồn gốc"
    taken = await hub.do(SUBMIT, "supervisor", id=revised["id"], v=revised["version"])
    assert taken == {"code": "INVALID", "message": TAKEN}
    stands = await hub.do(CORRECT, "supervisor", id=out["id"], v=out["version"])
    assert {one: stands[one] for one in ("state", "version", "number")} == {
        "state": "DRAFT", "version": revised["version"], "number": None,
    }  # fmt: skip
    compared = (await hub.ask(COMPARE, "supervisor", a=out["snapshotId"], b=revised["snapshotId"]))[
        "compareSnapshots"
    ]
    assert compared["sameFormula"]
    assert (compared["before"]["numerator"], compared["after"]["numerator"]) == (2, 1)
    assert compared["moves"] == [{"move": "LOST", "count": 1}]
    assert compared["records"]["edges"] == [
        {
            "move": "LOST",
            "before": {"numerator": 1, "reason": None},
            "after": {"numerator": 0, "reason": "NOT_ELECTRONIC"},
            "node": {"id": hub.town.id(hub.town.world.item)},
        }
    ]
    for role in ("anyone", "officer"):
        refused = await hub.ask(COMPARE, role, a=out["snapshotId"], b=out["snapshotId"])
        assert refused[0]["extensions"]["code"] == "NOT_FOUND", role
    assert await hub.ask(LISTS, "anyone") == {
        "publishedReports": {
            "totalCount": 1, "nodes": [{"revision": 1, "state": "PUBLISHED", "number": "12"}],
        },
        "snapshots": {
            "totalCount": 1,
            "nodes": [{"hasMembers": True, "asOf": str(min(date(2025, 6, 30), ON)), "report": {"revision": 1}}],
        },
        "reports": {"totalCount": 1},
    }  # fmt: skip
    assert (await hub.ask(LISTS, "supervisor"))["snapshots"]["totalCount"] == 2

    # the ranking that the city's index of IT use takes in is the published one
    feed = (await hub.http.get("/ranking.json")).json()
    assert feed["snapshotId"] == number
    (districts,) = feed["groups"]
    assert [(one["code"], one["place"]) for one in districts["agencies"]] == [("A", 1), ("B", 1)]
    assert districts["agencies"][0]["figures"]["II.1.a"] == {
        "percent": None, "result": "MET", "withheld": True,
    }  # fmt: skip
    assert (districts["title"], feed["language"]) == ("Quận, huyện, thị xã", "vi")
    english = (await hub.http.get("/ranking.json?lang=en")).json()
    assert [group["title"] for group in english["groups"]] == ["Districts"]
    assert ",Districts," in (await hub.http.get("/ranking.csv?lang=en")).text
    for path, title, place in (
        ("/ranking?lang=vi", "Quận, huyện", "Hạng"),
        ("/ranking?lang=en", "Districts", "Place"),
    ):
        page = (await hub.http.get(path)).text
        assert (title in page, f">{place}</th>" in page, f"/verify/{number}" in page) == (True,) * 3, path
    hub.http.cookies.clear()
    table = list(csv.reader(io.StringIO((await hub.http.get("/ranking.csv")).text.lstrip("\ufeff"))))
    assert [row[5] for row in table] == ["code", "A", "B"]
    assert (await hub.http.get("/ranking.json?as_of=2020-01-01")).status_code == 404


async def test_a_report_that_cannot_be_printed_is_not_published(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session = hub.town.session
    period = hub.town.id(session.exec(select(ReportingPeriod)).one())
    await hub.do(FREEZE, "supervisor_head", id=period)
    draft = await hub.do(DRAFT, "supervisor", p=period, a=hub.town.id(hub.town.world.a))
    sent = await hub.do(SUBMIT, "supervisor", id=draft["id"], v=draft["version"])
    monkeypatch.setattr("reports.apart.PYTHON", ("/bin/false",))  # the rendering process dies
    answer = await hub.do(PUBLISH, "supervisor_head", id=sent["id"], v=sent["version"])
    assert answer["code"] == "NOT_PRINTED"
    session.rollback()
    report = session.exec(select(PublishedReport)).one()
    assert (report.state, report.sha256, report.version) == ("SUBMITTED", None, sent["version"])
    assert not list(tmp_path.rglob("*.pdf"))


PROPOSE = f"""mutation($r: ID!, $c: String!, $b: String!, $l: String!) {{ proposeExclusion(input: {{recordId: $r,
  indicatorCode: $c, basisCode: $b, legalBasis: $l, validFrom: "2021-04-01"}}) {{
  ... on Exclusion {{ id version state legalBasis item {{ id }} }} {PROBLEM} }} }}"""
APPROVE = f"""mutation($id: ID!, $v: Int!) {{ approveExclusion(input: {{id: $id, expectedVersion: $v}}) {{
  ... on Exclusion {{ id version state }} {PROBLEM} }} }}"""
RETURN = f"""mutation($id: ID!, $v: Int!) {{ returnExclusion(input: {{id: $id, expectedVersion: $v, reason: "Sai"}}) {{
  ... on Exclusion {{ id state note }} {PROBLEM} }} }}"""
AMEND = f"""mutation($id: ID!, $v: Int!, $l: String!) {{ amendExclusion(input: {{id: $id, expectedVersion: $v,
  basisCode: "LEGAL_HOLD", legalBasis: $l, validFrom: "2022-01-01"}}) {{
  ... on Exclusion {{ id version state legalBasis basisCode validFrom }} {PROBLEM} }} }}"""
WITHDRAW = f"""mutation($id: ID!, $v: Int!) {{ withdrawExclusion(input: {{id: $id, expectedVersion: $v}}) {{
  ... on Exclusion {{ id version state decidedAt }} {PROBLEM} }} }}"""
LIFT = f"""mutation($id: ID!, $v: Int!, $on: Date) {{ liftExclusion(input: {{id: $id, expectedVersion: $v, endsOn: $on,
  reason: "Hết thanh tra"}}) {{ ... on Exclusion {{ id version state validTo note }} {PROBLEM} }} }}"""
EFFECT = """query($id: ID!) { exclusionEffect(id: $id) {
  city { ...Pair } agency { ...Pair } } }
  fragment Pair on EffectPair { without { numerator denominator percent } inForce { numerator denominator percent } }"""
FIGURE = """query($d: Date!) { indicators(asOf: $d, codes: ["II.1.a"]) { numerator denominator excluded } }"""


async def test_an_exclusion_is_proposed_by_the_agency_and_decided_by_home_affairs(hub: Hub) -> None:
    record = hub.town.id(hub.town.world.item)
    asked = {"r": record, "c": "II.1.a", "b": "PAPER_ORIGINAL", "l": "Luật X, Điều 1"}
    assert (await hub.do(PROPOSE, "officer", **asked | {"b": "KHONG_CO"}))["code"] == "INVALID"
    assert (await hub.do(PROPOSE, "officer", **asked | {"l": "  "}))["code"] == "INVALID"
    assert (await hub.do(PROPOSE, "officer", **asked | {"c": "II.2.c"}))["code"] == "EXCLUSION_NOT_GRANTED"
    assert (await hub.do(PROPOSE, "officer", **asked | {"c": "IX"}))["code"] == "NOT_FOUND"
    assert (await hub.do(PROPOSE, "officer", **asked | {"r": encode("Fonds", 1)}))["code"] == "NOT_FOUND"
    assert (await hub.do(PROPOSE, "supervisor_head", **asked))["code"] == "NOT_PERMITTED"
    elsewhere = asked | {"r": hub.town.id(hub.town.world.item_b)}
    assert (await hub.do(PROPOSE, "officer", **elsewhere))["code"] == "NOT_FOUND"
    assert hub.town.session.execute(text("select count(*) from exclusion")).scalar() == 0

    proposed = await hub.do(PROPOSE, "officer", **asked)
    assert (proposed["state"], proposed["item"]["id"]) == ("PROPOSED", record)
    assert (await hub.do(PROPOSE, "officer", **asked))["id"] == proposed["id"]
    told = {"id": proposed["id"], "v": proposed["version"]}
    figure = {"numerator": 2, "denominator": 2, "excluded": 0}
    day = min(date(2025, 6, 30), ON).isoformat()
    sides = [{"numerator": n, "denominator": n, "percent": "100.00" if n else None} for n in (2, 1, 0)]
    city, own = ({"without": sides[n], "inForce": sides[n + 1]} for n in (0, 1))
    for role, seen in (("officer", None), ("supervisor_head", city)):
        effect = await hub.ask(EFFECT, role, id=proposed["id"])
        assert effect["exclusionEffect"] == {"agency": own, "city": seen}, role
    assert await hub.ask(FIGURE, "leader", d=day) == {"indicators": [figure]}
    for role in ("officer", "supervisor", "leader"):
        assert (await hub.do(APPROVE, role, **told))["code"] == "NOT_PERMITTED", role
    assert (await hub.do(APPROVE, "supervisor_head", **told | {"v": 9}))["code"] == "STALE_VERSION"
    assert (await hub.do(APPROVE, "supervisor_head", **told))["state"] == "APPROVED"
    assert (await hub.do(RETURN, "supervisor_head", **told))["code"] == "EXCLUSION_DECIDED"
    left_out = {"numerator": 1, "denominator": 1, "excluded": 1}
    assert await hub.ask(FIGURE, "leader", d=day) == {"indicators": [left_out]}

    other = await hub.do(PROPOSE, "officer", **asked | {"c": "II.1.d"})
    returned = await hub.do(RETURN, "supervisor_head", id=other["id"], v=other["version"])
    assert (returned["state"], returned["note"]) == ("REJECTED", "Sai")


async def test_what_waits_is_changed_taken_back_decided_by_others_and_lifted(
    hub: Hub,
) -> None:
    asked = {
        "r": hub.town.id(hub.town.world.item),
        "c": "II.1.a",
        "b": "PAPER_ORIGINAL",
        "l": "Luật X, Điều 1",
    }
    proposed = await hub.do(PROPOSE, "officer", **asked)
    key = {"id": proposed["id"]}
    assert (await hub.do(AMEND, "supervisor_head", **key, v=1, l="Khác"))["code"] == "NOT_PERMITTED"
    assert (await hub.do(AMEND, "officer", **key, v=1, l=" "))["code"] == "INVALID"
    assert (await hub.do(AMEND, "officer", **key, v=7, l="Khác"))["code"] == "STALE_VERSION"
    amended = await hub.do(AMEND, "officer", **key, v=1, l="Luật Y,  Điều 2")
    said = ("Luật Y, Điều 2", "LEGAL_HOLD", "2022-01-01", 2)
    assert tuple(amended[name] for name in ("legalBasis", "basisCode", "validFrom", "version")) == said
    assert (await hub.do(WITHDRAW, "supervisor_head", **key, v=2))["code"] == "NOT_PERMITTED"
    withdrawn = await hub.do(WITHDRAW, "officer", **key, v=2)
    assert (withdrawn["state"], withdrawn["decidedAt"] is None) == ("WITHDRAWN", False)
    for deed, role, more in ((AMEND, "officer", {"l": "x"}), (APPROVE, "supervisor_head", {})):
        assert (await hub.do(deed, role, **key, v=3, **more))["code"] == "EXCLUSION_DECIDED"
    assert (await hub.do(LIFT, "supervisor_head", **key, v=3))["code"] == "EXCLUSION_NOT_IN_FORCE"

    again = await hub.do(PROPOSE, "officer", **asked)
    assert again["id"] != proposed["id"]
    head = next(user.id for (role, _), user in hub.town.world.users.items() if role == "supervisor_head")
    hub.town.session.rollback()
    hub.town.session.execute(
        text("update exclusion set amended_by = :who where state = 'PROPOSED'"), {"who": head}
    )
    hub.town.session.commit()
    for deed in (APPROVE, RETURN):  # who has changed it decides on it as little as who proposed it
        assert (await hub.do(deed, "supervisor_head", id=again["id"], v=1))["code"] == "NOT_PERMITTED"
    hub.town.session.execute(text("update exclusion set amended_by = null"))
    hub.town.session.commit()
    assert (await hub.do(APPROVE, "supervisor_head", id=again["id"], v=1))["state"] == "APPROVED"
    assert (await hub.do(LIFT, "officer", id=again["id"], v=2))["code"] == "NOT_PERMITTED"
    early = await hub.do(LIFT, "supervisor_head", id=again["id"], v=2, on="2021-03-31")
    assert early["code"] == "INVALID"
    lifted = await hub.do(LIFT, "supervisor_head", id=again["id"], v=2, on="2025-06-01")
    assert tuple(lifted[name] for name in ("state", "validTo", "note")) == (
        "LIFTED",
        "2025-06-01",
        "Hết thanh tra",
    )
    excluded = [
        (await hub.ask(FIGURE, "leader", d=day))["indicators"][0]["excluded"]
        for day in ("2025-05-31", "2025-06-01")
    ]
    assert excluded == [1, 0]
    told = hub.town.session.execute(
        text("select event_type, detail -> 'changed' ? 'state' from audit_event where outcome = 'success'"
             " and event_type like 'exclusion:%' order by id")
    ).all()  # fmt: skip
    assert [tuple(row) for row in told] == [
        ("exclusion:create", None), ("exclusion:update", False), ("exclusion:update", True), ("exclusion:create", None),
        ("exclusion:approve", True), ("exclusion:revoke", True),
    ]  # fmt: skip

    # where archives are counted an agency is left out, and no record
    agency, record = hub.town.id(hub.town.world.a), hub.town.id(hub.town.world.item)
    stated = {"b": "STATE_SECRET", "l": "Luật X"}
    for what, row in ((record, "II.1.c"), (agency, "II.1.a")):
        assert (await hub.do(PROPOSE, "officer", r=what, c=row, **stated))["code"] == "EXCLUSION_NOT_GRANTED"
    elsewhere = hub.town.id(hub.town.world.b)
    assert (await hub.do(PROPOSE, "officer", r=elsewhere, c="II.1.c", **stated))["code"] == "NOT_PERMITTED"
    assert (await hub.do(PROPOSE, "officer", r=agency, c="II.1.c", **stated))["state"] == "PROPOSED"
