"""Ground floor (tầng trệt): what the hub stands on and what knows nothing of archives.

May import: the standard library and third parties only. Start with `errors`, then `db` and `seam`.
"""
