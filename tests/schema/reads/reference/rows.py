"""Rows as the reference sees them: which an actor may read, and values in the text form of their scalars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace as Row
from typing import Any

from graphql import build_schema

from hub.access.actor import Actor
from tests.records.told import told
from tests.schema.reads.world import World

TYPES = {
    "Agency": ("agency", "agency"),
    "Fonds": ("fonds", "fonds"),
    "Series": ("series", "series"),
    "ArchivalFile": ("file", "file"),
    "Item": ("item", "item"),
    "DigitalObject": ("digital_object", "digital"),
    "Transfer": ("transfer", "transfer"),
    "Plan": ("plan", "plan"),
    "ReportingPeriod": ("reporting_period", "period"),
    "AgencyReturn": ("agency_return", "return"),
    "PublishedReport": ("published_report", "report"),
    "AuditEvent": ("audit_event", "audit"),
    "Change": ("audit_event", "change"),
    "Viewer": ("app_user", "user"),
}
ACCESS = {0: "OPEN", 1: "CONDITIONAL", 2: "SECRET", None: None}


def snake(name: str) -> str:
    """camelCase as a column."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def written(value: Any, kind: str) -> Any:
    """A value in the text form of its scalar."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if value is not None and kind.startswith(("BigInt", "Decimal")) else value


class Rows:
    """The rows of a city, each asked of the point check."""

    def __init__(self, sdl: str, world: World) -> None:
        self.schema = build_schema(sdl)
        self.world = world
        self._seen: dict[tuple[str, str, int], Row | None] = {}

    def seen(self, actor: Actor, typename: str, row: Row | None) -> Row | None:
        """The row with its type, if the actor may read it."""
        if row is None:
            return None
        key = (actor.name, typename, row.id)
        if key not in self._seen:  # Casbin is slow, and the city does not change
            may = actor.may("read", TYPES[typename][1], row)
            more = {"typename": typename, "reader": actor}
            if may and typename == "ArchivalFile":
                more |= self.told(actor, row)
            self._seen[key] = Row(**{**vars(row), **more}) if may else None
        return self._seen[key]

    def told(self, actor: Actor, file: Row) -> dict[str, Any]:
        """What a file tells of the documents in it that the actor may read."""
        listings = {one.item_id for one in self.world["item_listing"] if one.file_id == file.id}
        own = self.rows(actor, "Item", lambda one: one.file_id == file.id)
        return told(file, own, self.rows(actor, "Item", lambda one: one.id in listings))

    def rows(self, actor: Actor, typename: str, where: Callable[[Row], bool] = lambda row: True) -> list[Row]:
        """The rows of a type that the actor may read."""
        found = (self.seen(actor, typename, row) for row in self.world[TYPES[typename][0]] if where(row))
        return [row for row in found if row is not None]
