"""What a record may lack so that a figure cannot count it: a closed list, with the words for people.

A measure says which of its reasons mean missing data and what is to be mended there (`Measure.mends`).
"""

from __future__ import annotations

from enum import StrEnum


class Lack(StrEnum):
    """One fact that is not known of a record."""

    DATE = "DATE"
    ORIGIN = "ORIGIN"
    SIGNATURE_EVIDENCE = "SIGNATURE_EVIDENCE"
    RETENTION = "RETENTION"
    WORK_END = "WORK_END"
    TOTAL_DOC = "TOTAL_DOC"
    PAGE_COUNT = "PAGE_COUNT"
    ACCESS_MODE = "ACCESS_MODE"
    METADATA = "METADATA"
    DOCUMENTS = "DOCUMENTS"
    ARRANGEMENT = "ARRANGEMENT"
    SYSTEM_DATES = "SYSTEM_DATES"
    EVIDENCE = "EVIDENCE"

    @property
    def words(self) -> tuple[str, str]:
        """What is lacking, in Vietnamese and English."""
        return _WORDS[self]


_WORDS = {
    Lack.DATE: ("Ngày ban hành của văn bản, thời gian của hồ sơ", "Date of issue of a document, dates of a file"),
    Lack.ORIGIN: ("Nguồn gốc: gốc điện tử, số hóa hay giấy", "Origin: created electronically, digitised or paper"),
    Lack.SIGNATURE_EVIDENCE: ("Chứng cứ về chữ ký", "Evidence of the signature"),
    Lack.RETENTION: ("Thời hạn lưu trữ", "Retention"),
    Lack.WORK_END: ("Thời điểm kết thúc công việc", "When the work ended"),
    Lack.TOTAL_DOC: ("Tổng số tài liệu của hồ sơ", "Number of documents in the file"),
    Lack.PAGE_COUNT: ("Số trang đúng với tài liệu", "A page count that agrees with the record"),
    Lack.ACCESS_MODE: ("Chế độ sử dụng", "Access mode"),
    Lack.METADATA: ("Dữ liệu đặc tả tối thiểu", "Minimum metadata"),
    Lack.DOCUMENTS: ("Danh mục văn bản trong hồ sơ", "The list of the documents in the file"),
    Lack.ARRANGEMENT: ("Chỉnh lý, thống kê phần tài liệu còn lại", "Arrangement of what is not described yet"),
    Lack.SYSTEM_DATES: ("Ngày nghiệm thu, vận hành, tích hợp của hệ thống", "When a system was accepted, integrated"),
    Lack.EVIDENCE: ("Văn bản chứng minh, khai báo của cơ quan", "The proving document or declaration"),
}  # fmt: skip
