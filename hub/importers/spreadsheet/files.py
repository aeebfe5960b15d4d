"""A list of files (mục lục hồ sơ) to rows of the staging table.

The key of a file is its fonds, the mục lục số (or year) and the số hồ sơ, never its code: a corrected code
changes the file and makes no twin (NĐ 30/2020 PL VI: FileCode = OrganId + FileCatalog + FileNotation).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

from hub.importers.batch import Batch, fingerprints
from hub.importers.dates import Moment
from hub.importers.outcome import warning
from hub.importers.spreadsheet import columns as to
from hub.importers.spreadsheet.columns import Block, key_part
from hub.importers.spreadsheet.described import (
    Columns,
    check_lengths,
    guard_secrets,
    personal_data,
    require_title,
    shared_columns,
)  # fmt: skip
from hub.importers.spreadsheet.sheet import Lot, Sheet, series_batch
from hub.kit.vietnamese import folded_words, sort_key

_CONTENT = ("description", "keywords", "autograph", "paper_file_code", "maker", "information_sign")


def file_batches(sheet: Sheet, lots: Iterator[Lot]) -> Iterator[Batch]:
    """The batches of a list of files: new series first, then their files."""
    for lot in lots:
        batch = _batch(sheet, lot)
        if (series := series_batch(sheet)) is not None:
            yield series
        yield batch
    if (series := series_batch(sheet)) is not None:
        yield series


def file_key(fonds: str, catalog: str, notation: str) -> str:
    """The key of a file within its agency."""
    return f"hs:{fonds}|{_catalog_part(catalog)}|{key_part(notation)}"


_catalog_part = lru_cache(maxsize=256)(key_part)  # a list has few catalogs


def _batch(sheet: Sheet, lot: Lot) -> Batch:
    block = lot.block
    cells = block.cells
    check_lengths(block)
    out: Columns = {"title": to.texts(cells["title"])}
    out |= shared_columns(sheet, block)
    starts = _dates(block, out)
    _counts(block, out)
    guard_secrets(block, out, "title", _CONTENT)
    require_title(block, out, "title", "tiêu đề hồ sơ", "The title of the file")
    _identify(sheet, block, out, starts)
    _place_under(sheet, lot, out)
    out["has_personal_data"] = personal_data(block, out["title"])
    out["title_sort"] = [sort_key(title) if title else "" for title in out["title"]]
    return finished(sheet, block, "file", out)


def finished(sheet: Sheet, block: Block, level: str, out: Columns) -> Batch:
    """The rows that are not refused, with their numbers and fingerprints."""
    names = tuple(out)
    bad = {at for at, found in block.findings.items() if any(finding.is_error for finding in found)}
    contents = zip(*out.values(), strict=True)
    every = enumerate(zip(block.places, contents, fingerprints([*out.values()]), strict=True))
    rows = [
        (next(sheet.numbers), place, level, *values, mark)
        for at, (place, values, mark) in every
        if at not in bad
    ]
    codes = [
        code or other for code, other in zip(out["code"], out.get("composed_code", out["code"]), strict=True)
    ]
    outcomes = sheet.outcomes(block, level, codes)
    return Batch(("row", "place", "level", *names, "source_hash"), rows, outcomes)


def _dates(block: Block, out: Columns) -> list[Moment | None]:
    cells = block.cells
    blank: list[Moment | None] = [None] * block.size
    starts, ends = to.spans(block, "dates") if "dates" in cells else (blank, blank)
    if "start" in cells:
        starts = [own or shared for own, shared in zip(to.moments(block, "start"), starts, strict=True)]
    if "end" in cells:
        ends = [own or shared for own, shared in zip(to.moments(block, "end"), ends, strict=True)]
    if cells.keys() & {"dates", "start", "end"}:
        to.check_order(block, starts, ends)
        for prefix, found in (("start", starts), ("end", ends)):
            names = (f"{prefix}_date", f"{prefix}_latest", f"{prefix}_precision", f"{prefix}_text")
            out.update(zip(names, to.day_columns(found), strict=True))
    return starts


def _counts(block: Block, out: Columns) -> None:
    cells = block.cells
    for name, column in (("total_doc", "total_doc"), ("sheets", "sheet_count"), ("pages", "page_count")):
        if name in cells:
            out[column] = to.integers(block, name)
    if "sheets_pages" in cells:
        sheets, pages = to.sheets_and_pages(block, "sheets_pages")
        out.setdefault("sheet_count", sheets)
        out.setdefault("page_count", pages)


def _identify(sheet: Sheet, block: Block, out: Columns, starts: list[Moment | None]) -> None:
    cells = block.cells
    size = block.size
    blank = [""] * size
    catalogs = _or(cells.get("catalog_number"), sheet.header.block.get("catalog", ""), size)
    fonds = _or(cells.get("fonds_code"), sheet.fonds, size)
    codes = cells.get("code", blank)
    notations = cells.get("notation") or (cells.get("ordinal", blank) if "code" not in cells else blank)
    agency = sheet.reading.agency_code
    named: list[tuple[str | None, ...]] = []
    keys: list[str] = []
    for at, (code, notation, catalog, fonds_code, start) in enumerate(
        zip(codes, notations, catalogs, fonds, starts, strict=True)
    ):
        if not catalog and start and start.earliest:
            catalog = str(start.earliest.year)
        kept = notation
        if notation:
            keys.append(file_key(fonds_code, catalog, notation))
        elif code:
            keys.append(f"hs:{fonds_code}|code:{key_part(code)}")
        else:
            block.say(at, warning("NO_NUMBER", "notation"))
            notation = f"~{_mark(out['title'][at] or '', start)}"
            keys.append(file_key(fonds_code, catalog, notation))
        composed = ".".join(filter(None, (agency, catalog, notation))).replace(" ", "") if notation else None
        named.append((code or None, composed, catalog or None, kept or None, fonds_code or None))
    names = ("code", "composed_code", "catalog_number", "notation", "fonds_code")
    out.update(zip(names, map(list, zip(*named, strict=True)), strict=True))
    out["source_key"] = keys
    out["ref"] = keys


def _mark(title: str, start: Moment | None) -> str:
    words = folded_words(title)
    return blake2b(f"{words}|{start.text if start else ''}".encode(), digest_size=4).hexdigest()


def _or(column: list[str] | None, shared: str, size: int) -> list[str]:
    return [cell or shared for cell in column] if column else [shared] * size


def _place_under(sheet: Sheet, lot: Lot, out: Columns) -> None:
    """The series of each file: the heading above it, or the group its own column names."""
    groups = lot.block.cells.get("series")
    if groups is None:
        out["parent_ref"] = list(lot.under)
        return
    out["parent_ref"] = [
        sheet.series_for([group], lot.block.places[at], out["fonds_code"][at] or "")
        if group
        else lot.under[at]
        for at, group in enumerate(groups)
    ]
