"""The returns of the demo's agencies: accepted ones for the half-years that are over, every state for the open one.

Written in bulk as the commands would leave them: with every turn, the day it was handed in, and what it declares.
The same on every machine; who is late and why follows from an agency's stage and its place in the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.demo.city import DISTRICT, Body
from hub.kit.clock import HANOI
from hub.kpi.scorecard import scorecards_by_agency
from hub.plan.models import Duty, Plan
from hub.returns.figures import told
from hub.returns.kept import AgencyContact, CaseNote, ReturnCase, ReturnLine, ReturnTurn
from hub.returns.lines import declare
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.owed import REPORTS_TO

_RESULTS = {
    "LEADING": "Đã lập hồ sơ điện tử cho toàn bộ công việc mới phát sinh; hệ thống vận hành ổn định, đã kết nối với "
    "Trung tâm Lưu trữ lịch sử.",
    "GOOD": "Đã lập hồ sơ điện tử cho phần lớn công việc mới phát sinh; nộp lưu đúng hạn hồ sơ vĩnh viễn đến hạn.",
    "MIDDLE": "Đã triển khai lập hồ sơ điện tử tại các phòng chuyên môn; đang số hóa tài liệu có tần suất sử dụng cao.",
    "LATE": "Đã ban hành kế hoạch thực hiện; việc lập hồ sơ điện tử mới triển khai ở một số bộ phận.",
    "PAPER": "Hồ sơ chủ yếu còn ở dạng giấy; đã rà soát khối lượng tài liệu cần chỉnh lý, số hóa.",
    "UNDECLARED": "Đã triển khai nhiệm vụ theo kế hoạch của Thành phố.",
    "NONE": "Đã tiếp nhận, bảo quản và phục vụ khai thác tài liệu lưu trữ lịch sử theo nhiệm vụ được giao.",
}
_DIFFICULTIES = (
    "Kinh phí chỉnh lý tài liệu tồn đọng chưa được bố trí đủ.",
    "Công chức làm lưu trữ kiêm nhiệm, chưa được đào tạo về lưu trữ điện tử.",
    "Phần mềm quản lý văn bản chưa kết xuất được hồ sơ theo chuẩn đầu vào của lưu trữ lịch sử.",
    "Tài liệu giấy trước năm 2010 chưa được phân loại nên chưa xác định được khối lượng cần số hóa.",
    "Hạ tầng lưu trữ chưa đáp ứng yêu cầu an toàn thông tin theo cấp độ.",
)
_PROPOSALS = (
    "Đề nghị Thành phố bố trí kinh phí chỉnh lý, số hóa theo lộ trình.",
    "Đề nghị Sở Nội vụ tổ chức tập huấn nghiệp vụ lưu trữ điện tử.",
    None,
)
# Where the agencies' returns for the open period are, one after the other; "" for nothing begun.
_OPEN = (
    "ACCEPTED", "ACCEPTED", "APPROVED", "SUBMITTED", "ACCEPTED", "DRAFT", "", "ACCEPTED", "SENT_BACK", "APPROVED",
)  # fmt: skip
_WAY = (
    ("SUBMIT", "DRAFT", "SUBMITTED"),
    ("APPROVE", "SUBMITTED", "APPROVED"),
    ("ACCEPT", "APPROVED", "ACCEPTED"),
)
_TURNS = {"DRAFT": 0, "SUBMITTED": 1, "APPROVED": 2, "SENT_BACK": 2, "ACCEPTED": 3}
_SENT_BACK = "Đề nghị bổ sung số liệu tài liệu tồn đọng và kinh phí đã sử dụng."
# How many agencies' accepted returns of the open period declare amounts.
_DECLARING = 6
_PLACES = text(f"select a.id, {REPORTS_TO.format(a='a', day='cast(:day as date)')} as above from agency a")


# Of a period that is over, the figures that its agency's report froze, beside those of the report before.
_REPORTED = text(
    """
    with told as (
        select q.period_id, q.agency_id, p.deadline, s.as_of, x, x -> 'indicator' ->> 'code' as code
          from published_report q
          join reporting_period p on p.id = q.period_id
          join snapshot s on s.report_id = q.id
         cross join lateral jsonb_array_elements(s.figures -> 'indicators') x
         where q.agency_id is not null and x -> 'indicator' ->> 'part' = 'TARGET'
    ), beside as (
        select *, lag(x -> 'percent') over (partition by agency_id, code order by deadline) as before from told
    ), kept as (
        select period_id, agency_id, jsonb_object_agg(code, jsonb_build_object(
                   'asOf', as_of, 'numerator', x -> 'numerator', 'denominator', x -> 'denominator',
                   'percent', x -> 'percent', 'result', x -> 'result', 'before', before)) as figures
          from beside group by period_id, agency_id
    )
    update agency_return r set figures = kept.figures from kept
     where kept.period_id = r.period_id and kept.agency_id = r.agency_id
    """
)


_LAST_REPORTED = text(
    """
    select q.agency_id, x -> 'indicator' ->> 'code' as code, x ->> 'percent' as percent
      from published_report q join snapshot s on s.report_id = q.id
     cross join lateral jsonb_array_elements(s.figures -> 'indicators') x
     where q.agency_id is not null and s.as_of = (select max(as_of) from snapshot)
    """
)


@dataclass(frozen=True)
class _People:
    """Who writes, approves and receives; the demo's district has people of its own."""

    officer: int
    head: int
    receiver: int


