"""What was decided, sent, printed, published or frozen stands: not even SQL by hand as the application moves it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from tests.returns.conftest import Half
from tests.returns.test_publication import freeze, published, snapshot

# A mail that is sent, an opening that is confirmed, a print that is made, with what they hang on.
_THERE = """
    with told as (
        insert into reminder (period_id, agency_id, due_on, occasion) values (:period, :agency, now(), 'x') returning id
    ), mailed as (
        insert into outbox_message (reminder_id, recipient, subject, text, state, sent_at)
        select id, 'a@hanoi.gov.vn', 'x', 'x', 'SENT', now() from told
    ), work as (
        insert into job (kind, state) values ('report:print', 'QUEUED') returning id
    ), printed as (
        insert into report_print (report_id, fingerprint, content, job_id, sha256, object_key, printed_at)
        select :report, 'x', 'x', id, 'x', 'x', now() from work
    )
    insert into access_change (file_id, access_before, access_after, proposed_by, state, decided_by, decided_at)
    values (:file, 2, 1, :proposer, 'CONFIRMED', :decider, now())
"""
_SNAPSHOT = """
    insert into snapshot (report_id, as_of, formula_version, figures, sha256)
    select report_id, as_of, formula_version, '{}', 'x' from snapshot
"""
_MEMBERS = """
    insert into frozen_members (freeze_id, indicator_code, agency_id, kind, records, numerator, denominator, excluded,
                                packed)
    select freeze_id, 'x', agency_id, kind, 1, 1, 1, 0, packed from frozen_members limit 1
"""
_FIGURES = "insert into frozen_figures (freeze_id, agency_id) select id, :agency from period_freeze"
REFUSED = {
    "a sent mail": "update outbox_message set recipient = 'x'",
    "a confirmed opening": "update access_change set state = 'PROPOSED', decided_at = null",
    "a finished print": "update report_print set sha256 = 'y'",
    "another snapshot": _SNAPSHOT,
    "its snapshot away": "delete from snapshot",
    "further figures": _FIGURES,
    "further members": _MEMBERS,
}
FORBIDDEN = {
    **{table: f"delete from {table}" for table in ("published_report", "agency_return", "return_case")},
    "declared": "update declared_progress set numerator = 0",
    "declared away": "delete from declared_progress",
    "a round": "update reminder_round set note = 'x'",
}


def test_nothing_of_it_is_changed_or_added_to(half: Half) -> None:
    report = published(half)
    people = {name: half.actor("officer", half.first).id for name in ("proposer", "decider")}
    # An agency without figures, for which nobody could tell that they came later.
    asked = {
        "period": half.period.id,
        "agency": half.city.agency("Z"),
        "file": half.file,
        "report": report.id,
    }
    half.session.execute(text(_THERE), {**asked, **people})
    half.session.execute(text("update period_freeze set created_at = now() - interval '1 day'"))
    half.session.execute(text("set local role hub_app"))
    for deed in REFUSED.values():
        with pytest.raises(IntegrityError, match=r"stands|takes no further|uq_snapshot_report_id"):
            _try(half, deed, **asked)
    for deed in FORBIDDEN.values():
        with pytest.raises(ProgrammingError, match="permission denied"):
            _try(half, deed)
    assert snapshot(half, report).sha256 != "x"


def _try(half: Half, deed: str, **asked: object) -> None:
    told = {name: value for name, value in asked.items() if f":{name}" in deed}
    with half.session.begin_nested():
        half.session.execute(text(deed), told)


def test_a_published_report_gives_way_to_a_revision_and_to_nothing_else(half: Half) -> None:
    report = published(half)
    half.session.execute(text("set constraints all immediate"))
    half.session.execute(text("set local role hub_app"))
    with pytest.raises(IntegrityError, match="in force until"):
        _try(half, "update published_report set state = 'SUPERSEDED' where id = :id", id=report.id)


def test_what_waits_goes_on(half: Half) -> None:
    freeze(half)
    half.session.execute(
        text(
            "insert into access_change (file_id, access_before, access_after, proposed_by) values (:file, 2, 1, :by)"
        ),
        {"file": half.file, "by": half.actor("officer", half.first).id},
    )
    half.session.execute(text("set local role hub_app"))
    found = half.session.execute(text("update access_change set access_after = 0 where state = 'PROPOSED'"))
    assert found.rowcount == 1  # type: ignore[attr-defined]
