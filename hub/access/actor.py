"""The actor: who asks and the law he asks under, handed to every command and query.

    actor.require("close", "file", file)             raises unless he may
    actor.may("update", "item", item, file_state=file.state)
    select(ArchivalFile).where(actor.sees("file", ArchivalFile))

Creating asks about the future row. Changing asks about the row before and again after the change, so that no
input can move a record out of, or into, somebody's reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, inspect, text
from sqlmodel import SQLModel

from hub.access.errors import NAMES
from hub.kit.errors import NotFound, NotPermitted
from policies.actions import actions_on
from policies.law import Law, names_of
from policies.resources import RESOURCES, Facts
from policies.subject import ANONYMOUS, Shape, Subject


@dataclass(frozen=True)
class Actor:
    """A subject under one version of the law; two requests may have two."""

    subject: Subject
    law: Law

    @property
    def id(self) -> int | None:
        """The user's id; None for the public."""
        return self.subject.id

    @property
    def name(self) -> str:
        """The user's name; empty for the public."""
        return self.subject.name

    @property
    def shape(self) -> Shape:
        """The key under which a compiled statement serves him."""
        return self.subject.shape

    def may(self, action: str, resource: str, row: object, **known: Any) -> bool:
        """Whether he may do the action to the row; `known` are facts that the row itself lacks."""
        return self.law.may(self.subject, action, resource, row, **known)

    def require(self, action: str, resource: str, row: object | None, **known: Any) -> None:
        """Raise NotFound for no row or one he may not read, NotPermitted for one he may only read."""
        vietnamese, english = NAMES[resource]
        if row is None:
            raise NotFound(vietnamese, english)
        if self.may(action, resource, row, **known):
            return
        if action != "create" and not self.may("read", resource, row, **known):
            raise NotFound(vietnamese, english)
        raise NotPermitted(f"{resource}:{action}", vietnamese, english)

    def offers(self, resource: str, row: object, **known: Any) -> tuple[str, ...]:
        """The mutations that would work for him on the row now, in the order of the closed list (`viewerCan`).

        `known` says, too, whether what a deed needs beside the row holds (`Action.needs`).
        """
        facts = Facts(RESOURCES[resource], row, known)
        return tuple(
            deed.mutation
            for deed in actions_on(resource)
            if (not deed.starts or facts.state in deed.starts)
            and (not deed.needs or known[deed.needs])
            and self.may(deed.act, resource, row, **known)
        )

    def predicate(self, resource: str, action: str, columns: Mapping[str, str], *, root: bool = True) -> str:
        """SQL that is true for the rows he may do the action to; bind `values(sql)` with it."""
        return self.law.predicate(self.subject.shape, resource, action, columns, root=root)

    def values(self, sql: str) -> dict[str, Any]:
        """The values of the law's parameters in a statement."""
        return self.law.values(self.subject, names_of(sql))

    def sees(
        self,
        resource: str,
        table: type[SQLModel],
        action: str = "read",
        *,
        alias: str | None = None,
        root: bool = True,
        **columns: str,
    ) -> TextClause:
        """A condition for `select(table).where(…)`; `columns` gives SQL for facts that the table lacks."""
        mapped = inspect(table).local_table.columns
        place = alias or str(inspect(table).local_table.name)
        known = {column.name: f"{place}.{column.name}" for column in mapped}
        sql = self.predicate(resource, action, {**known, **columns}, root=root)
        return text(sql).bindparams(**self.values(sql))


# Nothing of the public's rights depends on the tree of agencies.
PUBLIC = Actor(ANONYMOUS, Law({}))
