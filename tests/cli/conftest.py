"""The command line over a small demo city."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from hub.cli import main
from tests.http.conftest import City, city

__all__ = ["City", "city"]

Run = Callable[..., tuple[int, str, str]]
HubIn = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """What a command ended with and said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def hub_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> HubIn:
    """Runs one command in this process, its settings set."""

    def run(settings: Mapping[str, str], *words: str) -> Done:
        capsys.readouterr()
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            try:
                code = main(words)
            except SystemExit as stop:  # argparse's own
                code = int(stop.code or 0)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def hub(city: City, hub_in: HubIn, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command on the demo city; gives its exit code, standard output and standard error."""
    monkeypatch.setenv("HUB_DSN", city.owner_dsn)
    monkeypatch.setenv("HUB_TODAY", "2025-06-30")

    def run(*words: str) -> tuple[int, str, str]:
        done = hub_in({}, *words)
        return done.returncode, done.stdout, done.stderr

    return run
