"""Tables of a plan and of everything that is said about it.

`plan.py`: the plan itself and what agencies declare. `evidence.py`: exclusions, documents, decided lists.
"""

from hub.plan.models.evidence import (
    DecidedList,
    DecidedListEntry,
    DecidedListKind,
    Deliverable,
    DeliverableState,
    Exclusion,
    ExclusionState,
    OnlineProcedure,
    TrainingParticipant,
)
from hub.plan.models.plan import (
    DeclaredProgress,
    Duty,
    Indicator,
    IndicatorKind,
    IndicatorParameter,
    IndicatorPart,
    IndicatorParty,
    PartyRole,
    Plan,
)

__all__ = [
    "DecidedList",
    "DecidedListEntry",
    "DecidedListKind",
    "DeclaredProgress",
    "Deliverable",
    "DeliverableState",
    "Duty",
    "Exclusion",
    "ExclusionState",
    "Indicator",
    "IndicatorKind",
    "IndicatorParameter",
    "IndicatorPart",
    "IndicatorParty",
    "OnlineProcedure",
    "PartyRole",
    "Plan",
    "TrainingParticipant",
]
