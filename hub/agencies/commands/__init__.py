"""Deeds on agencies: entered, renamed, moved in the tree, ended; each from a day on, the history stays.

bodies (enter, rename) · moving (the tree) · ending (what a body that follows another takes over) · storing.
A merger, a split and a dissolution move records, and are therefore deeds of hub.records.
"""

from hub.agencies.commands.bodies import create_agency, rename_agency
from hub.agencies.commands.ending import Step, end_agency, follow, inherit
from hub.agencies.commands.moving import move_agency, place_units
from hub.agencies.commands.storing import store

__all__ = [
    "Step",
    "create_agency",
    "end_agency",
    "follow",
    "inherit",
    "move_agency",
    "place_units",
    "rename_agency",
    "store",
]
