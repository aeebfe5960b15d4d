"""What the law speaks about: each resource, the facts its rules may ask for, and where a row keeps them.

A fact has one name in the rules; a row may call it otherwise (an exclusion is submitted by `proposed_by`).
An item's state is not asked for: its words are about the state of its home file, which a row of the item
table lacks, so whoever asks must say it (`file_state=`) and nothing is decided from the wrong column.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_STATES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "draft": frozenset({"OPEN", "CLOSED", "DRAFT", "SENT_BACK"}),
        "submitted": frozenset({"SUBMITTED"}),
        "approved": frozenset({"APPROVED"}),
        "disposed": frozenset({"DISPOSED"}),
        "issued": frozenset({"PUBLISHED", "SUPERSEDED"}),
    }
)


class UnknownFact(LookupError):
    """A rule asks for a fact that the row or the column mapping does not offer: a fault of the program."""


@dataclass(frozen=True)
class Resource:
    """A kind of record: `names` maps a fact to the column or attribute that holds it."""

    name: str
    names: Mapping[str, str]
    states: Mapping[str, frozenset[str]] = field(default_factory=lambda: _STATES)


def _resource(
    name: str, facts: str, /, states: Mapping[str, frozenset[str]] = _STATES, **renamed: str
) -> Resource:
    return Resource(name, {**{fact: fact for fact in facts.split()}, **renamed}, states)


_RECORD = "id agency_id custodian_id access_level published on_hold transferred created_by"
_PAPER = "id agency_id state created_by submitted_by"

RESOURCES: Mapping[str, Resource] = {
    resource.name: resource
    for resource in (
        # records
        _resource("fonds", f"{_RECORD} state"),
        _resource("series", f"{_RECORD} state"),
        _resource("file", f"{_RECORD} state submitted_by"),
        _resource("item", _RECORD, state="file_state"),
        _resource("digital", _RECORD, state="file_state"),
        _resource("batch", "id custodian_id state", agency_id="custodian_id"),
        # an opening that waits for a second person; its level is that of the record as long as it waits
        _resource(
            "accesschange",
            "id agency_id custodian_id state",
            {**_STATES, "submitted": frozenset({"PROPOSED"}), "draft": frozenset()},
            access_level="access_before",
            submitted_by="proposed_by",
            created_by="proposed_by",
        ),
        _resource("publication", "id agency_id custodian_id state published created_by access_level"),
        # dealings with records
        _resource(
            "transfer",
            f"{_PAPER} custodian_id",
            {
                **_STATES,
                "draft": frozenset({"REGISTERED", "RETURNED"}),
                "approved": frozenset({"APPROVED", "CHECKING"}),
            },
        ),
        _resource("disposal", f"{_PAPER} custodian_id"),
        _resource("request", f"{_PAPER} custodian_id"),
        _resource("copy", f"{_PAPER} custodian_id access_level"),
        _resource("import", "id agency_id state created_by"),
        _resource("job", "id created_by"),
        # the plan and its figures
        _resource("plan", "id"),
        _resource("indicator", "id"),
        _resource("codelist", "id"),
        _resource("kpi", _PAPER),
        _resource("report", _PAPER),
        _resource("period", "id state"),
        # its custodian is the body above that a unit's return goes to; what was accepted may still be sent back
        _resource(
            "return",
            f"{_PAPER} approved_by of_unit",
            {**_STATES, "approved": frozenset({"APPROVED", "ACCEPTED"})},
            custodian_id="reports_to_id",
        ),
        _resource(
            "exclusion",
            "id agency_id state",
            {**_STATES, "submitted": frozenset({"PROPOSED"}), "draft": frozenset()},
            submitted_by="proposed_by",
        ),
        _resource("system", "id agency_id"),
        # administration
        _resource("agency", "id", agency_id="id"),
        _resource("user", "id agency_id", about_user="id"),
        # a delegation is his on whose behalf it was given
        _resource("grant", "id agency_id", about_user="user_id", created_by="on_behalf_of"),
        _resource("apikey", "id agency_id", about_user="user_id"),
        _resource("session", "id", about_user="user_id"),
        _resource("audit", "id agency_id", about_user="agent_id"),
        _resource("change", "id agency_id"),
        _resource("policy", "id"),
        _resource("setting", "id"),
    )
}


class Facts:
    """A row as the law sees it: facts by their names in the rules, read only when a rule asks."""

    __slots__ = ("_known", "_row", "resource")

    def __init__(self, resource: Resource, row: object, known: Mapping[str, Any] | None = None) -> None:
        self.resource = resource
        self._row = row
        self._known = known or {}

    def __getattr__(self, fact: str) -> Any:
        name = self.resource.names.get(fact)
        if name is None:
            raise UnknownFact(f"rules about {self.resource.name} may not ask for {fact}")
        if name in self._known:
            return self._known[name]
        try:
            return getattr(self._row, name)
        except AttributeError:
            kind = type(self._row).__name__
            raise UnknownFact(
                f"{kind} has no {name}, which a rule about {self.resource.name} asks for"
            ) from None

    def state_is(self, word: str) -> bool:
        """Whether the row's state is one that the word means for this resource."""
        return self.state in self.resource.states[word]
