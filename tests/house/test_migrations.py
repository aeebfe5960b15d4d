"""The migrations make exactly the tables the models declare, and can be undone and done again."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from hub.kit.db import sqlalchemy_url
from hub.migrate import configuration, downgrade, head, upgrade
from hub.models import metadata


def _left_behind(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r','S','i')"
            " union select proname from pg_proc p left join pg_depend d on d.objid = p.oid and d.deptype = 'e'"
            " where pronamespace = 'public'::regnamespace and d.objid is null"
            " union select nspname from pg_namespace where nspname = 'jobs'"
        )
        return {str(name) for (name,) in rows} - {"alembic_version", "alembic_version_pkc"}


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")  # SQLAlchemy has no such type
def test_migrations_go_up_match_the_models_and_come_down(fresh_database: Callable[[], str]) -> None:
    dsn = fresh_database()
    downgrade(dsn)
    assert _left_behind(dsn) == set()
    upgrade(dsn)
    engine = create_engine(sqlalchemy_url(dsn))
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), metadata
        )
    engine.dispose()
    assert differences == []


def test_the_version_of_the_code_is_the_last_migration() -> None:
    assert head() == ScriptDirectory.from_config(configuration("postgresql://")).get_current_head()


def test_the_application_role_owns_nothing_and_may_not_rewrite_the_audit(
    fresh_database: Callable[[], str],
) -> None:
    with psycopg.connect(fresh_database()) as connection:
        owned = connection.execute(
            "select count(*) from pg_class where relowner = 'hub_app'::regrole"
        ).fetchone()
        assert owned == (0,)
        rights = connection.execute(
            "select has_column_privilege('hub_app', 'audit_event', 'detail', 'insert'),"
            " has_column_privilege('hub_app', 'audit_event', 'at', 'insert'),"
            " has_column_privilege('hub_app', 'audit_event', 'xid', 'insert'),"
            " has_table_privilege('hub_app', 'audit_event', 'update'),"
            " has_table_privilege('hub_app', 'audit_event', 'delete'),"
            " has_table_privilege('hub_app', 'item', 'update')"
        ).fetchone()
        assert rights == (True, False, False, False, False, True)
