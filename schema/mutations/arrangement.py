"""Fonds and series: opened, closed, moved."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from hub.records import commands
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import (
    FondsDescription,
    SeriesDescription,
    fonds_facts,
    key_in,
    needed,
    once,
    said,
    series_facts,
    version,
)
from schema.problems import (
    AgencyEnded,
    FondsClosed,
    FondsHasOpenFiles,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    ReferenceCodeTaken,
    StaleVersion,
    WrongState,
)
from schema.records.fonds import Fonds
from schema.records.series import Series


@strawberry.input(description="A new fonds (mở phông).")
class OpenFondsInput(FondsDescription):
    """Input of openFonds."""

    agency_id: strawberry.ID = needed("The agency that makes the records (cơ quan).")
    title: str = needed("Title (tên phông).")
    idempotency_key: str | None = once()


@strawberry.input(description="A fonds to close (đóng phông).")
class CloseFondsInput:
    """Input of closeFonds."""

    id: strawberry.ID = needed("The fonds (phông).")
    expected_version: int = version()
    closed_on: date | None = said("From what day; left out: today (ngày đóng).")
    idempotency_key: str | None = once()


@strawberry.input(description="A new series (mở nhóm hồ sơ).")
class OpenSeriesInput(SeriesDescription):
    """Input of openSeries."""

    fonds_id: strawberry.ID = needed("The fonds (phông).")
    parent_id: strawberry.ID | None = said("The series above; left out: top of the fonds (nhóm cha).")
    title: str = needed("Title (tên nhóm).")
    idempotency_key: str | None = once()


@strawberry.input(description="A series to move (chuyển nhóm hồ sơ).")
class MoveSeriesInput:
    """Input of moveSeries."""

    id: strawberry.ID = needed("The series (nhóm hồ sơ).")
    expected_version: int = version()
    parent_id: strawberry.ID | None = needed("The series above; null: top of the fonds (nhóm cha).")
    after_id: strawberry.ID | None = said(
        "Stand after this one; null: first; left out: last (đứng sau nhóm)."
    )
    idempotency_key: str | None = once()


OpenFondsResult = Annotated[
    Fonds | NotFound | NotPermitted | Invalid | ReferenceCodeTaken | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "OpenFondsResult", description="The fonds, or the problem that stood in the way (kết quả)."
    ),
]
CloseFondsResult = Annotated[
    Fonds
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongState
    | FondsHasOpenFiles
    | IdempotencyKeyReused,
    strawberry.union(
        "CloseFondsResult", description="The fonds, or the problem that stood in the way (kết quả)."
    ),
]
OpenSeriesResult = Annotated[
    Series | NotFound | NotPermitted | Invalid | ReferenceCodeTaken | FondsClosed | IdempotencyKeyReused,
    strawberry.union(
        "OpenSeriesResult", description="The series, or the problem that stood in the way (kết quả)."
    ),
]
MoveSeriesResult = Annotated[
    Series | NotFound | NotPermitted | Invalid | StaleVersion | IdempotencyKeyReused,
    strawberry.union(
        "MoveSeriesResult", description="The series, or the problem that stood in the way (kết quả)."
    ),
]


@strawberry.type
class ArrangementMutation:
    """Deeds on fonds and series."""

    @strawberry.mutation(description=described("openFonds", "Open a fonds of an agency (mở phông)."))
    async def open_fonds(self, info: strawberry.Info, input: Given[OpenFondsInput]) -> OpenFondsResult:
        """See the description."""
        answer: OpenFondsResult = await do(
            info,
            "openFonds",
            Fonds,
            ("Agency", input.agency_id),
            input,
            lambda s, actor: commands.open_fonds(
                s,
                actor,
                key_in("Agency", input.agency_id, "agency_id"),
                fonds_facts(input, input.title),
                on=today(),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("closeFonds", "Close a fonds when its files are closed (đóng phông).")
    )
    async def close_fonds(self, info: strawberry.Info, input: Given[CloseFondsInput]) -> CloseFondsResult:
        """See the description."""
        answer: CloseFondsResult = await do(
            info,
            "closeFonds",
            Fonds,
            ("Fonds", input.id),
            input,
            lambda s, actor: commands.close_fonds(
                s,
                actor,
                key_in("Fonds", input.id, "id"),
                input.expected_version,
                closed_on=input.closed_on or today(),
                on=today(),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("openSeries", "Open a series at the end of its parent (mở nhóm hồ sơ).")
    )
    async def open_series(self, info: strawberry.Info, input: Given[OpenSeriesInput]) -> OpenSeriesResult:
        """See the description."""
        answer: OpenSeriesResult = await do(
            info,
            "openSeries",
            Series,
            ("Fonds", input.fonds_id),
            input,
            lambda s, actor: commands.open_series(
                s,
                actor,
                key_in("Fonds", input.fonds_id, "fonds_id"),
                series_facts(input, input.title),
                on=today(),
                parent_id=_key(input.parent_id, "parent_id"),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "moveSeries", "Move a series with all it holds within its fonds (chuyển nhóm hồ sơ)."
        )
    )
    async def move_series(self, info: strawberry.Info, input: Given[MoveSeriesInput]) -> MoveSeriesResult:
        """See the description."""
        answer: MoveSeriesResult = await do(
            info,
            "moveSeries",
            Series,
            ("Series", input.id),
            input,
            lambda s, actor: commands.move_series(
                s,
                actor,
                key_in("Series", input.id, "id"),
                input.expected_version,
                parent_id=_key(input.parent_id, "parent_id"),
                after_id=_key(input.after_id, "after_id"),
                first=input.after_id is None,
            ),
        )
        return answer


def _key(text: str | None, field: str) -> int | None:
    return key_in("Series", text, field) if text else None
