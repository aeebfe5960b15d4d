"""The actor: who asks and the law he asks under, handed to every command and query.

    actor.require("close", "file", file)             raises unless he may
    actor.may("update", "item", item, file_state=file.state)
    select(ArchivalFile).where(actor.sees("file", ArchivalFile))

Creating asks about the future row. Changing asks about the row before and again after the change, so that no
input can move a record out of, or into, somebody's reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, inspect, text
from sqlmodel import SQLModel

from hub.access.credentials.rules import ADMINISTRATORS
from hub.access.errors import NAMES, AdministrationClosed, Closed, StepUpRequired
from hub.audit.commands import MANDATES
from hub.kit.errors import NotFound, NotPermitted
from policies.actions import actions_on
from policies.law import Law, Policy, in_force, names_of
from policies.resources import RESOURCES, Facts
from policies.step_up import needs_step_up
from policies.subject import ANONYMOUS, Mandate, Shape, Subject


@dataclass(frozen=True)
class Actor:
    """A subject under one version of the law; two requests may have two.

    `stepped_up`: he has proved himself anew a few minutes ago, or acts where nobody can be asked to (a command at
    the machine). Without it the deeds of `policies/step_up.py` wait. `closed`: administration is closed to this
    request, so that the subject lacks his administering roles; `whole` is he with them.
    """

    subject: Subject
    law: Law
    stepped_up: bool = False
    closed: Closed | None = None
    whole: Subject | None = None

    @property
    def id(self) -> int | None:
        """The user's id; None for the public."""
        return self.subject.id

    @property
    def name(self) -> str:
        """The user's name; empty for the public."""
        return self.subject.name

    @property
    def holder(self) -> Subject:
        """The person with all his roles, those that rest for this request included."""
        return self.whole or self.subject

    def without_administration(self, closed: Closed | None) -> Actor:
        """The same person without the roles that administer, while that is closed; None: as he is."""
        if closed is None or ADMINISTRATORS.isdisjoint(self.subject.roles):
            return self
        grants = tuple(grant for grant in self.subject.grants if grant.role not in ADMINISTRATORS)
        mandates = tuple(one for one in self.subject.mandates if one.grant.role not in ADMINISTRATORS)
        left = replace(self.subject, grants=grants, mandates=mandates)
        return replace(self, subject=left, closed=closed, whole=self.subject)

    def require_open(self, resource: str) -> None:
        """Raise AdministrationClosed where he would see more of these with the roles that rest."""
        if self.closed is not None and any(
            rule.role in ADMINISTRATORS and rule.role in self.holder.roles
            for rule in self.law.rules
            if (rule.resource, rule.action, rule.effect) == (resource, "read", "allow")
        ):
            raise AdministrationClosed(f"{resource}:read", self.closed)

    @property
    def policy_version(self) -> str:
        """The policy that he is decided under, whichever is in force by now."""
        return self.law.policy.version

    @property
    def shape(self) -> Shape:
        """The key under which a compiled statement serves him."""
        return self.subject.shape

    def may(self, action: str, resource: str, row: object, **known: Any) -> bool:
        """Whether he may do the action to the row; `known` are facts that the row itself lacks."""
        return self.law.may(self.subject, action, resource, row, **known)

    def require(self, action: str, resource: str, row: object | None, **known: Any) -> None:
        """Raise NotFound for no row or one he may not read, NotPermitted for one he may only read.

        Raises StepUpRequired when he may, but has to prove himself anew first, and AdministrationClosed when he might
        elsewhere or at another time.
        """
        vietnamese, english = NAMES[resource]
        if row is None:
            raise NotFound(vietnamese, english)
        if self.may(action, resource, row, **known):
            if needs_step_up(resource, action) and not self.stepped_up:
                raise StepUpRequired(f"{resource}:{action}", vietnamese, english)
            self._act_for(action, resource, row, known)
            return
        if self.closed is not None and self.law.may(self.holder, action, resource, row, **known):
            raise AdministrationClosed(f"{resource}:{action}", self.closed)
        if action != "create" and not self.may("read", resource, row, **known):
            raise NotFound(vietnamese, english)
        raise NotPermitted(f"{resource}:{action}", vietnamese, english)

    def mandate(self, action: str, resource: str, row: object, **known: Any) -> Mandate | None:
        """The delegation without which he might not do what he may; None when his own grants suffice."""
        subject = self.subject
        if not subject.mandates or self.law.may(subject.own, action, resource, row, **known):
            return None
        return next(
            mandate
            for mandate in subject.mandates
            if self.law.may(subject.under(mandate), action, resource, row, **known)
        )

    def _act_for(self, action: str, resource: str, row: object, known: Mapping[str, Any]) -> None:
        """Tell the audit trail on whose behalf the deed is done that the law has just allowed."""
        if self.subject.id is None or not self.subject.mandates:
            return
        deed, told = (self.subject.id, f"{resource}:{action}"), dict(MANDATES.get())
        told.pop(deed, None)
        if mandate := self.mandate(action, resource, row, **known):
            told[deed] = mandate.on_behalf_of
        MANDATES.set(told)

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


def the_public() -> Actor:
    """Everybody who shows no credential, under the policy in force."""
    return _public(in_force())


@lru_cache(4)
def _public(policy: Policy) -> Actor:
    # nothing of the public's rights depends on the tree of agencies
    return Actor(ANONYMOUS, Law({}, policy=policy))
