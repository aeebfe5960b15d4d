"""A page on its way out: template and values, rendered with the words of the visitor's language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from hub.web.visit import Visit

STATIC = {"hub.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True)
class Page:
    """What is shown. `cookies` are Set-Cookie lines."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Elsewhere:
    """The visitor is sent on to another page of the hub."""

    to: str
    cookies: tuple[str, ...] = ()


@cache
def environment() -> Environment:
    """Templates of the pages, then those of the report, whose charts the pages draw."""
    return Environment(
        loader=ChoiceLoader([PackageLoader("hub.web"), PackageLoader("reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def static(name: str) -> bytes | None:
    """A file that pages name, or None."""
    return (files("hub.web") / "static" / name).read_bytes() if name in STATIC else None


@cache
def stamp(name: str) -> str:
    """Changes when the file does, so that browsers may keep it."""
    return hashlib.sha256(static(name) or b"").hexdigest()[:12]


def render(page: Page, visit: Visit) -> str:
    """The page as HTML."""
    return (
        environment()
        .get_template(page.template)
        .render(
            **page.values,
            visit=visit,
            t=visit.say,
            write=visit.write,
            en=visit.language == "en",
            css=f"/static/hub.css?{stamp('hub.css')}",
            icon=f"/static/icon.svg?{stamp('icon.svg')}",
        )
    )
