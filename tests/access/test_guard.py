"""What the commands refuse, the database refuses by itself, whoever writes and however many at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg import sql

from hub.kit.db import as_app

PEOPLE = ("admin", "local", "mai", "binh")


class Office:
    """An agency with a unit, another one, an administrator of the city and one of the agency."""

    def __init__(self, dsn: str) -> None:
        self.owner = psycopg.connect(dsn, autocommit=True)
        self.dsn = as_app(dsn)
        self.agency, self.unit, self.other = (
            self._one("insert into agency (code, name) values (%s, %s) returning id", code, code)
            for code in ("G-A", "G-A1", "G-B")
        )
        self.owner.execute("update agency set parent_id = %s where id = %s", [self.agency, self.unit])
        self.people = {
            name: self._one(
                "insert into app_user (name, full_name, is_service) values (%s, %s, false) returning id",
                name,
                name,
            )
            for name in PEOPLE
        }
        self.grant("admin", "sysadmin", None)
        self.grant("local", "agency_admin", self.agency)

    def _one(self, statement: str, *values: Any) -> int:
        row = self.owner.execute(statement, values).fetchone()
        assert row is not None
        return int(row[0])

    def grant(self, name: str, role: str, agency: int | None, connection: Any = None, **more: Any) -> int:
        """A grant from long ago, as the owner or over a connection of the application."""
        facts = {"user_id": self.people[name], "role": role, "agency_id": agency} | {
            "valid_from": date(2020, 1, 1),
            **more,
        }
        statement = sql.SQL("insert into role_grant ({}) values ({}) returning id").format(
            sql.SQL(", ").join(map(sql.Identifier, facts)), sql.SQL(", ").join(sql.Placeholder() * len(facts))
        )
        row = (connection or self.owner).execute(statement, list(facts.values())).fetchone()
        return int(row[0])

    def count(self) -> int:
        return self._one("select count(*) from role_grant")


@pytest.fixture
def office(fresh_database: Callable[[], str]) -> Iterator[Office]:
    office = Office(fresh_database())
    yield office
    office.owner.close()


@pytest.fixture
def app(office: Office) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(office.dsn, autocommit=True) as connection:
        yield connection


def _refused(constraint: str, write: Callable[[], object]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        write()
    assert refusal.value.diag.constraint_name == constraint


def test_the_application_names_who_grants_and_he_must_be_able_to(
    office: Office, app: psycopg.Connection[Any]
) -> None:
    before = office.count()
    admin, local = office.people["admin"], office.people["local"]

    _refused("role_grant_granter", lambda: office.grant("mai", "staff", office.agency, app))
    for role, agency, granter in (
        ("staff", office.other, local),  # not his agency
        ("archivist", office.agency, local),  # not his to give
        ("staff", office.agency, office.people["binh"]),  # no administrator
    ):
        _refused(
            "role_grant_grantable",
            lambda r=role, a=agency, g=granter: office.grant("mai", r, a, app, granted_by=g),
        )
    _refused(
        "role_grant_granted_by_another",
        lambda: office.grant("admin", "leader", None, app, granted_by=admin),
    )
    assert office.count() == before
    office.grant("mai", "staff", office.unit, app, granted_by=local)
    office.grant("binh", "archivist", office.other, app, granted_by=admin)


def test_who_is_no_longer_administrator_grants_no_longer(
    office: Office, app: psycopg.Connection[Any]
) -> None:
    office.owner.execute(
        "update role_grant set valid_to = %s where role = 'agency_admin'", [date(2025, 6, 30)]
    )
    local = office.people["local"]

    def grant(name: str, today: str) -> None:
        with app.transaction():
            app.execute("select set_config('hub.today', %s, true)", [today])
            office.grant(name, "staff", office.agency, app, granted_by=local)

    grant("mai", "2025-06-29")
    _refused("role_grant_grantable", lambda: grant("binh", "2025-06-30"))


def test_roles_in_conflict_meet_on_no_day(office: Office, app: psycopg.Connection[Any]) -> None:
    admin = office.people["admin"]
    held = office.grant("mai", "officer", office.agency, valid_to=date(2025, 1, 1))

    for since, until in (
        (date(2020, 1, 1), None),
        (date(2024, 12, 31), date(2025, 2, 1)),
        (date(2019, 1, 1), date(2020, 1, 2)),
    ):
        _refused(
            "role_grant_conflict",
            lambda s=since, u=until: office.grant(
                "mai", "approver", office.other, app, granted_by=admin, valid_from=s, valid_to=u
            ),
        )
    office.grant("mai", "approver", office.agency, app, granted_by=admin, valid_from=date(2025, 1, 1))
    _refused(
        "role_grant_conflict",
        lambda: app.execute("update role_grant set valid_to = null where id = %s", [held]),
    )


def test_two_at_the_same_moment_do_not_overlook_each_other(office: Office) -> None:
    """One waits for the other's commit, and is then refused."""
    admin, refused, started = office.people["admin"], [], threading.Event()

    def second() -> None:
        with psycopg.connect(office.dsn) as connection:
            started.set()
            try:
                office.grant("mai", "approver", office.agency, connection, granted_by=admin)
            except psycopg.errors.CheckViolation as error:
                refused.append(error.diag.constraint_name)

    with psycopg.connect(office.dsn) as first:
        office.grant("mai", "officer", office.agency, first, granted_by=admin)
        other = threading.Thread(target=second)
        other.start()
        started.wait()
        waiting = (
            "select count(*) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        )
        while other.is_alive() and office._one(waiting) == 0:
            pass
        first.commit()
    other.join()

    assert refused == ["role_grant_conflict"]


def test_a_delegation_is_his_own_within_his_dates_and_not_passed_on(
    office: Office, app: psycopg.Connection[Any]
) -> None:
    head, admin = office.people["mai"], office.people["admin"]
    own = office.grant("mai", "approver", office.agency, valid_to=date(2030, 1, 1))
    facts = {"on_behalf_of": head, "delegated_from": own, "granted_by": head, "valid_to": date(2029, 1, 1)}

    def delegate(name: str = "binh", role: str = "approver", agency: int = office.agency, **more: Any) -> int:
        return office.grant(name, role, agency, app, **{**facts, **more})

    before = office.count()
    _refused("role_grant_of_his_own", lambda: delegate(role="clerk"))
    _refused("role_grant_of_his_own", lambda: delegate(agency=office.unit))
    _refused("role_grant_of_his_own", lambda: delegate(on_behalf_of=admin))
    _refused("role_grant_within_his_own", lambda: delegate(valid_to=date(2031, 1, 1)))
    _refused("role_grant_within_his_own", lambda: delegate(valid_from=date(2019, 1, 1)))
    _refused("role_grant_delegation", lambda: delegate(valid_to=None))
    _refused("role_grant_delegation", lambda: delegate(delegated_from=None))
    assert office.count() == before

    passed = delegate()
    _refused(
        "role_grant_not_passed_on",
        lambda: delegate(
            "local",
            on_behalf_of=office.people["binh"],
            delegated_from=passed,
            granted_by=office.people["binh"],
        ),
    )
    app.execute("update role_grant set valid_to = '2026-01-01' where id = %s", [own])
    ends = office.owner.execute("select valid_to, version from role_grant where id = %s", [passed]).fetchone()
    assert ends == (date(2026, 1, 1), 2)
    _refused(
        "role_grant_within_his_own",
        lambda: app.execute("update role_grant set valid_to = '2029-01-01' where id = %s", [passed]),
    )


@pytest.mark.parametrize(
    "statement",
    [
        "update role_grant set role = 'sysadmin'",
        "update role_grant set user_id = 1",
        "update role_grant set agency_id = null",
        "update role_grant set valid_from = '2000-01-01'",
        "delete from role_grant",
        "delete from app_user",
        "update role_grantable set anywhere = true",
        "insert into role_grantable values ('staff', 'sysadmin')",
        "delete from role_conflict",
    ],
)
def test_the_application_rewrites_no_grant_and_no_rule(app: psycopg.Connection[Any], statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
