"""Expected failures as types: every mutation answers its record, or one of these.

Each implements `Problem`; the facts that a program needs stand in fields of their own, the text for people in
`message`. What is not expected is a top-level error (schema/errors.py).

base (Problem, its codes) · half_year (periods, returns, reports, exceptions by law) · here all others, and `told`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import strawberry

from hub.access import errors as access
from hub.access.credentials import errors as credentials
from hub.agencies.errors import AgencyCodeTaken, AgencyHasEnded
from hub.kit import errors as kit
from hub.kit.idempotency import IdempotencyKeyReused as KeyReused
from hub.plan import exclusions
from hub.records import errors as records
from hub.returns import errors as returns
from hub.returns.publication import errors as publication
from hub.returns.snapshots import freezing
from reports import printing
from schema.access.vocabulary import Role
from schema.agency_returns import ReturnState
from schema.answers import read_back
from schema.problems.base import Problem, ProblemCode
from schema.problems.half_year import (
    CutoffNotReached,
    ExclusionDecided,
    ExclusionNotGranted,
    ExclusionNotInForce,
    NotFrozen,
    NothingDiffers,
    NothingToDo,
    NotPrinted,
    PeriodStillOpen,
    ReturnNotOwed,
    WrongPeriodState,
    WrongReportState,
    WrongReturnState,
)
from schema.records.item import Item
from schema.returns import PeriodState, ReportState
from schema.vocabulary import FileState


@strawberry.type(description="There is no such record, or the caller may not see it (không tìm thấy).")
class NotFound(Problem):
    """One answer for absent and unseen."""


@strawberry.type(description="The caller sees the record but may not do this (không có quyền).")
class NotPermitted(Problem):
    """The law said no."""

    action: str = strawberry.field(
        description="The right that is missing, e.g. file:close (quyền còn thiếu)."
    )


@strawberry.type(description="One broken rule (một lỗi dữ liệu).")
class InputError:
    """A field and what is wrong with it."""

    row: int | None = strawberry.field(
        description="The row, counted from 1, where the input has rows (dòng)."
    )
    field: str = strawberry.field(description="The input field, e.g. retention.years (trường).")
    code: str = strawberry.field(description="For programs, e.g. TOO_LONG (mã lỗi).")
    message: str = strawberry.field(description="For people (nội dung).")


@strawberry.type(description="The input breaks one or more rules, all told at once (dữ liệu chưa hợp lệ).")
class Invalid(Problem):
    """Every broken rule."""

    errors: list[InputError] = strawberry.field(description="Every broken rule (các lỗi).")


@strawberry.type(description="Somebody changed the record meanwhile (phiên bản đã cũ).")
class StaleVersion(Problem):
    """Load again, then change."""

    current: int = strawberry.field(description="Its version now (phiên bản hiện tại).")


@strawberry.type(description="The idempotency key stands for another request (khóa đã dùng cho việc khác).")
class IdempotencyKeyReused(Problem):
    """A key names one deed."""


@strawberry.type(description="Another record of the agency has this code (trùng mã).")
class ReferenceCodeTaken(Problem):
    """Codes are unique within an agency and kind of record."""

    reference_code: str = strawberry.field(description="The code that is taken (mã bị trùng).")


@strawberry.type(
    description="Number, notation and issuer are those of a registered document (trùng văn bản)."
)
class DuplicateItem(Problem):
    """NĐ 30/2020, Phụ lục VI, III.1.h."""

    existing_id: strawberry.Private[int | None]

    @strawberry.field(description="That document; null when the caller may not see it (văn bản đã có).")
    async def existing(self, info: strawberry.Info) -> Item | None:
        """Read like any other record, under the caller's rights."""
        found: Item | None = await read_back(info, Item, self.existing_id)
        return found


@strawberry.type(description="The step does not start from the state the record is in (sai trạng thái).")
class WrongState(Problem):
    """Where it is, and where it would have to be."""

    state: FileState = strawberry.field(description="Where it is (trạng thái hiện tại).")
    allowed: list[FileState] = strawberry.field(
        description="From where the step starts (trạng thái cho phép)."
    )


@strawberry.type(description="Documents of the file have no place, or share one (chưa đánh số văn bản).")
class FileNotNumbered(Problem):
    """A file is closed when its documents are numbered."""

    ordinals: list[int] = strawberry.field(description="Places missing or used twice (số thứ tự sai).")


