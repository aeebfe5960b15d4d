"""Bodies that follow each other: the records go along from a day, the history stays (domain rule R13).

merging (hợp nhất, sáp nhập) · splitting (chia, tách) · dissolving (giải thể) · passing (what goes along, and how)
· parting (a fonds whose parts go different ways) · rules (what must fit).
Owner and keeper change; the creator, returns and figures of the past do not.
"""

from hub.records.commands.succession.dissolving import Dissolution, dissolve_agency
from hub.records.commands.succession.merging import Merger, merge_agencies
from hub.records.commands.succession.passing import Recoded
from hub.records.commands.succession.splitting import Part, Split, split_agency

__all__ = [
    "Dissolution",
    "Merger",
    "Part",
    "Recoded",
    "Split",
    "dissolve_agency",
    "merge_agencies",
    "split_agency",
]
