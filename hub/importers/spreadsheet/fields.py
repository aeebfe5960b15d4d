"""What the columns of both lists are called: English codes of three circulars, and the words of the paper forms.

Sources: NĐ 30/2020 PL V and VI, TT 02/2019, TT 05/2025 (domain facts §2.1, §2.3, §3.2 to §3.4). Names are compared
without diacritics, case, spaces and punctuation, so that "Số, ký hiệu HS" and "so ky hieu hs" are one.
"""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

import re
from functools import lru_cache

from hub.kit.vietnamese import fold

FILES, ITEMS = "files", "items"

_SHARED = {
    "archive_id": "identifier|ma co quan luu tru|ma luu tru lich su",
    "fonds_code": "organid|fondcode|fondid|fondscode|ma phong|ma phong cong trinh suu tap|phong so|so phong|ma co quan",
    "language": "language|languages|ngon ngu",
    "access": "mode|rights|che do su dung|muc do tiep can|muc do truy cap|che do tiep can|cdsd",
    "personal": "du lieu ca nhan|co du lieu ca nhan|dlcn|personal data|haspersonaldata",
    "origin": "confidencelevel|muc do tin cay|nguon goc tai lieu|nguon goc|origin",
    "retention": "maintenance|thoi han bao quan|thoi han luu tru|thbq|thoi han|retention",
    "keywords": "keyword|keywords|tu khoa",
    "information_sign": "inforsign|infosign|ky hieu thong tin",
    "condition": "format|tinh trang vat ly",
    "description": "description|ghi chu|chu giai|mo ta|chu thich",
    "box": "hop so|hop|so hop|cap so|cap hop so|cap hop|cap|ho p|box|gia ke|gia|ke",
}
_FILES = _SHARED | {
    "code": "filecode|arcfilecode|ma ho so|ma ho so luu tru|ma luu tru ho so|ma luu tru|mahs|ma hs|code",
    "catalog_number": "filecatalog|muc luc so|so muc luc|muc luc so hoac nam hinh thanh ho so|muc luc so nam hinh thanh"
    "|muc luc so hoac nam hinh thanh|nam hinh thanh ho so|nam hinh thanh|nam|muc luc|mls",
    "notation": "filenotation|so va ky hieu ho so|so ky hieu ho so|so ky hieu|so va ky hieu|ho so so|so ho so"
    "|don vi bao quan|don vi bao quan so|dvbq so|dvbq|so dvbq|so don vi bao quan|so ky hieu hs|hs so|so hs|notation",
    "title": "title|tieu de ho so|tieu de|ten ho so|tieu de hs|de muc va tieu de ho so|ten de muc va tieu de ho so"
    "|tieu de ho so tai lieu|trich yeu noi dung ho so|noi dung ho so|ten nhom va tieu de ho so",
    "start": "startdate|thoi gian bat dau|ngay bat dau|tu ngay|bat dau|ngay thang bat dau|thoi gian tai lieu bat dau"
    "|thoi gian som nhat|ngay thang bd",
    "end": "enddate|thoi gian ket thuc|ngay ket thuc|den ngay|ket thuc|ngay thang ket thuc|thoi gian tai lieu ket thuc"
    "|thoi gian muon nhat|ngay thang kt",
    "dates": "thoi gian tai lieu|thoi gian|ngay thang bat dau va ket thuc|ngay thang bat dau ket thuc|thoi gian bd kt"
    "|thoi gian bat dau va ket thuc|thoi gian bat dau ket thuc|ngay thang|ngay thang nam|ngay thang nam bat dau va ket thuc"
    "|ngay thang bd kt|dates",
    "total_doc": "totaldoc|doctotal|tong so van ban|tong so tai lieu|so luong van ban|so van ban|tong so van ban trong ho so"
    "|tong so tai lieu trong ho so|tong so vb",
    "sheets": "numbersheet|numberofpaper|sheetnumber|so to|so luong to|tong so to|so luong to tai lieu",
    "pages": "pagetotal|pagenumber|numberofpage|so trang|so luong trang|tong so trang",
    "sheets_pages": "so to so trang|so to trang|so trang so to|so luong|so luong to trang",
    "paper_file_code": "paperfilecode|ma ho so goc giay|ma ho so giay goc",
    "ordinal": "stt|tt|so tt|so thu tu|thu tu",
    "series": "series|nhom ho so|nhom|mat hoat dong|de muc|ten de muc",
    "maker": "nguoi lap|nguoi lap ho so|don vi nguoi lap ho so|don vi lap ho so|don vi",
}
_ITEMS = _SHARED | {
    "file_code": "filecode|arcfilecode|ma ho so|ma ho so luu tru|ma hs|mahs",
    "file_catalog": "filecatalog|muc luc so|muc luc so hoac nam hinh thanh ho so|muc luc so nam hinh thanh|so muc luc"
    "|muc luc so hoac nam hinh thanh|nam hinh thanh ho so|nam hinh thanh",
    "file_notation": "filenotation|so va ky hieu ho so|so ky hieu ho so|ho so so|so ho so|don vi bao quan|dvbq so|dvbq"
    "|so dvbq|don vi bao quan so|hs so|so hs",
    "code": "doccode|docid|arcdoccode|ma dinh danh van ban|ma dinh danh|ma dinh danh tai lieu|ma luu tru tai lieu"
    "|ma luu tru cua tai lieu|ma van ban|ma tai lieu|ma luu tru van ban|code",
    "ordinal": "docordinal|so thu tu van ban trong ho so|so thu tu|stt|tt|so tt|thu tu|stt van ban trong ho so",
    "doc_type": "typename|ten loai van ban|ten loai|loai van ban|the loai|ten loai tai lieu|the loai van ban",
    "number": "codenumber|so cua van ban|so van ban|so|so vb",
    "notation": "codenotation|ky hieu cua van ban|ky hieu van ban|ky hieu|ky hieu vb",
    "number_notation": "so ky hieu|so va ky hieu|so ky hieu van ban|so va ky hieu van ban|so ky hieu cua van ban|so kh"
    "|so va ky hieu cua van ban|so hieu van ban|so hieu|so ky hieu vb",
    "issued": "issueddate|ngay thang nam van ban|ngay thang nam cua van ban|ngay thang van ban|ngay thang|ngay van ban|ngay"
    "|ngay ban hanh|ngay thang nam|thoi gian|thoi gian van ban|ngay thang vb|ngay thang nam vb|ngay vb|ngay thang nam ban hanh",
    "issuer": "organname|ten co quan to chuc ban hanh van ban|co quan ban hanh|co quan to chuc ban hanh|tac gia"
    "|tac gia van ban|noi ban hanh|ten co quan ban hanh|ten co quan to chuc ban hanh|co quan ban hanh van ban|don vi ban hanh",
    "subject": "subject|trich yeu noi dung|trich yeu|trich yeu noi dung van ban|noi dung|noi dung trich yeu|trich yeu vb"
    "|trich yeu noi dung cua van ban|noi dung van ban|tieu de van ban",
    "type_subject": "ten loai va trich yeu|ten loai va trich yeu noi dung|ten loai va trich yeu noi dung van ban"
    "|ten loai trich yeu noi dung van ban|ten loai va trich yeu van ban|ten loai trich yeu|ten loai trich yeu noi dung"
    "|ten loai va noi dung van ban",
    "pages": "pageamount|numberofpage|so trang|so luong trang|so trang cua van ban|so luong trang cua van ban",
    "place": "to so|trang so|to so trang so|so to|so to so trang|to trang so|so trang so to|to so so trang",
    "autograph": "autograph|but tich",
    "signer_name": "fullname|nguoi ky|ho ten nguoi ky|ho va ten nguoi ky",
    "signer_position": "position|chuc vu|chuc vu nguoi ky|chuc danh nguoi ky",
    "direction": "direction|van ban di den|di den|loai di den|huong",
    "arrival_date": "arrivaldate|ngay den",
    "arrival_number": "arrivalnumber|so den",
}

