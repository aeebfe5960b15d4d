"""An exception by law (trừ trường hợp pháp luật có quy định khác, R5): proposed by an agency, decided at Home Affairs.

    PROPOSED → APPROVED → LIFTED   from its first day to its last the record leaves both sides of the figure
             → REJECTED            returned to the agency, with a reason; it may propose anew
             → WITHDRAWN           taken back by the agency, which may change it as long as it waits

Only rows of the plan that grant the exception take one (R5b), always on a legal basis, and never decided by who
proposed or changed it. What was frozen of a closed period stays as it was.
"""

from hub.plan.exclusions.deciding import approve_exclusion, lift_exclusion, return_exclusion
from hub.plan.exclusions.errors import ExclusionDecided, ExclusionNotGranted, ExclusionNotInForce
from hub.plan.exclusions.proposing import BASES, amend_exclusion, propose_exclusion, withdraw_exclusion

__all__ = [
    "BASES",
    "ExclusionDecided",
    "ExclusionNotGranted",
    "ExclusionNotInForce",
    "amend_exclusion",
    "approve_exclusion",
    "lift_exclusion",
    "propose_exclusion",
    "return_exclusion",
    "withdraw_exclusion",
]
