"""Where a page of records begins, as an address says it: `12.file.345`, `2025-06-30.345`."""

from __future__ import annotations

from datetime import date

from hub.kit.errors import BadRequest
from hub.kpi.radar import DuePlace
from hub.kpi.shortfall import Place
from hub.web.visit import Visit

_KINDS = ("file", "item", "fonds", "agency")
_MOST = 18  # digits of a bigint


class WrongPlace(BadRequest):
    """The address names a place that no page has named."""

    def __init__(self) -> None:
        super().__init__(
            "Địa chỉ trang không đúng. Hãy mở lại từ đầu danh sách.",
            "The address of the page is wrong. Start from the beginning of the list.",
        )


def record_place(visit: Visit) -> Place | None:
    """The record after which the page begins; None for the first page. Raises WrongPlace."""
    if not (told := visit.query.get("after")):
        return None
    weight, kind, key = [*told.split("."), "", ""][:3]
    if kind not in _KINDS:
        raise WrongPlace
    return Place(_number(weight), kind, _number(key))


def due_place(visit: Visit) -> DuePlace | None:
    """The same in a list by the day on which records are due. Raises WrongPlace."""
    if not (told := visit.query.get("after")):
        return None
    day, _, key = told.partition(".")
    try:
        return DuePlace(date.fromisoformat(day), _number(key))
    except ValueError:
        raise WrongPlace from None


def _number(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) <= _MOST):
        raise WrongPlace
    return int(told)
