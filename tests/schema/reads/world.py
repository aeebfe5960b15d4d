"""The small city as plain rows for the reference, and the people who ask. It is made in making.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import psycopg

import hub.models
from hub.access.actor import Actor, the_public
from policies.law import Law
from policies.subject import Grant, Subject

TODAY = date(2025, 6, 30)
TABLES = (
    "agency", "agency_code", "agency_name", "agency_parent", "agency_succession", "source_membership", "fonds",
    "series", "file", "item",
    "item_listing", "digital_object", "decided_list", "decided_list_entry", "transfer", "transfer_entry", "plan",
    "reporting_period", "agency_return", "duty", "return_line", "return_turn", "return_case",
    "published_report", "snapshot", "audit_event", "code_list_entry",
    "app_user", "role_grant",
)  # fmt: skip


@dataclass
class World:
    """Every row of the city by table, and people who ask."""

    rows: dict[str, list[SimpleNamespace]] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    keyed: dict[str, dict[int, SimpleNamespace]] = field(default_factory=dict)

    def __getitem__(self, table: str) -> list[SimpleNamespace]:
        return self.rows[table]

    def one(self, table: str, key: int | None) -> SimpleNamespace | None:
        """The row with this id."""
        keyed = self.keyed.setdefault(table, {row.id: row for row in self.rows[table]})
        return keyed.get(key) if key is not None else None


def read(connection: psycopg.Connection[Any]) -> World:
    """Every row as it stands in the database, and the people."""
    world = World()
    assert hub.models.metadata is not None
    for table in TABLES:
        cursor = connection.execute(f"select * from {table}")
        names = [column.name for column in cursor.description or ()]
        world.rows[table] = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor]
    for table in ("item", "digital_object"):
        for row in world[table]:
            row.file_state = world.one("file", row.file_id).state  # type: ignore[union-attr]
    law = Law({row.id: row.parent_id for row in world["agency"]})
    world.actors = {
        user.name: Actor(
            Subject(
                user.id,
                user.name,
                tuple(
                    Grant(grant.role, grant.agency_id)
                    for grant in world["role_grant"]
                    if grant.user_id == user.id and (grant.valid_to is None or grant.valid_to > TODAY)
                ),
            ),
            law,
        )
        for user in world["app_user"]
    } | {"anyone": the_public()}
    return world
