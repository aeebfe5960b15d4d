"""The figures that a report carries, read back out of its file."""

from __future__ import annotations

import io

from pydantic import TypeAdapter, ValidationError

from reports import figures
from reports.model import Report

CSV, JSON = "so-lieu.csv", "so-lieu.json"
MOST = 50_000_000  # bytes of one attachment; a report of 700 agencies has 2,000,000


class NoFigures(ValueError):
    """No PDF, or one that does not carry a report's figures as the hub attaches them."""


def attached(pdf: bytes) -> tuple[Report, bool]:
    """The report in the attached JSON, and whether the attached CSV says the same. Raises NoFigures."""
    held = _files(pdf)
    try:
        report = TypeAdapter(Report).validate_json(held[JSON])
    except (KeyError, ValidationError) as error:
        raise NoFigures(str(error)) from error
    return report, held.get(CSV) == figures.as_csv(report).encode("utf-8-sig")


def _files(pdf: bytes) -> dict[str, bytes]:
    """The embedded files of a PDF by name; whatever is wrong with it is NoFigures."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        tree = PdfFileReader(io.BytesIO(pdf), strict=False).root["/Names"]["/EmbeddedFiles"]["/Names"]
        listed = list(tree)
        found = {}
        for at in range(0, len(listed), 2):
            name, content = listed[at], tree[at + 1]["/EF"]["/F"].data
            if len(content) > MOST:
                raise NoFigures(f"{name}: {len(content)} bytes")
            found[str(name)] = content
        return found
    except (PdfError, KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise NoFigures(str(error)) from error
