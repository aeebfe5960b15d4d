"""What files and items can be counted by; a facet ignores its own filter, so that another value can be chosen."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from schema.compiler.declarations import Bucket, counted, declared
from schema.connections import FacetBucket, unknown_count
from schema.records.told import told
from schema.vocabulary import AccessMode, FileState, Origin, RetentionKind, labels

AGENCY = {
    "value": "(select a.code from agency a where a.id = {v})",
    "label": "(select a.name from agency a where a.id = {v})",
}
ACCESS_SQL = "{t}.access_level"
ACCESS = {
    "value": "(array['OPEN','CONDITIONAL','SECRET'])[{v} + 1]",
    **labels("(array['OPEN','CONDITIONAL','SECRET'])[{v} + 1]", AccessMode),
}
DOC_TYPE = {
    name: f"coalesce((select c.{name} from code_list_entry c where c.list_name = 'doc_type' and c.value = {{v}}"
    " order by c.valid_from <= :today desc, c.valid_from desc limit 1), {v})"
    for name in ("label", "label_en")
}


@strawberry.enum(description="What files are counted by (tiêu chí thống kê hồ sơ).")
class FileFacetField(Enum):
    """Facets of files."""

    AGENCY = counted(
        "{t}.agency_id", "agencyCodes", "includeSubtree", **AGENCY, description="Owner (cơ quan)."
    )
    ORIGIN = counted(
        told("origin"), "origins", "originUnknown", **labels("{v}", Origin), description="Origin (nguồn gốc)."
    )
    ACCESS = counted(
        ACCESS_SQL, "accessModes", "accessUnknown", **ACCESS, description="Access mode (chế độ sử dụng)."
    )
    YEAR = counted(
        "extract(year from {t}.start_date)::int",
        "startDateFrom",
        "startDateTo",
        "startDateUnknown",
        description="Year of beginning (năm bắt đầu).",
    )
    STATE = counted("{t}.state", "states", **labels("{v}", FileState), description="State (trạng thái).")
    RETENTION = counted(
        "{t}.retention_kind",
        "retentionKinds",
        **labels("{v}", RetentionKind),
        description="Kind of retention (thời hạn).",
    )


@strawberry.enum(description="What documents are counted by (tiêu chí thống kê văn bản).")
class ItemFacetField(Enum):
    """Facets of items."""

    AGENCY = counted(
        "{t}.agency_id", "agencyCodes", "includeSubtree", **AGENCY, description="Owner (cơ quan)."
    )
    ORIGIN = counted(
        "{t}.origin", "origins", "originUnknown", **labels("{v}", Origin), description="Origin (nguồn gốc)."
    )
    ACCESS = counted(
        ACCESS_SQL, "accessModes", "accessUnknown", **ACCESS, description="Access mode (chế độ sử dụng)."
    )
    YEAR = counted(
        "extract(year from {t}.issued_date)::int",
        "issuedDateFrom",
        "issuedDateTo",
        "issuedDateUnknown",
        description="Year of issue (năm ban hành).",
    )
    DOC_TYPE = counted("{t}.doc_type", "docTypes", **DOC_TYPE, description="Document type (tên loại).")
    RETENTION = counted(
        "{t}.retention_kind",
        "retentionKinds",
        **labels("{v}", RetentionKind),
        description="Kind of retention (thời hạn).",
    )


@strawberry.type(description="The values of a field of files, with counts (thống kê hồ sơ theo giá trị).")
class FileFacet:
    """A facet of files."""

    field: FileFacetField = declared(Bucket("field"), "What is counted by (tiêu chí).")
    buckets: list[FacetBucket] = declared(Bucket("buckets"), "The values, most frequent first (các giá trị).")
    unknown_count: int = unknown_count()


@strawberry.type(
    description="The values of a field of documents, with counts (thống kê văn bản theo giá trị)."
)
class ItemFacet:
    """A facet of items."""

    field: ItemFacetField = declared(Bucket("field"), "What is counted by (tiêu chí).")
    buckets: list[FacetBucket] = declared(Bucket("buckets"), "The values, most frequent first (các giá trị).")
    unknown_count: int = unknown_count()


FileFacetFields = Annotated[
    list[FileFacetField] | None,
    strawberry.argument(description="Which facets; all when left out (tiêu chí)."),
]
ItemFacetFields = Annotated[
    list[ItemFacetField] | None,
    strawberry.argument(description="Which facets; all when left out (tiêu chí)."),
]
