"""What can go wrong, and what the person can do about it.

    HubError
    ├── Problem                 expected; data of a GraphQL union, a line of a CLI
    │   ├── NotFound            absent, or not to be seen by the caller: one answer for both
    │   ├── NotPermitted        seen, but the caller may not do this
    │   ├── Invalid             the input breaks rules; every broken rule at once
    │   ├── StaleVersion        somebody changed the record first
    │   └── Conflict            the record's state or another record stands in the way
    └── Refusal                 the request as a whole is refused before any work
        ├── Unauthenticated     a credential that is unknown, expired or revoked
        ├── BadRequest          not a request that can be read
        ├── CostExceeded        more rows than one operation may ask for
        └── Unavailable         the database or a library is missing: what to do

Every error carries its text in Vietnamese and English and says what to do next; the faces choose by language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class HubError(Exception):
    """Anything the hub raises on purpose.

    `message_vi` and `message_en` say what happened, where, and what to do next.
    """

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message_vi: str, message_en: str, *, code: str | None = None) -> None:
        super().__init__(message_en)
        self.message_vi = message_vi
        self.message_en = message_en
        self.problem_code = code or self.code

    def message(self, language: str) -> str:
        """The text in the caller's language (`vi` is the default)."""
        return self.message_en if language == "en" else self.message_vi


class Problem(HubError):
    """An expected failure: the caller gets it as data. `path` names the input field it is about."""

    code = "PROBLEM"

    def __init__(
        self, message_vi: str, message_en: str, *, code: str | None = None, path: Sequence[str] = ()
    ) -> None:
        super().__init__(message_vi, message_en, code=code)
        self.path = tuple(path)


class NotFound(Problem):
    """There is no such record, or the caller may not see it."""

    code = "NOT_FOUND"

    def __init__(self, what_vi: str, what_en: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(
            f"Không tìm thấy {what_vi}, hoặc bạn không được xem. Hãy kiểm tra mã và quyền của tài khoản.",
            f"{what_en[:1].upper()}{what_en[1:]} was not found, or you may not see it. "
            "Check the identifier and the rights of your account.",
            path=path,
        )


class NotPermitted(Problem):
    """The caller sees the record but holds no right to this action."""

    code = "NOT_PERMITTED"

    def __init__(self, action: str, what_vi: str, what_en: str, *, path: Sequence[str] = ()) -> None:
        self.action = action
        super().__init__(
            f"Bạn không có quyền «{action}» đối với {what_vi}. Hãy liên hệ người quản trị của cơ quan.",
            f'You may not "{action}" {what_en}. Ask the administrator of the agency.',
            path=path,
        )


@dataclass(frozen=True)
class FieldError:
    """One broken rule: `row` counts from 1 where the input has rows, `field` is a path like `title`."""

    field: str
    code: str
    message_vi: str
    message_en: str
    row: int | None = None

    def message(self, language: str) -> str:
        """The text in the caller's language."""
        return self.message_en if language == "en" else self.message_vi


class Invalid(Problem):
    """The input breaks one or more rules; `errors` names each of them."""

    code = "INVALID"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        first = self.errors[0]
        super().__init__(
            f"Dữ liệu chưa hợp lệ: {first.message_vi}" + self._more("lỗi khác"),
            f"The input is not valid: {first.message_en}" + self._more("more"),
            path=(first.field,),
        )

    def _more(self, word: str) -> str:
        return f" (+{len(self.errors) - 1} {word})" if len(self.errors) > 1 else ""


class StaleVersion(Problem):
    """The record is newer than the version the caller changed; `current` is its version now."""

    code = "STALE_VERSION"

    def __init__(self, current: int, *, path: Sequence[str] = ("expectedVersion",)) -> None:
        self.current = current
        super().__init__(
            f"Bản ghi đã được người khác sửa (phiên bản hiện tại là {current}). Hãy tải lại rồi sửa tiếp.",
            f"Somebody changed this record meanwhile (its version is now {current}). Load it again, then change it.",
            path=path,
        )


class Conflict(Problem):
    """The record's state, or another record, stands in the way; leaves name their own code."""

    code = "CONFLICT"


class Refusal(HubError):
    """The whole request is refused; a top-level GraphQL error with `extensions.code`."""

    status: ClassVar[int] = 400


class Unauthenticated(Refusal):
    """The credential is unknown, expired or revoked: never treated as anonymous."""

    code = "UNAUTHENTICATED"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "Mã truy cập không đúng, đã hết hạn hoặc đã bị thu hồi. Hãy lấy mã mới.",
            "The access token is unknown, expired or revoked. Get a new one.",
        )


class BadRequest(Refusal):
    """The request cannot be read as it stands."""

    code = "BAD_REQUEST"


class CostExceeded(Refusal):
    """The operation asks for more rows, or more depth, than one request may."""

    code = "COST_EXCEEDED"


class Unavailable(Refusal):
    """Something the hub needs is not there: one line that says what to do."""

    code = "UNAVAILABLE"
    status = 503
