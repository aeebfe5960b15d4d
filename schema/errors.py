"""Top-level errors: what a caller learns when an operation as a whole fails, and what he never learns.

A closed list of codes, texts in the caller's language, and `extensions { code requestId retryAfter }`. What
the hub raised on purpose says itself what to do next; everything else is INTERNAL: the caller gets the
request's id, the log gets the rest. Every face of GraphQL masks by `failures`, and by nothing else.

What the schema has to say of a wrong text is told in the development profile only: word by word, such answers
give away types, fields and arguments that introspection hides.
"""

from __future__ import annotations

import enum
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from graphql import GraphQLError, GraphQLSyntaxError
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as EnginePoolTimeout

from hub.kit.errors import HubError, Refusal, Unavailable

log = logging.getLogger("hub.graphql")
# As graphql-core begins of a value, and never of a text.
_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value")

# More than three tell a probe more than they help a person.
MAX_ERRORS = 3


class ErrorCode(enum.StrEnum):
    """Every code a top-level error may carry."""

    BAD_REQUEST = "BAD_REQUEST"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    NOT_PERMITTED = "NOT_PERMITTED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    COST_EXCEEDED = "COST_EXCEEDED"
    RATE_LIMITED = "RATE_LIMITED"
    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"


# What an HTTP status may say without knowing GraphQL. The rest is 400 where the client asked for
# application/graphql-response+json, and 200 where it did not (GraphQL over HTTP, legacy media type).
STATUS = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.INTERNAL: 500,
}
HEADERS: dict[ErrorCode, tuple[tuple[bytes, bytes], ...]] = {
    ErrorCode.UNAUTHENTICATED: ((b"www-authenticate", b"Bearer"),)
}


class HttpRefusal(Refusal):
    """A request that HTTP itself refuses, whatever the media type: `status` is sent as it is."""

    code = "BAD_REQUEST"
    headers: Sequence[tuple[bytes, bytes]] = ()


class ForeignOrigin(HttpRefusal):
    """A page of another origin tried what only the hub's own pages and listed portals may do."""

    code = "FORBIDDEN"
    status = 403

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"Nguồn «{origin[:80]}» không được phép gọi API. Quản trị viên có thể thêm vào HUB_ALLOWED_ORIGINS.",
            f'Origin "{origin[:80]}" may not call the API. The administrator can add it to HUB_ALLOWED_ORIGINS.',
        )


class Misfit(Refusal):
    """A text or a variable does not fit the schema; what graphql-core says of it is for the development profile."""

    code = "BAD_REQUEST"


class TimedOut(Refusal):
    """The answer took longer than one request may."""

    code = "TIMEOUT"
    status = 504

    def __init__(self) -> None:
        super().__init__(
            "Yêu cầu chạy quá lâu nên đã bị dừng. Hãy thu hẹp điều kiện lọc hoặc giảm kích thước trang.",
            "The request took too long and was stopped. Narrow the filter or ask for a smaller page.",
        )


class RateLimited(Refusal):
    """The caller has had his requests, or their costs, for this minute; `account` is the member `extensions`."""

    code = "RATE_LIMITED"
    status = 429

    def __init__(self, seconds: int, account: bytes) -> None:
        self.retry_after, self.account = seconds, account
        super().__init__(
            f"Bạn đã dùng hết mức cho phép trong phút này. Hãy thử lại sau {seconds} giây, hoặc hỏi ít hơn mỗi lần.",
            f"The budget of this minute is spent. Try again in {seconds} seconds, or ask for less at a time.",
        )


class DatabaseAway(Unavailable):
    """The database does not answer."""

    retry_after = 5

    def __init__(self) -> None:
        super().__init__(
            "Cơ sở dữ liệu tạm thời không trả lời. Hãy thử lại sau ít giây; quản trị viên chạy «hub doctor».",
            'The database does not answer just now. Try again in a few seconds; administrators run "hub doctor".',
        )


@dataclass(frozen=True)
class Failure:
    """One top-level error, ready to be shown."""

    code: ErrorCode
    message_vi: str
    message_en: str
    status: int | None = None
    retry_after: int | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    path: tuple[str | int, ...] = ()
    locations: tuple[tuple[int, int], ...] = ()

    def formatted(self, language: str, request_id: str) -> dict[str, Any]:
        """The entry of a response's `errors`."""
        entry: dict[str, Any] = {"message": self.message_en if language == "en" else self.message_vi}
        if self.locations:
            entry["locations"] = [{"line": line, "column": column} for line, column in self.locations]
        if self.path:
            entry["path"] = list(self.path)
        entry["extensions"] = {
            "code": self.code.value,
            "requestId": request_id,
            "retryAfter": self.retry_after,
        }
        return entry


