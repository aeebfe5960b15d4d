"""Every test talks to a real PostgreSQL: the embedded one, or the server that HUB_DSN names.

The template is migrated once and named by a hash of what made it; each process of the run (xdist worker or
not) has a clone of it, and most tests roll back. A demo city is loaded once of each size, and cloned likewise.
Every process attaches to the server by itself, as any user of the hub would: the embedded server is shared by
design, and a test that needs no database starts none.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine
from sqlmodel import Session

import hub.models  # noqa: F401  every table, for what refers to it
from hub.demo.evidence import TODAY
from hub.demo.load import load_city
from hub.kit import db
from hub.kit.embedded import embedded_postgres
from reports.pdf import PdfUnavailable, check_printer
from tests.databases import ROOT, Maintenance, Server, city_name, cloned, guarding, kept, template_name
from tests.kpi.city import plan
from tests.records.world import settle

REAL_SERVER = pytest.StashKey[str | None]()
# Files that take longest, in whole or to set up.
LONGEST = tuple(
    f"tests/{name}"
    for name in (
        "contract/test_whole", "web/test_browser", "policies/test_faults", "contract/test_mutations",
        "contract/test_canary", "importers/test_shared_data", "mutations/test_refusals", "demo/", "audit/test_sealing",
        "http/test_failures", "cli/test_serving", "reports/",
    )
)  # fmt: skip

# Where each case of a test is much like the next: the whole check takes every third, HUB_EXAMPLES all of them.
IN_TURNS = (
    "tests/contract/",
    "tests/mutations/",
    "tests/audit/",
    "tests/http/",
    "tests/kpi/",
    "tests/web/test_pages",
    "tests/importers/test_parts",
    "tests/schema/reads/test_differential",
)

settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("hub")


def pytest_configure(config: pytest.Config) -> None:
    """Take HUB_DSN, and leave no setting of the surroundings to the code under test."""
    worker = getattr(config, "workerinput", None)
    config.stash[REAL_SERVER] = worker["hub_dsn"] if worker else os.environ.get("HUB_DSN")
    # HUB_EXAMPLES is the tests' own: how many random questions they ask.
    for name in [name for name in os.environ if name.startswith("HUB_") and name != "HUB_EXAMPLES"]:
        del os.environ[name]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files first, so that no process is left alone with one at the end; of many cases every third."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    if "HUB_EXAMPLES" in os.environ or config.args != config.getini("testpaths"):
        return
    left, cases = set(), Counter[str]()
    for item in items:
        name, _, case = item.nodeid.partition("[")
        if case and name.startswith(IN_TURNS) and cases[name] % 3:
            left.add(item)
        cases[name] += 1
    config.hook.pytest_deselected(items=list(left))
    items[:] = [item for item in items if item not in left]


def pytest_collection_finish() -> None:
    """What is imported by now stays; to look through it for garbage again and again takes a seventh of the time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's workers inherit an environment without it."""
    node.workerinput["hub_dsn"] = node.config.stash[REAL_SERVER]


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The server of this run."""
    with contextlib.ExitStack() as stack:
        if dsn := pytestconfig.stash[REAL_SERVER]:
            yield Server(dsn, real=True)
        else:
            embedded = stack.enter_context(embedded_postgres(ROOT / ".cache" / "tests", fast=True))
            yield Server(embedded.dsn("postgres"), real=False)


@pytest.fixture(scope="session")
def guard(server: Server) -> Iterator[Maintenance]:
    """The connection whose advisory locks say which test databases are in use."""
    with guarding(server) as connection:
        yield connection


@pytest.fixture(scope="session")
def template(server: Server, guard: Maintenance) -> Iterator[str]:
    """The migrated database."""

    def fill(dsn: str) -> str:
        from hub.migrate import upgrade

        upgrade(dsn)
        return "migrated"

    with kept(server, guard, template_name(), "template0", fill) as name:
        yield name


@pytest.fixture(scope="session")
def clone(
    server: Server, guard: Maintenance, template: str
) -> Callable[[], contextlib.AbstractContextManager[str]]:
    """Makes a database from the template and drops it on leaving; yields its address as the owner."""
    return lambda: cloned(server, guard, template)


Prepared = Callable[..., contextlib.AbstractContextManager[tuple[str, str]]]


@pytest.fixture(scope="session")
def prepared(server: Server, guard: Maintenance, template: str) -> Iterator[Prepared]:
    """Makes a database in which a beginning shared by many tests is committed; yields its address as the owner, and
    what `fill` said of it. The beginning is made once, by `fill` on a copy of the template, and then cloned."""
    with contextlib.ExitStack() as stack:
        made: set[str] = set()

        @contextlib.contextmanager
        def make(name: str, fill: Callable[[str], str]) -> Iterator[tuple[str, str]]:
            source = city_name(name)
            if source not in made:
                stack.enter_context(kept(server, guard, source, template, fill))
                made.add(source)
            [(said,)] = guard.execute(
                "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [source]
            )
            with cloned(server, guard, source) as dsn:
                yield dsn, str(said)

        yield make


@dataclass(frozen=True)
class DemoCity:
    """A database with a demo city in it, its address as the owner, and a key for each role."""

    owner_dsn: str
    tokens: dict[str, str]


Cities = Callable[..., contextlib.AbstractContextManager[DemoCity]]


@pytest.fixture(scope="session")
def cities(prepared: Prepared) -> Cities:
    """Makes a database with a demo city of so many items, as loaded on a day: that of the demo, or `on`."""

    @contextlib.contextmanager
    def make(items: int, on: date = TODAY) -> Iterator[DemoCity]:
        with prepared(f"{items}_{on:%Y%m%d}", lambda dsn: _load_city(dsn, items, on)) as (dsn, tokens):
            yield DemoCity(dsn, json.loads(tokens))

    return make


def _load_city(dsn: str, items: int, on: date) -> str:
    engine = create_engine(db.sqlalchemy_url(dsn))
    with pytest.MonkeyPatch.context() as patch, Session(engine) as session, session.begin():
        patch.setenv("HUB_TODAY", on.isoformat())
        tokens = load_city(session, items)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("vacuum analyze")
    engine.dispose()
    return json.dumps(tokens)


@pytest.fixture(scope="session")
def database_url(clone: Callable[[], contextlib.AbstractContextManager[str]]) -> Iterator[str]:
    """This process's own migrated database, as its owner. Tests that use it roll back what they do."""
    with clone() as dsn:
        yield dsn


