"""The deeds for which a person proves himself anew (xác thực lại): the one place that names them.

Approvals, publication, disposal and the giving of rights: whoever does one of these has shown his second factor
a few minutes ago, whichever face he uses. Taking a right away is not among them, since it must not wait.
"""

# On whatever resource: approval of a return, a transfer, a request …; publication of records and reports.
_DECISIONS = frozenset({"approve", "publish", "unpublish"})
_DEEDS = frozenset(
    {
        # what is destroyed does not come back
        ("disposal", "appraise"),
        ("disposal", "submit"),
        # rights, and what is worth as much as the rights of its user
        ("grant", "create"),
        ("grant", "delegate"),
        ("grant", "update"),
        ("grant", "delegate"),
        ("apikey", "create"),
        ("policy", "update"),
    }
)


def needs_step_up(resource: str, action: str) -> bool:
    """Whether a person proves himself anew before the deed."""
    return action in _DECISIONS or (resource, action) in _DEEDS
