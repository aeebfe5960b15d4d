"""`hub demo`: the whole hub on a believable city, in one command; a second run starts in seconds."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg

from hub.access.sessions import sign_in_address
from hub.cli.core import settings_of
from hub.cli.terminal import as_json, say, say_error
from hub.installation import Installation, opened
from hub.kit import system
from hub.settings import Settings, load


@dataclass(frozen=True)
class Ready:
    """What the demo tells at the end; addresses are None when nothing is served."""

    dsn: str
    sign_in: str
    tokens: Mapping[str, str]
    reports: tuple[Path, ...]
    items: int


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    demo = commands.add_parser("demo", parents=[options], help="thành phố mẫu · a believable city, served")
    demo.add_argument("--items", type=_number, metavar="N", help="số văn bản · how many items (20,000)")
    demo.add_argument("--port", type=int, help="cổng · port (HUB_PORT, 8000)")
    demo.add_argument("--no-serve", action="store_true", help="chỉ nạp dữ liệu · stop after loading")
    # The bootstrap acts on this one before Python's packages are there.
    demo.add_argument(
        "--no-system-packages", action="store_true", help="không cài gói hệ thống · install no system package"
    )
    demo.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare folder, database, city and reports; then serve, unless told not to. Raises AnotherDemo."""
    from hub.demo.folder import DemoFolder

    folder = DemoFolder(load(data=arguments.data).data)
    folder.prepare()
    settings = settings_of(arguments)
    if arguments.port is not None:
        settings = replace(settings, port=arguments.port)
    if settings.today is not None:
        os.environ["HUB_TODAY"] = settings.today.isoformat()
    with opened(settings, migrated=False) as installation:
        if not installation.is_current():
            installation.migrate()
        ready = _prepare(installation, folder, arguments.items)
        if arguments.no_serve:
            _tell(arguments, ready, None, settings)
            return 0
        from hub.cli.serving import serve
        from hub.cli.working import beside
        from hub.demo.issuer import at as local_issuer
        from hub.demo.people import link_to

        if settings.port:  # an issuer's address is fixed before the server has one
            issuer = local_issuer(settings.address)
            settings = replace(settings, issuers=(*settings.issuers, issuer))
            with installation.seam() as seam:
                seam.change_now(lambda session: link_to(session, issuer.url))
        with beside(installation):
            return serve(
                replace(settings, log_format="text"), lambda url: _tell(arguments, ready, url, settings)
            )


def _prepare(installation: Installation, folder: Any, wanted: int | None) -> Ready:
    """The loaded city, its keys and its two newest reports; what is there already is left as it is."""
    from hub.demo.load import DEFAULT_ITEMS, AnotherDemo, load_city, loaded_items, renew_tokens
    from hub.demo.people import leaders_link

    with installation.seam() as seam:
        there = seam.read_now(loaded_items)
        if there is not None and wanted not in (None, there):
            raise AnotherDemo(there, wanted or 0)
        items = there or wanted or DEFAULT_ITEMS
        tokens = folder.tokens() if there is not None else None
        if there is None:
            say(f"nạp thành phố mẫu: {items} văn bản", f"loading the demo city: {items} items")
            # A city is made, not entered by somebody; and COPY goes into no table under row-level security.
            with installation.owners_seam() as making:
                tokens = making.change_now(lambda session: load_city(session, items, _progress()))
            folder.keep_tokens(tokens)
            _tidy(installation.owner_dsn)
        elif tokens is None:
            say("không thấy khóa cũ, cấp khóa mới", "the old keys are gone, handing out new ones")
            tokens = seam.change_now(renew_tokens)
            folder.keep_tokens(tokens)
        reports = tuple(_reports(installation.settings, seam, folder))
        secret = seam.change_now(leaders_link)
    return Ready(installation.owner_dsn, secret, tokens or {}, reports, items)


def _reports(settings: Settings, seam: Any, folder: Any) -> Any:
    """The paths of the two newest half-year reports; HTML where this machine cannot print."""
    from hub.access.queries import actor_for_user
    from hub.demo.folder import PERIODS
    from reports.build import build_report
    from reports.files import HtmlInstead, write_report

    for period in PERIODS:
        written = folder.written_report(period)
        if written is None or (written.suffix == ".html" and not system.missing_packages()):
            say(f"lập báo cáo kỳ {period:%d/%m/%Y}", f"rendering the report of {period}")
            report = seam.read_now(
                lambda session, period=period: build_report(
                    session, actor_for_user(session), period=period, signed_as=settings.report_signed_as
                )
            )
            try:
                written = write_report(report, folder.report(period))
            except HtmlInstead as instead:
                say_error(instead)
                written = instead.written
        yield written


def _tidy(owner_dsn: str) -> None:
    """Let PostgreSQL know what it has been given: statistics, and pages that everybody may see."""
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")


def _progress() -> Callable[[str, int, int], None]:
    """A line every few seconds, not one for each step."""
    last = time.monotonic()

    def tell(what: str, done: int, whole: int) -> None:
        nonlocal last
        if done == whole or time.monotonic() - last > 5:
            last = time.monotonic()
            say(f"đã nạp {done}/{whole} ({what})", f"loaded {done} of {whole} ({what})")

    return tell


def _tell(arguments: argparse.Namespace, ready: Ready, url: str | None, settings: Settings) -> None:
    """Addresses, keys and reports: for people, or as one line of JSON."""
    from hub.demo.city import DISTRICT

    as_of = settings.today.isoformat() if settings.today else None
    bare = url.removesuffix("/graphql") if url is not None else None
    dashboard = sign_in_address(bare, ready.sign_in) if bare is not None else None
    if arguments.json:
        answer = {
            "graphqlUrl": url,
            "dashboardUrl": dashboard,
            "dsn": ready.dsn,
            "agencyCode": DISTRICT,
            "asOf": as_of,
            "tokens": ready.tokens,
            "reports": [str(path) for path in ready.reports],
        }
        print(as_json(answer), flush=True)
        return
    print(f"\nThành phố mẫu · demo city: {ready.items} văn bản · items, {as_of}, cơ quan · agency {DISTRICT}")
    print(f"PostgreSQL   {ready.dsn}")
    for path in ready.reports:
        print(f"báo cáo · report   {path}")
    print("\nKhóa theo vai trò · keys by role (Authorization: Bearer …)")
    for role, token in ready.tokens.items():
        print(f"  {role:16} {token}")
    if url is not None:
        print(f"\nTrang lãnh đạo · leadership page   {dashboard}")
        print(f"  (đăng nhập một lần · signs in once; số liệu đã công bố · published figures: {bare}/)")
        print(f"GraphQL   {url}   (mở bằng trình duyệt · open it in a browser; Ctrl+C: dừng · stop)")
    print(end="", flush=True)


def _number(text: str) -> int:
    number = int(text.replace("_", ""))
    if number < 1:
        raise argparse.ArgumentTypeError("phải lớn hơn 0 · must be more than 0")
    return number
