"""What can stand in the way of a deed on agencies.

Conflict
├── AgencyCodeTaken         another agency has the code in this scheme
└── AgencyHasEnded          it has ended already, or its successor has
"""

from __future__ import annotations

from datetime import date

from hub.kit.errors import Conflict


class AgencyCodeTaken(Conflict):
    """Another agency has this code; codes of agencies are public, so it may be said."""

    code = "REFERENCE_CODE_TAKEN"

    def __init__(self, reference_code: str) -> None:
        self.reference_code = reference_code
        super().__init__(
            f"Mã cơ quan «{reference_code}» đã được dùng. Hãy chọn mã khác.",
            f'Agency code "{reference_code}" is taken. Choose another one.',
            path=("code",),
        )


class AgencyHasEnded(Conflict):
    """The agency has ended (giải thể, hợp nhất) and does nothing new."""

    code = "AGENCY_ENDED"

    def __init__(self, name: str, ended_on: date) -> None:
        super().__init__(
            f"«{name}» đã kết thúc hoạt động từ ngày {ended_on:%d/%m/%Y}. Hãy chọn cơ quan kế thừa.",
            f'"{name}" ended on {ended_on}. Choose the agency that succeeded it.',
        )
