"""A file is the published report, or the answer says what it is instead: every kind of file that people may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from hub.returns.models import PublishedReport
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


def publish(half: Half, row: PublishedReport, folder: Any) -> Issued:
    """Submitted by one, printed from its figures, stored, published by another."""
    clerk, head = half.actor("supervisor"), half.actor("supervisor_head")
    submit_report(half.session, clerk, row.id or 0, row.version, number="12", notation="BC-SNV")
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
