"""The roles that can be granted, with what they are called in an agency."""

from __future__ import annotations

from enum import Enum

import strawberry

from policies.subject import GRANTABLE_ROLES

_CALLED = {
    "staff": "Makes the files of its matters (chuyên viên).",
    "clerk": "Registers documents, keeps the agency's files (văn thư).",
    "officer": "Keeps the agency's archive (lưu trữ cơ quan).",
    "approver": "Head of the agency, approves (người đứng đầu cơ quan).",
    "archivist": "Keeps the historical archive (lưu trữ viên lưu trữ lịch sử).",
    "archive_head": "Head of the historical archive (người đứng đầu lưu trữ lịch sử).",
    "supervisor": "Home Affairs, oversees (chuyên viên Sở Nội vụ).",
    "supervisor_head": "Head at Home Affairs, approves and publishes (lãnh đạo Sở Nội vụ).",
    "leader": "Leadership of the city (lãnh đạo Ủy ban nhân dân Thành phố).",
    "finance": "Finance, reads figures (Sở Tài chính).",
    "itsec": "Security of information (an toàn thông tin).",
    "agency_admin": "Administrates users of the agency (quản trị cơ quan).",
    "sysadmin": "Administrates the hub (quản trị hệ thống).",
    "client": "A program of the agency (phần mềm của cơ quan).",
}


@strawberry.enum(description="Roles that can be granted (vai trò).")
class Role(Enum):
    """One member for each role of the law that a grant can give."""

    _ignore_ = ["members", "role"]
    members = vars()
    for role in GRANTABLE_ROLES:
        members[role.upper()] = strawberry.enum_value(role.upper(), description=_CALLED[role])
