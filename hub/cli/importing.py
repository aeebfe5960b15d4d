"""`hub import`: records from files."""

from __future__ import annotations

import argparse
from typing import Any

from hub.access.queries import actor_for_user
from hub.cli.core import settings_of
from hub.importers import command
from hub.importers.outcome import ImportResult
from hub.installation import opened


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    parser = commands.add_parser("import", parents=[options], help="nhập hồ sơ từ tệp · records from files")
    command.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import files or folders, one transaction each."""
    with opened(settings_of(arguments)) as installation, installation.seam() as seam:

        def change(work: command.Work) -> ImportResult:
            return seam.change_now(lambda session: work(session, actor_for_user(session, arguments.acting)))

        return command.run(arguments, change)
