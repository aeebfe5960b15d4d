"""What was decided, sent, printed, published or frozen stands: not even SQL by hand as the application moves it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from hub.kit.errors import NotPermitted
from hub.returns.publication.correcting import correct_report, drop_draft, is_idle, take_again
from hub.returns.publication.drafting import draft_report
from tests.returns.conftest import Half
from tests.returns.test_publication import freeze, published, snapshot, submitted

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
    "a report away": "delete from published_report",
    "further members": _MEMBERS,
}
FORBIDDEN = {
    **{table: f"delete from {table}" for table in ("agency_return", "return_case", "report_task")},
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
        with pytest.raises(IntegrityError, match=r"stands|takes no|uq_snapshot_report_id"):
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


_FREEZE = """
    insert into period_freeze (period_id, as_of, sha256, taken_at, reason) select id, data_cutoff, 'x', now(), {why}
      from reporting_period where id = :period
"""
_REPORT = "insert into published_report (period_id, agency_id, {0}) values (:period, :agency, {1})"
# By hand, of a closed period with a draft of one agency, a submitted report of another, and nothing out.
STEPS = {
    "a published report": _REPORT.format("state, sha256", "'PUBLISHED', 'x'"),
    "a submitted report": _REPORT.format("state", "'SUBMITTED'"),
    "a draft with a paper": _REPORT.format("sha256", "'x'"),
    "a second revision of nothing": _REPORT.format("revision", "2"),
    "a draft is out at once": "update published_report set state = 'PUBLISHED', sha256 = 'x' where state = 'DRAFT'",
    "submitted by nobody": "update published_report set state = 'SUBMITTED' where state = 'DRAFT'",
    "out without a paper": "update published_report set state = 'PUBLISHED', published_by = created_by"
    " where state = 'SUBMITTED'",
    "out by nobody": "update published_report set state = 'PUBLISHED', sha256 = 'x' where state = 'SUBMITTED'",
    "another submitter": "update published_report set submitted_by = null where state = 'SUBMITTED'",
    "another body's": "update published_report set agency_id = :agency where state = 'DRAFT'",
    "a first draft away": "delete from published_report where state = 'DRAFT'",
    "a closed period": "insert into reporting_period (plan_id, deadline, returns_due_on, data_cutoff, state)"
    " select plan_id, deadline - 1, deadline - 1, deadline - 1, 'CLOSED' from reporting_period where id = :period",
    "out before its report": "update reporting_period set state = 'PUBLISHED' where id = :period",
    "another cut-off": "update reporting_period set data_cutoff = data_cutoff - 1 where id = :period",
    "frozen once more": _FREEZE.format(why="null"),
    "corrected before it is out": _FREEZE.format(why="'x'"),
}


def test_reports_and_periods_go_from_state_to_state_by_hand_too(half: Half) -> None:
    submitted(half)
    draft_report(half.session, half.actor("supervisor"), half.period.id or 0, half.first)
    half.session.flush()
    half.session.execute(text("set local role hub_app"))
    for deed in STEPS.values():
        with pytest.raises(IntegrityError, match=r"takes no such step|stand as they were frozen"):
            _try(half, deed, period=half.period.id, agency=half.second)
    half.session.execute(text("reset role"))


def test_a_closing_without_figures_is_none(half: Half) -> None:
    half.session.execute(text("update reporting_period set state = 'OPEN'"))
    half.session.execute(text("set local role hub_app"))
    with pytest.raises(IntegrityError, match="takes no such step"):
        _try(half, "update reporting_period set state = 'CLOSED'")


def test_a_draft_with_nothing_left_to_correct_goes(half: Half) -> None:
    report = published(half)
    session, clerk, key = half.session, half.actor("supervisor"), report.id or 0
    half.session.execute(text("update item set origin = 'PAPER' where id = :id"), {"id": half.items[0]})
    taken = take_again(session, clerk, key)
    assert not is_idle(session, key, taken)
    draft = correct_report(session, clerk, key, report.version, taken, "Sai nguồn gốc")
    gone = draft.id
    half.session.execute(
        text("update item set origin = 'BORN_DIGITAL' where id = :id"), {"id": half.items[0]}
    )
    assert is_idle(session, key, take_again(session, clerk, key))
    with pytest.raises(NotPermitted):
        drop_draft(session, half.actor("leader"), key)
    session.execute(text("set local role hub_app"))
    drop_draft(session, clerk, key)
    session.execute(text("reset role"))
    left = session.execute(text("select id, state from published_report")).all()
    assert [(one.id, one.state) for one in left] == [(key, "PUBLISHED")]
    assert (
        session.execute(text("select count(*) from snapshot where report_id = :id"), {"id": gone}).scalar()
        == 0
    )
    drop_draft(session, clerk, key)  # there is none
