"""The database's row-level security is that of today's policy file, and is made anew when it is not."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from hub import migrate
from policies import rls
from policies.law import Law

_POLICIES = """
select tablename, policyname, permissive, roles::text[], cmd, qual, with_check
  from pg_policies where schemaname = 'public' order by 1, 2
"""


@pytest.fixture
def owner(database_url: str) -> Any:
    """A connection as the owner; rolled back."""
    with psycopg.connect(database_url) as connection:
        yield connection
        connection.rollback()


def test_the_policies_are_those_of_todays_file(owner: psycopg.Connection[Any]) -> None:
    there = owner.execute(_POLICIES).fetchall()
    assert {row[0] for row in there} == set(rls.GUARDED)
    assert migrate.is_guarded(owner)
    assert not migrate.guard(owner)
    owner.execute(migrate.UNGUARDED)
    assert owner.execute(_POLICIES).fetchall() == []
    owner.execute(rls.writes(Law({})))  # type: ignore[arg-type]
    assert owner.execute(_POLICIES).fetchall() == there


@pytest.mark.parametrize(
    "drift",
    [
        "drop policy hub_change on item",
        "alter table file disable row level security",
        "comment on policy hub_create on fonds is 'another version'",
    ],
)
def test_what_has_drifted_is_seen_and_made_anew(owner: psycopg.Connection[Any], drift: str) -> None:
    there = owner.execute(_POLICIES).fetchall()
    owner.execute(drift)  # type: ignore[arg-type]
    assert not migrate.is_guarded(owner)
    assert migrate.guard(owner)
    assert migrate.is_guarded(owner)
    assert owner.execute(_POLICIES).fetchall() == there


def test_who_owns_a_guarded_table_is_not_the_application(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "select count(*) from pg_roles where rolname = 'hub_app' and (rolsuper or rolbypassrls)"
    ).fetchone()
    assert found == (0,)


@pytest.mark.parametrize(
    "write",
    [
        "update born_digital_count set n = n + 1",
        "update record_tally set n = n + 1",
        "insert into record_tally select * from record_tally",
        "delete from record_tally",
        "select hub_tally_records()",
    ],
)
def test_figures_are_counted_and_not_written(owner: psycopg.Connection[Any], write: str) -> None:
    owner.execute("set local role hub_app")
    owner.execute(
        "select hub_fold_born_digital(), hub_fold_record_tally(), hub_count_files(array[1::bigint])"
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(write)  # type: ignore[arg-type]
