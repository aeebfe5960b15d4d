"""Who may take a step of a return instead of somebody who may not decide on his own work."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.returns.models import AgencyReturn
from hub.returns.rules import STEPS
from policies.subject import Grant, Subject

# Names enough to find somebody.
_MOST_NAMES = 3
# Whose hands the return has passed since it was last submitted, and on whose behalf; delegations of that day may have
# ended since.
_HANDS = text(
    """
    select t.turn, t.by_id, t.on_behalf_of from return_turn t
     where t.return_id = :id and t.turn in ('SUBMIT', 'APPROVE')
       and t.id >= coalesce((select max(s.id) from return_turn s where s.return_id = :id and s.turn = 'SUBMIT'), 0)
    """
)
_PEOPLE = text(
    """
    select u.id, u.full_name, array_agg(g.role order by g.id) as roles, array_agg(g.agency_id order by g.id) as places
      from role_grant g join app_user u on u.id = g.user_id
      left join app_user h on h.id = g.on_behalf_of
     where g.role = any(:roles) and u.disabled_at is null and not u.is_service and u.id <> all(:hands)
       and h.disabled_at is null and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)
       and not exists (select from role_grant d
                        where d.on_behalf_of is not null and d.valid_from <= :today
                          and (d.valid_to is null or d.valid_to > :today)
                          and (d.user_id = u.id and d.on_behalf_of = any(:hands)
                               or d.on_behalf_of = u.id and d.user_id = any(:hands)))
     group by u.id, u.full_name
     order by u.full_name, u.id
    """
)


def hands_of(session: Session, row: AgencyReturn) -> dict[str, frozenset[int]]:
    """Who submitted and approved the return as it is now, by turn, and on whose behalf."""
    found = {"SUBMIT": {row.submitted_by}, "APPROVE": {row.approved_by}}
    for turn, *people in session.execute(_HANDS, {"id": row.id}):
        found[turn].update(people)
    return {turn: frozenset(one for one in people if one is not None) for turn, people in found.items()}


def instead(
    session: Session, actor: Actor, action: str, row: AgencyReturn, hands: frozenset[int]
) -> list[str]:
    """The names of some who may do it, are none of these hands and bound to none of them by a delegation.

    Those at the very bodies first, before those who may by a body above.
    """
    roles = {
        rule.role
        for rule in actor.law.rules
        if (rule.resource, rule.action, rule.effect) == ("return", action, "allow")
    }
    asked = {"roles": sorted(roles), "hands": sorted(hands | actor.subject.us), "today": clock.today()}
    state, bodies = STEPS[action].starts[0], {row.agency_id, row.reports_to_id}
    found = []
    for one in session.execute(_PEOPLE, asked):
        who = Subject(one.id, grants=tuple(map(Grant, one.roles, one.places)))
        if actor.law.may(who, action, "return", row, state=state):
            found.append((bodies.isdisjoint(one.places), one.full_name))
    return [name for _, name in sorted(found, key=lambda pair: pair[0])[:_MOST_NAMES]]
