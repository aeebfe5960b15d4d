"""One request for a page: who visits, in which language, and what the address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from hub.access.actor import Actor, the_public
from hub.access.bearers import Bearer
from hub.access.credentials.issuers import Issuers
from hub.access.errors import Closed
from hub.access.sessions import USUAL, SignedIn
from hub.kit.errors import BadRequest
from hub.settings import Settings
from hub.web.forms import SentFile
from hub.web.words import Words
from hub.web.writing import Writing


def flow_name(*, secure: bool) -> str:
    """The cookie that a browser keeps while its user signs in at an identity provider."""
    return "__Host-hub-flow" if secure else "hub-flow"


def local(told: str) -> str:
    """The path, if it is one of the hub: a browser reads "//host" and "/\\host" as another place."""
    return told if told.startswith("/") and not told.startswith(("//", "/\\")) and told.isprintable() else "/"


@dataclass(frozen=True)
class Visit:
    """What a page is asked with. `secret` is the cookie's, good or not; `who` is None for the public.

    `key` is what a program shows where a file may be fetched or sent by one: it is answered in data.
    """

    method: str
    path: str
    language: str
    request_id: str
    secure: bool
    query: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, SentFile] = field(default_factory=dict)
    wants_data: bool = False
    prefetched: bool = False
    user_agent: str | None = None
    secret: str | None = None
    key: Bearer | None = None
    who: SignedIn | None = None
    looked_up: bool = False
    settings: Settings = USUAL
    issuers: Issuers = field(default_factory=lambda: Issuers(USUAL))
    flow: str | None = None
    closed: Closed | None = None

    def by(self, who: SignedIn | None) -> Visit:
        """The same visit, now that the visitor is known."""
        if who is not None:
            who = replace(who, actor=who.actor.without_administration(self.closed))
        return replace(self, who=who, looked_up=True)

    @property
    def is_over(self) -> bool:
        """Whether the visitor shows a session that is over."""
        return self.secret is not None and self.looked_up and self.who is None

    def filled(self, form: Mapping[str, str], files: Mapping[str, SentFile] | None = None) -> Visit:
        """The same visit with what its form says, and the files it brings."""
        return replace(self, form=form, files=files or {})

    @cached_property
    def actor(self) -> Actor:
        """Who the law is asked about; for one request, so that it does not change with the policy."""
        return self.who.actor if self.who is not None else the_public()

    @cached_property
    def say(self) -> Words:
        """The texts in the visitor's language."""
        return Words(self.language)

    @cached_property
    def write(self) -> Writing:
        """Numbers and dates in the visitor's language."""
        return Writing(self.language)

    @property
    def next(self) -> str:
        """Where the visitor wanted to go before he was asked to sign in: a page of the hub, by default the first."""
        return local(self.form.get("next") or self.query.get("next") or "/")

    @property
    def back(self) -> str:
        """The page whose form was sent, to be taken up again; this page where it was no form."""
        return self.form.get("back") or self.path

    @property
    def again(self) -> str:
        """The same page, with what was typed into its short fields: a second factor or an error is shown between."""
        typed, back = urlencode(self.typed(self.form)), local(self.back)
        return f"{back}{'&' if '?' in back else '?'}{typed}" if typed else back

    def typed(self, told: Mapping[str, str]) -> dict[str, str]:
        """What a form or an address says of a report's number, notation and date."""
        return {name: told[name][:100] for name in ("number", "notation", "issued_on") if told.get(name)}

    def day(self, name: str) -> date | None:
        """A date of the address (2025-06-30 or 30/6/2025); None when it names none. Raises BadRequest."""
        return self.day_of(self.query.get(name, ""))

    def day_of(self, told: str) -> date | None:
        """A date as somebody has written it; None for nothing. Raises BadRequest."""
        told = told.strip()
        if not told:
            return None
        try:
            if "/" in told:
                number, month, year = (int(part) for part in told.split("/"))
                return date(year, month, number)
            return date.fromisoformat(told)
        except ValueError:
            shown = told[:40]
            raise BadRequest(
                f"«{shown}» không phải ngày. Hãy viết 2025-06-30 hoặc 30/6/2025.",
                f'"{shown}" is not a date. Write 2025-06-30 or 30/6/2025.',
            ) from None

    def number(self, name: str, usual: int = 1) -> int:
        """A whole number of the address, from 1; the usual one for anything else."""
        told = self.query.get(name, "")
        return max(1, int(told)) if told.isascii() and told.isdigit() and len(told) < 9 else usual

    def link(self, path: str | None = None, **changed: Any) -> str:
        """An address inside the hub that keeps dates and kind of figures; None takes a part of it away."""
        kept = {name: self.query[name] for name in ("as_of", "compare", "figures") if self.query.get(name)}
        if path is None:
            path, kept = self.path, dict(self.query)
            kept.pop("lang", None)
        told = {name: str(value) for name, value in {**kept, **changed}.items() if value is not None}
        return quote(path) + ("?" + urlencode(told) if told else "")