def as_app(owner_url: str) -> str:
    """The same database as the application's role, which owns nothing; as in production, no login of its own."""
    return db.as_app(owner_url)


@pytest.fixture(scope="session")
def app_url(database_url: str) -> str:
    """This process's database as the application sees it: by a role that owns nothing."""
    return as_app(database_url)


@pytest.fixture
def fresh_database(
    clone: Callable[[], contextlib.AbstractContextManager[str]],
) -> Iterator[Callable[[], str]]:
    """Makes databases of the test's own, for tests that commit; `as_app(url)` is the application's way."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(clone())


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """SQLAlchemy's engine on this process's database, as the owner."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def settled_engine(prepared: Prepared) -> Iterator[Engine]:
    """The same on a database in which the small city of tests/records/world.py lives."""
    with prepared("settled", settle) as (dsn, _):
        engine = create_engine(db.sqlalchemy_url(dsn))
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def planned_engine(prepared: Prepared) -> Iterator[Engine]:
    """The same on a database under Kế hoạch 67."""
    with prepared("planned", plan) as (dsn, _):
        engine = create_engine(db.sqlalchemy_url(dsn))
        yield engine
        engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session as the owner; whatever the test does, commits included, is rolled back afterwards."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture(scope="session")
def printer() -> None:
    """Skips the test on a machine without pango or a Times-metric font."""
    try:
        check_printer()
    except PdfUnavailable as error:
        pytest.skip(error.message_en)
