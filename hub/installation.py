"""One installation opened by its settings: which database, as whom, and whether it is of this version.

    with opened(settings) as installation:
        with installation.seam() as seam: …

Without `HUB_DSN` that is the embedded server of the data folder, started when nobody else has and migrated when
it is behind: there is nobody else to do it. A real server is migrated by `hub migrate` only, since other
processes may be using it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from sqlalchemy import text
from sqlmodel import Session

from hub import migrate
from hub.audit.sealing.epochs import IS_ELSEWHERE, begin_epoch
from hub.audit.sealing.seals import RestoredElsewhere
from hub.kit.db import as_app, open_engine
from hub.kit.embedded import embedded_postgres
from hub.kit.errors import Unavailable
from hub.kit.seam import Seam
from hub.plan.load import load_plan
from hub.records.codes import load_code_lists
from hub.settings import Settings

CONNECT_SECONDS = 10


class NotMigrated(Unavailable):
    """The database is not at the version of this code."""

    def __init__(self, found: str | None) -> None:
        super().__init__(
            f"Cơ sở dữ liệu đang ở phiên bản {found or 'trống'}, chưa đúng với mã nguồn. Hãy chạy: hub migrate",
            f"The database is at version {found or 'none'}, not at that of this code. Run: hub migrate",
        )


class NewerDatabase(Unavailable):
    """A newer hub has brought the database to a version that this code does not know."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"Cơ sở dữ liệu đang ở phiên bản {found}, mới hơn mã nguồn này. Hãy chạy bản hub mới hơn, hoặc phục hồi"
            " bản sao lưu có trước khi nâng cấp.",
            f"The database is at version {found}, newer than this code. Run the newer hub, or restore a backup that"
            " was made before the upgrade.",
        )


class DatabaseUnreachable(Unavailable):
    """Nothing answers at the address in HUB_DSN, or it refuses the login."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"Không kết nối được cơ sở dữ liệu ({reason}). Hãy kiểm tra HUB_DSN và máy chủ PostgreSQL.",
            f"The database cannot be reached ({reason}). Check HUB_DSN and the PostgreSQL server.",
        )


@dataclass(frozen=True)
class Installation:
    """Where the database of these settings is; `read_dsn` is a replica, or the database itself."""

    settings: Settings
    owner_dsn: str
    app_dsn: str
    read_dsn: str

    def migrate(self) -> None:
        """Bring the database, and the reference data in it, to the version of this code.

        Raises DatabaseUnreachable, NewerDatabase.
        """
        require_server(self.owner_dsn)
        self.require_known()
        migrate.upgrade(self.owner_dsn)
        engine = open_engine(self.owner_dsn, size=1)
        try:
            Seam(engine).change_now(_load_reference_data)
            Seam(engine).change_now(self._settle_audit)
        finally:
            engine.dispose()

    def version(self) -> str | None:
        """The version the database is at; None when it is empty."""
        return _version(self.owner_dsn)

    def require_known(self) -> None:
        """Raises NewerDatabase when this code does not know the version the database is at."""
        found = self.version()
        if found is not None and found not in migrate.versions():
            raise NewerDatabase(found)

    def is_current(self) -> bool:
        """Whether the database is at the version of this code, its row-level security included."""
        if self.version() != migrate.head():
            return False
        with psycopg.connect(self.owner_dsn, connect_timeout=CONNECT_SECONDS) as connection:
            return migrate.is_guarded(connection)

    def is_moved(self) -> bool:
        """Whether the database was restored into another cluster than its audit trail knows."""
        with psycopg.connect(self.owner_dsn, connect_timeout=CONNECT_SECONDS) as connection:
            return connection.execute(IS_ELSEWHERE).fetchone() == (True,)

    def _settle_audit(self, session: Session) -> None:
        """A database that was restored elsewhere begins another epoch of its audit trail."""
        if session.scalar(text(IS_ELSEWHERE)):
            begin_epoch(session, self.settings.audit_heads_file, "restored into another PostgreSQL cluster")

    @contextlib.contextmanager
    def owners_seam(self) -> Iterator[Seam]:
        """The way in as the owner of the tables, whom the law does not bind: for what makes an installation."""
        engine = open_engine(self.owner_dsn, size=1)
        try:
            yield Seam(engine)
        finally:
            engine.dispose()

    @contextlib.contextmanager
    def seam(self, statement_timeout: int = 0) -> Iterator[Seam]:
        """The way to the synchronous core as the application's role; times in milliseconds, 0 = no limit."""
        size = self.settings.pool_size
        engine = open_engine(self.app_dsn, size=size, statement_timeout=statement_timeout)
        reader = (
            open_engine(self.read_dsn, size=size, statement_timeout=statement_timeout)
            if self.read_dsn != self.app_dsn
            else engine
        )
        try:
            yield Seam(engine, reader)
        finally:
            engine.dispose()
            reader.dispose()


@contextlib.contextmanager
def opened(settings: Settings, *, migrated: bool = True) -> Iterator[Installation]:
    """The installation of these settings, its database at the version of this code unless `migrated` is false.

    Raises Unavailable: NotMigrated, NewerDatabase, DatabaseUnreachable, or what the embedded server says.
    """
    if settings.dsn:
        app_dsn = settings.app_dsn or as_app(settings.dsn)
        installation = Installation(settings, settings.dsn, app_dsn, _reader(settings, app_dsn))
        require_server(settings.dsn)
        if migrated and not installation.is_current():
            installation.require_known()
            raise NotMigrated(installation.version())
        if migrated and installation.is_moved():
            raise RestoredElsewhere
        yield installation
        return
    with embedded_postgres(settings.data / "postgresql") as server:
        installation = Installation(
            settings, server.owner_dsn, server.app_dsn, _reader(settings, server.app_dsn)
        )
        if migrated and (not installation.is_current() or installation.is_moved()):
            installation.migrate()
        yield installation


def _load_reference_data(session: Session) -> None:
    """Code lists and the plan are data: a corrected file corrects the rows, a second load changes nothing."""
    load_code_lists(session)
    load_plan(session)


def _reader(settings: Settings, app_dsn: str) -> str:
    return as_app(settings.read_dsn) if settings.read_dsn else app_dsn


def require_server(dsn: str) -> None:
    """Raises DatabaseUnreachable when nothing answers at this address."""
    try:
        psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS).close()
    except (psycopg.Error, UnicodeError) as error:
        raise DatabaseUnreachable(_first_line(error)) from error


def _first_line(error: BaseException) -> str:
    """The reason without the address: a DSN may hold a password."""
    return str(error).strip().split("\n", 1)[0].rsplit("failed: ", 1)[-1]


def _version(dsn: str) -> str | None:
    with psycopg.connect(dsn, connect_timeout=CONNECT_SECONDS) as connection:
        known = connection.execute("select to_regclass('public.alembic_version') is not null").fetchone()
        if known != (True,):
            return None
        row = connection.execute("select version_num from public.alembic_version").fetchone()
    return str(row[0]) if row else None
