"""What changed in a row, told before it is stored, and which named constraint refused it.

Audit events hold the values before and after; a violated constraint becomes a typed problem by its name.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

# Book-keeping that follows from the other columns, or from the act of storing.
BOOKKEEPING = frozenset(
    {"id", "version", "created_at", "updated_at", "title_sort", "name_sort", "folded", "source_hash"}
)


def before_and_after(row: SQLModel, leave_out: Collection[str] = BOOKKEEPING) -> dict[str, list[Any]]:
    """Each changed column of a loaded row with its value before and after; empty when nothing changed."""
    changed = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if attribute.key not in leave_out and history.has_changes():
            before = history.deleted[0] if history.deleted else None
            changed[attribute.key] = [plain(before), plain(history.added[0] if history.added else None)]
    return changed


def facts_of(row: SQLModel, leave_out: Collection[str] = BOOKKEEPING) -> dict[str, Any]:
    """What is said in a new row: every column that holds a value."""
    return {
        name: plain(value)
        for name, value in row.model_dump(exclude=set(leave_out)).items()
        if value not in (None, [], {}, "")
    }


def plain(value: Any) -> Any:
    """The value as JSON can hold it."""
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint that refused the row."""
    diagnosis = getattr(error.orig, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
