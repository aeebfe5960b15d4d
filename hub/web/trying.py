"""A deed that a form asks for: done, or the form again with what stood in its way; a denial leaves its trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlmodel import Session

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.access.errors import StepUpRequired
from hub.audit.commands import record
from hub.kit.errors import FieldError, HubError, Invalid, NotPermitted, Problem
from hub.kit.seam import Seam
from hub.web.page import Page

T = TypeVar("T")
Told = Sequence[FieldError | HubError]
Again = Callable[[Session, Told], Page]


def tried(seam: Seam, actor: Actor, work: Callable[[Session], T], again: Again) -> T | Page:
    """What `work` answers, in one transaction; for a problem the page `again`. Raises StepUpRequired."""
    return or_again(seam, actor, lambda: seam.change_now(acting(actor, work)), again)


def or_again(seam: Seam, actor: Actor, do: Callable[[], T], again: Again) -> T | Page:
    """The same of what takes its transactions itself.

    What the law refused is written down in a transaction of its own, as for mutations.
    """
    try:
        return do()
    except StepUpRequired:
        raise
    except Problem as problem:
        if isinstance(problem, NotPermitted):
            denied(seam, actor, problem)
        told: Told = problem.errors if isinstance(problem, Invalid) else [problem]
        page = seam.read_now(lambda session: again(session, told))
        return replace(page, status=403 if isinstance(problem, NotPermitted) else 422)


def denied(seam: Seam, actor: Actor, problem: NotPermitted) -> None:
    """Write that the law said no."""
    resource = problem.action.partition(":")[0]
    reason = problem.problem_code
    seam.change_now(
        lambda session: record(session, actor, problem.action, resource, outcome="denied", reason=reason)
    )
