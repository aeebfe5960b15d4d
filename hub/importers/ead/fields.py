"""The description of one unit (`archdesc` or a component) as columns, the rest as `extra` (ISAD(G) crosswalk).

Mapping: unitid 3.1.1 code · unittitle 3.1.2 title · unitdate 3.1.3 dates · extent 3.1.5 counts · bioghist 3.2.2
history · scopecontent 3.3.1 description · accessrestrict 3.4.1 access · langmaterial 3.4.3 languages ·
controlaccess keywords · origination issuer. Every element also goes to `extra` unless its column holds all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from hub.importers import vocabulary
from hub.importers.dates import Moment, Span
from hub.importers.ead import dates
from hub.importers.ead.stream import COMPONENTS, local_name
from hub.importers.ead.text import attributes_of, flat, note, text_of

_COUNT = re.compile(
    r"^(\d{1,7}) (pages?|trang|leaves|leaf|sheets?|folios?|tờ|items?|documents?|văn bản|tài liệu)\b", re.I
)
_COUNT_COLUMN = {
    "p": "page_count",
    "t": "page_count",
    "l": "sheet_count",
    "s": "sheet_count",
    "f": "sheet_count",
}
_TERMS = frozenset(
    [
        "subject",
        "geogname",
        "persname",
        "corpname",
        "famname",
        "name",
        "genreform",
        "function",
        "occupation",
        "title",
    ]
)
_URI = re.compile(r"^(?:/|[a-z]+://)")
_PLAIN_COLUMNS = frozenset({"unittitle", "unitid", "scopecontent", "bioghist", "accessrestrict", "abstract"})


_NO_SPAN = Span(None, None)
_NO_RETENTION = vocabulary.Retention("UNKNOWN")


@dataclass(slots=True)
class Unit:
    """One unit of description while it is read."""

    code: str = ""
    title: str = ""
    span: Span = _NO_SPAN
    description: str | None = None
    history: str | None = None
    issuer: str | None = None
    access_text: str | None = None
    access_level: int | None = None
    retention: vocabulary.Retention = _NO_RETENTION
    retention_text: str | None = None
    languages: list[str] = field(default_factory=list)
    keywords: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    _spans: list[Span] = field(default_factory=list)
    _texts: dict[str, list[str]] = field(default_factory=dict)
    _terms: list[str] = field(default_factory=list)

    def keep(self, name: str, value: object) -> None:
        """Keep what has no field of its own."""
        if value is not None:
            self.extra.setdefault(name, []).append(value)

    def say(self, name: str, text: str) -> None:
        """Collect the texts of elements that may repeat and share one column."""
        self._texts.setdefault(name, []).append(text)


def read_unit(element: Any) -> Unit:
    """All a unit says about itself, without the components below it."""
    unit = Unit()
    if own := attributes_of(element):
        unit.extra["attributes"] = own
    stray = flat(element.text)
    for child in element:
        name = local_name(child.tag)
        if name == "did":
            _read_did(unit, child)
        elif name not in COMPONENTS:
            _read_note(unit, name, child)
        if (tail := child.tail) and not tail.isspace():
            stray = f"{stray} {flat(tail)}".strip()
    if stray:
        unit.keep("text", stray)
    _settle(unit)
    return unit


def _read_did(unit: Unit, did: Any) -> None:
    if own := attributes_of(did):
        unit.keep("did", own)
    if did.text and (stray := flat(did.text)):
        unit.keep("text", stray)
    for child in did:
        name = local_name(child.tag)
        reader = _READERS.get(name)
        if reader is not None:
            reader(unit, child)
        else:
            unit.keep(name, note(child))
        if (tail := child.tail) and not tail.isspace():
            unit.keep("text", flat(tail))


def _read_note(unit: Unit, name: str, element: Any) -> None:
    reader = _READERS.get(name)
    if reader is not None:
        reader(unit, element)
    else:
        unit.keep(name, note(element))


def _unitid(unit: Unit, element: Any) -> None:
    text = text_of(element)
    is_uri = "uri" in (element.get("type") or element.get("localtype") or "") or bool(_URI.match(text))
    if text and not unit.code and not is_uri:
        unit.code = text  # kept in `extra` too: a code taken by another record gives way to a provisional one
    unit.keep("unitid", note(element, text))


def _unittitle(unit: Unit, element: Any) -> None:
    text = text_of(element)
    if len(element):
        unit._spans.extend(dates.of_element(below) for below in element.iter("{*}unitdate"))
    if text and not unit.title:
        unit.title = text.replace("\n", " ")
        if not element.keys() and not len(element):
            return
    unit.keep("unittitle", note(element, text))


def _date(unit: Unit, element: Any) -> None:
    name = local_name(element.tag)
    if name == "unitdateset":
        unit._spans.extend(dates.of_element(child) for child in element)
        unit.keep(name, note(element))
        return
    text = text_of(element)
    found = dates.of_element(element, text)
    unit._spans.append(found)
    whole = not element.keys() and not len(element) and name == "unitdate"
    if not (whole and found.start and len(unit._spans) == 1):
        unit.keep(name, note(element, text))


def _physdesc(unit: Unit, element: Any) -> None:
    text = text_of(element)
    if not len(element):
        _count(unit, text)
    else:
        parts: dict[str, list[Any]] = {}
        for below in element.iter():
            parts.setdefault(local_name(below.tag), []).append(below)
        if "quantity" in parts and "unittype" in parts:
            _count(unit, f"{flat(parts['quantity'][0].text)} {flat(parts['unittype'][0].text)}")
        for extent in parts.get("extent", ()):
            _count(unit, text_of(extent))
    unit.keep(local_name(element.tag), note(element, text))


def _count(unit: Unit, text: str) -> None:
    match = _COUNT.match(text)
    if match:
        word = match[2].lower()
        column = (
            "total_doc"
            if word in ("tài liệu",)
            else "sheet_count"
            if word == "tờ"
            else _COUNT_COLUMN.get(word[0], "total_doc")
        )
        unit.counts.setdefault(column, int(match[1]))


def _languages(unit: Unit, element: Any) -> None:
    found = [flat(code.get("langcode")) or text_of(code) for code in element.iter("{*}language")]
    for code in found or [text_of(element)]:
        unit.languages.extend(c for c in vocabulary.languages(code) if c not in unit.languages)
    unit.keep("langmaterial", note(element))


def _access(unit: Unit, element: Any) -> None:
    said = element.get("rights-restriction") or ""
    text = text_of(element)
    level = vocabulary.access(said) if said else None
    for words in (text, *(text_of(p) for p in element.iter("{*}p"))):
        level = vocabulary.access(words) if level is None else level
    if level is not None:
        unit.access_level = max(level, unit.access_level or 0)
    _said(unit, element, "accessrestrict")


def _appraisal(unit: Unit, element: Any) -> None:
    for words in (text_of(element), *(text_of(p) for p in element.iter("{*}p"))):
        found = vocabulary.retention(words[:60])
        if found.kind != "UNKNOWN":
            unit.retention, unit.retention_text = found, words
            break
    unit.keep("appraisal", note(element))


def _terms(unit: Unit, element: Any) -> None:
    for below in element.iter():
        if local_name(below.tag) in _TERMS and (text := text_of(below).replace("\n", " -- ")):
            unit._terms.append(text)
    unit.keep("controlaccess", note(element))


def _origination(unit: Unit, element: Any) -> None:
    text = text_of(element)
    if text and unit.issuer is None:
        unit.issuer = text.replace("\n", "; ")
    unit.keep("origination", note(element, text))


def _said(unit: Unit, element: Any, name: str | None = None) -> None:
    """Prose that shares one column; attributes inside it stay in `extra`."""
    name = name or local_name(element.tag)
    found = note(element)
    if found is None:
        return
    unit.say(name, found if isinstance(found, str) else found["text"])
    if not isinstance(found, str):
        unit.keep(name, found)


_READERS = {
    "unitid": _unitid,
    "unittitle": _unittitle,
    "unitdate": _date,
    "unitdatestructured": _date,
    "unitdateset": _date,
    "physdesc": _physdesc,
    "physdescset": _physdesc,
    "physdescstructured": _physdesc,
    "langmaterial": _languages,
    "accessrestrict": _access,
    "appraisal": _appraisal,
    "controlaccess": _terms,
    "origination": _origination,
    "scopecontent": _said,
    "abstract": _said,
    "bioghist": _said,
}


def _settle(unit: Unit) -> None:
    texts = unit._texts
    unit.description = _paragraphs(texts.get("scopecontent") or texts.get("abstract"))
    if texts.get("scopecontent"):
        for abstract in texts.get("abstract", ()):
            if abstract not in (unit.extra.get("abstract") or ()):
                unit.keep("abstract", abstract)
    unit.history = _paragraphs(texts.get("bioghist"))
    unit.access_text = _paragraphs(texts.get("accessrestrict"))
    unit.keywords = "; ".join(dict.fromkeys(unit._terms)) or None
    if unit._spans:
        unit.span = _in_order(dates.joined(unit._spans), unit)


def _paragraphs(texts: list[str] | None) -> str | None:
    return "\n\n".join(texts) if texts else None


def _in_order(span: Span, unit: Unit) -> Span:
    """A unit that ends before it begins keeps its words, and the hub knows no day."""
    start, end = span
    if start and end and start.earliest and end.latest and end.latest < start.earliest:
        unit.keep("dateOrder", f"{start.text} > {end.text}")
        return Span(Moment(None, None, "UNKNOWN", start.text), Moment(None, None, "UNKNOWN", end.text))
    return span
