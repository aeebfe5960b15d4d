"""Who is calling, read with the request: a revoked token or an ended grant counts from the next request on.

CALLER_SQL and LAW_SQL are plain text with named parameters, so that the asynchronous path runs the very same
statements: `caller_values(token)` → one row → `caller_from_row(row)`; then `kept_law(row)`, and only when the tree of
agencies or the policy is new to this process LAW_SQL → `keep_law(row)`. SESSION_SQL asks the same of
the cookie of the pages. Who holds a key need not be read again as long as STATE_SQL gives what stood in his row, it is
the same day, and `until` (null: without end) is to come: every change of what the statements read changes the number
of access (migrations/sql/numbered_access.sql).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, or_, select

from hub.access.actor import Actor, the_public
from hub.access.errors import UnknownUser
from hub.access.models import AppUser, RoleGrant
from hub.access.policy import taken_up
from hub.kit import clock
from hub.kit.errors import Unauthenticated
from policies.law import Law, put_in_force
from policies.subject import Grant, Mandate, Subject

# a row of either driver
Row = Mapping[str, Any] | RowMapping

# His grants, and those that others hold on his behalf: either binds the two. Nobody acts for who is disabled.
_GRANTS = """
left join lateral (
    select array_agg(g.role order by g.id) filter (where g.user_id = u.id) as roles,
           array_agg(g.agency_id order by g.id) filter (where g.user_id = u.id) as agencies,
           array_agg(g.on_behalf_of order by g.id) filter (where g.user_id = u.id) as behalves,
           array_agg(case when g.user_id = u.id then g.on_behalf_of else g.user_id end)
               filter (where g.on_behalf_of is not null) as bound
      from role_grant g
      left join app_user h on h.id = g.on_behalf_of
     where (g.user_id = u.id or g.on_behalf_of = u.id) and h.disabled_at is null
       and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)
) held on true
"""

_FIELDS = (
    "u.id as user_id, u.name, held.roles, held.agencies, held.behalves, held.bound,"
    " s.agency_version, s.policy_version, n.access_version"
)

_STEPPED_UP = "coalesce(f.until > :now, false) as stepped_up"
_PROVEN = "case when f.until > :now then f.until end"
CALLER_SQL = f"""
select {_FIELDS}, t.id as token_id, t.bound_to, null as method, {_STEPPED_UP},
       least(t.expires_at, {_PROVEN}) as until
  from access_token t
  join app_user u on u.id = t.user_id
  left join step_up f on f.sha256 = t.sha256
 cross join policy_state s
 cross join access_state n
{_GRANTS}
 where t.sha256 = :sha256 and t.revoked_at is null and u.disabled_at is null
   and (t.expires_at is null or t.expires_at > :now)
   and (t.ip_ranges is null or cast(:client_ip as inet) <<= any(t.ip_ranges))
"""

SESSION_SQL = f"""
select {_FIELDS}, t.id as session_id, u.full_name, t.last_seen_at, t.created_at, null::bigint as bound_to, t.method,
       {_STEPPED_UP}
  from web_session t
  join app_user u on u.id = t.user_id
  left join step_up f on f.sha256 = t.sha256
 cross join policy_state s
 cross join access_state n
{_GRANTS}
 where t.sha256 = :sha256 and t.ended_at is null and u.disabled_at is null
   and t.idle_until > :now and t.expires_at > :now
"""

# Whom an identity provider has named; the credential is its signed token, by whose hash a step-up is known.
IDENTITY_SQL = f"""
select {_FIELDS}, null::bigint as bound_to, null as method, {_STEPPED_UP}, {_PROVEN} as until
  from user_identity t
  join app_user u on u.id = t.user_id
  left join step_up f on f.sha256 = :sha256
 cross join policy_state s
 cross join access_state n
{_GRANTS}
 where t.issuer = cast(:issuer as text) and t.subject = cast(:subject as text) and t.ended_at is null
   and u.disabled_at is null
"""

_USER_SQL = f"""
select {_FIELDS}
  from app_user u
 cross join policy_state s
 cross join access_state n
{_GRANTS}
 where u.name = :name and u.disabled_at is null
"""

LAW_SQL = """
select s.agency_version, s.policy_version, p.text as policy_text,
       array_agg(a.id order by a.id) filter (where a.id is not null) as ids,
       array_agg(a.parent_id order by a.id) filter (where a.id is not null) as parents
  from policy_state s
  left join policy_version p on p.version = s.policy_version
  left join agency a on true
 group by s.agency_version, s.policy_version, p.text
