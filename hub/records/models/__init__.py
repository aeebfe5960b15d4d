"""Tables of the descriptive tree: fonds → series → files → items (phông → nhóm → hồ sơ → văn bản).

Creator, owner and custodian are three columns: `creator_id` made it, `agency_id` owns it now, `custodian_id` keeps it.
`agency_id` and `custodian_id` stand on every row the access predicate tests; composite foreign keys with
ON UPDATE CASCADE keep them equal to the parent's, so no code can let them drift.
A file's `origin`, `item_count`, `page_count` and `digitized_page_count` are derived by statement triggers
(`migrations/sql/told_files.sql`); what was declared stays beside them, since the KPIs need both (domain facts: II.1.a,
II.2.b). `item_access` says which kinds of documents are in it (`policies/bits.py`).
"""

from hub.records.models.access import AccessChange
from hub.records.models.arrangement import CodeListEntry, Fonds, FondsExtent, FondsOwner, Series
from hub.records.models.files import ArchivalFile
from hub.records.models.items import Item, ItemListing
from hub.records.models.tally import RecordTally
from hub.records.models.words import (
    DIRECTIONS,
    FILE_STATES,
    ITEM_STATES,
    METADATA_SCHEMAS,
    ORIGINS,
    PRECISIONS,
    RETENTION_KINDS,
    SIGNATURE_EVIDENCE,
)

__all__ = [
    "DIRECTIONS",
    "FILE_STATES",
    "ITEM_STATES",
    "METADATA_SCHEMAS",
    "ORIGINS",
    "PRECISIONS",
    "RETENTION_KINDS",
    "SIGNATURE_EVIDENCE",
    "AccessChange",
    "ArchivalFile",
    "CodeListEntry",
    "Fonds",
    "FondsExtent",
    "FondsOwner",
    "Item",
    "ItemListing",
    "RecordTally",
    "Series",
]
