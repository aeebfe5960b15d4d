"""A file is the published report, or the answer says what it is instead: every kind of file that people may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from hub.plan.models import DeclaredProgress, Duty, Indicator
from hub.returns.models import AgencyReturn, PublishedReport
from hub.returns.publication.correcting import correct_report, take_again
from hub.returns.publication.drafting import draft_report, submit_report
from hub.returns.publication.papers import store
from hub.returns.publication.publishing import publish_report, to_print
from hub.returns.snapshots.freezing import keep, take
from reports.model import Edition, Report
from reports.official import build_official
from reports.pdf import Print, print_pdf
from reports.verification import Verdict, Verification, verify
from tests.returns.conftest import Half, half

__all__ = ["half"]
PAGE = '<html lang="vi"><title>Báo cáo</title><p>Báo cáo</p>'


def printed(report: Report, csv: str | None = None, page: str = PAGE) -> bytes:
    """A file with a report's figures and a short page, since nothing here looks at pages."""
    whole = Print.of(report)
    return print_pdf(replace(whole, html=page, csv=whole.csv if csv is None else csv))


@dataclass
class Issued:
    """A published report of a small city: its model, its file, and the half-year it is of."""

    half: Half
    row: PublishedReport
    report: Report
    pdf: bytes

    def verified(self, content: bytes) -> Verification:
        return verify(self.half.session, content)

    def otherwise(self, **more: Any) -> Report:
        """The same report with another numerator in its first target."""
        first = self.report.targets[0]
        told = replace(first, figure=replace(first.figure, **more))
        return replace(self.report, targets=(told, *self.report.targets[1:]))


def publish(half: Half, row: PublishedReport, folder: Any, *, submitted: bool = False) -> Issued:
    """Submitted by one, printed from its figures, stored, published by another."""
    clerk, head = half.actor("supervisor"), half.actor("supervisor_head")
    if not submitted:
        number = str(11 + row.revision)
        submit_report(half.session, clerk, row.id or 0, row.version, number=number, notation="BC-SNV")
    ready = to_print(half.session, head, row.id or 0, row.version)
    assert ready is not None
    report = build_official(half.session, head, ready, "https://hub.example.vn")
    pdf = printed(report)
    publish_report(half.session, head, row.id or 0, row.version, store(folder, pdf))
    return Issued(half, row, report, pdf)


@pytest.fixture
def issued(half: Half, printer: None, tmp_path: Any) -> Issued:
    head, clerk = half.actor("supervisor_head"), half.actor("supervisor")
    keep(half.session, head, take(half.session, head, half.period.id or 0))
    return publish(half, draft_report(half.session, clerk, half.period.id or 0, None), tmp_path)