@strawberry.type(description="The fonds takes only what began before it was closed (phông đã đóng).")
class FondsClosed(Problem):
    """Backlog may still be described, with its dates."""

    closed_on: date | None = strawberry.field(description="When it was closed (ngày đóng phông).")


@strawberry.type(description="Files of the fonds are still being worked on (phông còn hồ sơ chưa kết thúc).")
class FondsHasOpenFiles(Problem):
    """They are closed first."""

    count: int = strawberry.field(description="How many (số hồ sơ chưa kết thúc).")


@strawberry.type(description="The body has ended; its successor goes on (cơ quan đã kết thúc hoạt động).")
class AgencyEnded(Problem):
    """Nothing new is made at a body that is no more."""


@strawberry.type(description="The document stands in that file already (văn bản đã có trong hồ sơ).")
class AlreadyListed(Problem):
    """Its own home, or a listing."""


@strawberry.type(description="A published record keeps its access mode (hồ sơ, văn bản đã công bố).")
class RecordPublished(Problem):
    """Withdraw the publication first."""


@strawberry.type(description="The change was confirmed, rejected or replaced (đã được quyết định).")
class AccessChangeDecided(Problem):
    """It waits no more."""


@strawberry.type(description="Another account has this name (trùng tên đăng nhập).")
class UserNameTaken(Problem):
    """Names are never given twice, since events tell them."""


@strawberry.type(description="He holds a role that may not meet this one on any day (vai trò xung đột).")
class RolesInConflict(Problem):
    """Separation of duties."""

    role: Role = strawberry.field(description="The role asked for (vai trò mới).")
    held: Role = strawberry.field(description="The role in its way (vai trò đang giữ).")


@strawberry.type(description="He has the role at this place on a day in question (đã có vai trò này).")
class AlreadyGranted(Problem):
    """End the one before giving another."""


@strawberry.type(description="The grant has ended already (vai trò đã hết hiệu lực).")
class GrantEnded(Problem):
    """Nothing is left to end or to delegate."""


@strawberry.type(
    description="He may, once he has proved himself anew: call stepUp, then do it again (cần xác thực lại)."
)
class StepUpRequired(Problem):
    """Approvals, publication, disposal and grants; `policies/step_up.py` names them."""

    action: str = strawberry.field(description="What waits for it, e.g. grant:create (việc cần xác thực).")


@strawberry.type(description="The one-time code is wrong, too old or used (mã xác thực không đúng).")
class WrongCode(Problem):
    """One answer for all three."""


@strawberry.type(description="He has no second factor yet (chưa đăng ký yếu tố thứ hai).")
class NoSecondFactor(Problem):
    """Enrolled on the page /account/second-factor."""


@strawberry.type(description="Two keys of the system are valid already (đang đổi mã).")
class KeyInRotation(Problem):
    """The one in use and its successor."""


@strawberry.type(description="The key has expired or been revoked (mã đã hết hiệu lực).")
class KeyEnded(Problem):
    """Its system gets a new one."""


# ---- from what commands raise ------------------------------------------------------------------------------

