"""What verification finds, in words: what, where, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SAID = {
    "EDITED": ("Sự kiện {event} đã bị sửa", "Event {event} was edited"),
    "DELETED": ("Sự kiện {event} đã bị xóa", "Event {event} was deleted"),
    "INSERTED": ("Sự kiện {event} đã bị chèn vào sau", "Event {event} was inserted later"),
    "BACK_DATED": (
        "Thời điểm của sự kiện {event} không thể đúng",
        "Event {event} is dated as it cannot have been",
    ),
    "UNCOVERED": (
        "Sự kiện {event} thuộc một niêm phong đã mất",
        "Event {event} belongs to a seal that is gone",
    ),
    "SEAL_EDITED": ("Niêm phong đã bị sửa", "The seal was edited"),
    "SEAL_UNSIGNED": (
        "Niêm phong không do khóa đã biết ký (khóa {key})",
        "The seal is not signed by a known key (key {key})",
    ),
    "SEAL_BROKEN": (
        "Niêm phong không khớp sự kiện, và danh sách trong niêm phong cũng đã bị sửa",
        "The seal does not fit its events, and its own list was edited too",
    ),
    "SEALS_MISSING": (
        "Thiếu các niêm phong sau số {after}",
        "Seals after number {after} are missing",
    ),
    "EPOCH_UNTOLD": (
        "Kỳ mới bắt đầu mà không nói đúng lý do đã ký",
        "A new epoch begins without the reason that was signed",
    ),
    "SEAL_REPLACED": (
        "Niêm phong khác với bản đã xuất ra ngoài",
        "The seal is another one than was exported",
    ),
    "TRUNCATED": (
        "Các niêm phong đến số {last} đã xuất ra ngoài nhưng không còn trong cơ sở dữ liệu: nhật ký bị cắt đuôi",
        "Seals up to number {last} were exported and are gone: the end of the trail was cut off",
    ),
    "HEAD_UNSIGNED": (
        "Dòng đã xuất không do khóa đã biết ký",
        "The exported line is not signed by a known key",
    ),
    "HEADS_MISSING": (
        "Không có niêm phong nào đã xuất ra ngoài để đối chiếu",
        "There are no exported heads to compare with",
    ),
    "UNGUARDED": (
        "Bảng {table} không còn được bảo vệ (trình kích hoạt tắt, hoặc ứng dụng có quyền sửa)",
        "Table {table} is not guarded any more (trigger off, or the application may change it)",
    ),
}


@dataclass(frozen=True)
class Fault:
    """Something that does not fit: its kind, the seal and the event it concerns, and both texts."""

    kind: str
    seal: int | None
    event: int | None
    message_vi: str
    message_en: str


def fault(kind: str, *, seal: int | None = None, event: int | None = None, **facts: Any) -> Fault:
    """The fault of a kind, in both languages, with the seal it is in."""
    texts = [words.format(seal=seal, event=event, **facts) for words in _SAID[kind]]
    if seal is not None:
        texts = [f"{texts[0]} (niêm phong {seal})", f"{texts[1]} (seal {seal})"]
    return Fault(kind, seal, event, f"{texts[0]}.", f"{texts[1]}.")
