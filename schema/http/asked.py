"""A request as far as its headers tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from hub.access.errors import Closed
from schema.http import negotiation


class Asked(NamedTuple):
    """A request as far as its headers tell; `accepted` is None when the client takes no answer we have."""

    method: str
    headers: Mapping[str, str]
    query_string: str
    request_id: str
    language: str
    accepted: str | None
    address: str
    sends_texts: bool
    closed: Closed | None

    @property
    def media_type(self) -> str:
        """The media type to answer in, come what may."""
        return self.accepted or negotiation.JSON

    def said(self, body: bytes) -> tuple[str, str, bytes, bool]:
        """Everything of the request that decides what it means."""
        return self.method, self.query_string, body, self.sends_texts