# The more special a problem is, the earlier it stands.
_TYPES: tuple[tuple[type[kit.Problem], type[Problem], Callable[[Any], dict[str, Any]]], ...] = (
    (kit.NotFound, NotFound, lambda _: {}),
    (kit.NotPermitted, NotPermitted, lambda problem: {"action": problem.action}),
    (kit.StaleVersion, StaleVersion, lambda problem: {"current": problem.current}),
    (KeyReused, IdempotencyKeyReused, lambda _: {}),
    (
        records.ReferenceCodeTaken,
        ReferenceCodeTaken,
        lambda problem: {"reference_code": problem.reference_code},
    ),
    (AgencyCodeTaken, ReferenceCodeTaken, lambda problem: {"reference_code": problem.reference_code}),
    (records.DuplicateItem, DuplicateItem, lambda problem: {"existing_id": problem.existing_id}),
    (
        records.WrongState,
        WrongState,
        lambda problem: {
            "state": FileState[problem.state],
            "allowed": [FileState[state] for state in problem.allowed],
        },
    ),
    (
        returns.WrongReturnState,
        WrongReturnState,
        lambda problem: {
            "state": ReturnState[problem.state],
            "allowed": [ReturnState[state] for state in problem.allowed],
        },
    ),
    (
        returns.WrongPeriodState,
        WrongPeriodState,
        lambda problem: {
            "state": PeriodState[problem.state],
            "allowed": [PeriodState[state] for state in problem.allowed],
        },
    ),
    (returns.ReturnNotOwed, ReturnNotOwed, lambda _: {}),
    (returns.AgencyEnded, AgencyEnded, lambda _: {}),
    (records.FileNotNumbered, FileNotNumbered, lambda problem: {"ordinals": list(problem.ordinals)}),
    (records.FondsClosed, FondsClosed, lambda problem: {"closed_on": problem.closed_on}),
    (records.FondsHasOpenFiles, FondsHasOpenFiles, lambda problem: {"count": problem.count}),
    (records.AgencyEnded, AgencyEnded, lambda _: {}),
    (AgencyHasEnded, AgencyEnded, lambda _: {}),
    (records.AlreadyListed, AlreadyListed, lambda _: {}),
    (records.RecordPublished, RecordPublished, lambda _: {}),
    (records.AccessChangeDecided, AccessChangeDecided, lambda _: {}),
    (access.UserNameTaken, UserNameTaken, lambda _: {}),
    (
        access.RolesInConflict,
        RolesInConflict,
        lambda problem: {"role": Role[problem.role.upper()], "held": Role[problem.held.upper()]},
    ),
    (access.AlreadyGranted, AlreadyGranted, lambda _: {}),
    (access.GrantEnded, GrantEnded, lambda _: {}),
    (access.StepUpRequired, StepUpRequired, lambda problem: {"action": problem.action}),
    (credentials.WrongCode, WrongCode, lambda _: {}),
    (credentials.NoSecondFactor, NoSecondFactor, lambda _: {}),
    (credentials.KeyInRotation, KeyInRotation, lambda _: {}),
    (credentials.KeyEnded, KeyEnded, lambda _: {}),
    (
        publication.WrongReportState,
        WrongReportState,
        lambda problem: {
            "state": ReportState[problem.state],
            "allowed": [ReportState[state] for state in problem.allowed],
        },
    ),
    (publication.PeriodStillOpen, PeriodStillOpen, lambda _: {}),
    (freezing.CutoffNotReached, CutoffNotReached, lambda _: {}),
    (publication.NotFrozen, NotFrozen, lambda _: {}),
    (publication.NothingDiffers, NothingDiffers, lambda _: {}),
    (publication.NothingToDo, NothingToDo, lambda _: {}),
    (exclusions.ExclusionDecided, ExclusionDecided, lambda _: {}),
    (exclusions.ExclusionNotGranted, ExclusionNotGranted, lambda _: {}),
    (exclusions.ExclusionNotInForce, ExclusionNotInForce, lambda _: {}),
    (printing.NotPrinted, NotPrinted, lambda _: {}),
)

# Input fields that are not named like the columns they become.
_FIELDS = {
    "access_level": "access",
    "retention_kind": "retention.kind",
    "retention_years": "retention.years",
    "retention_text": "retention.text",
    "page_count_declared": "pageCount",
    "signer_name": "signer.name",
    "signer_position": "signer.position",
    "issued_date": "issuedDate",
}


def told(problem: kit.Problem, language: str) -> Problem:
    """The problem as the caller gets it, in his language."""
    common: dict[str, Any] = {"message": problem.message(language), "path": _path(problem.path)}
    if isinstance(problem, kit.Invalid):
        return Invalid(code=ProblemCode.INVALID, errors=_errors(problem.errors, language), **common)
    for raised, shown, facts in _TYPES:
        if isinstance(problem, raised):
            return shown(code=ProblemCode[problem.problem_code], **common, **facts(problem))
    raise problem


def _errors(errors: Sequence[kit.FieldError], language: str) -> list[InputError]:
    return [
        InputError(row=error.row, field=_field(error.field), code=error.code, message=error.message(language))
        for error in errors
    ]


def _path(path: Sequence[str]) -> list[str] | None:
    """The way from the mutation's argument to the field."""
    return ["input", *(step for name in path for step in _field(name).split("."))] if path else None


def _field(name: str) -> str:
    if name in _FIELDS:
        return _FIELDS[name]
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
