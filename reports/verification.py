"""Is this file the published report, and are its figures those that were frozen?

The SHA-256 says whether it is the file that was published, to the byte. What is another file is looked into, so that
the answer says what it is: an older edition, a published file with something added or changed, a report with figures
that were never published, a provisional one, or nothing of this hub.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.kpi.frozen import thaw
from hub.kpi.rules import percent, share
from hub.kpi.values import IndicatorValue
from hub.returns.snapshots.checking import check
from hub.returns.snapshots.models import PeriodFreeze
from hub.returns.snapshots.said import thaw_said
from reports import declared
from reports.attachments import NoFigures, attached
from reports.build import TARGET
from reports.model import Figure, Report
from reports.readings import decimal, figure_of


class Verdict(StrEnum):
    """What a file is. Only PUBLISHED is the report in force."""

    PUBLISHED = "PUBLISHED"
    SUPERSEDED = "SUPERSEDED"
    MISMATCHED = "MISMATCHED"
    ADDED_TO = "ADDED_TO"
    CHANGED = "CHANGED"
    FORGED = "FORGED"
    UNPUBLISHED = "UNPUBLISHED"
    PROVISIONAL = "PROVISIONAL"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Issue:
    """A published report as the hub knows it; `newer` is the snapshot of the edition in force, if another one is."""

    snapshot_id: int
    period: date
    agency: str | None
    revision: int
    number: str | None
    published_at: datetime | None
    sha256: str | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not told as it was frozen, or does not follow from what was: numerator, denominator, percent."""

    code: str
    told: tuple[int | None, int | None, str | None]
    frozen: tuple[int | None, int | None, str | None]


@dataclass(frozen=True, slots=True)
class Verification:
    """What a file is, which report it belongs to, and what its figures are worth.

    `compared` figures of the file were held against the snapshot; `added_up` were counted again from the records that
    were frozen with it, `members` of them (None: frozen before the hub kept them). `words` are the parts told otherwise
    than people had said by then: RETURNS, EXCLUSIONS, DUTIES, DECLARED.
    """

    verdict: Verdict
    sha256: str
    issue: Issue | None = None
    differences: tuple[Difference, ...] = ()
    compared: int = 0
    added_up: int | None = None
    members: int | None = None
    words: tuple[str, ...] = ()


_ISSUE = """
    select s.id as snapshot_id, p.deadline as period, a.name as agency, r.revision, r.state, r.published_at, r.sha256,
           concat_ws('/', r.number, r.notation) as number, s.figures, s.freeze_id, r.agency_id,
           (select t.id from published_report n join snapshot t on t.report_id = n.id
             where n.period_id = r.period_id and n.agency_id is not distinct from r.agency_id
               and n.state = 'PUBLISHED' and n.id <> r.id order by t.id desc limit 1) as newer
      from published_report r
      join reporting_period p on p.id = r.period_id
      join snapshot s on s.report_id = r.id
      left join agency a on a.id = r.agency_id
     where {condition} and r.state in ('PUBLISHED', 'SUPERSEDED')
     order by s.id desc limit 1
"""
_BY_HASH = text(_ISSUE.format(condition="(r.sha256 = any(:hashes) or r.brief_sha256 = any(:hashes))"))
_BY_SNAPSHOT = text(_ISSUE.format(condition="s.id = :snapshot"))


