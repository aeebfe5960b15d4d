"""Runs migrations politely: one advisory lock, a lock timeout, one transaction each.

A migration that waits for a lock makes every later query wait behind it; five seconds, then it gives up and
says so, and can be run again at a quieter hour.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool, text

from hub.models import metadata

# Any number, the same in every process: only one migration runs at a time.
ADVISORY_LOCK = 67_2021


def run() -> None:
    """Apply the asked-for revisions over one connection."""
    connectable = context.config.attributes.get("connection")
    if connectable is not None:
        migrate(connectable)
        return
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate(connection)


def migrate(connection) -> None:  # type: ignore[no-untyped-def]
    """Run within an advisory lock; statement time is not limited, waiting for locks is."""
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.commit()
    try:
        context.configure(
            connection=connection, target_metadata=metadata, transaction_per_migration=True, compare_type=True
        )
        with context.begin_transaction():
            connection.execute(text("set local lock_timeout = '5s'"))
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()


run()
