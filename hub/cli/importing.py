"""`hub import`: records from files."""

from __future__ import annotations

import argparse
from typing import Any

from hub.cli.core import agency_code, changed, existing
from hub.importers import command
from hub.importers.outcome import ImportResult
from hub.records.word_index import merge_words


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    parser = commands.add_parser("import", parents=[options], help="nhập hồ sơ từ tệp · records from files")
    command.add_arguments(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import files or folders, one transaction each."""
    with existing(arguments) as installation, installation.seam() as seam:
        arguments.agency = seam.read_now(lambda session: agency_code(session, arguments.agency))

        def change(work: command.Work) -> ImportResult:
            return changed(arguments, seam, work)

        code = command.run(arguments, change)
        if not arguments.dry_run:
            seam.change_now(merge_words)
        return code
