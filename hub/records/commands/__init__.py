"""Deeds on records, one function each: load, require, rule, change, audit; none commits.

fonds · series · files · handover (inside the agency) · items · listings · access (opened by two people) · succession
(agencies that merge, split, end).
A face calls them inside one transaction of its own; dates come in as arguments.
"""

from hub.records.commands.access import confirm_access_change, reject_access_change
from hub.records.commands.files import close_file, describe_file, open_file, reopen_file
from hub.records.commands.fonds import close_fonds, open_fonds
from hub.records.commands.handover import accept_file, send_back_file, submit_file
from hub.records.commands.items import correct_item, move_item, register_item
from hub.records.commands.listings import list_item, unlist_item
from hub.records.commands.series import move_series, open_series
from hub.records.commands.succession import dissolve_agency, merge_agencies, split_agency

__all__ = [
    "accept_file",
    "close_file",
    "close_fonds",
    "confirm_access_change",
    "correct_item",
    "describe_file",
    "dissolve_agency",
    "list_item",
    "merge_agencies",
    "move_item",
    "move_series",
    "open_file",
    "open_fonds",
    "open_series",
    "register_item",
    "reject_access_change",
    "reopen_file",
    "send_back_file",
    "split_agency",
    "submit_file",
    "unlist_item",
]
