"""Who may read which figures: provisional ones by the law's word for figures, published ones everybody.

`policy.csv` lets everybody read the plan's rows, and reports that are issued; figures counted now are read by who
holds `kpi:read` where they are: leaders and Home Affairs for the city, an officer for his agency and its units.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.access.actor import Actor


@dataclass(frozen=True)
class _Figures:
    """The figures of an agency, or of the city, as the law is asked about them."""

    agency_id: int | None
    id: int | None = None
    state: str = "DRAFT"
    created_by: int | None = None
    submitted_by: int | None = None


def may_read_live(actor: Actor, agency_id: int | None) -> bool:
    """Whether he may read figures counted now, of an agency or (None) of the whole city."""
    return actor.may("read", "kpi", _Figures(agency_id))


def may_read_returns(actor: Actor) -> bool:
    """Whether he may read every agency's return, so that those missing can be told."""
    return actor.may("read", "return", _Figures(None))
