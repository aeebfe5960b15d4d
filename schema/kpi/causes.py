"""Causes of a change in GraphQL: what each moved, and its records as far as the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.kpi import causes as why
from hub.kpi.causes import Cause
from hub.kpi.shortfall import Place
from schema.kpi.gathering import together
from schema.kpi.paging import TYPES, checked_page, cursor_of, page_info, read_place
from schema.kpi.seen import SeenRecord, SeenRecords
from schema.kpi.types import After, First


def _(cause: Cause) -> object:
    vietnamese, english = cause.words
    description = f"{english} ({vietnamese[:1].lower()}{vietnamese[1:]})."
    return strawberry.enum_value(cause.value, description=description)


@strawberry.enum(description="Why records count otherwise than before (nguyên nhân làm thay đổi số liệu).")
class ChangeCause(Enum):
    """The closed list of hub/kpi/causes.py."""

    NEW = _(Cause.NEW)
    ACCEPTED = _(Cause.ACCEPTED)
    ENTERED = _(Cause.ENTERED)
    ACHIEVED = _(Cause.ACHIEVED)
    PUBLISHED = _(Cause.PUBLISHED)
    LAPSED = _(Cause.LAPSED)
    LEFT = _(Cause.LEFT)
    MERGED = _(Cause.MERGED)
    EXCLUDED = _(Cause.EXCLUDED)
    EXCLUSION_LIFTED = _(Cause.EXCLUSION_LIFTED)
    REGISTERED_LATE = _(Cause.REGISTERED_LATE)
    ORIGIN_CORRECTED = _(Cause.ORIGIN_CORRECTED)
    DATE_CORRECTED = _(Cause.DATE_CORRECTED)
    RETENTION_CORRECTED = _(Cause.RETENTION_CORRECTED)
    SIGNATURE_CORRECTED = _(Cause.SIGNATURE_CORRECTED)
    ACCESS_CORRECTED = _(Cause.ACCESS_CORRECTED)
    EXTENT_CORRECTED = _(Cause.EXTENT_CORRECTED)
    DESTROYED = _(Cause.DESTROYED)
    CORRECTED = _(Cause.CORRECTED)
    PARAMETER_CHANGED = _(Cause.PARAMETER_CHANGED)
    FORMULA_CHANGED = _(Cause.FORMULA_CHANGED)
    NOT_TRACED = _(Cause.NOT_TRACED)


@strawberry.type(description="A record that counts otherwise (bản ghi làm thay đổi số liệu).")
class ChangeRecordEdge(SeenRecord):
    """With what the list says of it."""

    numerator: int = strawberry.field(description="By how much it moved the numerator (thay đổi tử số).")
    denominator: int = strawberry.field(description="By how much it moved the denominator (thay đổi mẫu số).")


@strawberry.type(description="The records of a cause, heaviest first (các bản ghi theo nguyên nhân).")
class ChangeRecordConnection(SeenRecords[ChangeRecordEdge]):
    """Heaviest first."""


@strawberry.type(description="A cause with the units it moved (nguyên nhân thay đổi).")
class IndicatorChangeCause:
    """Whole, whoever asks; its records under the caller's permissions."""

    found: strawberry.Private[why.Moved]
    question: strawberry.Private[why.Question | None]

    @strawberry.field(description="Which cause (mã nguyên nhân).")
    def cause(self) -> ChangeCause:
        """Of the closed list."""
        return ChangeCause[self.found.cause.name]

    @strawberry.field(description="The same in words (diễn giải).")
    def message(self, info: Info) -> str:
        """In the caller's language."""
        return self.found.cause.words[info.context.language == "en"]

    @strawberry.field(description="By how much it moved the numerator (thay đổi tử số).")
    def numerator(self) -> int:
        """In the indicator's unit."""
        return self.found.numerator

    @strawberry.field(description="By how much it moved the denominator (thay đổi mẫu số).")
    def denominator(self) -> int:
        """In the indicator's unit."""
        return self.found.denominator

    @strawberry.field(description="How many records; null where none are listed (số bản ghi).")
    def record_count(self) -> int | None:
        """Those that the caller may not see, too."""
        return self.found.records

    @strawberry.field(description="Its records, as far as the caller may see (các bản ghi).")
    async def records(self, info: Info, first: First = 50, after: After = None) -> ChangeRecordConnection:
        """The lists of all causes are read together; a cursor leads on in the list of its own cause only."""
        checked_page(first)
        cause, question = self.found.cause, self.question
        start = _after(after, cause)
        if question is None or self.found.records is None:
            return ChangeRecordConnection(
                edges=[], page_info=page_info([], before=False, more=False), total_count=0, hidden_count=0
            )
        actor = info.context.actor

        def read(session: Session, keys: list[Cause]) -> dict[Cause, why.MovedPage]:
            return why.moved_records(session, actor, question, keys, first=first, after=start)

        page = await together(info, ("change", question, first, after), cause, read)
        page = page or why.MovedPage((), 0, 0, False)
        edges = [
            ChangeRecordEdge(
                kind=TYPES[row.kind],
                key=row.id,
                cursor=cursor_of(f"change:{cause}", *row.place),
                numerator=row.numerator,
                denominator=row.denominator,
            )
            for row in page.rows
        ]
        return ChangeRecordConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=start is not None, more=page.has_next
            ),
            total_count=page.total,
            hidden_count=page.hidden,
        )


def _after(text: str | None, cause: Cause) -> Place | None:
    return read_place(text, f"change:{cause}")


Causes = Annotated[
    list[ChangeCause] | None,
    strawberry.argument(description="Only these (chỉ các nguyên nhân).", name="only"),
]


def causes_of(
    found: Sequence[why.Moved], question: why.Question | None, only: list[ChangeCause] | None
) -> list[IndicatorChangeCause]:
    """The causes, all or those asked for."""
    wanted = None if only is None else {one.name for one in only}
    return [
        IndicatorChangeCause(found=one, question=question)
        for one in found
        if wanted is None or one.cause.name in wanted
    ]
