"""A page on its way out: template and values, rendered with the words of the visitor's language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hub.kit import clock
from hub.web import sentences
from hub.web.granting import role_called
from hub.web.rights import (
    may_confirm_access,
    may_read_exclusions,
    may_read_some,
    may_read_some_returns,
    may_read_users,
)
from hub.web.sheet import paper_standing, past_standing, shared_due, standing_of
from hub.web.visit import Visit
from reports import charts

STATIC = {
    "hub.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "progress.js": "text/javascript; charset=utf-8",
    "return.js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True)
class Page:
    """What is shown. `cookies` are Set-Cookie lines, `script` the one file that may run on the page."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    cookies: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    script: str | None = None


@dataclass(frozen=True)
class Sent:
    """A file or data instead of a page."""

    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    status: int = 200


@dataclass(frozen=True)
class Elsewhere:
    """The visitor is sent on to another page of the hub."""

    to: str
    cookies: tuple[str, ...] = ()


@cache
def environment() -> Environment:
    """Templates of the pages."""
    made = Environment(
        loader=PackageLoader("hub.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["dec"] = lambda told: None if told is None else Decimal(told)
    made.filters["day"] = date.fromisoformat
    made.filters["capitalize_first"] = lambda told: told[:1].upper() + told[1:]
    return made


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
            tell=sentences,
            charts=charts,
            may_read_some=may_read_some,
            may_read_users=may_read_users,
            may_confirm_access=may_confirm_access,
            may_read_some_returns=may_read_some_returns,
            may_read_exclusions=may_read_exclusions,
            role_called=role_called,
            paper_standing=paper_standing,
            past_standing=past_standing,
            shared_due=shared_due,
            today=clock.today(),
            standing_of=standing_of,
            t=visit.say,
            write=visit.write,
            en=visit.language == "en",
            css=f"/static/hub.css?{stamp('hub.css')}",
            script=f"/static/{page.script}?{stamp(page.script)}" if page.script else None,
            icon=f"/static/icon.svg?{stamp('icon.svg')}",
        )
    )