"""

STATE = ("agency_version", "policy_version", "access_version")
STATE_SQL = f"select {', '.join(STATE)} from policy_state cross join access_state"

LOCAL_USER = "operator"
# Whose devices may be enrolled.
DEVICE_ROLE = "leader"

# Few versions are alive at once; the oldest goes when the tree has changed often.
_LAWS: dict[tuple[int, str | None], Law] = {}
_KEPT_LAWS = 8


def caller_values(
    token: str, client_ip: str | None = None, *, issuer: str | None = None, subject: str | None = None
) -> dict[str, Any]:
    """The parameters of CALLER_SQL, SESSION_SQL and IDENTITY_SQL for the secret that a caller shows."""
    digest = hashlib.sha256(token.encode()).digest()
    times = {"now": clock.now(), "today": clock.today()}
    return {"sha256": digest, **times, "client_ip": client_ip, "issuer": issuer, "subject": subject}


def caller_from_row(row: Row | None) -> Subject:
    """The subject in an answer of CALLER_SQL. Raises Unauthenticated when there is none."""
    if row is None:
        raise Unauthenticated
    grants = tuple(map(Grant, row["roles"] or (), row["agencies"] or ()))
    mandates = tuple(
        Mandate(grant, behalf)
        for grant, behalf in zip(grants, row["behalves"] or (), strict=True)
        if behalf is not None
    )
    bound = frozenset(row["bound"] or ())
    return Subject(row["user_id"], row["name"], grants, mandates=mandates, bound=bound)


def actor_from_row(row: Row, law: Law) -> Actor:
    """Who the row of a credential says asks.

    Of a system's key the role client at its agency, of an enrolled device the leader who reads: nothing else.
    """
    subject = caller_from_row(row)
    if row["bound_to"] is not None:
        bound = Grant("client", row["bound_to"])
        held = tuple(one for one in subject.grants if one == bound)
        subject = replace(subject, grants=held, mandates=())
    if row["method"] == "DEVICE":
        led = tuple(one for one in subject.grants if one.role == DEVICE_ROLE)
        subject = replace(subject, grants=led, mandates=(), reads_only=True)
    return Actor(subject, law, stepped_up=row["stepped_up"])


def kept_law(row: Row) -> Law | None:
    """The law over the tree and under the policy that a row names, if this process has it; it is in force now."""
    known = _LAWS.get((row["agency_version"], row["policy_version"]))
    if known is not None:
        put_in_force(known.policy)
    return known


def keep_law(row: Row) -> Law:
    """The law over the tree and under the policy in an answer of LAW_SQL, kept for the requests that follow."""
    policy = taken_up(row["policy_version"], row["policy_text"])
    law = Law(dict(zip(row["ids"] or (), row["parents"] or (), strict=True)), policy=policy)
    while len(_LAWS) >= _KEPT_LAWS:
        _LAWS.pop(next(iter(_LAWS)), None)
    _LAWS[row["agency_version"], row["policy_version"]] = law
    put_in_force(policy)
    return law


def law(session: Session, told: Row | None = None) -> Law:
    """The law in force; give the row that names it when it has just been read."""
    if told is None:
        told = session.connection().execute(text(STATE_SQL)).mappings().one()
    return kept_law(told) or keep_law(session.connection().execute(text(LAW_SQL)).mappings().one())


def actor_for_token(session: Session, token: str | None, *, client_ip: str | None = None) -> Actor:
    """Who holds the token; the public when no token is given. Raises Unauthenticated for a bad one."""
    if token is None:
        return the_public()
    row = session.connection().execute(text(CALLER_SQL), caller_values(token, client_ip)).mappings().first()
    if row is None:
        raise Unauthenticated
    return actor_from_row(row, law(session, row))


def actor_for_user(session: Session, name: str = LOCAL_USER, *, today: date | None = None) -> Actor:
    """The user of that name (the CLI's --as), by default the local service user. Raises UnknownUser.

    Whoever names a user holds the machine or the process: he is not asked to prove himself anew.
    """
    values = {"name": name, "today": today or clock.today()}
    row = session.connection().execute(text(_USER_SQL), values).mappings().first()
    if row is None:
        raise UnknownUser(name)
    return Actor(caller_from_row(row), law(session, row), stepped_up=True)


def user_by_name(session: Session, name: str) -> AppUser:
    """The user of that name, disabled ones too. Raises UnknownUser."""
    user = session.exec(select(AppUser).where(AppUser.name == name)).first()
    if user is None:
        raise UnknownUser(name)
    return user


def grants_of(session: Session, user_id: int, *, today: date | None = None) -> list[RoleGrant]:
    """The grants of a user that are in force, in the order they were given; none on behalf of who is disabled."""
    day = today or clock.today()
    shut_out = select(AppUser.id).where(col(AppUser.disabled_at).is_not(None))
    grants = session.exec(
        select(RoleGrant)
        .where(RoleGrant.user_id == user_id, RoleGrant.valid_from <= day)
        .where(or_(col(RoleGrant.on_behalf_of).is_(None), col(RoleGrant.on_behalf_of).not_in(shut_out)))
        .order_by(RoleGrant.id)  # type: ignore[arg-type]
    ).all()
    return [grant for grant in grants if grant.valid_to is None or grant.valid_to > day]
