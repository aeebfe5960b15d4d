"""What stands in the way of an exception by law."""

from __future__ import annotations

from hub.kit.errors import Conflict


class ExclusionDecided(Conflict):
    """It has been approved, returned, taken back or lifted already."""

    code = "EXCLUSION_DECIDED"

    def __init__(self) -> None:
        super().__init__(
            "Trường hợp loại trừ này đã được quyết định. Hãy tải lại để xem kết quả; nếu cần, hãy đề nghị mới.",
            "This exclusion has been decided already. Load it again to see how; propose another if need be.",
        )


class ExclusionNotInForce(Conflict):
    """Only what was approved can be lifted."""

    code = "EXCLUSION_NOT_IN_FORCE"

    def __init__(self) -> None:
        super().__init__(
            "Chỉ bãi bỏ được trường hợp loại trừ đã duyệt. Hãy tải lại để xem tình trạng hiện tại.",
            "Only an exclusion that was approved can be lifted. Load it again to see where it is.",
        )


class ExclusionNotGranted(Conflict):
    """The row of the plan grants no exception, or none of this kind."""

    code = "EXCLUSION_NOT_GRANTED"

    def __init__(self, plan: str, code: str, granted: str = "") -> None:
        vietnamese, english = _CHOICES[granted]
        super().__init__(
            f"Chỉ tiêu {code} của kế hoạch {plan} không cho phép loại trừ như vậy. {vietnamese}",
            f"Row {code} of plan {plan} grants no such exception. {english}",
            path=("indicatorCode",),
        )


_CHOICES = {
    "": (
        "Hãy chọn chỉ tiêu có «trừ những trường hợp pháp luật có quy định khác».",
        "Choose one that does.",
    ),
    "archive": (
        "Chỉ tiêu này đếm lưu trữ cơ quan: hãy đề nghị loại trừ cả lưu trữ của cơ quan.",
        "It counts archives: propose that the agency's whole archive is left out.",
    ),
    "record": (
        "Chỉ tiêu này đếm tài liệu: hãy nêu nhóm hồ sơ, hồ sơ hoặc văn bản.",
        "It counts documents: name a series, a file or a document.",
    ),
}
