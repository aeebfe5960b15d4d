"""`hub import`: records from files."""

from __future__ import annotations

import argparse
from typing import Any


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command, once there are importers."""
