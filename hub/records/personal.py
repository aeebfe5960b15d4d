"""Personal data in descriptions (dữ liệu cá nhân): which records hold them, and who reads them.

A file of an administrative procedure (hồ sơ giải quyết thủ tục hành chính) names the person whose matter it was, and
mostly in its title. Such records are flagged; whoever has no need (policy.csv: `read_personal`) sees the record but
none of its words. By rule a record is flagged that says what it is, and a document at home in a flagged file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hub.access.actor import Actor

FLAG = "has_personal_data"
ACTION = "read_personal"
# What stands where words that must be there are kept from the reader; other texts are null.
MASK = "[dữ liệu cá nhân · personal data]"
# The columns in which people write names.
WORDS: Mapping[str, frozenset[str]] = {
    "file": frozenset({"title", "keywords", "description", "decision_note", "extra"}),
    "item": frozenset({"subject", "keywords", "description", "issuer", "signer_name", "autograph", "extra"}),
}
_PROCEDURE = re.compile(
    r"gi[aả]i quy[eế]t (?:\w+ ){0,2}(?:th[uủ] t[uụ]c h[aà]nh ch[ií]nh|tthc)\b|\bh[oồ] s[oơ] tthc\b",
    re.IGNORECASE,
)


def is_of_procedure(text: str | None) -> bool:
    """Whether a title says that the record is of somebody's administrative procedure (Kế hoạch 67, IV.5.d)."""
    if text is None:
        return False
    small = text.lower()  # most titles say neither, and the pattern is tried at every letter
    return ("quy" in small or "tthc" in small) and _PROCEDURE.search(text) is not None


def flagged(said: Mapping[str, Any], text: str | None, *, now: bool = False, home: bool = False) -> bool:
    """The flag of a record: as said, else as it is, as its home file has it, or by rule. None asks for the rule."""
    if (given := said.get(FLAG)) is not None:
        return bool(given)
    return (now and FLAG not in said) or home or is_of_procedure(text)


def masked(actor: Actor, kind: str, t: str) -> str:
    """SQL: whether the words of the row `t` of a file or item are kept from the caller. Bind the law's values."""
    columns = {name: f"{t}.{name}" for name in actor.law.columns(kind, ACTION)}
    return f"({t}.{FLAG} and not coalesce({actor.predicate(kind, ACTION, columns, root=False)}, false))"


def without_words(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by column, or pairs of them before and after a change, with the words masked."""
    return {
        name: MASK if name in WORDS.get(kind, ()) and value is not None else value
        for name, value in values.items()
    }
