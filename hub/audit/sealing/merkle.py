"""The Merkle tree of RFC 9162 (Certificate Transparency): leaves and nodes are hashed apart, odd ones move up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

EMPTY = hashlib.sha256(b"").digest()


class Step(NamedTuple):
    """A neighbour on the way from a leaf to the root: on which side it stands, and its hash."""

    side: str
    hash: bytes


def leaf(text: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + text).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves."""
    level = leaves
    if not level:
        return EMPTY
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[Step]:
    """The neighbours by which the root follows from the leaf at a place."""
    steps, level = [], leaves
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            steps.append(Step("left" if beside < place else "right", level[beside]))
        level, place = _above(level), place // 2
    return steps


def climb(hash_: bytes, steps: Sequence[Step]) -> bytes:
    """The root that follows from a leaf's hash and its neighbours."""
    for side, beside in steps:
        hash_ = node(beside, hash_) if side == "left" else node(hash_, beside)
    return hash_


def _above(level: Sequence[bytes]) -> list[bytes]:
    above = [node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return [*above, level[-1]] if len(level) % 2 else above
