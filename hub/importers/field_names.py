"""What clerks call the fields of a list: findings name them so on the command line and in the sheet given back."""

from __future__ import annotations

_NAMES = {
    "access": "chế độ sử dụng",
    "archive_id": "mã cơ quan lưu trữ",
    "arrival_date": "ngày đến",
    "arrival_number": "số đến",
    "autograph": "bút tích",
    "box": "hộp số",
    "catalog_number": "mục lục số",
    "code": "mã",
    "condition": "tình trạng vật lý",
    "dates": "thời gian tài liệu",
    "description": "ghi chú",
    "direction": "văn bản đi, đến",
    "doc_type": "loại văn bản",
    "end": "thời gian kết thúc",
    "file_catalog": "mục lục số của hồ sơ",
    "file_code": "mã hồ sơ",
    "file_notation": "số, ký hiệu hồ sơ",
    "fonds_code": "mã phông",
    "information_sign": "ký hiệu thông tin",
    "issued": "ngày văn bản",
    "issuer": "cơ quan ban hành",
    "keywords": "từ khóa",
    "language": "ngôn ngữ",
    "maker": "người lập",
    "notation": "số, ký hiệu",
    "number": "số văn bản",
    "number_notation": "số, ký hiệu văn bản",
    "ordinal": "số thứ tự",
    "origin": "nguồn gốc",
    "pages": "số trang",
    "paper_file_code": "mã hồ sơ gốc giấy",
    "personal": "dữ liệu cá nhân",
    "place": "tờ số",
    "retention": "thời hạn bảo quản",
    "series": "nhóm hồ sơ",
    "sheets": "số tờ",
    "sheets_pages": "số tờ, số trang",
    "signer_name": "người ký",
    "signer_position": "chức vụ người ký",
    "start": "thời gian bắt đầu",
    "subject": "trích yếu",
    "title": "tiêu đề",
    "total_doc": "tổng số văn bản",
    "type_subject": "tên loại và trích yếu",
}


def field_name(field: str) -> str:
    """The field in words; an element of EAD, and what has no column, as it stands."""
    return _NAMES.get(field, field)