# Named by a circular, without a column of its own: kept in `extra` under these names and never called unknown.
KEPT = {
    "to": "to", "toplaces": "to_places", "noi nhan": "to_places", "issuedamount": "issued_amount", "duedate": "due_date",
    "so luong ban phat hanh": "issued_amount", "han tra loi": "due_date", "priority": "priority", "muc do khan": "priority",
    "traceheaderlist": "trace_header_list", "process": "process", "riskrecovery": "risk_recovery", "du phong": "risk_recovery",
    "riskrecoverystatus": "risk_recovery_status", "docid": "doc_id", "chung tu dinh kem": "attachments",
}  # fmt: skip


def compact(text: str) -> str:
    """A column name without diacritics, case, spaces and punctuation."""
    return "".join(fold(text).split())


def _index(table: dict[str, str]) -> dict[str, str]:
    return {compact(name): field for field, names in table.items() for name in names.split("|")}


_INDEX = {FILES: _index(_FILES), ITEMS: _index(_ITEMS)}
_KEPT = {compact(name): field for name, field in KEPT.items()}
FIELDS = {FILES: frozenset(_FILES), ITEMS: frozenset(_ITEMS)}
_PARENTHESIS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*")


@lru_cache(maxsize=4096)
def field_of(header: str, kind: str) -> str | None:
    """The field a column name stands for in a list of `files` or `items`; None when it is not known."""
    index = _INDEX[kind]
    return index.get(compact(header)) or index.get(compact(_PARENTHESIS.sub(" ", header)))


@lru_cache(maxsize=4096)
def kept_name(header: str) -> str | None:
    """The name under which a column of a circular is kept in `extra`."""
    return _KEPT.get(compact(header))


def schema_of(headers: list[str]) -> str | None:
    """Which circular's codes the columns carry."""
    names = {compact(header) for header in headers}
    if names & {"arcfilecode", "numberofpaper", "paperfilecode", "riskrecovery"}:
        return "TT05_2025"
    if names & {"doctotal", "pagetotal", "arrivalnumber", "toplaces", "issuedamount"}:
        return "N30"
    if names & {"totaldoc", "infosign", "inforsign", "filecatalog", "maintenance", "numbersheet"}:
        return "TT02_2019"
    return None
