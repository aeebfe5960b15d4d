"""Expected failures as types: every mutation answers its record, or one of these.

Each implements `Problem`; the facts that a program needs stand in fields of their own, the text for people in
`message`. What is not expected is a top-level error (schema/errors.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
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
from schema.records.item import Item
from schema.returns import PeriodState, ReportState
from schema.vocabulary import FileState

_ = strawberry.enum_value


@strawberry.enum(description="What kind of problem stands in the way (mã lỗi).")
class ProblemCode(Enum):
    """Codes of problems; a program decides by them, never by the text."""

    NOT_FOUND = _("NOT_FOUND", description="Absent, or not to be seen by the caller (không tìm thấy).")
    NOT_PERMITTED = _("NOT_PERMITTED", description="Seen, but without the right (không có quyền).")
    INVALID = _("INVALID", description="The input breaks rules (dữ liệu chưa hợp lệ).")
    STALE_VERSION = _("STALE_VERSION", description="Somebody changed the record first (phiên bản đã cũ).")
    IDEMPOTENCY_KEY_REUSED = _(
        "IDEMPOTENCY_KEY_REUSED",
        description="The key stands for another request (khóa đã dùng cho việc khác).",
    )
    REFERENCE_CODE_TAKEN = _("REFERENCE_CODE_TAKEN", description="Another record has the code (trùng mã).")
    DUPLICATE_ITEM = _("DUPLICATE_ITEM", description="The document is registered already (trùng văn bản).")
    WRONG_STATE = _("WRONG_STATE", description="The step does not start from this state (sai trạng thái).")
    FILE_NOT_NUMBERED = _(
        "FILE_NOT_NUMBERED", description="Documents of the file are not numbered (chưa đánh số văn bản)."
    )
    FONDS_CLOSED = _("FONDS_CLOSED", description="The fonds takes nothing new (phông đã đóng).")
    FONDS_HAS_OPEN_FILES = _(
        "FONDS_HAS_OPEN_FILES",
        description="Files of the fonds are still open (phông còn hồ sơ chưa kết thúc).",
    )
    AGENCY_ENDED = _("AGENCY_ENDED", description="The body has ended (cơ quan đã kết thúc hoạt động).")
    ALREADY_LISTED = _(
        "ALREADY_LISTED", description="The document is in that file already (đã có trong hồ sơ)."
    )
    USER_NAME_TAKEN = _("USER_NAME_TAKEN", description="Another account has the name (trùng tên).")
    ROLES_IN_CONFLICT = _(
        "ROLES_IN_CONFLICT", description="The roles may not meet in one person (vai trò xung đột)."
    )
    ALREADY_GRANTED = _("ALREADY_GRANTED", description="He has the role there already (đã có vai trò).")
    GRANT_ENDED = _("GRANT_ENDED", description="The grant has ended already (vai trò đã hết hiệu lực).")
    STEP_UP_REQUIRED = _(
        "STEP_UP_REQUIRED", description="To be proved anew first, by stepUp (cần xác thực lại)."
    )
    WRONG_CODE = _("WRONG_CODE", description="A code that is wrong, old or used (mã không đúng).")
    NO_SECOND_FACTOR = _("NO_SECOND_FACTOR", description="None enrolled yet (chưa có yếu tố thứ hai).")
    KEY_IN_ROTATION = _("KEY_IN_ROTATION", description="Two keys are valid already (đang đổi mã).")
    KEY_ENDED = _("KEY_ENDED", description="The key works no more (mã đã hết hiệu lực).")
    WRONG_PERIOD_STATE = _(
        "WRONG_PERIOD_STATE", description="The period is not where this can be done (kỳ báo cáo không mở)."
    )
    RETURN_NOT_OWED = _(
        "RETURN_NOT_OWED", description="The agency owes no return for the period (không phải báo cáo)."
    )
    RECORD_PUBLISHED = _("RECORD_PUBLISHED", description="The record is published (đã công bố).")
    ADMINISTRATION_CLOSED = _(
        "ADMINISTRATION_CLOSED",
        description="Administered from elsewhere, or at another time (ngoài giờ hoặc ngoài mạng quản trị).",
    )
    ACCESS_CHANGE_DECIDED = _("ACCESS_CHANGE_DECIDED", description="It waits no more (đã được quyết định).")
    PERIOD_STILL_OPEN = _("PERIOD_STILL_OPEN", description="The period is not closed (kỳ chưa khóa).")
    CUTOFF_NOT_REACHED = _(
        "CUTOFF_NOT_REACHED", description="The data cut-off has not come (chưa đến ngày chốt số liệu)."
    )
    NOT_FROZEN = _("NOT_FROZEN", description="The period's figures are not frozen (chưa chốt số liệu).")
    NOTHING_DIFFERS = _("NOTHING_DIFFERS", description="There is nothing to correct (không có thay đổi).")
    EXCLUSION_DECIDED = _("EXCLUSION_DECIDED", description="It was decided already (đã quyết định).")
    EXCLUSION_NOT_GRANTED = _(
        "EXCLUSION_NOT_GRANTED", description="The row grants no exceptions (chỉ tiêu không cho loại trừ)."
    )
    NOT_PRINTED = _("NOT_PRINTED", description="The PDF could not be made (chưa lập được PDF).")


@strawberry.interface(description="Why a mutation changed nothing (lý do chưa thực hiện được).")
class Problem:
    """What all problems tell."""

    code: ProblemCode = strawberry.field(description="For programs (mã lỗi).")
    message: str = strawberry.field(
        description="For people, in the language of Accept-Language: what happened and what to do (nội dung)."
    )
    path: list[str] | None = strawberry.field(description="The input field it is about (trường liên quan).")


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


@strawberry.type(description="The step does not start from where the return is (sai trạng thái báo cáo).")
class WrongReturnState(Problem):
    """A second submission, a decision made twice."""

    state: ReturnState = strawberry.field(description="Where it is (trạng thái hiện tại).")
    allowed: list[ReturnState] = strawberry.field(
        description="From where the step starts (trạng thái cho phép)."
    )


@strawberry.type(description="The step does not start from the report's state (sai trạng thái báo cáo).")
class WrongReportState(Problem):
    """Where it is, and where it would have to be."""

    state: ReportState = strawberry.field(description="Where it is (trạng thái hiện tại).")
    allowed: list[ReportState] = strawberry.field(
        description="From where the step starts (trạng thái cho phép)."
    )


@strawberry.type(description="Nothing is written or decided in a period that is not open (kỳ không mở).")
class WrongPeriodState(Problem):
    """Closed, published, or not open yet."""

    state: PeriodState = strawberry.field(description="Where the period is (trạng thái kỳ báo cáo).")
    allowed: list[PeriodState] = strawberry.field(
        description="Where it would have to be (trạng thái cho phép)."
    )


@strawberry.type(
    description="The agency has no archive of its own on the reporting date (không phải báo cáo)."
)
class ReturnNotOwed(Problem):
    """The body above reports for it."""


@strawberry.type(description="The period takes returns still (kỳ báo cáo chưa khóa).")
class PeriodStillOpen(Problem):
    """Close it first."""


@strawberry.type(description="The data cut-off has not come (chưa đến ngày chốt số liệu).")
class CutoffNotReached(Problem):
    """Wait for the day."""


@strawberry.type(description="The period's figures are not frozen (kỳ báo cáo chưa chốt số liệu).")
class NotFrozen(Problem):
    """Call freezePeriod first."""


@strawberry.type(
    description="Figures and records are those of the report in force (không có gì để đính chính)."
)
class NothingDiffers(Problem):
    """Mend the records first."""


@strawberry.type(description="The exclusion was decided already (trường hợp loại trừ đã quyết định).")
class ExclusionDecided(Problem):
    """Load it again to see how."""


@strawberry.type(description="The row of the plan grants no exceptions (chỉ tiêu không cho loại trừ).")
class ExclusionNotGranted(Problem):
    """R5b: only some rows do."""


@strawberry.type(description="The PDF could not be made; nothing was published (chưa lập được bản PDF).")
class NotPrinted(Problem):
    """`hub doctor` says what is missing."""


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
    (exclusions.ExclusionDecided, ExclusionDecided, lambda _: {}),
    (exclusions.ExclusionNotGranted, ExclusionNotGranted, lambda _: {}),
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
