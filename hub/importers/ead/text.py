"""An element as text, with nothing lost: words, values of attributes, all of them; only the mark-up goes.

Text of blocks stands on lines of its own, text of inline elements stays in its sentence.
"""

from __future__ import annotations

from typing import Any

from hub.importers.ead.stream import COMPONENTS, local_name
from hub.kit.vietnamese import nfc

_INLINE = frozenset(
    {
        "abbr",
        "archref",
        "bibref",
        "corpname",
        "date",
        "datesingle",
        "emph",
        "expan",
        "extref",
        "famname",
        "footnote",
    }
    | {"foreign", "fromdate", "function", "genreform", "geogname", "language", "name", "num", "occupation"}
    | {
        "persname",
        "quantity",
        "quote",
        "ref",
        "script",
        "subject",
        "title",
        "todate",
        "unitdate",
        "unitid",
        "unittype",
    }
)

Note = str | dict[str, Any]


def flat(text: str | None) -> str:
    """White space collapsed, normal form C."""
    return nfc(" ".join(text.split())) if text else ""


def text_of(element: Any) -> str:
    """All text of an element."""
    if not len(element):
        return flat(element.text)
    if len(element) == 1 and not flat(element.text):
        child = element[0]  # most prose is one paragraph
        if not len(child) and not flat(child.tail) and local_name(child.tag) not in COMPONENTS:
            return flat(child.text)
    pieces: list[str] = []
    _collect(element, pieces)
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return nfc("\n".join(line for line in lines if line))


def _collect(element: Any, pieces: list[str]) -> None:
    if element.text:
        pieces.append(element.text.replace("\n", " "))
    for child in element:
        name = local_name(child.tag)
        if name not in COMPONENTS:
            edge = "" if name in _INLINE else "\n"
            pieces.append(edge)
            _collect(child, pieces)
            pieces.append(edge)
        if child.tail:
            pieces.append(child.tail.replace("\n", " "))


def attributes_of(element: Any) -> dict[str, str]:
    """The attributes of an element by local name."""
    return {local_name(name): flat(value) for name, value in element.items()}


def note(element: Any, text: str | None = None) -> Note | None:
    """An element as it is kept in `extra`: its text, or its text with all attributes in it; None when empty.

    Whoever has read its text already gives it.
    """
    text = text_of(element) if text is None else text
    own = attributes_of(element)
    inner: dict[str, list[str]] = {}
    if len(element):
        for below in element.iterdescendants():
            for name, value in below.items():
                inner.setdefault(f"{local_name(below.tag)}@{local_name(name)}", []).append(flat(value))
    if not own and not inner:
        return text or None
    return {"text": text, **own, **({"inner": inner} if inner else {})}
