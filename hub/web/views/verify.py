"""Whoever holds a report's PDF checks it here: what was published, by whom, when, and whether it is in force."""

from __future__ import annotations

from sqlmodel import Session

from hub.kpi import small
from hub.kpi.frozen import thaw
from hub.returns.publication.papers import fetch, key_of
from hub.returns.publication.proof import UnknownReport, proof
from hub.web.page import Page, Sent
from hub.web.visit import Visit


def show(session: Session, visit: Visit) -> Page:
    """The proof of a report named by its snapshot's id or its PDF's SHA-256. Raises UnknownReport."""
    told = proof(session, visit.actor, visit.parts["named"])
    figures = [
        value
        for value in small.told(visit.actor, thaw(told.report.figures or {}))
        if visit.actor.may("read", "indicator", value.indicator)
    ]
    return Page("verify.html.j2", {"proof": told, "report": told.report, "figures": figures})


def paper(session: Session, visit: Visit) -> Sent:
    """The PDF of a published report by its SHA-256. Raises UnknownReport, PaperChanged."""
    sha256 = visit.parts["sha256"]
    report = proof(session, visit.actor, sha256).report
    if not report.has_paper or report.sha256 is None:
        raise UnknownReport(sha256)
    folder = visit.settings.papers
    is_brief = sha256.lower() == report.brief_sha256
    named = report.brief_sha256 if is_brief and report.brief_sha256 else report.sha256
    whose = f"-{report.agency_code}" if report.agency_code else ""
    name = f"{'tom-tat' if is_brief else 'bao-cao'}-{report.deadline}{whose}-{report.revision}.pdf"
    content = fetch(folder, key_of(named), named)
    return Sent(content, "application/pdf", {"content-disposition": f'inline; filename="{_plain(name)}"'})


def _plain(name: str) -> str:
    """A file name that needs no quoting."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "-" for sign in name)
