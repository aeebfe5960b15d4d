"""What the hub says of a published report to whoever holds its PDF: which one it is, and whether it is in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import NotFound
from hub.kit.ids import ForgedId, decode_as
from hub.returns.models import PublishedReport

SHA256 = re.compile(r"[0-9a-fA-F]{64}")

_REPORT = """
    select r.id from published_report r
     where :sha256 in (r.sha256, r.brief_sha256) and r.state in ('PUBLISHED', 'SUPERSEDED') order by r.id desc limit 1
"""
_OF_SNAPSHOT = "select s.report_id from snapshot s where s.id = :id"
_REVISIONS = """
    select r.id, r.revision, r.state, r.published_at, r.number, r.notation, r.issued_on, r.sha256, r.byte_size,
           r.brief_sha256, r.object_key is not null as has_paper, r.correction_reason, s.id as snapshot_id,
           s.sha256 as figures_sha256, s.as_of, s.formula_version, s.figures, s.created_at as frozen_at,
           p.deadline, pl.code as plan, a.code as agency_code, a.name as agency, o.name as office
      from published_report asked
      join published_report r on r.period_id = asked.period_id
                             and r.agency_id is not distinct from asked.agency_id
      join reporting_period p on p.id = r.period_id
      join plan pl on pl.id = p.plan_id
      left join agency a on a.id = r.agency_id
      left join app_user u on u.id = r.published_by
      left join agency o on o.id = u.agency_id
      left join lateral (select * from snapshot s where s.report_id = r.id order by s.id desc limit 1) s on true
     where asked.id = :id and r.state in ('PUBLISHED', 'SUPERSEDED')
     order by r.revision desc
"""


@dataclass(frozen=True)
class Revision:
    """One revision of a report as it went out; `office` is the body of who published it."""

    id: int
    revision: int
    state: str
    published_at: datetime | None
    number: str | None
    notation: str | None
    issued_on: date | None
    sha256: str | None
    byte_size: int | None
    brief_sha256: str | None
    has_paper: bool
    correction_reason: str | None
    snapshot_id: int | None
    figures_sha256: str | None
    as_of: date | None
    formula_version: str | None
    figures: dict[str, Any] | None
    frozen_at: datetime | None
    deadline: date
    plan: str
    agency_code: str | None
    agency: str | None
    office: str | None

    @property
    def is_in_force(self) -> bool:
        """Whether no later revision has taken its place."""
        return self.state == "PUBLISHED"

    @property
    def called(self) -> str:
        """Its number and notation, as văn thư wrote them."""
        return "/".join(part for part in (self.number, self.notation) if part)


@dataclass(frozen=True)
class Proof:
    """The report asked about, all its revisions (newest first), and whether it was named by its PDF's SHA-256."""

    report: Revision
    revisions: Sequence[Revision]
    by_sha256: bool

    @property
    def newer(self) -> Revision | None:
        """The revision in force, where it is another."""
        return next((one for one in self.revisions if one.is_in_force and one.id != self.report.id), None)


class UnknownReport(NotFound):
    """No published report has this snapshot or this SHA-256."""

    def __init__(self, named: str) -> None:
        super().__init__("báo cáo", "the report")
        shown = named[:80]
        self.message_vi = (
            f"Hub chưa công bố báo cáo nào có mã «{shown}». Nếu tệp PDF của bạn có mã này thì đó không phải bản đã công"
            " bố, hoặc nội dung đã bị sửa. Hãy tải bản chính thức từ trang của Hub."
        )
        self.message_en = (
            f'The hub has published no report with the code "{shown}". A PDF that has it is not what was published,'
            " or its content was changed. Get the official one from the hub."
        )


def proof(session: Session, actor: Actor, named: str) -> Proof:
    """What is known of a report by its snapshot's id or its PDF's SHA-256; two statements. Raises UnknownReport."""
    by_sha256 = SHA256.fullmatch(named) is not None
    if by_sha256:
        key = session.execute(text(_REPORT), {"sha256": named.lower()}).scalar()
    else:
        key = session.execute(text(_OF_SNAPSHOT), {"id": _key(named)}).scalar()
    report = session.get(PublishedReport, key) if key is not None else None
    if report is None or not actor.may("read", "report", report):
        raise UnknownReport(named)
    found = [Revision(**row) for row in session.execute(text(_REVISIONS), {"id": key}).mappings()]
    asked = next((one for one in found if one.id == key), None)
    if asked is None:  # a draft of his own is no proof
        raise UnknownReport(named)
    return Proof(asked, found, by_sha256)


def _key(named: str) -> int:
    """The key of a snapshot from plain digits or a global id; 0 for anything else, which no row has."""
    if named.isascii() and named.isdigit() and len(named) < 19:
        return int(named)
    try:
        return int(decode_as(named, "Snapshot"))
    except ForgedId:
        return 0
