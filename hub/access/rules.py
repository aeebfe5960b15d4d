"""What must hold of a grant and of a delegation: each rule gives the broken rule, or None."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.access.models import AppUser, RoleGrant
from hub.kit.errors import FieldError

# Held for the whole city; every other role works only at an agency.
CITY_ROLES = frozenset({"supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin"})
# A program acts for an agency by its key; there is nobody who could pass that on.
NOT_DELEGATED = frozenset({"client"})


def not_disabled(user: AppUser) -> FieldError | None:
    """A disabled account is given nothing."""
    if user.disabled_at is None:
        return None
    return FieldError(
        "user_id",
        "USER_DISABLED",
        f"Tài khoản «{user.name}» đang bị khóa. Hãy mở khóa trước.",
        f'The account "{user.name}" is disabled. Enable it first.',
    )


def in_order(grant: RoleGrant) -> FieldError | None:
    """A grant holds for a day at least."""
    if grant.valid_to is None or grant.valid_to > grant.valid_from:
        return None
    return FieldError(
        "valid_to",
        "DATES_CROSSED",
        "Ngày hết hiệu lực phải sau ngày bắt đầu.",
        "The day it ends must follow the day it begins.",
    )


def not_before(field: str, day: date, today: date) -> FieldError | None:
    """What happened on a day that is over stays so."""
    if day >= today:
        return None
    return FieldError(
        field,
        "IN_THE_PAST",
        f"Ngày {day:%d/%m/%Y} đã qua. Hãy chọn hôm nay hoặc một ngày sau.",
        f"{day} has passed. Choose today or a later day.",
    )


def not_later(last: date, grant: RoleGrant) -> FieldError | None:
    """Ending a grant never makes it longer."""
    if grant.valid_to is None or last < grant.valid_to:
        return None
    return FieldError(
        "on",
        "ENDS_EARLIER",
        f"Vai trò này đã kết thúc từ {grant.valid_to:%d/%m/%Y}. Hãy chọn ngày sớm hơn.",
        f"This grant ends on {grant.valid_to} already. Choose an earlier day.",
    )


def delegable(
    grant: RoleGrant, own: RoleGrant, delegate: AppUser, today: date
) -> Sequence[FieldError | None]:
    """What must hold of a delegation beyond any grant."""
    person = FieldError(
        "user_id",
        "NOT_ANOTHER_PERSON",
        "Chỉ ủy quyền cho một người khác, không cho chính mình hay phần mềm.",
        "A role is delegated to another person, not to oneself or to a program.",
    )
    dated = FieldError(
        "valid_to",
        "END_REQUIRED",
        "Ủy quyền phải có thời hạn (NĐ 30/2020, Điều 13). Hãy cho biết ngày hết hiệu lực.",
        "A delegation is limited in time (NĐ 30/2020, Điều 13). Give the day it ends.",
    )
    within = FieldError(
        "valid_to",
        "LONGER_THAN_OWN",
        "Không ủy quyền ngoài thời hạn của vai trò mình đang giữ.",
        "A delegation lies within the dates of the role it comes from.",
    )
    program = FieldError(
        "grant_id",
        "NOT_DELEGATED",
        "Vai trò của phần mềm không được ủy quyền.",
        "The role of a program is not delegated.",
    )
    outside = grant.valid_from < own.valid_from or (
        own.valid_to is not None and grant.valid_to is not None and grant.valid_to > own.valid_to
    )
    return (
        person if delegate.is_service or delegate.id == own.user_id else None,
        dated if grant.valid_to is None else None,
        within if outside else None,
        program if own.role in NOT_DELEGATED else None,
        not_before("valid_from", grant.valid_from, today),
    )
