"""XML from strangers, read piece by piece: no file, no network, no DTD, no entity that grows, no endless depth.

libxml2 does the guarding (`resolve_entities="internal"`, amplification limit, depth 256); this module adds what
it does not: a web page saved as XML gets its own message, and character entities of an absent EAD 2002 DTD
(`&eacute;`, `&nbsp;`) are understood, because without the DTD they would make the whole file unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from pathlib import Path
from typing import Any

from lxml import etree

from hub.importers.batch import Reading
from hub.importers.outcome import UnusableInput

CHUNK = 1 << 16
COMPONENTS = frozenset({"c", *(f"c{number:02d}" for number in range(1, 13))})
_WANTED = tuple(f"{{*}}{name}" for name in ("ead", *sorted(COMPONENTS)))
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_HTML_TITLE = re.compile(rb"<title[^>]*>\s*(.*?)\s*</title>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_DECLARED = re.compile(rb"<!ENTITY\s+([A-Za-z][\w.-]*)\s")
_KEPT = frozenset({"amp", "lt", "gt", "quot", "apos"})

_local: dict[Any, str] = {}


def local_name(tag: Any) -> str:
    """`{namespace}c01` as `c01`."""
    name = _local.get(tag)
    if name is None:
        name = _local[tag] = tag.rpartition("}")[2] if isinstance(tag, str) else ""
    return name


def looks_like_xml(head: bytes) -> bool:
    """Is this XML or a page of HTML (a byte order mark and UTF-16 allowed)?"""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def refuse_web_page(head: bytes) -> None:
    """Raise UnusableInput when the file is a page of HTML under another name."""
    match = _HTML.search(head)
    if match and not re.search(rb"<ead[\s>]", head[: match.start()]):
        title = _HTML_TITLE.search(head)
        shown = title[1].decode("utf-8", "replace") if title else "html"
        raise UnusableInput("HTML_PAGE", line=head.count(b"\n", 0, match.start()) + 1, title=shown)


def _character_entities(head: bytes) -> frozenset[bytes]:
    """Names that the absent DTD would have declared; empty when the file has no DTD."""
    doctype = re.search(rb"<!DOCTYPE\s+ead\b[^\[>]*(?:PUBLIC|SYSTEM)", head)
    if doctype is None:
        return frozenset()
    own = {name.decode() for name in _DECLARED.findall(head)}
    return frozenset(name.encode() for name in name2codepoint.keys() - own - _KEPT)


def _chunks(path: Path, reading: Reading) -> Iterator[bytes]:
    total = path.stat().st_size
    with path.open("rb") as source:
        head = source.read(CHUNK)
        refuse_web_page(head[:8192])
        known = _character_entities(head)
        done, kept, data = 0, b"", head
        while data:
            done += len(data)
            reading.tell(done, total, 0)
            if known:
                data, kept = kept + data, b""
                cut = data.rfind(b"&", -32)
                if cut >= 0 and b";" not in data[cut:]:
                    data, kept = data[:cut], data[cut:]
                data = _ENTITY.sub(
                    lambda m: b"&#%d;" % name2codepoint[m[1].decode()] if m[1] in known else m[0], data
                )
            yield data
            data = source.read(CHUNK)
        if kept:
            yield kept


def events(path: Path, reading: Reading) -> Iterator[tuple[str, Any]]:
    """`start` and `end` of the root and of every component, with the element.

    Raises UnusableInput with the line for XML that is not well-formed, not EAD, or too deep.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=_WANTED,
        resolve_entities="internal",  # type: ignore[arg-type]
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    seen_root = False
    try:
        for chunk in _chunks(path, reading):
            parser.feed(chunk)
            for event in parser.read_events():
                seen_root = True
                yield event
        root = parser.close()
    except etree.XMLSyntaxError as problem:
        raise _not_well_formed(problem) from None
    if not seen_root or local_name(root.tag) != "ead":
        raise UnusableInput("NOT_EAD", line=_line(root), root=local_name(root.tag))
    yield from parser.read_events()


def _line(element: Any) -> int | None:
    return element.sourceline or None


def _not_well_formed(problem: etree.XMLSyntaxError) -> UnusableInput:
    reason = re.sub(r", line \d+, column \d+.*$", "", problem.msg or "?")
    line, column = problem.position if problem.position else (problem.lineno or 1, 1)
    return UnusableInput("NOT_WELL_FORMED", line=line or 1, reason=f"{reason} (cột/column {column})")
