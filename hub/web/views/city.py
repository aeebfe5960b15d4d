"""The first page: the whole city, in two minutes."""

from __future__ import annotations

from sqlmodel import Session

from hub.web.page import Page
from hub.web.visit import Visit


def show(session: Session, visit: Visit) -> Page:
    """The city's figures."""
    return Page("city.html.j2")
