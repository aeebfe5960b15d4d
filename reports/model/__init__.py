"""What a report says, before anybody decides how it looks.

Frozen values only: the same model gives the same HTML and the same PDF bytes on any day, and a rendering
process needs neither the database nor the caller's rights. Nothing here knows a plan's codes: titles,
targets and deadlines come from the plan's rows, so the next plan is data.

`standing.py`: the words. `figures.py`: measured values. `report.py`: the document.
"""

from reports.model.figures import (
    AgencyLine,
    Breakdown,
    Declared,
    Figure,
    Lacking,
    Outlook,
    Point,
    Proof,
    Rank,
    Ranked,
    RankedGroup,
    Side,
    Target,
    Task,
    TaskGroup,
)
from reports.model.report import (
    Duty,
    Edition,
    Exclusion,
    Letterhead,
    Pending,
    PlanName,
    Report,
    Returns,
    Voice,
)
from reports.model.standing import Kind, Standing

__all__ = [
    "AgencyLine",
    "Breakdown",
    "Declared",
    "Duty",
    "Edition",
    "Exclusion",
    "Figure",
    "Kind",
    "Lacking",
    "Letterhead",
    "Outlook",
    "Pending",
    "PlanName",
    "Point",
    "Proof",
    "Rank",
    "Ranked",
    "RankedGroup",
    "Report",
    "Returns",
    "Side",
    "Standing",
    "Target",
    "Task",
    "TaskGroup",
    "Voice",
]
