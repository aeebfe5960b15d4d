"""What lists of files and lists of items share: access, retention, origin, words, and the rule on secret records."""

from __future__ import annotations

from typing import Any

import orjson

from hub.importers import vocabulary
from hub.importers.outcome import error
from hub.importers.spreadsheet import columns as to
from hub.importers.spreadsheet.columns import Block
from hub.importers.spreadsheet.sheet import Sheet
from hub.kit.vietnamese import fold, folded_words
from hub.records.personal import is_of_procedure
from hub.records.rules.description import STUB_TITLES

_SECRET_WORDS = frozenset(
    {fold(title) for title in STUB_TITLES.values()}
    | {"", "mat", "ho so mat", "tai lieu mat", "van ban mat", "toi mat", "tuyet mat"}
)
_LONGEST = {
    "title": 2_000,
    "subject": 2_000,
    "type_subject": 2_000,
    "code": 100,
    "notation": 100,
    "file_code": 100,
    "number": 100,
    "number_notation": 200,
    "issuer": 300,
}
_PLAIN = ("keywords", "information_sign", "paper_file_code", "signer_name", "signer_position", "autograph")
_CONDITIONS = {
    "tot": "01",
    "binhthuong": "02",
    "hong": "03",
    "1": "01",
    "2": "02",
    "3": "03",
    "01": "01",
    "02": "02",
    "03": "03",
}

Columns = dict[str, list[Any]]


def shared_columns(sheet: Sheet, block: Block) -> Columns:
    """The columns that both kinds have, as far as the sheet has them."""
    cells = block.cells
    out: Columns = {}
    if "retention" in cells:
        out["retention_kind"], out["retention_years"] = to.retentions(block)
        out["retention_text"] = to.texts(cells["retention"])
    if "access" in cells:
        out["access_level"], out["access_provenance"] = to.accesses(block, is_legacy=sheet.reading.is_legacy)
        out["access_text"] = to.texts(cells["access"])
    if "origin" in cells:
        out["origin"] = to.origins(block)
    if "language" in cells:
        out["languages"] = [list(vocabulary.languages(cell)) for cell in cells["language"]]
    if "condition" in cells:
        out["physical_condition"] = [
            _CONDITIONS.get("".join(fold(cell).split()), cell) or None for cell in cells["condition"]
        ]
    if "description" in cells:
        out["description"] = to.texts(cells["description"])
    for name in _PLAIN:
        if name in cells:
            out[name] = to.texts(cells[name])
    out["extra"] = extras(sheet, block)
    if sheet.schema:
        out["metadata_schema"] = [sheet.schema] * block.size
    return out


def personal_data(block: Block, titles: list[str | None]) -> list[bool]:
    """Whether each record holds personal data: as its cell says, else by the rule on its title."""
    said = block.cells.get("personal", [""] * block.size)
    return [
        vocabulary.yes_or_no(cell, default=is_of_procedure(title))
        for cell, title in zip(said, titles, strict=True)
    ]


def extras(sheet: Sheet, block: Block) -> list[str]:
    """What has no field of its own, by the name of its column; null for an empty cell."""
    kept = {name.removeprefix("+"): column for name, column in block.cells.items() if name.startswith("+")}
    for name in ("box", "place", "maker", "archive_id"):
        if name in block.cells:
            kept[name] = block.cells[name]
    for name, codes in (("language", "languages"), ("origin", "origin")):
        if name in block.cells:
            kept[f"{codes}_text"] = block.cells[name]
    if box := sheet.header.block.get("box"):
        kept.setdefault("box", [box] * block.size)
    if not kept:
        return ["{}"] * block.size
    names = tuple(kept)
    found = []
    for values in zip(*kept.values(), strict=True):
        said = {name: value or None for name, value in zip(names, values, strict=True)}
        found.append(orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())
    return found


def check_lengths(block: Block) -> None:
    """Texts that no field may hold."""
    for name, limit in _LONGEST.items():
        column = block.cells.get(name)
        if column and max(map(len, column)) > limit:
            for at, cell in enumerate(column):
                if len(cell) > limit:
                    block.say(at, error("TOO_LONG", name, size=len(cell), limit=limit))


def guard_secrets(block: Block, out: Columns, field: str, content: tuple[str, ...]) -> None:
    """Mode 03: contents are refused, a code with counts is allowed (Luật Bảo vệ bí mật nhà nước, Điều 5).

    `field` is title or subject; `content` names the cells that would tell something.
    """
    telling = [column for name, column in block.cells.items() if name in content or name.startswith("+")]
    for at, level in enumerate(out.get("access_level", ())):
        if level != vocabulary.SECRET:
            continue
        words = folded_words(out["title"][at] or "")
        if words not in _SECRET_WORDS or any(column[at] for column in telling):
            block.say(at, error("SECRET_CONTENT", field))
        out["title"][at] = STUB_TITLES[field]


def require_title(block: Block, out: Columns, field: str, vi: str, en: str) -> None:
    """Every record has a title; a count-only stub of a secret one got its own."""
    for at, text in enumerate(out["title"]):
        if not text:
            block.say(at, error("REQUIRED", field, what=vi, what_en=en))
