"""The Jinja environment that every form of the report shares: escaped, strict, with Vietnamese filters."""

import re
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import numbers, sentences

_CODE = re.compile(r"\b[IVX]+(?:\.\w+)+")


@cache
def environment() -> Environment:
    """Templates of this package; an unknown name in one of them is an error, never an empty place."""
    made = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=numbers.number,
        percent=numbers.percent,
        goal=numbers.goal,
        points=numbers.points,
        day=numbers.day,
        long_day=numbers.long_day,
        fraction=sentences.fraction,
        kept=kept,
        lower_first=lambda text: text[:1].lower() + text[1:],
    )
    return made


def kept(text: str) -> Markup:
    """A sentence whose codes (II.1.a) are not broken over two lines, which pango does after the first dot."""
    return Markup(_CODE.sub(r'<span class="keep">\g<0></span>', str(escape(text))))
