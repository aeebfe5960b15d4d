"""What is looked at twice in a return, in the caller's language."""

from __future__ import annotations

from enum import Enum

import strawberry
from strawberry import Info

from hub.returns import anomalies

_ = strawberry.enum_value


@strawberry.enum(description="Why a return is looked at twice (loại điểm bất thường).")
class AnomalyKind(Enum):
    """Kinds of flags."""

    JUMP = _("JUMP", description="A figure moved far, unexplained (biến động lớn chưa giải trình).")
    CONTRADICTION = _(
        "CONTRADICTION", description="What is said and what the hub has differ (mâu thuẫn số liệu)."
    )
    NO_EVIDENCE = _("NO_EVIDENCE", description="Said to be done, without a paper (thiếu minh chứng).")


@strawberry.type(description="Something to look at twice (điểm bất thường).")
class Anomaly:
    """Names the figure, what was said and what the hub has."""

    kind: AnomalyKind = strawberry.field(description="Its kind (loại).")
    code: str = strawberry.field(description="Of which row or duty (mã chỉ tiêu, nhiệm vụ).")
    message: str = strawberry.field(description="In words, in the caller's language (nội dung).")


def told(info: Info, flag: anomalies.Flag) -> Anomaly:
    """A flag of the hub as the caller reads it."""
    return Anomaly(kind=AnomalyKind[flag.kind], code=flag.code, message=flag.message(info.context.language))