FILES: dict[str, tuple[Callable[[Issued], bytes], Verdict]] = {
    "the file itself": (lambda it: it.pdf, Verdict.PUBLISHED),
    "a byte of a page is changed": (
        lambda it: printed(it.report, page=PAGE.replace("<p>Báo", "<p>Bao")),
        Verdict.CHANGED,
    ),
    "something is appended": (lambda it: it.pdf + b"\n% sign here\n%%EOF\n", Verdict.ADDED_TO),
    "another numerator": (lambda it: printed(it.otherwise(numerator=8)), Verdict.FORGED),
    "another target left out": (
        lambda it: printed(replace(it.report, targets=it.report.targets[1:])),
        Verdict.FORGED,
    ),
    "another table than the data": (
        lambda it: printed(it.report, csv=Print.of(it.otherwise(numerator=8)).csv),
        Verdict.FORGED,
    ),
    "another period": (lambda it: printed(replace(it.report, period=it.report.next_period)), Verdict.FORGED),
    "another snapshot than any": (
        lambda it: printed(replace(it.report, edition=Edition(10**9, "https://hub.example.vn/verify/1"))),
        Verdict.UNPUBLISHED,
    ),
    "a provisional report": (
        lambda it: printed(replace(it.report, official=False, edition=None)),
        Verdict.PROVISIONAL,
    ),
    "half of the file": (lambda it: it.pdf[: len(it.pdf) // 2], Verdict.UNKNOWN),
    "no PDF": (lambda it: b"PK\x03\x04", Verdict.UNKNOWN),
    "an empty file": (lambda it: b"", Verdict.UNKNOWN),
}


def test_every_file_is_told_for_what_it_is(issued: Issued) -> None:
    found = {name: issued.verified(made(issued)) for name, (made, _) in FILES.items()}
    assert {name: told.verdict for name, told in found.items()} == {
        name: verdict for name, (_, verdict) in FILES.items()
    }
    right = found["the file itself"]
    assert right.issue
    assert (right.issue.number, right.issue.revision, right.issue.newer) == ("12/BC-SNV", 1, None)
    assert right.issue.sha256 == right.sha256 == issued.row.sha256
    assert right.differences == ()
    assert right.compared >= 8
    assert right.added_up
    assert right.members
    [difference] = found["another numerator"].differences
    assert (difference.code, difference.told[:2], difference.frozen) == ("II.1.a", (8, 8), (7, 8, "87.50"))
    assert found["a byte of a page is changed"].issue == right.issue
    assert found["no PDF"].issue is None


def test_records_mended_after_publication_change_no_answer(issued: Issued) -> None:
    session = issued.half.session
    session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": issued.half.items[0]})
    session.execute(text("delete from item where id = :id"), {"id": issued.half.items[1]})
    told = issued.verified(issued.pdf)
    assert (told.verdict, told.differences) == (Verdict.PUBLISHED, ())


def said_of(half: Half) -> None:
    """An accepted return, a declaration of a row and one of a duty, and an exclusion, of the first agency."""
    session, agency = half.session, half.first
    session.add(
        AgencyReturn(
            period_id=half.period.id or 0, agency_id=agency, state="ACCEPTED", difficulties="Thiếu kinh phí"
        )
    )
    row = session.exec(
        select(Indicator).where(Indicator.part == "ANNEX").order_by(col(Indicator.position))
    ).first()
    duty = session.exec(select(Duty).order_by(col(Duty.id))).first()
    assert row
    assert duty
    for subject in ({"indicator_id": row.id}, {"duty_id": duty.id}):
        session.add(
            DeclaredProgress(**subject, agency_id=agency, as_of=half.period.data_cutoff, value="Đã xong")
        )
    half.city.exclusion("II.1.a", agency, item_id=half.items[4])
    session.flush()


LATER = """
    update agency_return set difficulties = 'Không có', state = 'SENT_BACK';
    update exclusion set valid_to = '2021-01-01';
    insert into declared_progress (indicator_id, duty_id, agency_id, as_of, value)
        select indicator_id, duty_id, agency_id, as_of, 'Chưa làm' from declared_progress;
    update item set origin = 'PAPER', signature_evidence = null;
"""


def told(report: Report) -> Any:
    """What it says of its own half-year: figures, what the records lack, and what people have said."""
    tasks = [task for group in report.tasks for task in group.tasks]
    return (
        [(one.code, one.figure, one.lacks) for one in report.targets],
        [(one.code, one.figure, one.lacks, one.declared) for one in tasks],
        [[line.figure for line in one.agencies] for one in report.breakdowns],
        (report.returns, report.exclusions, report.duties, report.pending),
    )


def test_what_is_said_after_the_closing_changes_no_report_and_is_told_in_none(
    half: Half, printer: None, tmp_path: Any
) -> None:
    session, head, clerk = half.session, half.actor("supervisor_head"), half.actor("supervisor")
    said_of(half)
    keep(session, head, take(session, head, half.period.id or 0))

    def made(row: PublishedReport) -> Report:
        ready = to_print(session, head, row.id or 0, row.version)
        assert ready is not None
        return build_official(session, head, ready, "https://hub.example.vn")

    sent = [
        submit_report(session, clerk, row.id or 0, row.version)
        for row in (draft_report(session, clerk, half.period.id or 0, whose) for whose in (None, half.first))
    ]
    before = [made(row) for row in sent]
    for report in before:
        assert [one.difficulties for one in report.returns.voices] == ["Thiếu kinh phí."]
        assert [(one.indicator, one.count) for one in report.exclusions] == [("II.1.a", 1)]
        assert [task.declared[0].said for group in report.tasks for task in group.tasks if task.declared] == (
            ["Đã xong"] if report.scope is None else []
        )
    assert [one.declared[0].said for one in before[0].duties if one.declared] == ["Đã xong"]
    session.execute(text(LATER))
    # half-years before that nobody has closed are counted as the records stand
    assert [told(made(row)) for row in sent] == [told(report) for report in before]

    # its figures are counted anew in a correction, and nobody is asked anew
    city = publish(half, sent[0], tmp_path, submitted=True)
    taken = take_again(session, clerk, city.row.id or 0)
    revised = correct_report(session, clerk, city.row.id or 0, city.row.version, taken, "Sai nguồn gốc")
    again = publish(half, revised, tmp_path)
    assert again.report.targets[0].figure.numerator == 0
    assert again.report.returns == before[0].returns
    assert again.report.exclusions == ()
    assert (city.verified(again.pdf).verdict, city.verified(city.pdf).verdict) == (
        Verdict.PUBLISHED,
        Verdict.SUPERSEDED,
    )
    other = replace(again.report, returns=replace(again.report.returns, accepted=2), duties=())
    forged = again.verified(printed(other))
    assert (forged.verdict, forged.words) == (Verdict.FORGED, ("RETURNS",))


def test_what_was_corrected_names_the_newer_one(issued: Issued, tmp_path: Any) -> None:
    half, row = issued.half, issued.row
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[0]})
    clerk = half.actor("supervisor")
    taken = take_again(half.session, clerk, row.id or 0)
    revised = publish(
        half,
        correct_report(half.session, clerk, row.id or 0, row.version, taken, "Nhập sai nguồn gốc"),
        tmp_path,
    )
    old, new = issued.verified(issued.pdf), issued.verified(revised.pdf)
    assert (old.verdict, new.verdict) == (Verdict.SUPERSEDED, Verdict.PUBLISHED)
    assert old.issue
    assert new.issue
    assert (old.issue.newer, new.issue.newer) == (new.issue.snapshot_id, None)
    assert new.issue.revision == 2
    # the figures of one edition under the name of the other
    mixed = printed(replace(issued.report, edition=revised.report.edition))
    assert issued.verified(mixed).verdict is Verdict.FORGED


def test_frozen_records_that_no_longer_add_up_are_told(issued: Issued) -> None:
    """The hub proves itself, too: somebody who can write to its tables is found out."""
    issued.half.session.execute(text("update frozen_members set packed = packed || '\\x00'::bytea"))
    issued.half.session.execute(text("update period_freeze set sha256 = repeat('0', 64)"))
    told = issued.verified(issued.pdf)
    assert (told.verdict, told.differences) == (Verdict.MISMATCHED, ())
