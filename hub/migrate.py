"""Brings a database to the schema this code needs; `hub migrate`, the demo and the tests call the same function.

Its row-level security is made of the policy of this code, anew whenever it is of another one: what the database
refuses cannot drift from what the law says. A migration that changes a column named there takes the policies away
first (migrations/sql/unguarded_writes.sql); they come back at the end.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

import migrations
from hub.access.policy import taken_up
from hub.kit.db import sqlalchemy_url
from policies import rls
from policies.law import Law, product

if TYPE_CHECKING:
    from alembic.config import Config

_REVISIONS = re.compile(r'^(revision|down_revision) = "(.+)"$', re.MULTILINE)

# The policies in force: of guarded tables, and marked as made of this version.
_GUARDED = """
select count(*) from pg_policy p join pg_class t on t.oid = p.polrelid
 where t.relnamespace = 'public'::regnamespace and t.relrowsecurity and t.relname = any(%s)
   and p.polname = any(%s) and obj_description(p.oid, 'pg_policy') = %s
"""
GUARD_LOCK = 67_2022
UNGUARDED = sql.SQL((Path(migrations.__file__).parent / "sql" / "unguarded_writes.sql").read_text())
# The policy of an installation, where it has one of its own.
_OWN_POLICY = """
select p.version, p.text from policy_state s join policy_version p on p.version = s.policy_version
"""


def configuration(owner_dsn: str) -> Config:
    """Alembic's configuration for the migrations of this checkout."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(owner_dsn).replace("%", "%%"))
    return config


def versions() -> dict[str, str | None]:
    """Every version this code knows, and the one before it.

    Read off the migrations' files, since every command asks, and Alembic with all of them takes 10 MB that a server
    keeps.
    """
    files = Path(migrations.__file__).parent.glob("versions/2*.py")
    told = [dict(_REVISIONS.findall(file.read_text())) for file in files]
    return {one["revision"]: one.get("down_revision") for one in told}


def head() -> str:
    """The version of this code: the one that stands before no other."""
    known = versions()
    [last] = known.keys() - known.values()
    return last


def upgrade(owner_dsn: str, revision: str = "head") -> None:
    """Upgrade the database to `revision`. Needs a role that owns the schema and may create roles."""
    from alembic import command

    command.upgrade(configuration(owner_dsn), revision)
    if revision == "head":
        with psycopg.connect(owner_dsn) as connection:
            guard(connection)


def downgrade(owner_dsn: str, revision: str = "base") -> None:
    """Take the database back to `revision` (tests; production goes forward only)."""
    from alembic import command

    command.downgrade(configuration(owner_dsn), revision)


def is_guarded(connection: psycopg.Connection[Any]) -> bool:
    """Whether writes are held by the policies that are made of the policy in force."""
    tables, policies = list(rls.GUARDED), list(rls.POLICIES)
    found = connection.execute(_GUARDED, [tables, policies, rls.version(_law(connection))]).fetchone()
    return found == (len(tables) * len(policies),)


def guard(connection: psycopg.Connection[Any]) -> bool:
    """Make the policies anew, where they are not those of the policy in force; whether so. As the tables' owner."""
    connection.execute("select pg_advisory_xact_lock(%s)", [GUARD_LOCK])
    if is_guarded(connection):
        return False
    # As in migrations: who waits for a lock lets everybody wait behind him.
    connection.execute("set local lock_timeout = '5s'")
    connection.execute(UNGUARDED)
    connection.execute(sql.SQL(rls.writes(_law(connection))))
    return True


def _law(connection: psycopg.Connection[Any]) -> Law:
    """The law that writes are held to; it does not depend on the agencies."""
    own = connection.execute(_OWN_POLICY).fetchone()
    return Law({}, policy=taken_up(*own) if own else product())
