"""Random rows of every guarded table, and how a test acts upon them as the application's role."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg

from policies import rls
from policies.law import Law
from policies.subject import GRANTABLE_ROLES, Grant, Subject

TREE: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 2}
LAW = Law(TREE)
FIRST, PAST = 10_001, 10_019
OWN = "agency_id, custodian_id, created_by"
RECORD = f"{OWN}, access_level, published, on_hold, transferred"
# What a row of each table is made of, besides its id and its code.
COLUMNS = {
    "fonds": f"{RECORD}, state, creator_id, title, title_sort",
    "series": f"{RECORD}, state, fonds_id, title, title_sort, position",
    "file": f"{RECORD}, state, fonds_id, creator_id, title, title_sort, submitted_by",
    "item": f"{RECORD}, fonds_id, file_id, subject, ordinal",
    "digital_object": f"{RECORD}, fonds_id, file_id, name",
    "transfer": f"{OWN}, state, submitted_by, accepted_at, channel, registered_on",
    "use_request": f"{OWN}, state, submitted_by, received_on",
    "agency_return": "agency_id, reports_to_id, created_by, state, submitted_by, period_id",
}
CODELESS = ("digital_object", "use_request", "agency_return")
RESOURCE_OF = {table: resource for resource, table in rls.TABLES.items() if table in COLUMNS}
SQL = {
    "name": "'t'", "reports_to_id": "%(keeper)s", "period_id": "%(id)s",
    "creator_id": "%(owner)s", "title": "'t'", "title_sort": "'t'", "position": "0", "fonds_id": "%(id)s",
    "file_id": "%(id)s", "subject": "'t'", "ordinal": "1", "agency_id": "%(owner)s", "custodian_id": "%(keeper)s",
    "created_by": "%(by)s", "access_level": "%(level)s", "published": "%(pub)s", "on_hold": "%(held)s",
    "transferred": "%(moved)s", "submitted_by": "%(sent)s", "channel": "'MANUAL'", "registered_on": "'2025-01-01'",
    "received_on": "'2025-01-01'", "accepted_at": "case when %(way)s = 'ACCEPTED' then now() end",
}  # fmt: skip
STATES = {
    "fonds": "case when %(state)s = 'OPEN' then 'OPEN' else 'CLOSED' end",
    "series": "'OPEN'",
    "file": "%(state)s",
    "transfer": "%(way)s",
    "use_request": "%(asked)s",
    "agency_return": "%(back)s",
}


def settle(connection: psycopg.Connection[Any]) -> None:
    """Four agencies with records of every kind, whose triggers rest; and `pg_temp.tried`."""
    connection.execute(_TRIED)
    for table in ("agency", *COLUMNS):
        connection.execute(f"alter table {table} disable trigger user")
    for key, parent in TREE.items():
        connection.execute(
            "insert into agency (id, parent_id, code, name, name_sort, kind, valid_from) overriding system value"
            " values (%s, %s, 'A' || %s, 'a', 'a', 'CITY', '2000-01-01')",
            [key, parent, key],
        )
    for key in (901, 902, 903):
        connection.execute(
            "insert into app_user (id, name, full_name, is_service) overriding system value"
            " values (%s, 'u' || %s, 'u', false)",
            [key, key],
        )
    connection.execute(
        "insert into plan (id, code, title, number, issued_on, issuer, period_from, period_to, source)"
        " values (901, 'p', 'p', '1', '2024-01-01', 'p', '2024-01-01', '2030-01-01', 'p')"
    )
    rng = Random(7)
    for number in range(FIRST, PAST):
        facts = {
            "id": number, "owner": rng.choice((1, 2, 3, 4)), "keeper": rng.choice((1, 2, 3, 4)),
            "level": rng.choice((None, 0, 1, 2)), "code": f"C{number}", "pub": rng.random() < 0.5,
            "state": rng.choice(("OPEN", "OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "DISPOSED")),
            "way": rng.choice(("REGISTERED", "SUBMITTED", "APPROVED", "CHECKING", "RETURNED", "ACCEPTED")),
            "back": rng.choice(("DRAFT", "SUBMITTED", "APPROVED", "ACCEPTED", "SENT_BACK")),
            "asked": rng.choice(("DRAFT", "SUBMITTED", "APPROVED", "COMPLETED")), "moved": rng.random() < 0.2,
            "by": rng.choice((901, 902, None)), "sent": rng.choice((901, 902, None)), "held": rng.random() < 0.2,
        }  # fmt: skip
        connection.execute(_PERIODS, facts)
        for table, listed in COLUMNS.items():
            # some files stay empty, and can be removed
            if table not in ("item", "digital_object") or number % 2:
                names = [*listed.split(", "), *(["code"] if table not in CODELESS else [])]
                told = {**SQL, "state": STATES.get(table), "code": "%(code)s"}
                if table == "digital_object":  # state secrets have none
                    told["access_level"] = "least(%(level)s, 1)"
                values = [told[name] for name in names]
                connection.execute(
                    f"insert into {table} (id, {', '.join(names)}) overriding system value"
                    f" values (%(id)s, {', '.join(map(str, values))})",
                    facts,
                )
    connection.execute(
        "insert into item_listing (file_id, item_id, agency_id, ordinal) select file_id, id, agency_id, 2 from item"
        " where id between %s and %s",
        [FIRST, PAST],
    )


# Of each body's return one period, and one more to copy it into.
_PERIODS = """
insert into reporting_period (id, plan_id, deadline, returns_due_on, data_cutoff)
select k, 901, date '1800-01-01' + k::int, date '1800-01-01', date '1800-01-01'
  from unnest(array[%(id)s, %(id)s + 1000]) k
"""

# The rows that a statement touches: of all at once, or of each by itself, since the first refusal ends a statement.
_TRIED = """
create function pg_temp.tried(statement text, ids bigint[], singly boolean) returns bigint[] language plpgsql as $$
declare one bigint; done bigint[] := '{}'; touched int;
begin
    if not singly then
        execute statement using ids;
        get diagnostics touched = row_count;
        return case when touched = cardinality(ids) then ids end;
    end if;
    foreach one in array ids loop
        begin
            execute statement using array[one];
            get diagnostics touched = row_count;
            if touched > 0 then done := done || one; end if;
        exception when insufficient_privilege then null;
        end;
    end loop;
    return done;
end
$$;
"""
TRY = "select pg_temp.tried(%s, %s, %s)"


def subjects() -> list[Subject]:
    """The public, a person in every role, and some with several, here and there."""
    rng = Random(11)
    drawn = [
        Subject(
            901,
            "u",
            tuple(
                Grant(rng.choice(GRANTABLE_ROLES), rng.choice((None, 1, 2, 3)))
                for _ in range(rng.choice((1, 2, 3)))
            ),
            bound=frozenset({902} if rng.random() < 0.3 else ()),
        )
        for _ in range(8)
    ]
    single = [Subject(901, "u", (Grant(role, 2),)) for role in GRANTABLE_ROLES]
    return [Subject(None), *single, *drawn]


@contextlib.contextmanager
def acting(
    connection: psycopg.Connection[Any], subject: Subject | None, deed: str = "", law: Law = LAW
) -> Iterator[None]:
    """As the application's role, with a subject's settings; back to the owner, whatever was done undone."""
    with contextlib.suppress(psycopg.Rollback), connection.transaction():
        told = {**rls.settings(law, subject), rls.DEED: deed} if subject else {}
        for name, value in told.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        connection.execute("set local role hub_app")
        yield
        raise psycopg.Rollback
