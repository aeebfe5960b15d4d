"""Brings a database to the schema this code needs; `hub migrate`, the demo and the tests call the same function."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

import migrations
from hub.kit.db import sqlalchemy_url


def configuration(owner_dsn: str) -> Config:
    """Alembic's configuration for the migrations of this checkout."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(owner_dsn).replace("%", "%%"))
    return config


def upgrade(owner_dsn: str, revision: str = "head") -> None:
    """Upgrade the database to `revision`. Needs a role that owns the schema and may create roles."""
    command.upgrade(configuration(owner_dsn), revision)


def downgrade(owner_dsn: str, revision: str = "base") -> None:
    """Take the database back to `revision` (tests; production goes forward only)."""
    command.downgrade(configuration(owner_dsn), revision)
