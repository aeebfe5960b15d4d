"""The tree of a finding aid as rows, in one pass and with flat memory.

A component is settled when it ends, after those below it: with components below it is a series, alone it is a
file, and `level="item"` alone inside a file is an item. Rows name their parent by its path, so their order is free.
The key of a row is the finding aid's id and the unitid, or else the @id, or else the path of child positions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from hub.importers.batch import BATCH_ROWS, Batch, Reading, fingerprints
from hub.importers.dates import Moment
from hub.importers.ead.attributes import KNOWN_ATTRIBUTES, KNOWN_NAMESPACES
from hub.importers.ead.fields import Unit, read_unit
from hub.importers.ead.stream import COMPONENTS, events, local_name, looks_like_xml
from hub.importers.ead.text import attributes_of, flat, note, text_of
from hub.importers.outcome import RowOutcome, UnusableInput, error, warning
from hub.importers.registry import Format, register
from hub.kit.vietnamese import sort_key
from hub.records.intake.stage import MAX_TITLE
from hub.records.personal import is_of_procedure

DEEPEST = 60  # components in components; the XML depth limit of 256 stands behind it

COLUMNS = (
    "row", "place", "level", "source_key", "ref", "parent_ref", "code", "ordinal", "title", "title_sort", "sublevel",
    "start_date", "start_latest", "start_precision", "start_text",
    "end_date", "end_latest", "end_precision", "end_text", "issuer",
    "retention_kind", "retention_years", "retention_text", "access_level", "access_text", "languages",
    "keywords", "description", "history", "has_personal_data",
    "total_doc", "sheet_count", "page_count", "extra", "source_hash",
)  # fmt: skip
_BARE = (None, None, None, None)


@dataclass(slots=True)
class _Open:
    """A component that has begun and not ended."""

    path: str
    level: str
    line: int
    children: int = 0
    only_items: bool = True
    stray: list[str] = field(default_factory=list)
    key: str = ""
    unit: Unit | None = None


class Parser:
    """One finding aid being read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.key = ""
        self.rows: list[tuple[Any, ...]] = []
        self.outcomes: list[RowOutcome] = []
        self.count = 0
        self._codes: dict[int, int] = {}
        self._ids: dict[int, tuple[str, int]] = {}
        self._attributes: set[str] = set()
        self._root_line = 1

    def batches(self) -> Iterator[Batch]:
        """The rows of the file. Raises UnusableInput when it cannot be read as EAD."""
        stack = [_Open("", "fonds", 1)]
        root: Any = None
        for event, element in events(self.reading.path, self.reading):
            name = local_name(element.tag)
            if name == "ead":
                root = element if event == "end" else root
                if event == "start":
                    self._check_root(element)
            elif event == "start":
                self._begin(stack, element)
            else:
                self._end(stack, element)
                if len(self.rows) >= BATCH_ROWS:
                    yield self._flush()
        if root is None:
            raise UnusableInput("NOT_EAD", line=1, root="?")
        self._finish(root, stack[0])
        yield self._flush()

    def _flush(self) -> Batch:
        # The number and the line are the file's, not the record's.
        marks = fingerprints(list(zip(*self.rows, strict=True))[2:])
        rows = [(*row, mark) for row, mark in zip(self.rows, marks, strict=True)]
        batch = Batch(COLUMNS, rows, self.outcomes)
        self.rows, self.outcomes = [], []
        return batch

    # -- the tree --

    def _begin(self, stack: list[_Open], element: Any) -> None:
        if not self.key:
            self.key = self._key_of(element.getroottree().getroot())
        parent = stack[-1]
        parent.children += 1
        line = element.sourceline or 0
        if len(stack) > DEEPEST:
            raise UnusableInput("TOO_DEEP", line=line, limit=DEEPEST)
        path = f"{parent.path}.{parent.children}" if parent.path else str(parent.children)
        stack.append(_Open(path, element.get("level") or "", line))

    def _end(self, stack: list[_Open], element: Any) -> None:
        node = stack.pop()
        parent = stack[-1]
        before = element.getprevious()
        # As long as an element is held, lxml need not make it anew for each look at it.
        held = list(element.iter())
        unit = read_unit(element)
        self._unknown_attributes(held, node.line)
        if node.stray:
            unit.keep("text", " ".join(node.stray))
        is_item = (
            not node.children
            and node.level == "item"
            and parent.level in ("file", "item")
            and bool(parent.path)
        )
        if node.children:
            level = "file" if node.only_items and node.level in ("file", "item") else "series"
        else:
            level = "item" if is_item else "file"
        parent.only_items = parent.only_items and is_item
        key = self._component_key(unit, element, node)
        self._add(level, node, key, parent.path, unit)
        element.clear(keep_tail=True)
        if before is not None and local_name(before.tag) in COMPONENTS:
            if before.tail and (text := flat(before.tail)):
                parent.stray.append(text)
            element.getparent().remove(before)

    def _add(self, level: str, node: _Open, key: str, parent_ref: str, unit: Unit) -> None:
        outcome = RowOutcome(node.line, level, code=unit.code)
        title = unit.title
        if not title:
            start = unit.span.start
            title = (
                (start.text if start else "") or unit.code or flat((unit.description or "")[:120]) or "[...]"
            )
            outcome.findings.append(warning("NO_TITLE", "unittitle", title=title))
        if len(title) > MAX_TITLE:
            unit.keep("unittitle", title)
            outcome.findings.append(warning("TOO_LONG", "unittitle", size=len(title), limit=MAX_TITLE))
            title = title[:MAX_TITLE]
        if unit.history and level != "fonds" and not unit.extra.get("bioghist"):
            unit.keep("bioghist", unit.history)  # only a fonds has a history of its own
        if unit.access_level == 2:
            outcome.findings.append(error("SECRET_CONTENT", "accessrestrict"))
        if node.path:
            unit.extra["path"] = node.path
        self.count += 1
        if outcome.findings:
            self.outcomes.append(outcome)
        if not outcome.is_refused:
            self.rows.append(self._row(level, node, key, parent_ref, title, unit))

    def _row(
        self, level: str, node: _Open, key: str, parent_ref: str, title: str, unit: Unit
    ) -> tuple[Any, ...]:
        retention = unit.retention
        counts = unit.counts
        return (
            self.count,
            node.line,
            level,
            key,
            node.path,
            parent_ref,
            unit.code or None,
            int(node.path.rpartition(".")[2] or 0),
            title,
            sort_key(title),
            node.level or None,
            *_days(unit.span.start),
            *_days(unit.span.end),
            unit.issuer,
            retention.kind,
            retention.years,
            unit.retention_text,
            unit.access_level,
            unit.access_text,
            unit.languages,
            unit.keywords,
            unit.description,
            unit.history,
            is_of_procedure(title),
            counts.get("total_doc"),
            counts.get("sheet_count"),
            counts.get("page_count"),
            orjson.dumps(unit.extra).decode(),
        )

    # -- keys --

    def _key_of(self, root: Any) -> str:
        for place in ("{*}eadheader/{*}eadid", "{*}control/{*}recordid"):
            found = root.find(place)
            if found is not None and (text := text_of(found) or flat(found.get("identifier"))):
                return f"ead:{text}"
        for place in ("{*}archdesc/{*}did/{*}unitid", ".//{*}titleproper", "{*}archdesc/{*}did/{*}unittitle"):
            found = root.find(place)
            if found is not None and (text := text_of(found)):
                self.reading.note(warning("NO_EADID", "eadid", key=text))
                return f"ead:{text}"
        name = self.reading.path.name
        self.reading.note(warning("NO_EADID", "eadid", key=name))
        return f"ead:{name}"

    def _component_key(self, unit: Unit, element: Any, node: _Open) -> str:
        if unit.code:
            mark = hash(unit.code)
            if mark not in self._codes:
                self._codes[mark] = node.line
                return f"{self.key}#u:{unit.code}"
            finding = warning("UNITID_TWICE", "unitid", code=unit.code, first=self._codes[mark])
            self.outcomes.append(RowOutcome(node.line, code=unit.code, findings=[finding]))
            unit.code = ""
        if identifier := flat(element.get("id")):
            first = self._ids.setdefault(hash(identifier), (node.path, node.line))
            if first[0] == node.path:
                return f"{self.key}#i:{identifier}"
            finding = warning("ID_TWICE", "@id", code=identifier, first=first[1])
            self.outcomes.append(RowOutcome(node.line, findings=[finding]))
        return f"{self.key}#p:{node.path}"

    # -- the whole --

    def _check_root(self, root: Any) -> None:
        namespace = root.tag.rpartition("}")[0].lstrip("{") if isinstance(root.tag, str) else ""
        if namespace not in KNOWN_NAMESPACES:
            self.reading.note(warning("UNKNOWN_NAMESPACE", "ead", name=namespace))

    def _unknown_attributes(self, elements: Iterable[Any], line: int) -> None:
        """Say once per name that an attribute is not EAD's; its value is kept like every other."""
        for below in elements:
            for name in below.attrib:
                if name not in self._attributes:
                    self._attributes.add(name)
                    local = local_name(name)
                    if local not in KNOWN_ATTRIBUTES:
                        place = f"{local_name(below.tag)}@{local}"
                        finding = warning("UNKNOWN_ATTRIBUTE", place, name=local)
                        self.outcomes.append(RowOutcome(below.sourceline or line, findings=[finding]))

    def _finish(self, root: Any, node: _Open) -> None:
        archdesc = root.find("{*}archdesc")
        if archdesc is None:
            raise UnusableInput("NO_ARCHDESC", line=root.sourceline)
        self.key = self.key or self._key_of(root)
        self._unknown_attributes(root.iter(), root.sourceline or 1)
        unit = read_unit(archdesc)
        for child in root:
            if child is not archdesc:
                self._header(unit, child)
            if child.tail and (text := flat(child.tail)):
                unit.keep("text", text)
        if root.attrib:
            unit.extra["ead"] = attributes_of(root)
        if node.stray:
            unit.keep("text", " ".join(node.stray))
        if not unit.title and (proper := root.find(".//{*}titleproper")) is not None:
            unit.title = text_of(proper).replace("\n", " ")
        unit.code = unit.code or self.key.removeprefix("ead:")
        node.line = archdesc.sourceline or 1
        node.level = archdesc.get("level") or ""
        self._add("fonds", node, self.key, "", unit)

    def _header(self, unit: Unit, element: Any) -> None:
        """`eadheader`, `control`, `frontmatter`: each part of them under its own name."""
        name = local_name(element.tag)
        parts: dict[str, list[Any]] = {}
        if element.attrib:
            parts["attributes"] = [attributes_of(element)]
        if element.text and (text := flat(element.text)):
            parts["text"] = [text]
        for child in element:
            if (found := note(child)) is not None:
                parts.setdefault(local_name(child.tag), []).append(found)
            if child.tail and (text := flat(child.tail)):
                parts.setdefault("text", []).append(text)
        if parts:
            unit.extra[name] = parts


def _days(moment: Moment | None) -> tuple[Any, Any, str | None, str | None]:
    return moment[:4] if moment else _BARE


def batches(reading: Reading) -> Iterator[Batch]:
    """The rows of a finding aid, some thousand at a time. Raises UnusableInput."""
    return Parser(reading).batches()


FORMAT = register(
    Format(
        "ead", "EAD 2002 và EAD3 (XML)", "EAD 2002 and EAD3 (XML)", (".xml", ".ead"), looks_like_xml, batches
    )
)
