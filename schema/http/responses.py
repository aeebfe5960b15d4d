"""An answer on its way out: one form for both ways of execution, for refusals and for failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Send

from schema.errors import Failure
from schema.http.negotiation import GRAPHQL_JSON, JSON


@dataclass
class Answer:
    """Status, headers beside the usual ones, and the bytes."""

    status: int
    body: bytes
    media_type: str = JSON
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


def data_answer(data: bytes, media_type: str, account: bytes) -> Answer:
    """The answer of an operation that succeeded; `data` is finished JSON, `account` the member `extensions`."""
    return Answer(200, b'{"data":%b,%b}' % (data, account), media_type)


def result_answer(
    data: dict[str, Any] | None,
    failures: Sequence[Failure],
    account: bytes,
    media_type: str,
    language: str,
    request_id: str,
) -> Answer:
    """The answer of an operation that ran: its data, and what failed on the way."""
    if not failures:
        return data_answer(orjson.dumps(data), media_type, account)
    if data is None and not any(failure.path for failure in failures):
        return with_account(failed(failures, media_type, language, request_id), account)
    answer = failed(failures, media_type, language, request_id)
    if data is not None or all(failure.status is None for failure in failures):
        answer.status = 200
    answer.body = b'{"data":%b,%b' % (orjson.dumps(data), answer.body[1:])
    return with_account(answer, account)


def with_account(answer: Answer, account: bytes) -> Answer:
    """The same answer with the member `extensions`."""
    answer.body = b"%b,%b}" % (answer.body[:-1], account)
    return answer


def failed(failures: Sequence[Failure], media_type: str, language: str, request_id: str) -> Answer:
    """The answer without data. 200 for a well-formed request of the older media type, as GraphQL over HTTP
    wants, unless the failure is one that HTTP itself must tell (`Failure.status`).
    """
    entries = [failure.formatted(language, request_id) for failure in failures]
    forced = [failure.status for failure in failures if failure.status is not None]
    usual = 400 if media_type == GRAPHQL_JSON else 200
    headers = list(dict.fromkeys(header for failure in failures for header in failure.headers))
    body = b'{"errors":%b}' % orjson.dumps(entries)
    return Answer(forced[0] if forced else usual, body, media_type, headers)


async def send_answer(send: Send, answer: Answer) -> None:
    """Put the answer on the wire."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (b"content-type", f"{answer.media_type}; charset=utf-8".encode()),
                (b"content-length", str(len(answer.body)).encode()),
                *answer.headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": answer.body})
