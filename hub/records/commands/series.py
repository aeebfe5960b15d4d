"""Series (nhóm hồ sơ): the arrangement of a fonds, nested to any depth."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from hub.access.acting import held
from hub.access.actor import Actor
from hub.kit.errors import FieldError, Invalid
from hub.records.facts import SeriesFacts, columns_of
from hub.records.ledger import added, changed
from hub.records.models import Fonds, Series
from hub.records.queries import ancestors_of, new_key, permit_new, seen, siblings_of, to_change
from hub.records.rules.description import not_secret_as_a_whole, provisional_code
from hub.records.rules.states import may_take
from hub.records.rules.structure import may_contain, position_after, spaced


def open_series(
    session: Session,
    actor: Actor,
    fonds_id: int,
    said: SeriesFacts,
    *,
    on: date,
    parent_id: int | None = None,
) -> Series:
    """Open a series at the end of its parent (None: of the fonds).

    Raises NotFound, NotPermitted, Invalid, FondsClosed, ReferenceCodeTaken.
    """
    fonds = seen(session, actor, Fonds, fonds_id, lock=True)
    key = new_key(session, Series)
    series = Series(
        id=key,
        fonds_id=fonds_id,
        agency_id=fonds.agency_id,
        custodian_id=fonds.custodian_id,
        transferred=fonds.transferred,
        parent_id=parent_id,
        code=provisional_code(on.year, key),
        title="",
        created_by=actor.id,
        access_level=said.get("access_level"),
    )
    permit_new(actor, series)
    secret = not_secret_as_a_whole(said.get("access_level"))
    values = columns_of(session, said, further=[_place(session, actor, series, parent_id), secret])
    if problem := may_take(fonds.state, fonds.closed_on, values.get("start_date")):
        raise problem
    for name, value in values.items():
        setattr(series, name, value if name != "code" else value or series.code)
    positions = [sibling.position for sibling in siblings_of(session, fonds_id, parent_id, None)]
    series.position = position_after(max(positions, default=None), positions) or 0
    added(session, actor, series)
    return series


def move_series(
    session: Session,
    actor: Actor,
    series_id: int,
    expected_version: int | None,
    *,
    parent_id: int | None,
    after_id: int | None = None,
    first: bool = False,
) -> Series:
    """Move a series with all it holds under another parent, after a sibling, first, or (by default) last.

    Moves within a fonds wait for each other, so that two of them cannot close a circle.
    Raises NotFound, NotPermitted, StaleVersion, Invalid.
    """
    fonds_id = seen(session, actor, Series, series_id).fonds_id
    held(session, Fonds, fonds_id)
    series = to_change(session, actor, "move", Series, series_id, expected_version)
    if error := _place(session, actor, series, parent_id):
        raise Invalid([error])
    siblings = list(siblings_of(session, series.fonds_id, parent_id, series_id))
    places = [sibling.position for sibling in siblings]
    if after_id is not None and after_id not in [sibling.id for sibling in siblings]:
        raise Invalid([_no_sibling()])
    rank = next((i + 1 for i, sibling in enumerate(siblings) if sibling.id == after_id), len(siblings))
    rank = 0 if first else rank
    position = position_after(places[rank - 1] if rank else None, places)
    if position is None:
        # No room left between the two: these siblings, and only they, are spaced again.
        fresh = spaced([*range(rank), -1, *range(rank, len(siblings))])
        for place, sibling in enumerate(siblings):
            sibling.position = fresh[place]
        position = fresh[-1]
    series.parent_id = parent_id
    series.position = position
    changed(session, actor, "move", series)
    return series


def _place(session: Session, actor: Actor, series: Series, parent_id: int | None) -> FieldError | None:
    if parent_id is None:
        return None
    parent = seen(session, actor, Series, parent_id)
    return may_contain(series.id or 0, series.fonds_id, parent.fonds_id, ancestors_of(session, parent_id))


def _no_sibling() -> FieldError:
    return FieldError(
        "after_id",
        "NO_SUCH_SIBLING",
        "Nhóm đứng trước không nằm dưới nhóm cha này. Hãy chọn nhóm cùng cấp.",
        "The series to stand after is not under this parent. Choose one of the same level.",
    )
