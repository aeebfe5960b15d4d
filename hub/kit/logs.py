"""The log of a long-running part: one JSON object a line, so that a collector needs no pattern.

`at` (UTC), `level`, `logger`, `message`, then `requestId` and `trace` where there are any.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a trace stays inside it, its line ends escaped."""
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "requestId": getattr(record, "request_id", None),
            "trace": self.formatException(record.exc_info) if record.exc_info else None,
        }
        present = {name: value for name, value in told.items() if value is not None}
        return orjson.dumps(present, default=str).decode("utf-8", "replace")


def start_log(level: str, form: str) -> None:
    """Write to standard error from now on; `form` is `json` or `text`."""
    handler = logging.StreamHandler(sys.stderr)
    readable = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if form == "json" else readable)
    logging.basicConfig(level=level.upper(), handlers=[handler])
    # A database that is away is told by whoever needed it.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
