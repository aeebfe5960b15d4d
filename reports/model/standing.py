"""The words for a result, and the kinds of rows a plan has."""

from enum import StrEnum


class Standing(StrEnum):
    """Result and schedule as the one word people read (domain rule R8)."""

    MET = "MET"
    IN_PROGRESS = "IN_PROGRESS"
    OVERDUE = "OVERDUE"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    MISSING_DATA = "MISSING_DATA"
    NO_TARGET = "NO_TARGET"

    @property
    def word(self) -> str:
        """The Vietnamese word printed beside the shape."""
        return _WORDS[self]

    @property
    def short(self) -> str:
        """The word for narrow columns."""
        return _SHORT_WORDS.get(self, self.word)

    @property
    def is_short_of_target(self) -> bool:
        """Whether the target was measured and not reached."""
        return self in (Standing.IN_PROGRESS, Standing.OVERDUE)


_WORDS = {
    Standing.MET: "Đạt",
    Standing.IN_PROGRESS: "Chưa đạt (đang thực hiện)",
    Standing.OVERDUE: "Quá hạn",
    Standing.NOT_APPLICABLE: "Không phát sinh",
    Standing.MISSING_DATA: "Thiếu dữ liệu",
    Standing.NO_TARGET: "Không đặt chỉ tiêu",
}
_SHORT_WORDS = {Standing.IN_PROGRESS: "Chưa đạt", Standing.NO_TARGET: "Không đặt mức"}


class Kind(StrEnum):
    """Only a ratio has a percentage and a bar (domain rule R8b)."""

    RATIO = "RATIO"
    CHECKLIST = "CHECKLIST"
    MILESTONE = "MILESTONE"
