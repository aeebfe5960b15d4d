"""The tree of agencies as intervals: "is it inside?" is two comparisons, a subtree is a slice.

Built anew when the tree changes, never changed in place. An agency that hangs in a cycle or under an unknown
parent is reached from no root and so lies in no subtree: access fails closed.
"""

from collections.abc import Mapping


class AgencyTree:
    """Agencies in pre-order; `parents` gives the parent of each agency id, None for a root."""

    def __init__(self, parents: Mapping[int, int | None]) -> None:
        children: dict[int | None, list[int]] = {}
        for agency, parent in parents.items():
            children.setdefault(parent, []).append(agency)
        self._order: list[int] = []
        self._span: dict[int, tuple[int, int]] = {}
        stack: list[tuple[int, bool]] = [
            (root, False) for root in sorted(children.get(None, ()), reverse=True)
        ]
        start: dict[int, int] = {}
        while stack:
            agency, left = stack.pop()
            if left:
                self._span[agency] = (start[agency], len(self._order))
                continue
            start[agency] = len(self._order)
            self._order.append(agency)
            stack.append((agency, True))
            stack.extend((child, False) for child in sorted(children.get(agency, ()), reverse=True))
        self.highest_id = max(parents, default=0)

    def covers(self, top: int, agency: int) -> bool:
        """Whether the agency is `top` or lies below it; false for an agency the tree does not know."""
        outer, inner = self._span.get(top), self._span.get(agency)
        return outer is not None and inner is not None and outer[0] <= inner[0] < outer[1]

    def subtree(self, top: int) -> list[int]:
        """The agency and all below it; empty when the tree does not know it."""
        low, high = self._span.get(top, (0, 0))
        return self._order[low:high]
