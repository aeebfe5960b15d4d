"""Agencies (cơ quan, tổ chức): a tree with dated codes, validity, predecessors and successors.

Also what an agency runs: registered systems and their exchanges. May import audit, policies and the ground floor.
Start with `models`, then `queries` and `commands`.
"""
