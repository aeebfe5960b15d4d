"""A period closed while others work on it, or closed again: its figures are those of its returns and its reports'."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlmodel import select

from hub.kpi.frozen import thaw
from hub.returns.closing import MOST_COUNTS, close_period, count_to_close, counted_again
from hub.returns.errors import DecidedMeanwhile
from hub.returns.kept import ReturnTurn
from hub.returns.models import AgencyReturn, PublishedReport, Snapshot
from hub.returns.publication.correcting import correct_report, take_again
from hub.returns.publication.drafting import draft_report, send_back_report, snapshot_of, submit_report
from hub.returns.publication.errors import WrongReportState
from hub.returns.publication.publishing import publish_report
from hub.returns.snapshots.models import PeriodFreeze
from tests.returns.conftest import Half
from tests.returns.test_publication import PAPER, published, submitted


def to_paper(half: Half, place: int) -> None:
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[place]})


def told(half: Half, report: PublishedReport) -> tuple[int | None, int | None]:
    (first, *_) = thaw(snapshot_of(half.session, report).figures)
    return first.numerator, first.denominator


def test_a_submitted_report_is_a_draft_of_the_new_figures_when_its_period_is_closed_again(half: Half) -> None:
    report = submitted(half)
    head, key = half.actor("supervisor_head"), report.id or 0
    half.period.state = "OPEN"
    half.session.flush()
    to_paper(half, 0)
    counted = count_to_close(half.session, head, half.period.id or 0)
    close_period(half.session, head, half.period.id or 0, half.period.version, counted)
    assert (report.state, report.submitted_by, told(half, report)) == ("DRAFT", None, (6, 8))
    with pytest.raises(WrongReportState):
        publish_report(half.session, head, key, report.version, PAPER)
    # What was never published is not there to be read by everybody afterwards.
    assert len(half.session.exec(select(Snapshot)).all()) == 1
    again = submit_report(half.session, half.actor("supervisor"), key, report.version)
    assert publish_report(half.session, head, key, again.version, PAPER).state == "PUBLISHED"


def test_a_return_accepted_while_figures_are_counted_is_not_missing_in_them(half: Half) -> None:
    head, key = half.actor("supervisor_head"), half.period.id or 0
    half.period.state = "OPEN"
    row = AgencyReturn(period_id=key, agency_id=half.first)
    half.session.add(row)
    half.session.flush()
    counted = count_to_close(half.session, head, key)
    half.session.add(
        ReturnTurn(
            return_id=row.id or 0, agency_id=half.first, turn="ACCEPT", from_state="APPROVED", to_state="ACCEPTED",
            version=2,
        )
    )  # fmt: skip
    half.session.flush()
    with pytest.raises(DecidedMeanwhile, match="1 returns were accepted"):
        close_period(half.session, head, key, half.period.version, counted)
    assert half.period.state == "OPEN"
    assert half.session.exec(select(PeriodFreeze)).all() == []
    counted = count_to_close(half.session, head, key)
    assert close_period(half.session, head, key, half.period.version, counted).state == "CLOSED"


def test_it_is_counted_again_a_few_times_and_then_said_who_decides(half: Half) -> None:
    counts = []

    def busy() -> None:
        counts.append(1)
        raise DecidedMeanwhile(["Lê Thị Hà", "Lê Thị Hà", None])

    with pytest.raises(DecidedMeanwhile, match=r"3 returns were accepted or sent back \(Lê Thị Hà\)"):
        counted_again(busy)
    assert len(counts) == MOST_COUNTS


def test_a_correction_that_was_sent_back_is_made_anew_from_the_records(half: Half) -> None:
    report = published(half)
    head, clerk, key = half.actor("supervisor_head"), half.actor("supervisor"), report.id or 0
    to_paper(half, 0)

    def corrected(reason: str) -> PublishedReport:
        taken = take_again(half.session, clerk, key)
        return correct_report(half.session, clerk, key, report.version, taken, reason)

    draft = corrected("Sửa nguồn gốc một văn bản")
    assert told(half, draft) == (6, 8)
    sent = submit_report(half.session, clerk, draft.id or 0, draft.version)
    to_paper(half, 1)
    assert corrected("Sửa thêm") is draft
    assert (sent.state, told(half, draft)) == ("SUBMITTED", (6, 8))
    back = send_back_report(half.session, head, sent.id or 0, sent.version, "Còn một văn bản")
    seen = back.version
    assert corrected("Sửa hai văn bản") is draft
    assert (back.version, back.correction_reason, told(half, draft)) == (seen + 1, "Sửa hai văn bản", (5, 8))
    (change,) = [one for one in back.changes["indicators"] if one["code"] == "II.1.a"]
    assert (change["before"]["numerator"], change["after"]["numerator"]) == (7, 5)
    assert corrected("Sửa hai văn bản") is draft
    assert back.version == seen + 1


def test_an_agencys_report_is_of_a_correction_once_that_is_out(half: Half) -> None:
    report = published(half)
    head, clerk, key = half.actor("supervisor_head"), half.actor("supervisor"), half.period.id or 0
    to_paper(half, 0)
    taken = take_again(half.session, clerk, report.id or 0)
    city = correct_report(half.session, clerk, report.id or 0, report.version, taken, "Sửa nguồn gốc")
    own = draft_report(half.session, clerk, key, half.first)
    assert told(half, own) == (4, 5)
    sent = submit_report(half.session, clerk, city.id or 0, city.version)
    publish_report(half.session, head, sent.id or 0, sent.version, replace(PAPER, sha256="cd" * 32))
    assert draft_report(half.session, clerk, key, half.first) is own
    assert told(half, own) == (3, 5)
