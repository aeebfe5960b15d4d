"""`hub worker`: what the hub does by itself, until it is told to stop or once."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from typing import Any

from hub.cli.core import existing
from hub.cli.figures import differences
from hub.cli.terminal import as_json, say
from hub.installation import Installation
from hub.kit.logs import start_log

DIFFERS = 3


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    worker = commands.add_parser(
        "worker", parents=[options], help="chạy việc nền · do the hub's own work, every night"
    )
    worker.add_argument(
        "--once", choices=("nightly", "remind"), help="chỉ chạy việc này, ngay bây giờ · do this now, and end"
    )
    worker.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop, or do one thing now: 3 when it finds figures that differ."""
    from hub.kit.jobs import work
    from hub.worker import forget, jobs, nightly, remind

    with existing(arguments) as installation, installation.seam() as seam:
        settings = installation.settings
        # One deed at a terminal is read by a person, a worker's log by a collector.
        start_log(settings.log_level, "text" if arguments.once else settings.log_format)
        if arguments.once is None:
            at = settings.nightly_at
            app = jobs(settings, installation.app_dsn, seam)
            work(
                app,
                lambda: say(
                    f"đang chạy việc nền, hằng đêm lúc {at:%H:%M}", f"working, at {at:%H:%M} nightly"
                ),
            )
            return 0
        if arguments.once == "remind":
            reminded = remind(seam, arguments.acting)
            if arguments.json:
                print(as_json(reminded))
            return 0
        forget(seam, settings, arguments.acting)
        made = nightly(seam, arguments.acting)
    if arguments.json:
        print(as_json({"compared": made.compared, "differences": made.differences}))
    elif made.differences:
        print(differences(made.differences))
    return DIFFERS if made.differences else 0


@contextlib.contextmanager
def beside(installation: Installation) -> Iterator[None]:
    """A worker in this process, for as long as the block lasts."""
    from hub.kit.jobs import working
    from hub.worker import jobs

    with installation.seam() as seam, working(jobs(installation.settings, installation.app_dsn, seam)):
        yield
