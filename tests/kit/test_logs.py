"""A line of the log is one JSON object, whatever it says."""

from __future__ import annotations

import logging
import sys

import orjson

from hub.kit.logs import JsonLines


def _line(message: str, *values: object, **words: object) -> dict[str, str]:
    record = logging.LogRecord("hub.graphql", logging.ERROR, __file__, 1, message, values, None)
    record.__dict__.update(words)
    line = JsonLines().format(record)
    assert "\n" not in line
    told: dict[str, str] = orjson.loads(line)
    return told


def test_an_event_names_the_request_it_belongs_to() -> None:
    told = _line("request %s\nfailed", "r-1", request_id="r-1")
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "ERROR",
        "logger": "hub.graphql",
        "message": "request r-1\nfailed",
        "requestId": "r-1",
    }


def test_a_trace_stays_inside_its_line() -> None:
    try:
        raise RuntimeError("hỏng")
    except RuntimeError:
        told = _line("failed", exc_info=sys.exc_info())
    assert "RuntimeError: hỏng" in told["trace"]
    assert "requestId" not in told