def verify(session: Session, pdf: bytes) -> Verification:
    """What a file is. Published reports are public, so nothing here asks who is asking."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    row: Any = session.execute(_BY_HASH, {"hashes": [sha256]}).first()
    if row is not None:
        return _published(session, pdf, sha256, row)
    earlier = [hashlib.sha256(part).hexdigest() for part in _earlier(pdf)]
    row = session.execute(_BY_HASH, {"hashes": earlier}).first() if earlier else None
    if row is not None:
        return Verification(Verdict.ADDED_TO, sha256, _issue(row))
    try:
        report, tables_agree = attached(pdf)
    except NoFigures:
        return Verification(Verdict.UNKNOWN, sha256)
    if report.edition is None:
        return Verification(Verdict.UNKNOWN if report.official else Verdict.PROVISIONAL, sha256)
    row = session.execute(_BY_SNAPSHOT, {"snapshot": report.edition.snapshot_id}).first()
    if row is None:
        return Verification(Verdict.UNPUBLISHED, sha256)
    compared, differences = _compared(report, thaw(row.figures))
    words = _words(session, report, row)
    forged = bool(differences) or bool(words) or not tables_agree or report.period != row.period
    verdict = Verdict.FORGED if forged else Verdict.CHANGED
    return Verification(verdict, sha256, _issue(row), differences, compared, words=words)


def _published(session: Session, pdf: bytes, sha256: str, row: Any) -> Verification:
    """The very file: its figures are still compared and counted again, since the hub proves itself as well."""
    verdict = Verdict.SUPERSEDED if row.state == "SUPERSEDED" else Verdict.PUBLISHED
    values = thaw(row.figures)
    report, tables_agree = attached(pdf)
    compared, differences = _compared(report, values)
    differences += _recomputed(values)
    added_up = members = None
    if row.freeze_id is not None:
        checked = check(session, row.freeze_id)
        added_up, members = checked.figures, checked.members
        if not checked.is_right:
            verdict = Verdict.MISMATCHED
    words = _words(session, report, row)
    if differences or words or not tables_agree:
        verdict = Verdict.MISMATCHED
    return Verification(verdict, sha256, _issue(row), differences, compared, added_up, members, words)


def _earlier(pdf: bytes) -> list[bytes]:
    """The file as it ended before something was appended to it; a signature appends, and so does a forger."""
    mark, at = b"%%EOF", 0
    found: list[bytes] = []
    while (at := pdf.find(mark, at)) >= 0 and len(found) < 64:
        at += len(mark)
        found += [pdf[: at + len(end)] for end in (b"", b"\n", b"\r\n") if pdf[at : at + len(end)] == end]
    return [part for part in found if len(part) < len(pdf)]


def _compared(report: Report, values: list[IndicatorValue]) -> tuple[int, tuple[Difference, ...]]:
    """How many figures of the report its snapshot has, and those told otherwise, or told on one side only.

    A row of an agency's annex that counts nothing of it is printed and not frozen.
    """
    told = {target.code: target.figure for target in report.targets}
    told |= {task.code: task.figure for group in report.tasks for task in group.tasks}
    frozen = {value.indicator.code: figure_of(value) for value in values}
    targets = {value.indicator.code for value in values if value.indicator.part == TARGET}
    asked = [code for code, figure in told.items() if code in frozen or figure.denominator]
    differences = [
        Difference(code, _parts(told.get(code)), _parts(frozen.get(code)))
        for code in [*asked, *sorted(targets - told.keys())]
        if _parts(told.get(code)) != _parts(frozen.get(code))
    ]
    return len(asked), tuple(differences)


def _words(session: Session, report: Report, row: Any) -> tuple[str, ...]:
    """Which parts are not what people had said when the figures were frozen; none where that is not kept."""
    said = None
    if row.freeze_id is not None:
        said = thaw_said(session.get_one(PeriodFreeze, row.freeze_id).said)
    if said is None:
        return ()
    if row.agency_id is not None:
        said = said.of(row.agency_id)
    told = declared.declarations(said)
    duties = {one.code: one.declared for one in report.duties}
    tasks = {task.code: task.declared for group in report.tasks for task in group.tasks}
    agree = {
        "RETURNS": report.returns == declared.returns(said, of_agency=row.agency_id is not None),
        "EXCLUSIONS": report.exclusions == declared.exclusions(said),
        "DUTIES": duties == declared.by_code(told, duties),
        "DECLARED": tasks == declared.by_code(told, tasks),
    }
    return tuple(name for name, agrees in agree.items() if not agrees)


def _parts(figure: Figure | None) -> tuple[int | None, int | None, str | None]:
    if figure is None:
        return None, None, None
    return figure.numerator, figure.denominator, None if figure.percent is None else str(figure.percent)


def _recomputed(values: list[IndicatorValue]) -> tuple[Difference, ...]:
    """The frozen percents that do not follow from numerator and denominator (domain rules R3 and R4)."""
    found = []
    for value in values:
        if not value.indicator.has_percent:
            continue
        again = percent(share(value.numerator, value.denominator), value.indicator.target_percent)
        if decimal(again) != decimal(value.percent):
            parts = (value.numerator, value.denominator)
            found.append(Difference(value.indicator.code, (*parts, value.percent), (*parts, again)))
    return tuple(found)


def _issue(row: Any) -> Issue:
    return Issue(
        row.snapshot_id,
        row.period,
        row.agency,
        row.revision,
        row.number or None,
        row.published_at,
        row.sha256,
        row.newer,
    )
