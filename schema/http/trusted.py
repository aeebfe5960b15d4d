"""Trusted documents at the door: an id becomes its text, and who may send a text of his own.

The registered texts are kept here and read again when they are older than two seconds, so that a registration and
a retirement count that soon in every process. What a document costs is judged like any other text.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from starlette.types import Scope

from hub.access.documents import LIVE_SQL, document_id
from hub.kit.errors import BadRequest, Refusal
from hub.kit.origin import is_own_page
from hub.kit.wire import Question, ask, checked
from schema.http.execution import Lease
from schema.http.negotiation import GraphQLRequest

FRESH_SECONDS = 2.0


class UnknownDocument(BadRequest):
    """No document with this id is registered; Apollo's clients know the code."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__(
            "Không có văn bản truy vấn nào đăng ký với mã này. Hãy đăng ký bằng: hub document register",
            "No document is registered under this id. Register it with: hub document register",
        )


class OnlyTrusted(Refusal):
    """This installation lets pages and anonymous callers run registered documents only."""

    code = "FORBIDDEN"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "Ở đây chỉ chạy các văn bản truy vấn đã đăng ký. Hãy gửi «documentId», hoặc dùng khóa truy cập riêng.",
            'Only registered documents run here. Send "documentId", or use a key of your own.',
        )


class Trusted:
    """The registered texts by their ids; `mode` is the setting, `version` moves with every change of them."""

    def __init__(self, mode: str) -> None:
        self.version = 0
        self._mode = mode
        self._texts: dict[str, str] = {}
        self._read_at = float("-inf")

    def lets_send(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Whether this caller may send a text: where only documents run, a program with a key, and no page."""
        if self._mode != "only":
            return True
        foreign = "origin" in headers and not is_own_page(scope, headers)
        return "authorization" in headers and not foreign

    def wanted(self, body: bytes, query_string: str) -> bool:
        """Whether a request may name a document, be it in letters that are escaped: the texts must be fresh then."""
        named = any(word in body for word in (b"documentId", b"persistedQuery", b"\\u"))
        asked = any(word in query_string for word in ("documentId", "persistedQuery", "%"))
        return self._mode != "off" and (named or asked)

    async def refresh(self, lease: Lease) -> None:
        """Read the registered texts again when they are too old."""
        if time.monotonic() - self._read_at < FRESH_SECONDS:
            return
        [found] = checked(await ask(await lease.connection(), [Question(LIVE_SQL, ())]))
        rows = range(found.ntuples)
        texts = {
            (found.get_value(row, 0) or b"").decode(): (found.get_value(row, 1) or b"").decode()
            for row in rows
        }
        if texts != self._texts:
            self._texts = texts
            self.version += 1
        self._read_at = time.monotonic()

    def resolve(self, sent: GraphQLRequest, *, may_send_texts: bool) -> GraphQLRequest:
        """The request with its text. Raises UnknownDocument, OnlyTrusted, BadRequest."""
        named = sent.document_id
        if self._mode == "off" or named is None:
            if named is not None and not sent.query:
                raise UnknownDocument
            if self._mode == "only" and not may_send_texts:
                raise OnlyTrusted
            return sent
        known = self._texts.get(named)
        if known is not None:
            return sent._replace(query=known)
        if not sent.query:
            raise UnknownDocument
        if document_id(sent.query) != named:
            raise BadRequest(
                "«documentId» không phải SHA-256 của «query» gửi kèm.",
                '"documentId" is not the SHA-256 of the "query" beside it.',
            )
        if self._mode == "only" and not may_send_texts:
            raise OnlyTrusted
        return sent
