"""Code lists (danh mục mã) as data: loaded from `data/code_lists.toml`, dated, each with its legal source."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from hub.records.models import CodeListEntry

LISTS = Path(__file__).parent / "data" / "code_lists.toml"


def load_code_lists(session: Session, path: Path = LISTS) -> int:
    """Store the lists of `path`; entries that are there keep their key and take the new labels."""
    rows = [
        {
            "list_name": name,
            "value": value,
            "label": label,
            "label_en": label_en,
            "position": position,
            "valid_from": entry["valid_from"],
            "valid_to": entry.get("valid_to"),
            "legal_source": entry["source"],
        }
        for name, entries in tomllib.loads(path.read_text()).items()
        for entry in (entries if isinstance(entries, list) else [entries])
        for position, (value, label, label_en) in enumerate(entry["values"], 1)
    ]
    statement = insert(CodeListEntry).values(rows)
    told = {
        name: statement.excluded[name]
        for name in ("label", "label_en", "position", "valid_to", "legal_source")
    }
    session.connection().execute(statement.on_conflict_do_update(constraint="uq_code_list_entry", set_=told))
    return len(rows)
