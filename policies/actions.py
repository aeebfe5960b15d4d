"""The closed list of deeds on records and agencies: what a face calls them, and what the law is asked.

`viewerCan` and the mutations read the same list, so a button is shown when its mutation would pass the law and
the record is in a state that the deed starts from.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Action(NamedTuple):
    """A deed: the mutation that does it, the question put to the law about its record, and where it starts.

    `starts` are the states of the record (of an item: of its home file) that the deed starts from; empty for any.
    `needs` names what must hold of something beside the record; whoever offers the deed says whether it does.
    """

    mutation: str
    resource: str
    act: str
    starts: tuple[str, ...] = ()
    needs: str = ""

    @property
    def name(self) -> str:
        """noun:verb, as in audit events."""
        return f"{self.resource}:{self.act}"

    @property
    def is_creation(self) -> bool:
        """Whether the law is asked about the future row, so that no row can show it in `viewerCan`."""
        return self.act in ("create", "delegate")


# Documents are added, moved and listed while the matter is open, and by the historical archive, which arranges
# old fonds of its own. What is being checked stands still; what was disposed of is evidence.
_CONTENTS = ("OPEN", "TRANSFERRED")
_DESCRIBED = ("OPEN", "CLOSED", "ACCEPTED", "TRANSFERRED")
# Its fonds is open; the body has not ended.
FONDS_OPEN, NOT_ENDED = "fonds_open", "not_ended"
# He could give the account all its roles, and it is enabled, or disabled; the grant has not ended and is his to end.
AUTHORITY, DISABLING, ENABLING = "authority", "disabling", "enabling"
ENDING, ENDING_DELEGATION = "ending", "ending_delegation"
# The period that a return is for is open.
PERIOD_OPEN = "period_open"
# A document may be shown elsewhere as long as its home file exists.
_KEPT = ("OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "TRANSFERRED")

_ALL = (
    Action("openFonds", "fonds", "create"),
    Action("closeFonds", "fonds", "close", ("OPEN",)),
    Action("openSeries", "series", "create"),
    Action("moveSeries", "series", "move"),
    Action("openFile", "file", "create"),
    Action("describeFile", "file", "update", _DESCRIBED),
    Action("closeFile", "file", "close", ("OPEN",)),
    Action("reopenFile", "file", "reopen", ("CLOSED",), FONDS_OPEN),
    Action("submitFile", "file", "submit", ("CLOSED",)),
    Action("acceptFile", "file", "accept", ("SUBMITTED",)),
    Action("sendBackFile", "file", "return", ("SUBMITTED",)),
    Action("registerItem", "item", "create"),
    Action("correctItem", "item", "update", _DESCRIBED),
    Action("moveItem", "item", "move", _CONTENTS),
    Action("listItem", "item", "list", _KEPT),
    Action("unlistItem", "item", "list", _KEPT),
    Action("confirmAccessChange", "accesschange", "approve", ("PROPOSED",)),
    Action("rejectAccessChange", "accesschange", "return", ("PROPOSED",)),
    Action("createAgency", "agency", "create"),
    Action("renameAgency", "agency", "rename", needs=NOT_ENDED),
    Action("moveAgency", "agency", "move", needs=NOT_ENDED),
    Action("mergeAgencies", "agency", "merge", needs=NOT_ENDED),
    Action("splitAgency", "agency", "split", needs=NOT_ENDED),
    Action("dissolveAgency", "agency", "dissolve", needs=NOT_ENDED),
    Action("createApiKey", "apikey", "create"),
    Action("rotateApiKey", "apikey", "update"),
    Action("revokeApiKey", "apikey", "revoke"),
    Action("endSession", "session", "revoke"),
    Action("createUser", "user", "create"),
    Action("updateUser", "user", "update", needs=AUTHORITY),
    Action("disableUser", "user", "disable", needs=DISABLING),
    Action("enableUser", "user", "enable", needs=ENABLING),
    Action("grantRole", "grant", "create"),
    Action("endGrant", "grant", "revoke", needs=ENDING),
    Action("delegateRole", "grant", "delegate"),
    Action("endDelegation", "grant", "revoke", needs=ENDING_DELEGATION),
    Action("cancelJob", "job", "cancel", ("QUEUED", "RUNNING")),
    Action("openPeriod", "period", "open", ("PLANNED",)),
    Action("updatePeriod", "period", "update", ("PLANNED", "OPEN")),
    Action("closePeriod", "period", "lock", ("OPEN",)),
    Action("reopenPeriod", "period", "open", ("CLOSED",)),
    Action("saveReturn", "return", "update", ("DRAFT", "SENT_BACK"), PERIOD_OPEN),
    Action("submitReturn", "return", "submit", ("DRAFT", "SENT_BACK"), PERIOD_OPEN),
    Action("withdrawReturn", "return", "withdraw", ("SUBMITTED",), PERIOD_OPEN),
    Action("approveReturn", "return", "approve", ("SUBMITTED",), PERIOD_OPEN),
    Action("sendBackReturn", "return", "return", ("SUBMITTED", "APPROVED", "ACCEPTED"), PERIOD_OPEN),
    Action("acceptReturn", "return", "accept", ("APPROVED",), PERIOD_OPEN),
    Action("acceptReturns", "return", "accept", ("APPROVED",), PERIOD_OPEN),
    Action("attachToReturn", "return", "update", ("DRAFT", "SENT_BACK"), PERIOD_OPEN),
    Action("detachFromReturn", "return", "update", ("DRAFT", "SENT_BACK"), PERIOD_OPEN),
    Action("extendReturn", "return", "extend", needs=PERIOD_OPEN),
    Action("assignReviewer", "return", "follow"),
    Action("noteCall", "return", "follow"),
    Action("remindAgencies", "return", "follow", ("DRAFT", "SENT_BACK"), PERIOD_OPEN),
    Action("setContact", "return", "contact"),
    Action("freezePeriod", "period", "lock", ("CLOSED",)),
    Action("draftReport", "report", "create"),
    Action("submitReport", "report", "submit", ("DRAFT",)),
    Action("sendBackReport", "report", "return", ("SUBMITTED",)),
    Action("printReport", "report", "publish", ("SUBMITTED",)),
    Action("publishReport", "report", "publish", ("SUBMITTED",)),
    Action("draftReports", "report", "create"),
    Action("submitReports", "report", "submit", ("DRAFT",)),
    Action("publishReports", "report", "publish", ("SUBMITTED",)),
    Action("correctReport", "report", "create", ("PUBLISHED",)),
    Action("proposeExclusion", "exclusion", "create"),
    Action("amendExclusion", "exclusion", "update", ("PROPOSED",)),
    Action("withdrawExclusion", "exclusion", "update", ("PROPOSED",)),
    Action("approveExclusion", "exclusion", "approve", ("PROPOSED",)),
    Action("returnExclusion", "exclusion", "return", ("PROPOSED",)),
    Action("liftExclusion", "exclusion", "revoke", ("APPROVED",)),
)

ACTIONS: Mapping[str, Action] = {action.mutation: action for action in _ALL}


def actions_on(resource: str) -> tuple[Action, ...]:
    """The deeds that may be offered on an existing record of this kind, in the order of the list."""
    return tuple(action for action in _ALL if action.resource == resource and not action.is_creation)
