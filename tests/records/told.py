"""What a file tells of its documents, reckoned in Python from the documents that somebody sees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def told(
    file: Any, own: Iterable[Any], listed: Iterable[Any], accepted: Iterable[Any] = ()
) -> dict[str, Any]:
    """Its origin and pages; `accepted` are the pages accepted of the file and of any of its documents."""
    own = list(own)
    origins = {item.origin for item in (*own, *listed)} - {None}
    known = [item.page_count for item in own if item.page_count is not None]
    whole = own and len(known) == len(own) >= (file.total_doc or 0)
    pages = sum(known) if whole or (file.page_count_declared is None and known) else file.page_count_declared
    caps = {None: None} | {item.id: item.page_count for item in own}
    scanned: dict[int | None, set[int]] = {}
    for one in accepted:
        if one.item_id in caps:
            scanned.setdefault(one.item_id, set()).update(range(one.first_page, one.last_page + 1))
    sums = (min(len(pages), len(pages) if caps[key] is None else caps[key]) for key, pages in scanned.items())
    digitized = sum(sums)
    return {
        "origin": file.origin_declared if not origins else origins.pop() if len(origins) == 1 else "MIXED",
        "page_count": pages,
        "digitized_page_count": digitized if pages is None else min(digitized, pages),
    }
