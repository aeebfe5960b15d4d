"""Orders of records: each ends with the id, so that no two rows are equal; nothing known sorts as the earliest."""

from __future__ import annotations

from enum import Enum

import strawberry

from schema.compiler.declarations import ID, Key, by
from schema.records.conditions import CODE, TITLE, day_key

START = day_key("start", "start_date", "agency_id")
ISSUED = day_key("issued", "issued_date", "agency_id")
ORDINAL = Key("ordinal", "{t}.ordinal", "int")
# Not even the place in the alphabet tells of a title that is masked.
FILE_TITLE = Key(
    "title", """(case when {masked ArchivalFile {t}} then '' else {t}.title_sort end) collate "C\"""", "text"
)
POSITION = Key("position", "{t}.position", "int")

_ID = "As entered (theo thứ tự nhập)."
_ID_DESC = "Last entered first (mới nhập trước)."
_CODE = "By code (theo mã)."
_CODE_DESC = "By code, backwards (theo mã, ngược)."
_TITLE = "By title in the Vietnamese alphabet (theo tên)."
_TITLE_DESC = "By title, backwards (theo tên, ngược)."


@strawberry.enum(description="Orders of fonds (thứ tự phông).")
class FondsOrder(Enum):
    """Orders of fonds."""

    ID_ASC = by(ID, description=_ID)
    ID_DESC = by(ID, descending=True, description=_ID_DESC)
    CODE_ASC = by(CODE, description=_CODE)
    CODE_DESC = by(CODE, descending=True, description=_CODE_DESC)
    TITLE_ASC = by(TITLE, description=_TITLE)
    TITLE_DESC = by(TITLE, descending=True, description=_TITLE_DESC)


@strawberry.enum(description="Orders of series (thứ tự nhóm hồ sơ).")
class SeriesOrder(Enum):
    """Orders of series."""

    ID_ASC = by(ID, description=_ID)
    ID_DESC = by(ID, descending=True, description=_ID_DESC)
    POSITION_ASC = by(POSITION, description="As arranged among siblings (theo vị trí).")
    POSITION_DESC = by(POSITION, descending=True, description="As arranged, backwards (theo vị trí, ngược).")
    CODE_ASC = by(CODE, description=_CODE)
    CODE_DESC = by(CODE, descending=True, description=_CODE_DESC)
    TITLE_ASC = by(TITLE, description=_TITLE)
    TITLE_DESC = by(TITLE, descending=True, description=_TITLE_DESC)


@strawberry.enum(description="Orders of files (thứ tự hồ sơ).")
class FileOrder(Enum):
    """Orders of files."""

    ID_ASC = by(ID, description=_ID)
    ID_DESC = by(ID, descending=True, description=_ID_DESC)
    START_DATE_ASC = by(START, description="Earliest first, undated before all (theo ngày bắt đầu).")
    START_DATE_DESC = by(START, descending=True, description="Latest first, undated last (mới nhất trước).")
    CODE_ASC = by(CODE, description=_CODE)
    CODE_DESC = by(CODE, descending=True, description=_CODE_DESC)
    TITLE_ASC = by(FILE_TITLE, description=_TITLE)
    TITLE_DESC = by(FILE_TITLE, descending=True, description=_TITLE_DESC)


@strawberry.enum(description="Orders of documents (thứ tự văn bản).")
class ItemOrder(Enum):
    """Orders of items."""

    ID_ASC = by(ID, description=_ID)
    ID_DESC = by(ID, descending=True, description=_ID_DESC)
    ORDINAL_ASC = by(ORDINAL, description="By the place in the file (theo số thứ tự).")
    ORDINAL_DESC = by(
        ORDINAL, descending=True, description="By the place, backwards (theo số thứ tự, ngược)."
    )
    ISSUED_DATE_ASC = by(ISSUED, description="Earliest first, undated before all (theo ngày ban hành).")
    ISSUED_DATE_DESC = by(ISSUED, descending=True, description="Latest first, undated last (mới nhất trước).")
    CODE_ASC = by(CODE, description=_CODE)
    CODE_DESC = by(CODE, descending=True, description=_CODE_DESC)
