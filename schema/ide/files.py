"""Serves the page's few files, each read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.types import Receive, Scope, Send

from schema.http.responses import Answer, send_answer

FOLDER = Path(__file__).parent
PAGE = "index.html"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _known() -> dict[str, Path]:
    return {path.name: path for path in FOLDER.iterdir() if path.suffix in TYPES}


def answer(name: str) -> Answer:
    """One file of the page, or 404."""
    path = _known().get(name)
    if path is None:
        return Answer(404, b"", "text/plain")
    headers = [(b"content-security-policy", POLICY.encode()), (b"vary", b"Accept")]
    return Answer(200, path.read_bytes(), TYPES[path.suffix], headers)


async def files(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application under /graphql/ide/."""
    await send_answer(send, answer(scope["path"].rsplit("/", 1)[-1]))
