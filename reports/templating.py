"""The Jinja environment that every form of the report shares: escaped, strict, with Vietnamese filters."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports import numbers, sentences


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
        lower_first=lambda text: text[:1].lower() + text[1:],
    )
    return made
