"""Code lists (danh mục mã): dated values with labels and the legal text they come from."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from hub.records import models
from schema.compiler.declarations import Every, column, record, root
from schema.connections import UNSET


@record(
    models.CodeListEntry, resource="codelist", description="A value of a code list (giá trị của danh mục mã)."
)
class CodeListEntry:
    """A dated value."""

    value: str = column("value", "The code (mã).")
    label: str = column("label", "The Vietnamese label (nhãn).")
    label_en: str = column("label_en", "The English label (nhãn tiếng Anh).")
    valid_from: date = column("valid_from", "In force from (có hiệu lực từ).")
    valid_to: date | None = column("valid_to", "In force until, that day excluded (có hiệu lực đến).")
    legal_source: str = column("legal_source", "The legal text (văn bản quy định).")


# Those that the hub loads; an installation may have more.
_NAMES = "access_mode, doc_type, exclusion_basis, language, origin, physical_condition, retention"
_IN_FORCE = "({t}.valid_from <= {v}::date and ({t}.valid_to is null or {t}.valid_to > {v}::date))"


@strawberry.type
class CodesQuery:
    """The read of code lists."""

    @root(
        Every(
            {"name": "{t}.list_name = {v}::text", "asOf": _IN_FORCE},
            "{t}.position, {t}.value, {t}.valid_from",
            {"asOf": _IN_FORCE.replace("{v}::date", ":today")},
        )
    )
    def code_list(
        self,
        name: Annotated[str, strawberry.argument(description=f"Name of the list (tên danh mục): {_NAMES}.")],
        as_of: Annotated[
            date | None,
            strawberry.argument(description="Values in force on this day; today when left out (tại ngày)."),
        ] = UNSET,
    ) -> list[CodeListEntry]:
        """The values of a code list in their order; empty for an unknown name (danh mục mã)."""
        raise NotImplementedError
