"""What must fit before bodies follow each other: the law, the versions seen, who is in being, the days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.commands import Step
from hub.agencies.errors import AgencyHasEnded
from hub.agencies.models import Agency
from hub.agencies.queries import (
    agencies_locked,
    code_since,
    followed_since,
    placed_since,
    tree_held,
    units_of,
)
from hub.agencies.rules import archive_follows, day_reached, decided_by_now, not_too_early
from hub.kit.errors import FieldError, Invalid
from hub.records.queries import at_version


def permitted(
    session: Session,
    actor: Actor,
    act: str,
    ending: Sequence[tuple[int, int | None]],
    following: Iterable[int],
) -> dict[int, Agency]:
    """The bodies, locked, when the actor may do this to each and has seen those that end as they are.

    Raises NotFound, NotPermitted, StaleVersion.
    """
    tree_held(session)
    keys = [*(key for key, _ in ending), *following]
    found = agencies_locked(session, keys)
    for key in keys:
        actor.require(act, "agency", found.get(key))
    for key, version in ending:
        at_version(found[key], version)
    return found


def check(
    session: Session,
    found: Mapping[int, Agency],
    ending: Collection[int],
    step: Step,
    on: date,
    *more: FieldError | None,
    field: str = "successor_id",
) -> None:
    """Whether the day fits all of them: those of `ending` end on it, the others are there by then.

    `field` is the input that names who follows. Raises Invalid with `more` and its own, AgencyHasEnded.
    """
    ends = [found[key] for key in ending]
    others = [body for key, body in found.items() if key not in ending]
    errors = [
        *more,
        archive_follows(
            field,
            (body.is_historical_archive for body in ends),
            all(body.is_historical_archive for body in others),
        ),
        decided_by_now(step.decided_on, on),
        day_reached("effective_on", step.day, on),
        not_too_early(
            "effective_on",
            step.day,
            ending=[
                began
                for body in ends
                for began in (body.valid_from, code_since(session, body.id or 0, body.code))
            ],
            since=[
                *(body.valid_from for body in others),
                # A body does not end before others went into it, a part left it or a unit came under it.
                *(followed_since(session, body.id or 0) for body in ends),
                *(placed_since(session, units_of(session, body.id or 0)) for body in ends),
            ],
        ),
    ]
    if told := [error for error in errors if error is not None]:
        raise Invalid(told)
    for body in found.values():
        if body.valid_to is not None and body.valid_to <= on:
            raise AgencyHasEnded(body.name, body.valid_to)
