"""The closed list of deeds on records and agencies: what a face calls them, and what the law is asked.

`viewerCan` and the mutations read the same list, so a button is shown when its
mutation would pass the law.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Action(NamedTuple):
    """A deed: the mutation that does it, and the question put to the law about its record."""

    mutation: str
    resource: str
    act: str

    @property
    def name(self) -> str:
        """noun:verb, as in audit events."""
        return f"{self.resource}:{self.act}"

    @property
    def is_creation(self) -> bool:
        """Whether the law is asked about the future row, so that no row can show it in `viewerCan`."""
        return self.act == "create"


_ALL = (
    Action("openFonds", "fonds", "create"),
    Action("closeFonds", "fonds", "close"),
    Action("openSeries", "series", "create"),
    Action("moveSeries", "series", "move"),
    Action("openFile", "file", "create"),
    Action("describeFile", "file", "update"),
    Action("closeFile", "file", "close"),
    Action("reopenFile", "file", "reopen"),
    Action("submitFile", "file", "submit"),
    Action("acceptFile", "file", "accept"),
    Action("sendBackFile", "file", "return"),
    Action("registerItem", "item", "create"),
    Action("correctItem", "item", "update"),
    Action("moveItem", "item", "move"),
    Action("listItem", "item", "list"),
    Action("unlistItem", "item", "list"),
    Action("createAgency", "agency", "create"),
    Action("renameAgency", "agency", "rename"),
    Action("mergeAgencies", "agency", "merge"),
)

ACTIONS: Mapping[str, Action] = {action.mutation: action for action in _ALL}


def actions_on(resource: str) -> tuple[Action, ...]:
    """The deeds that may be offered on an existing record of this kind, in the order of the list."""
    return tuple(action for action in _ALL if action.resource == resource and not action.is_creation)
