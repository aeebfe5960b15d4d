"""What a client sends and wants: media types, and the body of a GraphQL request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from starlette.types import Scope

from hub.kit.accept import KEPT_HEADERS, qualities
from schema.errors import HttpRefusal

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"
_DOCUMENT_ID = re.compile(r"(?:sha256:)?[0-9a-f]{64}")


class UnsupportedMediaType(HttpRefusal):
    """The body is not JSON; forms and plain text are refused, since any page may send those."""

    status = 415

    def __init__(self) -> None:
        super().__init__(
            "Nội dung gửi lên phải là application/json (UTF-8).",
            "The body must be application/json (UTF-8).",
        )


class NotAcceptable(HttpRefusal):
    """The client takes neither of the two media types."""

    status = 406

    def __init__(self) -> None:
        super().__init__(
            f"Máy chủ chỉ trả lời {GRAPHQL_JSON} hoặc {JSON}. Hãy sửa tiêu đề Accept.",
            f"The hub answers {GRAPHQL_JSON} or {JSON}. Correct the Accept header.",
        )


class MethodNotAllowed(HttpRefusal):
    """Another method than the one the profile offers, or a mutation by GET."""

    status = 405

    def __init__(self, allowed: str) -> None:
        self.headers = [(b"allow", allowed.encode())]
        super().__init__(
            f"Phương thức không được hỗ trợ ở đây. Hãy dùng {allowed}.",
            f"The method is not supported here. Use {allowed}.",
        )


class TooLarge(HttpRefusal):
    """The body is longer than HUB_MAX_BODY."""

    status = 413

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Nội dung gửi lên vượt quá {most} byte. Hãy chia nhỏ yêu cầu.",
            f"The body is longer than {most} bytes. Split the request.",
        )


class Malformed(HttpRefusal):
    """The body cannot be read as a GraphQL request."""


class GraphQLRequest(NamedTuple):
    """One operation as it was sent."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    document_id: str | None = None


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request by their names in small letters; the first of a name counts."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


@lru_cache(KEPT_HEADERS)
def response_type(accept: str | None) -> str | None:
    """The media type of the answer, application/json for clients that do not say; None when there is none."""
    if not accept:
        return JSON
    for name, _ in qualities(accept):
        if name == GRAPHQL_JSON:
            return GRAPHQL_JSON
        if name in (JSON, "application/*", "*/*"):
            return JSON
    return None


@lru_cache(KEPT_HEADERS)
def wants_html(accept: str | None) -> bool:
    """Whether a person's browser asks for a page."""
    return any(name == "text/html" for name, _ in qualities(accept or ""))


@lru_cache(KEPT_HEADERS)
def wants_stream(accept: str | None) -> bool:
    """Whether the client takes server-sent events, as subscriptions come."""
    return any(name == "text/event-stream" for name, _ in qualities(accept or ""))


@lru_cache(KEPT_HEADERS)
def check_content_type(content_type: str | None) -> None:
    """Raise UnsupportedMediaType unless the body is JSON in UTF-8."""
    name, *parameters = (piece.strip().lower() for piece in (content_type or "").split(";"))
    charset = [parameter[8:].strip('"') for parameter in parameters if parameter.startswith("charset=")]
    if name not in (JSON, GRAPHQL_JSON) or any(value not in ("utf-8", "utf8") for value in charset):
        raise UnsupportedMediaType


def read_body(body: bytes) -> GraphQLRequest:
    """The request in a JSON body. Raises Malformed."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(
            f"Nội dung không phải JSON hợp lệ (dòng {error.lineno}, cột {error.colno}).",
            f"The body is not valid JSON (line {error.lineno}, column {error.colno}).",
        ) from None
    if isinstance(sent, list):
        raise Malformed(
            "Mỗi lần chỉ gửi một yêu cầu GraphQL; không nhận mảng.",
            "Send one GraphQL request at a time; arrays are not taken.",
        )
    if not isinstance(sent, dict):
        raise Malformed("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.")
    return _request(sent)


def read_query(parameters: Mapping[str, str]) -> GraphQLRequest:
    """The request in the address of a GET. Raises Malformed."""
    sent: dict[str, Any] = {
        name: parameters[name] for name in ("query", "operationName", "documentId") if name in parameters
    }
    for name in ("variables", "extensions"):
        if parameters.get(name):
            try:
                sent[name] = orjson.loads(parameters[name])
            except orjson.JSONDecodeError:
                raise Malformed(f"«{name}» không phải JSON hợp lệ.", f'"{name}" is not valid JSON.') from None
    return _request(sent)


def _request(sent: dict[str, Any]) -> GraphQLRequest:
    query, name, named = sent.get("query"), sent.get("operationName"), _document_id(sent)
    if query is None and named is not None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise Malformed("Thiếu «query» (chuỗi văn bản GraphQL).", '"query" is missing (a GraphQL text).')
    if name is not None and not isinstance(name, str):
        raise Malformed("«operationName» phải là chuỗi.", '"operationName" must be a string.')
    for key in ("variables", "extensions"):
        if not isinstance(sent.get(key), dict | None):
            raise Malformed(f"«{key}» phải là một đối tượng JSON.", f'"{key}" must be a JSON object.')
    return GraphQLRequest(query, name or None, sent.get("variables") or {}, named)


def _document_id(sent: dict[str, Any]) -> str | None:
    """The id of a trusted document: `documentId`, or Apollo's `extensions.persistedQuery`. Raises Malformed."""
    named, extensions = sent.get("documentId"), sent.get("extensions")
    if named is None and isinstance(extensions, dict) and "persistedQuery" in extensions:
        persisted = extensions["persistedQuery"]
        named = persisted.get("sha256Hash") if isinstance(persisted, dict) else 0
    if named is None:
        return None
    if not isinstance(named, str) or not _DOCUMENT_ID.fullmatch(named):
        raise Malformed(
            "«documentId» phải là SHA-256 của văn bản truy vấn (64 chữ số thập lục phân).",
            '"documentId" must be the SHA-256 of the text (64 hexadecimal digits).',
        )
    return named.removeprefix("sha256:")
