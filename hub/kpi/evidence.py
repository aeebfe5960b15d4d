"""Documents behind a figure (văn bản chứng minh): what a checklist, a milestone or a list of papers rests on.

A row of a plan may name parts (`parameters.parts`: code, title, title_vi); each part is shown, with the documents
that prove it or as MISSING, and then what proves no part in particular.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hub.kpi.values import Evidence, EvidenceState


def evidence_of(
    parameters: Mapping[str, Any], documents: Iterable[Mapping[str, Any]]
) -> tuple[Evidence, ...]:
    """The documents of a row, in the order of its parts; `documents` as hub.plan.queries reads them at a date."""
    parts = {part["code"]: part for part in parameters.get("parts") or ()}
    papers = list(documents)
    found: list[Evidence] = []
    for code, part in parts.items():
        proofs = [_evidence(part, one) for one in papers if one["part"] == code]
        found += proofs or [_evidence(part, None)]
    return (*found, *(_evidence({}, one) for one in papers if one["part"] not in parts))


def _evidence(part: Mapping[str, Any], document: Mapping[str, Any] | None) -> Evidence:
    day = document["document_date"] if document else None
    return Evidence(
        part=part.get("code"),
        part_title=part.get("title"),
        part_title_vi=part.get("title_vi"),
        title=document["title"] if document else None,
        document_number=document["document_number"] if document else None,
        document_date=date.fromisoformat(day) if day else None,
        state=EvidenceState(document["state"]) if document else EvidenceState.MISSING,
    )
