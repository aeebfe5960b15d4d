"""A report from its draft to its correction: who may, in what order, what is printed, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from hub.access.actor import Actor
from hub.access.errors import StepUpRequired
from hub.audit.models import AuditEvent
from hub.kit.errors import Invalid, NotFound, NotPermitted, StaleVersion
from hub.kpi.frozen import thaw
from hub.returns.models import PublishedReport, Snapshot
from hub.returns.publication.correcting import correct_report, take_again
from hub.returns.publication.drafting import draft_report, send_back_report, snapshot_of, submit_report
from hub.returns.publication.errors import (
    NotFrozen,
    NothingDiffers,
    OwnReport,
    PaperChanged,
    PeriodStillOpen,
    WrongReportState,
)
from hub.returns.publication.papers import Paper, fetch, store
from hub.returns.publication.publishing import publish_report, to_print
from hub.returns.snapshots.comparing import Move, NoMembers, moved, page_of, side_of, summary
from hub.returns.snapshots.freezing import CutoffNotReached, keep, take
from hub.returns.snapshots.models import PeriodFreeze
from tests.returns.conftest import Half

PAPER = Paper("ab/abc.pdf", "ab" * 32, 3)


def freeze(half: Half) -> None:
    head = half.actor("supervisor_head")
    keep(half.session, head, take(half.session, head, half.period.id or 0))


def submitted(half: Half, agency: int | None = None) -> PublishedReport:
    if not half.session.exec(select(Snapshot)).all():
        freeze(half)
    clerk = half.actor("supervisor")
    draft = draft_report(half.session, clerk, half.period.id or 0, agency)
    return submit_report(half.session, clerk, draft.id or 0, draft.version, number="12", notation="BC-SNV")


def published(half: Half, agency: int | None = None) -> PublishedReport:
    report = submitted(half, agency)
    head = half.actor("supervisor_head")
    return publish_report(
        half.session, head, report.id or 0, report.version, PAPER, issued_on=date(2025, 7, 15)
    )


def snapshot(half: Half, report: PublishedReport) -> Snapshot:
    return half.session.exec(select(Snapshot).where(Snapshot.report_id == report.id)).one()


def test_a_report_goes_from_draft_to_published_by_two_people(half: Half) -> None:
    report = published(half)
    assert (report.state, report.revision, report.sha256) == ("PUBLISHED", 1, PAPER.sha256)
    assert (report.number, report.notation, report.issued_on) == ("12", "BC-SNV", date(2025, 7, 15))
    assert report.published_by != report.submitted_by
    assert half.period.state == "PUBLISHED"
    (first, *_) = thaw(snapshot(half, report).figures)
    assert (first.numerator, first.denominator) == (7, 8)
    events = half.session.exec(select(AuditEvent.event_type).order_by(AuditEvent.id)).all()
    assert events == ["period:freeze", "report:create", "report:submit", "report:publish"]


def test_what_was_asked_for_twice_is_answered_with_what_is_there(half: Half) -> None:
    report = published(half)
    clerk, head = half.actor("supervisor"), half.actor("supervisor_head")
    again = publish_report(half.session, head, report.id or 0, 1, replace(PAPER, sha256="cd" * 32))
    assert (again.id, again.sha256, again.version) == (report.id, PAPER.sha256, report.version)
    assert to_print(half.session, head, report.id or 0, 1) is None
    assert draft_report(half.session, clerk, half.period.id or 0).id == report.id
    assert len(half.session.exec(select(PublishedReport)).all()) == 1


def test_a_period_that_was_opened_again_is_frozen_anew_and_its_draft_follows(half: Half) -> None:
    freeze(half)
    clerk, head = half.actor("supervisor"), half.actor("supervisor_head")
    drafted = draft_report(half.session, clerk, half.period.id or 0)
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[0]})
    freeze(half)  # closed, it stays as it was frozen
    assert len(half.session.exec(select(PeriodFreeze)).all()) == 1
    half.period.state = "OPEN"
    half.session.flush()
    keep(half.session, head, take(half.session, head, half.period.id or 0))
    half.period.state = "CLOSED"
    half.session.flush()
    assert draft_report(half.session, clerk, half.period.id or 0).id == drafted.id
    (first, *_) = thaw(snapshot_of(half.session, drafted).figures)
    assert (first.numerator, first.denominator) == (6, 8)


def test_figures_are_not_frozen_before_their_cut_off(half: Half) -> None:
    half.period.deadline = half.period.data_cutoff = date(2099, 12, 31)
    half.session.flush()
    with pytest.raises(CutoffNotReached):
        take(half.session, half.actor("supervisor_head"), half.period.id or 0)


def _as_submitter(half: Half, report: PublishedReport) -> Actor:
    head = half.actor("supervisor_head")
    return replace(head, subject=replace(head.subject, id=report.submitted_by))


REFUSED: dict[str, tuple[Callable[[Half, PublishedReport], Actor], type[Exception]]] = {
    "who submitted it": (_as_submitter, OwnReport),
    "who only drafts": (lambda half, _: half.actor("supervisor"), NotPermitted),
    "a leader": (lambda half, _: half.actor("leader"), NotFound),
    "an agency": (lambda half, _: half.actor("approver", half.first), NotFound),
    "who has not proved himself anew": (
        lambda half, _: replace(half.actor("supervisor_head"), stepped_up=False),
        StepUpRequired,
    ),
}


@pytest.mark.parametrize(("who", "problem"), REFUSED.values(), ids=REFUSED)
def test_others_do_not_publish(
    half: Half, who: Callable[[Half, PublishedReport], Actor], problem: type[Exception]
) -> None:
    report = submitted(half)
    actor = who(half, report)
    for deed in (
        lambda: publish_report(half.session, actor, report.id or 0, report.version, PAPER),
        lambda: to_print(half.session, actor, report.id or 0, report.version),
    ):
        with pytest.raises(problem):
            deed()
    half.session.refresh(report)
    assert (report.state, report.sha256) == ("SUBMITTED", None)


def test_steps_start_from_their_states_and_versions(half: Half) -> None:
    head, clerk = half.actor("supervisor_head"), half.actor("supervisor")
    with pytest.raises(NotFrozen):
        draft_report(half.session, clerk, half.period.id or 0)
    report = submitted(half)
    key = report.id or 0
    with pytest.raises(WrongReportState):
        submit_report(half.session, clerk, key, report.version)
    with pytest.raises(StaleVersion):
        publish_report(half.session, head, key, report.version - 1, PAPER)
    with pytest.raises(StaleVersion):  # printed as another version
        publish_report(half.session, head, key, report.version, None)
    with pytest.raises(Invalid):
        send_back_report(half.session, head, key, report.version, "  ")
    back = send_back_report(half.session, head, key, report.version, "Thiếu phụ lục")
    assert (back.state, back.submitted_by) == ("DRAFT", None)
    with pytest.raises(WrongReportState):
        publish_report(half.session, head, key, back.version, PAPER)
    half.period.state = "OPEN"
    half.session.flush()
    again = submit_report(half.session, clerk, key, back.version, number="x" * 100)
    with pytest.raises(PeriodStillOpen):
        publish_report(half.session, head, key, again.version, PAPER)
    with pytest.raises(Invalid):
        submit_report(half.session, clerk, draft(half, half.first).id or 0, None, number="x" * 101)


def draft(half: Half, agency: int) -> PublishedReport:
    half.period.state = "CLOSED"
    half.session.flush()
    return draft_report(half.session, half.actor("supervisor"), half.period.id or 0, agency)


@pytest.mark.parametrize(
    "change",
    [
        "update published_report set number = '13' where id = :id",
        "update published_report set sha256 = null where id = :id",
        "update published_report set state = 'DRAFT' where id = :id",
    ],
)
def test_what_is_published_changes_no_more(half: Half, change: str) -> None:
    report = published(half)
    with pytest.raises(IntegrityError, match="changes no more"), half.session.begin_nested():
        half.session.execute(text(change), {"id": report.id})


def test_a_correction_is_a_new_revision_that_says_what_differs_and_why(half: Half) -> None:
    report = published(half)
    clerk, head = half.actor("supervisor"), half.actor("supervisor_head")
    taken = take_again(half.session, clerk, report.id or 0)
    with pytest.raises(NothingDiffers), half.session.begin_nested():
        correct_report(half.session, clerk, report.id or 0, report.version, taken, "Nhập sai nguồn gốc")
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[0]})
    added = half.city.item(half.file)
    half.session.execute(text("delete from item where id = :id"), {"id": half.items[1]})
    taken = take_again(half.session, clerk, report.id or 0)
    with pytest.raises(Invalid):
        correct_report(half.session, clerk, report.id or 0, report.version, taken, " ")
    with pytest.raises(StaleVersion):
        correct_report(half.session, clerk, report.id or 0, report.version - 1, taken, "Sai")
    with pytest.raises(NotPermitted):
        take_again(half.session, half.actor("leader"), report.id or 0)
    revised = correct_report(half.session, clerk, report.id or 0, report.version, taken, "Nhập sai nguồn gốc")
    again = correct_report(half.session, clerk, report.id or 0, report.version, taken, "Nhập sai nguồn gốc")
    assert again.id == revised.id
    assert (revised.state, revised.revision, revised.corrects_id) == ("DRAFT", 2, report.id)
    told = {one["code"]: one for one in revised.changes["indicators"]}
    assert (told["II.1.a"]["before"]["numerator"], told["II.1.a"]["after"]["numerator"]) == (7, 6)
    assert told["II.1.a"]["records"] == {"ENTERED": 1, "LEFT": 1, "LOST": 1}
    assert "II.2.b" not in told
    before, after = (side_of(half.session, head, snapshot(half, one).id or 0) for one in (report, revised))
    moves = moved(half.session, before, after, "II.1.a")
    assert [(one.move, one.id) for one in moves] == [
        (Move.ENTERED, added),
        (Move.LEFT, half.items[1]),
        (Move.LOST, half.items[0]),
    ]
    assert moved(half.session, before, after, "II.1.a", half.second) == []
    assert summary(moves) == {"ENTERED": 1, "LEFT": 1, "LOST": 1}
    # until it is published the first is in force, then it is superseded
    assert report.state == "PUBLISHED"
    submit_report(half.session, clerk, revised.id or 0, revised.version, number="20")
    publish_report(half.session, head, revised.id or 0, revised.version, replace(PAPER, sha256="cd" * 32))
    half.session.refresh(report)
    assert (report.state, revised.state) == ("SUPERSEDED", "PUBLISHED")
    with pytest.raises(WrongReportState):
        correct_report(half.session, clerk, report.id or 0, None, taken, "Sai")
    seen = page_of(half.session, half.actor("supervisor"), moves, first=1)
    assert (seen.total, seen.hidden, seen.has_next) == (2, 1, True)  # what was destroyed is seen by nobody
    rest = page_of(half.session, half.actor("supervisor"), moves, first=5, after=seen.rows[0].moved.place)
    assert [row.moved.id for row in (*seen.rows, *rest.rows)] == [added, half.items[0]]
    hidden = page_of(half.session, half.actor("officer", half.second), moves)
    assert (hidden.rows, hidden.total, hidden.hidden) == ((), 0, 3)


def test_a_number_is_given_once_in_its_year(half: Half) -> None:
    report = published(half, half.first)  # 12/BC-SNV of 15/7/2025
    clerk, head = half.actor("supervisor"), half.actor("supervisor_head")
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[0]})
    taken = take_again(half.session, clerk, report.id or 0)
    revised = correct_report(half.session, clerk, report.id or 0, report.version, taken, "Sai nguồn gốc")
    key = revised.id or 0
    for notation in ("BC-SNV", "bc-snv"):
        named = partial(submit_report, number="12", notation=notation, issued_on=date(2025, 8, 1))
        with pytest.raises(Invalid) as refused, half.session.begin_nested():
            named(half.session, clerk, key, revised.version)
        assert [(one.field, one.code) for one in refused.value.errors] == [("number", "TAKEN")]
        assert f"Số 12/{notation} năm 2025" in refused.value.errors[0].message("vi")
    half.session.refresh(revised)
    assert (revised.state, revised.number) == ("DRAFT", None)
    submit_report(half.session, clerk, key, revised.version, number="12", notation="TTr-SNV")
    december, january = date(2025, 12, 31), date(2026, 1, 2)
    with pytest.raises(Invalid, match="12/BC-SNV of 2025"):
        to_print(half.session, head, key, revised.version, notation="BC-SNV", issued_on=december)
    with pytest.raises(Invalid), half.session.begin_nested():
        publish_report(half.session, head, key, revised.version, PAPER, notation="BC-SNV", issued_on=december)
    half.session.refresh(revised)
    assert (revised.state, revised.notation) == ("SUBMITTED", "TTr-SNV")
    out = publish_report(
        half.session, head, key, revised.version, PAPER, notation="BC-SNV", issued_on=january
    )
    assert (out.state, out.number) == ("PUBLISHED", "12")


def test_each_body_has_a_register_of_its_own(half: Half) -> None:
    first, second = published(half, half.first), published(half, half.second)
    assert [(one.state, one.number, one.notation) for one in (first, second)] == [
        ("PUBLISHED", "12", "BC-SNV")
    ] * 2


def test_an_agencys_own_report_is_corrected_alone(half: Half) -> None:
    report = published(half, half.first)
    assert half.period.state == "CLOSED"
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[0]})
    clerk = half.actor("supervisor")
    taken = take_again(half.session, clerk, report.id or 0)
    assert set(taken.figures) == {half.first}
    revised = correct_report(half.session, clerk, report.id or 0, report.version, taken, "Sai nguồn gốc")
    assert [one["code"] for one in revised.changes["indicators"]] == ["II.1.a"]
    assert (revised.agency_id, revised.revision) == (half.first, 2)


def test_a_snapshot_of_old_is_not_compared(half: Half) -> None:
    report = PublishedReport(period_id=half.period.id or 0, state="PUBLISHED")
    half.session.add(report)
    half.session.flush()
    old = Snapshot(report_id=report.id or 0, as_of=half.period.data_cutoff, formula_version="1", sha256="")
    half.session.add(old)
    half.session.flush()
    with pytest.raises(NoMembers):
        side_of(half.session, half.actor("leader"), old.id or 0)
    with pytest.raises(NotFound):
        side_of(half.session, half.actor("leader"), 10**9)


def test_a_paper_is_whole_on_the_disk_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = store(tmp_path, b"%PDF-1.7 figures")
    assert store(tmp_path, b"%PDF-1.7 figures") == paper
    assert fetch(tmp_path, paper.key, paper.sha256) == b"%PDF-1.7 figures"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            store(tmp_path, b"another")
    assert [one.name for one in tmp_path.rglob("*") if one.is_file()] == [Path(paper.key).name]
    (tmp_path / paper.key).write_bytes(b"forged")
    with pytest.raises(PaperChanged):
        fetch(tmp_path, paper.key, paper.sha256)
    assert store(tmp_path, b"%PDF-1.7 figures") == paper  # the right bytes again
    assert fetch(tmp_path, paper.key, paper.sha256) == b"%PDF-1.7 figures"
