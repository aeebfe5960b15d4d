"""The documents behind a figure: parts in the plan's order, and each document as it stood at the date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.kpi.evidence import evidence_of
from hub.kpi.frozen import freeze, thaw
from hub.kpi.values import Evidence, EvidenceState
from tests.kpi.city import CUT_OFF, PLAN, City

PARTS = [
    {"code": "solution", "title": "Solution", "title_vi": "Giải pháp"},
    {"code": "plan", "title": "Plan", "title_vi": "Kế hoạch"},
]


def document(part: str | None, state: str = "PLANNED", **told: Any) -> dict[str, Any]:
    return {
        "part": part,
        "title": "Văn bản",
        "document_number": None,
        "document_date": None,
        "state": state,
        **told,
    }


def test_each_part_is_told_in_the_plans_order_with_its_documents_or_as_missing() -> None:
    found = evidence_of(
        {"parts": PARTS},
        [
            document("plan", "APPROVED", document_number="1/KH", document_date="2022-03-01"),
            document("plan", "DRAFTED"),
            document("other"),
            document(None),
        ],
    )
    assert [(one.part, one.part_title_vi, one.state) for one in found] == [
        ("solution", "Giải pháp", EvidenceState.MISSING),
        ("plan", "Kế hoạch", EvidenceState.APPROVED),
        ("plan", "Kế hoạch", EvidenceState.DRAFTED),
        (None, None, EvidenceState.PLANNED),
        (None, None, EvidenceState.PLANNED),
    ]
    assert found[1] == Evidence(
        "plan", "Plan", "Kế hoạch", "Văn bản", "1/KH", date(2022, 3, 1), EvidenceState.APPROVED
    )
    assert evidence_of({}, []) == ()


@pytest.mark.parametrize(
    ("told", "as_of", "expected"),
    [
        ({"state": "PLANNED"}, CUT_OFF, ("PLANNED", None)),
        ({"state": "DRAFTED"}, CUT_OFF, ("DRAFTED", None)),
        ({}, date(2022, 3, 1), ("APPROVED", "1/KH")),
        ({}, date(2022, 2, 28), ("PLANNED", None)),
        ({"planned_on": date(2021, 6, 1)}, date(2021, 5, 31), None),
        ({"planned_on": date(2021, 6, 1)}, date(2021, 6, 1), ("PLANNED", None)),
        ({"state": "CANCELLED", "cancelled_on": date(2024, 1, 1)}, date(2023, 12, 31), ("APPROVED", "1/KH")),
        ({"state": "CANCELLED", "cancelled_on": date(2024, 1, 1)}, date(2024, 1, 1), None),
        ({"state": "CANCELLED"}, CUT_OFF, None),
        ({"document_number": " "}, CUT_OFF, ("PLANNED", None)),
    ],
)
def test_a_document_is_told_as_it_stood_at_the_date(
    city: City, told: dict[str, Any], as_of: date, expected: tuple[str, str | None] | None
) -> None:
    city.deliverable("1.1", **told)
    found = [(one.state, one.document_number) for one in city.value("1.1", as_of=as_of).indicator.evidence]
    assert found == ([expected] if expected else [])


def test_a_frozen_figure_keeps_its_documents(city: City) -> None:
    city.deliverable("II.2.a", part_code="plan")
    value = city.value("II.2.a")
    assert [one.state for one in value.indicator.evidence] == ["APPROVED", "MISSING"]
    assert thaw(freeze(PLAN, [value])) == [value]
