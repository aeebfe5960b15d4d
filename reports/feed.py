"""The ranking of agencies as data for other systems: the city's index of IT use takes it in (plan, IV.3.e).

It is what the published report prints, from its snapshot: places among agencies of one kind by the targets they meet.
Small counts stay untold (hub/kpi/small.py), so a percentage that would give one away is null and `withheld`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import NotFound
from hub.kpi import small
from hub.kpi.breakdown import KIND_LABELS, By
from hub.kpi.frozen import thaw, thaw_lines
from hub.kpi.values import BreakdownRow
from reports import sources
from reports.comparison import compare
from reports.model import Ranked

# The newest report of the city in force up to a date whose lines were frozen.
_REPORT = text(
    """
    select r.id, r.agency_id, r.state, r.created_by, r.submitted_by, r.revision, r.sha256, r.published_at,
           s.id as snapshot_id, s.as_of, s.figures, z.lines, p.deadline, pl.code as plan
      from published_report r
      join reporting_period p on p.id = r.period_id
      join plan pl on pl.id = p.plan_id
      join snapshot s on s.report_id = r.id
      join period_freeze z on z.id = s.freeze_id
     where r.agency_id is null and r.state = 'PUBLISHED' and z.lines <> '{}' and p.deadline <= :until
     order by p.deadline desc, s.id desc limit 1
    """
)

_IN_ENGLISH = dict(KIND_LABELS.values())


class NoRanking(NotFound):
    """No report that ranks agencies has been published up to the date."""

    def __init__(self, until: date) -> None:
        super().__init__("bảng xếp hạng", "the ranking")
        self.message_vi = (
            f"Chưa công bố báo cáo có xếp hạng cơ quan đến ngày {until:%d/%m/%Y}. Hãy chọn ngày muộn hơn."
        )
        self.message_en = f"No report that ranks agencies was published up to {until}. Choose a later date."


def ranking(session: Session, actor: Actor, until: date, address: str, language: str) -> dict[str, Any]:
    """The places of all agencies in the newest published report up to a date; three statements.

    `language` (vi, en) is that of the groups' titles; names are nobody's language. Raises NoRanking.
    """
    report = session.execute(_REPORT, {"until": until}).first()
    if report is None or not actor.may("read", "report", report):
        raise NoRanking(until)
    lines = thaw_lines(report.lines)
    rows = [
        value.indicator
        for value in thaw(report.figures)
        if value.indicator.part == "TARGET"
        and value.indicator.has_percent
        and actor.may("read", "indicator", value.indicator)
    ]
    bodies = sources.bodies(session, report.as_of)
    compared = compare(
        session, actor, bodies, [(report.as_of, row) for row in rows], [], {report.as_of: lines}
    )
    told = {
        row.code: {
            line.key: line for line in small.told_lines(actor, row, lines[By.AGENCY].get(row.code, ()))
        }
        for row in rows
    }
    return {
        "plan": report.plan,
        "period": report.deadline.isoformat(),
        "asOf": report.as_of.isoformat(),
        "revision": report.revision,
        "publishedAt": report.published_at.isoformat() if report.published_at else None,
        "snapshotId": report.snapshot_id,
        "sha256": report.sha256,
        "verify": f"{address}/verify/{report.snapshot_id}",
        "language": language,
        "groups": [
            {
                "title": _IN_ENGLISH[group.title] if language == "en" else group.title,
                "targets": list(group.targets),
                "agencies": [_agency(one, group.targets, told) for one in group.agencies],
            }
            for group in compared.ranking
        ],
    }


def _agency(
    one: Ranked, targets: Sequence[str], told: Mapping[str, Mapping[str, BreakdownRow]]
) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "place": one.rank.place if one.rank else None,
        "of": one.rank.of if one.rank else None,
        "tied": one.rank.tied if one.rank else None,
        "met": one.met,
        "counted": one.counted,
        "figures": {
            code: {"percent": line.percent, "result": str(line.result), "withheld": line.withheld}
            for code in targets
            if (line := told[code].get(one.code)) is not None
        },
    }


def as_csv(told: Mapping[str, Any]) -> str:
    """The same as a table, a line an agency; a percentage that is not told is empty."""
    out = io.StringIO()
    targets = list(dict.fromkeys(code for group in told["groups"] for code in group["targets"]))
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["period", "revision", "group", "place", "of", "code", "name", "met", "counted", *targets])
    for group in told["groups"]:
        for one in group["agencies"]:
            percents = [(one["figures"].get(code) or {}).get("percent") or "" for code in targets]
            table.writerow(
                [told["period"], told["revision"], group["title"], one["place"] or "", one["of"] or "",
                 one["code"], one["name"], one["met"], one["counted"], *percents]
            )  # fmt: skip
    return out.getvalue()
