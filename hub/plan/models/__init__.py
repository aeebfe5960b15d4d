"""Tables of a plan and of everything that is said about it.

`plan.py`: the plan itself and what agencies declare. `evidence.py`: exclusions, documents, decided lists.
"""

from hub.plan.models.evidence import (
    EXCLUSION_STATES,
    DecidedList,
    DecidedListEntry,
    Deliverable,
    Exclusion,
    OnlineProcedure,
    TrainingParticipant,
)
from hub.plan.models.plan import (
    DeclaredProgress,
    Duty,
    Indicator,
    IndicatorParameter,
    IndicatorParty,
    Plan,
)

__all__ = [
    "EXCLUSION_STATES",
    "DecidedList",
    "DecidedListEntry",
    "DeclaredProgress",
    "Deliverable",
    "Duty",
    "Exclusion",
    "Indicator",
    "IndicatorParameter",
    "IndicatorParty",
    "OnlineProcedure",
    "Plan",
    "TrainingParticipant",
]
