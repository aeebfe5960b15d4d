"""The command line over a small demo city."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.cli import main
from tests.http.conftest import City, city

__all__ = ["City", "city"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def hub(city: City, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command; gives its exit code, standard output and standard error."""
    monkeypatch.setenv("HUB_DSN", city.owner_dsn)
    monkeypatch.setenv("HUB_TODAY", "2025-06-30")

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as stop:  # argparse's own
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
