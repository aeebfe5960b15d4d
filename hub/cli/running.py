"""`hub demo`, `serve`, `migrate`, `doctor`, `test`: setting up, running, looking."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from hub.cli.core import settings_of
from hub.cli.terminal import as_json, say
from hub.installation import opened


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The commands."""
    serve = commands.add_parser("serve", parents=[options], help="chạy máy chủ · run the server")
    serve.add_argument("--host", help="địa chỉ · address (HUB_HOST)")
    serve.add_argument("--port", type=int, help="cổng · port (HUB_PORT)")
    serve.set_defaults(run=run_server)
    migrate = commands.add_parser(
        "migrate", parents=[options], help="nâng cấp cơ sở dữ liệu · bring the database up to this version"
    )
    migrate.set_defaults(run=run_migrations)
    doctor = commands.add_parser(
        "doctor", parents=[options], help="máy này còn thiếu gì · what this machine lacks"
    )
    doctor.set_defaults(run=run_doctor)
    # No prefix of ours: options that come first, too, are pytest's.
    test = commands.add_parser(
        "test", help="kiểm tra toàn bộ · the whole check", add_help=False, prefix_chars="+"
    )
    test.set_defaults(run=run_check, acting=None, data=None, json=False)
    test.add_argument("arguments", nargs=argparse.REMAINDER)


def run_server(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; the database is looked at first, so that its absence is one line."""
    from hub.cli.serving import serve

    settings = settings_of(arguments)
    given = {name: value for name in ("host", "port") if (value := getattr(arguments, name)) is not None}
    settings = replace(settings, **given)

    def ready(url: str) -> None:
        if arguments.json:
            print(as_json({"graphqlUrl": url}), flush=True)
        else:
            say(f"đang phục vụ tại {url}", f"serving at {url}")

    with opened(settings):
        return serve(settings, ready)


def run_migrations(arguments: argparse.Namespace) -> int:
    """Bring the database to the version of this code, as the role that owns it."""
    with opened(settings_of(arguments), migrated=False) as installation:
        installation.migrate()
        version = installation.version()
    if arguments.json:
        print(as_json({"version": version}))
    else:
        say(f"cơ sở dữ liệu ở phiên bản {version}", f"the database is at version {version}")
    return 0


def run_doctor(arguments: argparse.Namespace) -> int:
    """Say what is there and what is missing."""
    from hub import doctor

    return doctor.run(settings_of(arguments), as_json=arguments.json)


def run_check(arguments: argparse.Namespace) -> int:
    """Run the whole check, or pytest with these arguments after the other steps."""
    from hub import check

    return check.run(arguments.arguments)