def load_returns(
    session: Session,
    actor: Actor,
    plan: Plan,
    periods: Sequence[ReportingPeriod],
    agencies: Mapping[str, int],
    bodies: Sequence[Body],
    users: Mapping[str, AppUser],
) -> None:
    """Returns for every period that is open or over, of every body that owes one."""
    reporting = [body for body in bodies if body.has_archive]
    above = {row.id: row.above for row in session.execute(_PLACES, {"day": periods[-1].deadline})}
    rows: list[dict[str, Any]] = []
    for period in periods:
        if period.state != "PLANNED":
            rows += _of_period(period, reporting, agencies, above, users)
    _keep_figures(session, actor, plan, rows)
    keys = session.scalars(
        insert(AgencyReturn).returning(col(AgencyReturn.id), sort_by_parameter_order=True),
        [
            {name: value for name, value in row.items() if name not in ("turns", "number", "as_of")}
            for row in rows
        ],
    ).all()
    turns = [
        turn | {"return_id": key, "agency_id": row["agency_id"]}
        for key, row in zip(keys, rows, strict=True)
        for turn in row["turns"]
    ]
    session.execute(insert(ReturnTurn), turns)
    session.execute(_REPORTED)
    newest = next(period for period in periods if period.state == "OPEN")
    _declare(session, newest)
    _follow(session, newest, reporting, agencies, above, users)


def _keep_figures(session: Session, actor: Actor, plan: Plan, rows: Sequence[dict[str, Any]]) -> None:
    """The hub's figures with each submitted return of the open period, beside those of the last reports."""
    day = max(row["as_of"] for row in rows)
    found = scorecards_by_agency(session, actor, plan.code, [day])
    counted = {one.id: by_day[day] for one, by_day in found.items()}
    before = {(row.agency_id, row.code): row.percent for row in session.execute(_LAST_REPORTED)}
    for row in rows:
        if row["as_of"] == day and row["submitted_by"] is not None:
            row["figures"] = {
                value.indicator.code: told(value, None)
                | {"before": before.get((row["agency_id"], value.indicator.code))}
                for value in counted.get(row["agency_id"], ())
            }


def _people(body: Body, users: Mapping[str, AppUser]) -> _People:
    officer, head = ("officer", "approver") if body.code == DISTRICT else ("keeper", "head")
    return _People(users[officer].id or 0, users[head].id or 0, users["supervisor"].id or 0)


def _of_period(
    period: ReportingPeriod,
    reporting: Sequence[Body],
    agencies: Mapping[str, int],
    above: Mapping[int, int | None],
    users: Mapping[str, AppUser],
) -> list[dict[str, Any]]:
    found = []
    for number, body in enumerate(reporting):
        state = _OPEN[number % len(_OPEN)] if period.state == "OPEN" else "ACCEPTED"
        if not state:
            continue
        key = agencies[body.code]
        due = period.unit_returns_due_on if above.get(key) else period.returns_due_on
        handed_in = _handed_in(period, body, number, due or period.returns_due_on)
        found.append(
            _row(period, body, number, state, handed_in, _people(body, users))
            | {"agency_id": key, "reports_to_id": above.get(key)}
        )
    return found


def _handed_in(period: ReportingPeriod, body: Body, number: int, due: date) -> datetime:
    """Leading agencies come early, late ones late, none after the demo's day."""
    days = {"LEADING": -6, "GOOD": -3, "MIDDLE": -1, "LATE": 4, "PAPER": 2}.get(body.stage, 0) - number % 3
    return datetime.combine(min(due + timedelta(days=days), period.deadline), time(8 + number % 9, 15), HANOI)


