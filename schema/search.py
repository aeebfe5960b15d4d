"""Search over titles and subjects: words without diacritics, the last one as a prefix."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from schema.compiler.declarations import Bucket, Found, Searched, Slot, condition, counted, declared, root
from schema.connections import UNSET, After, FacetBucket, First, PageInfo, unknown_count
from schema.records.conditions import access_modes, agency_codes, any_of, at_least, at_most, include_subtree
from schema.records.facets import ACCESS, AGENCY, DOC_TYPE
from schema.records.file import ArchivalFile
from schema.records.fonds import Fonds
from schema.records.item import Item
from schema.records.series import Series
from schema.records.told import told
from schema.vocabulary import AccessMode, Origin, labels

_ = strawberry.enum_value


@strawberry.enum(description="Kinds of records that search finds (loại đối tượng tìm kiếm).")
class RecordKind(Enum):
    """Kinds, from the widest to the narrowest."""

    FONDS = _("FONDS", description="Fonds (phông).")
    SERIES = _("SERIES", description="Series (nhóm hồ sơ).")
    FILE = _("FILE", description="File (hồ sơ).")
    ITEM = _("ITEM", description="Document (văn bản).")


_PLACE = {"FONDS": "1", "SERIES": "2", "FILE": "3", "ITEM": "4"}
_FACTS = {"agency_id": "{t}.agency_id", "access_level": "{t}.access_level"}
_SEARCHED = (
    Searched(
        "Fonds",
        "{t}.title",
        {**_FACTS, "origin": "null::text", "year": "{t}.start_year", "doc_type": "null::text"},
    ),
    Searched(
        "Series",
        "{t}.title",
        {
            **_FACTS,
            "origin": "null::text",
            "year": "extract(year from {t}.start_date)::int",
            "doc_type": "null::text",
        },
    ),
    Searched(
        "ArchivalFile",
        "{t}.title",
        {
            **_FACTS,
            "origin": told("origin"),
            "year": "extract(year from {t}.start_date)::int",
            "doc_type": "null::text",
        },
    ),
    Searched(
        "Item",
        "{t}.subject",
        {
            **_FACTS,
            "origin": "{t}.origin",
            "year": "extract(year from {t}.issued_date)::int",
            "doc_type": "{t}.doc_type",
        },
    ),
)


@strawberry.input(description="Which hits; every field given must hold (bộ lọc tìm kiếm).")
class SearchFilter:
    """Conditions on hits."""

    kinds: list[RecordKind] | None = condition(
        "{t}.kind = {v}",
        "int",
        "Any of these kinds (loại đối tượng).",
        many="{t}.kind = any({v})",
        reads=_PLACE.__getitem__,
    )
    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    origins: list[Origin] | None = any_of("origin", "Any of these origins (nguồn gốc).")
    access_modes: list[AccessMode] | None = access_modes()
    doc_types: list[str] | None = any_of("doc_type", "Any of these codes of document types (tên loại).")
    year_from: int | None = at_least("{t}.year", "int", "Of this year or later (từ năm).")
    year_to: int | None = at_most("{t}.year", "int", "Of this year or earlier (đến năm).")


@strawberry.enum(description="What hits are counted by (tiêu chí thống kê kết quả).")
class SearchFacetField(Enum):
    """Facets of search."""

    KIND = counted(
        "{t}.kind",
        "kinds",
        value="(array['FONDS','SERIES','FILE','ITEM'])[{v}]",
        **labels("(array['FONDS','SERIES','FILE','ITEM'])[{v}]", RecordKind),
        description="Kind of record (loại đối tượng).",
    )
    AGENCY = counted(
        "{t}.agency_id", "agencyCodes", "includeSubtree", **AGENCY, description="Owner (cơ quan)."
    )
    ORIGIN = counted("{t}.origin", "origins", **labels("{v}", Origin), description="Origin (nguồn gốc).")
    ACCESS = counted("{t}.access_level", "accessModes", **ACCESS, description="Access mode (chế độ sử dụng).")
    YEAR = counted("{t}.year", "yearFrom", "yearTo", description="Year (năm).")
    DOC_TYPE = counted("{t}.doc_type", "docTypes", **DOC_TYPE, description="Document type (tên loại).")


@strawberry.type(description="The values of a field of hits, with counts (thống kê kết quả theo giá trị).")
class SearchFacet:
    """A facet of search."""

    field: SearchFacetField = declared(Bucket("field"), "What is counted by (tiêu chí).")
    buckets: list[FacetBucket] = declared(Bucket("buckets"), "The values, most frequent first (các giá trị).")
    unknown_count: int = unknown_count()


@strawberry.enum(description="Whether a total is exact (quan hệ của tổng số).")
class TotalRelation(Enum):
    """How to read totalCount."""

    EXACT = _("EXACT", description="Exactly so many (chính xác).")
    AT_LEAST = _("AT_LEAST", description="So many or more (ít nhất).")


SearchHit = Annotated[
    Fonds | Series | ArchivalFile | Item,
    strawberry.union("SearchHit", description="A record that search found (bản ghi tìm thấy)."),
]


@strawberry.type(description="A hit in its place (kết quả tìm kiếm).")
class SearchEdge:
    """An edge of search."""

    cursor: str = declared(Slot.CURSOR, "Where the hit stands; pass it as after (con trỏ).")
    node: SearchHit = declared(Slot.NODE, "The record (bản ghi).")
    highlight: str = declared(
        Slot.HIGHLIGHT, "Title or subject as HTML text, the found words in <mark> (đoạn khớp)."
    )


@strawberry.type(description="A page of hits, best first (trang kết quả tìm kiếm).")
class SearchConnection:
    """Connection of search."""

    edges: list[SearchEdge] = declared(Slot.EDGES, "The hits with their places (các kết quả).")
    nodes: list[SearchHit] = declared(Slot.NODES, "The records alone (các bản ghi).")
    page_info: PageInfo = declared(Slot.PAGE_INFO, "Where the page lies (thông tin trang).")
    total_count: int = declared(Slot.TOTAL_COUNT, "How many hits, counted up to 1000 (tổng số).")
    total_count_relation: TotalRelation = declared(
        Slot.TOTAL_RELATION, "Whether the total is exact (quan hệ của tổng số)."
    )

    @root(Slot.FACETS)
    def facets(
        self,
        fields: Annotated[
            list[SearchFacetField] | None,
            strawberry.argument(description="Which facets; all when left out (tiêu chí)."),
        ] = UNSET,
    ) -> list[SearchFacet]:
        """Counts of values under the other filters, over the first 4,000 hits of a kind (thống kê)."""
        raise NotImplementedError


@strawberry.type
class SearchQuery:
    """The read of search."""

    @root(Found(_SEARCHED))
    def search(
        self,
        text: Annotated[
            str,
            strawberry.argument(
                description="Words, at most 100; the last may be unfinished (từ khóa, tối đa 100 từ)."
            ),
        ],
        filter: SearchFilter | None = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> SearchConnection:
        """Records whose title, subject, code or number hold all the words, best first (tìm kiếm)."""
        raise NotImplementedError
