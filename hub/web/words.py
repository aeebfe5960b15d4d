"""Every text of the pages, in Vietnamese and English: the catalogues beside this file, and the one who speaks them.

A text may name values in braces. A third form in a line of the catalogue is the English plural, chosen by `n`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("vi", "en")
# The second is about periods, returns and reports, the third about exceptions by law.
CATALOGUES = ("words.toml", "words_half_year.toml", "words_exclusions.toml")


@cache
def catalogue() -> Mapping[str, tuple[str, ...]]:
    """Texts by key: Vietnamese, English, and the English plural where there is one."""
    found: dict[str, tuple[str, ...]] = {}
    for name in CATALOGUES:
        told = tomllib.loads((files("hub.web") / name).read_text(encoding="utf-8"))
        found |= {key: tuple(forms) for key, forms in told.items()}
    return found


class Words:
    """Says a text of the catalogue in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: Any) -> str:
        """The text of a key. An unknown key is a fault of the program (KeyError)."""
        forms = catalogue()[key]
        if self.language == "vi":
            form = forms[0]
        else:
            form = forms[2] if len(forms) > 2 and values.get("n") != 1 else forms[1]
        return form.format(**values) if values else form
