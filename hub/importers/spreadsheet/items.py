"""A list of items (mục lục văn bản) to rows of the staging table.

An item belongs to a file that is there or comes in the same import; the row names it by code, or by mục lục số
and số hồ sơ, in a column, in the title block, or in a heading above it. Its key is its own code, or number,
notation, issuer and year (the duplicate rule of NĐ 30/2020 PL VI, III.1.h), or its ordinal in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from hub.importers.batch import Batch
from hub.importers.dates import Moment
from hub.importers.outcome import error
from hub.importers.spreadsheet import columns as to
from hub.importers.spreadsheet.columns import Block, key_part, number_and_notation
from hub.importers.spreadsheet.described import (
    Columns,
    check_lengths,
    guard_secrets,
    personal_data,
    require_title,
    shared_columns,
)  # fmt: skip
from hub.importers.spreadsheet.files import file_key, finished
from hub.importers.spreadsheet.sheet import Lot, Sheet
from hub.importers.vocabulary import doc_type_in
from hub.kit import clock
from hub.kit.vietnamese import fold, sort_key

_CONTENT = (
    "description",
    "keywords",
    "autograph",
    "issuer",
    "signer_name",
    "signer_position",
    "information_sign",
)
_DIRECTIONS = {
    "di": "OUTGOING", "vanbandi": "OUTGOING", "outgoing": "OUTGOING", "den": "INCOMING", "vanbanden": "INCOMING",
    "incoming": "INCOMING", "noibo": "INTERNAL", "internal": "INTERNAL",
}  # fmt: skip


def item_batches(sheet: Sheet, lots: Iterator[Lot]) -> Iterator[Batch]:
    """The batches of a list of items."""
    for lot in lots:
        yield _batch(sheet, lot)


def _batch(sheet: Sheet, lot: Lot) -> Batch:
    block = lot.block
    check_lengths(block)
    out: Columns = {}
    out |= shared_columns(sheet, block)
    _subject(block, out)
    issued = _dates(block, out)
    if "pages" in block.cells:
        out["page_count"] = to.integers(block, "pages")
    out["ordinal"] = to.integers(block, "ordinal") if "ordinal" in block.cells else [None] * block.size
    _number(block, out)
    guard_secrets(block, out, "subject", _CONTENT)
    require_title(block, out, "subject", "trích yếu nội dung", "The subject")
    _belong(sheet, lot, out)
    _identify(block, out, issued)
    out["has_personal_data"] = personal_data(block, out["title"])
    out["title_sort"] = [sort_key(title) if title else "" for title in out["title"]]
    return finished(sheet, block, "item", out)


def _subject(block: Block, out: Columns) -> None:
    cells = block.cells
    subjects = cells.get("subject") or cells["type_subject"]
    if "subject" in cells and "type_subject" in cells:
        subjects = [own or both for own, both in zip(subjects, cells["type_subject"], strict=True)]
    out["title"] = to.texts(subjects)
    if "doc_type" in cells:
        out["doc_type"] = to.doc_types(block)
        out["doc_type_text"] = to.texts(cells["doc_type"])
    elif "type_subject" in cells:
        found = [doc_type_in(subject) for subject in subjects]
        out["doc_type"] = [pair[0] if pair else None for pair in found]
        out["doc_type_text"] = [pair[1] if pair else None for pair in found]


def _dates(block: Block, out: Columns) -> list[Moment | None]:
    cells = block.cells
    issued: list[Moment | None] = [None] * block.size
    if "issued" in cells:
        issued = to.moments(block, "issued")
        _check_come(block, "issued", issued)
        names = ("start_date", "start_latest", "start_precision", "start_text")
        out.update(zip(names, to.day_columns(issued), strict=True))
    if "arrival_date" in cells:
        arrived = to.moments(block, "arrival_date")
        out["arrival_date"] = [day.earliest if day else None for day in arrived]
        _check_arrival(block, issued, arrived)
    if "arrival_number" in cells:
        out["arrival_number"] = to.texts(cells["arrival_number"])
    if "direction" in cells:
        out["direction"] = [_DIRECTIONS.get("".join(fold(cell).split())) for cell in cells["direction"]]
    elif cells.keys() & {"arrival_date", "arrival_number"}:
        arrivals = zip(
            *(cells[name] for name in ("arrival_date", "arrival_number") if name in cells), strict=True
        )
        out["direction"] = ["INCOMING" if any(arrival) else None for arrival in arrivals]
    return issued


def _check_come(block: Block, name: str, days: list[Moment | None]) -> None:
    """No document is issued or arrives tomorrow."""
    today = clock.today()
    for at, day in enumerate(days):
        if day and day.earliest and day.earliest > today:
            block.say(at, error("IN_THE_FUTURE", name, value=day.text))


def _check_arrival(block: Block, issued: list[Moment | None], arrived: list[Moment | None]) -> None:
    """None arrives before it is issued; of an imprecise date the earliest day counts."""
    _check_come(block, "arrival_date", arrived)
    for at, (made, come) in enumerate(zip(issued, arrived, strict=True)):
        if made and come and made.earliest and come.earliest and come.earliest < made.earliest:
            block.say(at, error("BEFORE_ISSUED", "arrival_date", value=come.text, issued=made.text))


def _number(block: Block, out: Columns) -> None:
    cells = block.cells
    if "number_notation" in cells:
        found = [number_and_notation(cell) for cell in cells["number_notation"]]
    elif "number" in cells:
        notations = cells.get("notation", [""] * block.size)
        found = [
            (number or None, notation or None) if notation else number_and_notation(number)
            for number, notation in zip(cells["number"], notations, strict=True)
        ]
    else:
        found = [number_and_notation(cell) for cell in cells.get("notation", [""] * block.size)]
    out["number"] = [number for number, _ in found]
    out["notation"] = [notation for _, notation in found]
    out["issuer"] = to.texts(cells["issuer"]) if "issuer" in cells else [None] * block.size
    if "issuer" not in cells:
        out.pop("issuer")


def _belong(sheet: Sheet, lot: Lot, out: Columns) -> None:
    """The file of each item: its handle when the number is said, else its code."""
    cells, size, said = lot.block.cells, lot.block.size, sheet.header.block
    blank = [""] * size
    codes = cells.get("file_code", blank)
    catalogs = cells.get("file_catalog", blank)
    notations = cells.get("file_notation", blank)
    fonds = cells.get("fonds_code", blank)
    out["file_code"], out["file_catalog"], out["file_notation"], out["parent_ref"] = [], [], [], []
    for at in range(size):
        in_row = bool(codes[at] or notations[at])
        code = codes[at] or ("" if in_row or lot.under[at] else said.get("file_code", ""))
        notation = notations[at] or ("" if in_row else lot.under[at] or said.get("file_notation", ""))
        catalog = catalogs[at] or said.get("catalog", "")
        if not code and not notation:
            lot.block.say(at, error("ITEM_WITHOUT_FILE", "file_code", file=""))
        out["file_code"].append(code or None)
        out["file_catalog"].append(catalog or None)
        out["file_notation"].append(notation or None)
        out["parent_ref"].append(file_key(fonds[at] or sheet.fonds, catalog, notation) if notation else None)


def _identify(block: Block, out: Columns, issued: list[Moment | None]) -> None:
    """Keys; one that begins with | is local to the item's file and completed when the file is known."""
    codes = block.cells.get("code", [""] * block.size)
    issuers = out.get("issuer", [None] * block.size)
    out["code"] = [code or None for code in codes]
    keys: list[str] = []
    for at, code in enumerate(codes):
        number, notation, ordinal = out["number"][at], out["notation"][at], out["ordinal"][at]
        day = issued[at]
        if code:
            keys.append(f"vb:{key_part(code)}")
        elif number:
            year = day.earliest.year if day and day.earliest else ""
            issuer = "".join(fold(issuers[at] or "").split())
            keys.append(f"|{key_part(number)}|{key_part(notation)}|{issuer}|{year}")
        elif ordinal is not None:
            keys.append(f"|#{ordinal}")
        else:
            words = f"{fold(out['title'][at] or '')}|{day.text if day else ''}|{notation or ''}"
            keys.append("|~" + blake2b(words.encode(), digest_size=8).hexdigest())
    out["source_key"] = keys