def _row(
    period: ReportingPeriod, body: Body, number: int, state: str, at: datetime, people: _People
) -> dict[str, Any]:
    said = {
        "results": _RESULTS[body.stage],
        "difficulties": _DIFFICULTIES[number % len(_DIFFICULTIES)]
        if body.stage != "LEADING"
        else "Không có.",
        "proposals": _PROPOSALS[number % len(_PROPOSALS)],
    }
    approved, decided = at + timedelta(hours=5), at + timedelta(days=2)
    steps = _TURNS[state]
    handed_in = state in ("SUBMITTED", "APPROVED", "ACCEPTED")
    when = (at, approved, decided)
    who = (people.officer, people.head, people.receiver)
    turns = [
        _turn(*_WAY[step], who[step], when[step], step + 2)
        for step in range(steps if state != "SENT_BACK" else 1)
    ]
    if state == "SENT_BACK":
        turns.append(
            _turn("SEND_BACK", "SUBMITTED", "SENT_BACK", people.head, approved, 3) | {"note": _SENT_BACK}
        )
    is_decided = state in ("SENT_BACK", "ACCEPTED")
    return said | {
        "period_id": period.id, "as_of": period.data_cutoff, "figures": {},
        "state": state, "number": number, "turns": turns, "version": len(turns) + 1,
        "submitted_by": people.officer if steps else None, "submitted_at": at if steps else None,
        "handed_in_at": at if handed_in else None, "created_by": people.officer,
        "approved_by": people.head if state in ("APPROVED", "ACCEPTED") else None,
        "approved_at": approved if state in ("APPROVED", "ACCEPTED") else None,
        "decided_by": {"ACCEPTED": people.receiver, "SENT_BACK": people.head}.get(state),
        "decided_at": {"ACCEPTED": decided, "SENT_BACK": approved}.get(state),
        "decision_note": _SENT_BACK if state == "SENT_BACK" else None, "updated_at": decided if is_decided else at,
    }  # fmt: skip


def _turn(turn: str, before: str, after: str, by: int, at: datetime, version: int) -> dict[str, Any]:
    return {
        "turn": turn, "from_state": before, "to_state": after, "by_id": by, "at": at, "version": version, "note": None,
    }  # fmt: skip


def _declare(session: Session, period: ReportingPeriod) -> None:
    """Amounts of backlog, staff and funds in some accepted returns, declared as accepting declares them."""
    duties = {
        duty.code: duty.id
        for duty in session.exec(select(Duty).where(col(Duty.code).in_(("IV.5.d", "IV.5.f", "IV.5.g"))))
    }
    accepted = session.exec(
        select(AgencyReturn)
        .where(AgencyReturn.period_id == period.id, AgencyReturn.state == "ACCEPTED")
        .order_by(col(AgencyReturn.id))
        .limit(_DECLARING)
    ).all()
    for number, row in enumerate(accepted, 1):
        amounts = {
            "IV.5.d": {"backlog_arranged": f"{4 * number}.50", "backlog_left": str(30 + 7 * number)},
            "IV.5.f": {"staff": str(1 + number % 3)},
            "IV.5.g": {"funds_granted": str(200 * number), "funds_spent": str(110 * number)},
        }
        session.add_all(
            ReturnLine(return_id=row.id or 0, agency_id=row.agency_id, duty_id=duties[code], quantities=said)
            for code, said in amounts.items()
        )
        session.flush()
        declare(session, row, period)


def _follow(
    session: Session,
    period: ReportingPeriod,
    reporting: Sequence[Body],
    agencies: Mapping[str, int],
    above: Mapping[int, int | None],
    users: Mapping[str, AppUser],
) -> None:
    """What the period desk has noted: a reviewer for all, calls to those who have sent nothing, one given more time."""
    supervisor = users["supervisor"].id or 0
    session.execute(
        insert(AgencyContact),
        [
            {
                "agency_id": agencies[body.code],
                "name": f"Văn phòng {body.name}",
                "phone": f"024 3800 {1000 + number}",
                # A reserved name: nothing is sent to anybody. A few have told no address.
                "email": f"vanthu@{body.code.lower()}.hanoi.example" if number % 8 else None,
            }
            for number, body in enumerate(reporting)
        ],
    )
    silent = [body for number, body in enumerate(reporting) if not _OPEN[number % len(_OPEN)]]
    cases = session.scalars(
        insert(ReturnCase).returning(col(ReturnCase.id), sort_by_parameter_order=True),
        [
            {
                "period_id": period.id,
                "agency_id": agencies[body.code],
                "reports_to_id": above.get(agencies[body.code]),
                "reviewer_id": supervisor,
                "extended_to": period.deadline if body is silent[0] else None,
                "extension_reason": "Đang chuyển đổi phần mềm (dữ liệu mẫu)" if body is silent[0] else None,
            }
            for body in silent
        ],
    ).all()  # fmt: skip
    session.execute(
        insert(CaseNote),
        [
            {
                "case_id": key, "agency_id": agencies[body.code], "kind": "CALL", "by_id": supervisor,
                "note": "Đã gọi, văn thư hẹn nộp trong tuần.", "promised_on": period.deadline,
                "at": datetime.combine(period.returns_due_on + timedelta(days=3), time(9), HANOI),
            }
            for key, body in zip(cases, silent, strict=True)
        ],
    )  # fmt: skip