# The one text for whatever the schema objects to, where the schema is not shown.
INVALID = Failure(
    ErrorCode.BAD_REQUEST,
    "Yêu cầu không khớp với lược đồ GraphQL. Hãy đối chiếu với schema.graphql, hoặc chạy thử ở cấu hình phát triển.",
    "The operation does not fit the schema. Compare it with schema.graphql, or try it in the development profile.",
)


def failures(errors: Iterable[BaseException], request_id: str, *, explained: bool = True) -> list[Failure]:
    """What the caller may know of these errors, at most three; the unexpected is logged.

    `explained`: whether he may know what the schema objects to; else all of that is one fixed text.
    """
    found = (failure(error, request_id, explained=explained) for error in errors)
    return list(dict.fromkeys(found))[:MAX_ERRORS]


def failure(error: BaseException, request_id: str, *, explained: bool = True) -> Failure:
    """What the caller may know of an error; the unexpected goes to the log under the request's id."""
    if not isinstance(error, GraphQLError):
        told = isinstance(error, Misfit) and not explained
        return _unexplained(str(error)) if told else _failure(error, request_id)
    path = tuple(error.path or ())
    locations = tuple((place.line, place.column) for place in error.locations or ())
    cause = _cause(error)
    if not (explained or path or isinstance(error, GraphQLSyntaxError)):
        return _unexplained(error.message)
    if cause is not None:
        return replace(_failure(cause, request_id), path=path, locations=locations)
    return Failure(
        ErrorCode.BAD_REQUEST,
        f"Yêu cầu GraphQL không hợp lệ: {error.message}",
        error.message,
        path=path,
        locations=locations,
    )


def _unexplained(reason: str) -> Failure:
    """The fixed text, or the name of the variable that does not fit: the caller has given it himself."""
    variable = _VARIABLE.search(reason)
    if variable is None:
        return INVALID
    name = variable[1]
    return Failure(
        ErrorCode.BAD_REQUEST,
        f"Giá trị của biến «${name}» không khớp với kiểu đã khai báo. Hãy sửa giá trị rồi gửi lại.",
        f'The value of the variable "${name}" does not fit its declared type. Correct it and send it again.',
    )


def _failure(error: BaseException, request_id: str) -> Failure:
    known = expected(error)
    if known is None:
        log.error("request %s failed", request_id, exc_info=error, extra={"request_id": request_id})
        return Failure(
            ErrorCode.INTERNAL,
            f"Hệ thống gặp lỗi ngoài dự kiến. Hãy báo mã yêu cầu {request_id} cho quản trị viên.",
            f"The hub met an unexpected error. Tell the administrator the request id {request_id}.",
            status=STATUS[ErrorCode.INTERNAL],
        )
    code = _code(known)
    if code in (ErrorCode.UNAVAILABLE, ErrorCode.TIMEOUT):
        said = str(error).split("\n", 1)[0]
        log.warning("request %s: %s (%s)", request_id, code.value, said, extra={"request_id": request_id})
    status, headers = STATUS.get(code), HEADERS.get(code, ())
    if isinstance(known, HttpRefusal):
        status, headers = known.status, tuple(known.headers)
    wait = getattr(known, "retry_after", None)
    if wait is not None:
        headers = (*headers, (b"retry-after", str(wait).encode()))
    return Failure(code, known.message_vi, known.message_en, status, wait, headers)


def expected(error: BaseException) -> HubError | None:
    """The error as the hub knows it: its own ones, a database that is away, a time limit; None for others."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, BaseException):
        error = error.orig
    if isinstance(error, HubError):
        return error
    if isinstance(error, psycopg.errors.QueryCanceled | TimeoutError | EnginePoolTimeout):
        return TimedOut()
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | PoolTimeout | ConnectionError):
        return DatabaseAway()
    return None


def _code(error: HubError) -> ErrorCode:
    for name in (error.problem_code, error.code):
        if name in ErrorCode.__members__:
            return ErrorCode[name]
    return ErrorCode.BAD_REQUEST


def _cause(error: GraphQLError) -> BaseException | None:
    """What a resolver raised, through as many wrappings as there are; None when graphql-core itself objects."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    # A literal that its scalar refuses is the caller's mistake; what a resolver raised has a path.
    return cause if error.path or isinstance(cause, HubError) else None
