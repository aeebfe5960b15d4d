"""What goes wrong on a machine is one line that says what to do; never a stack trace."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from hub.cli import entry
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("settings", "words", "code"),
    [
        ({"HUB_DSN": "postgresql://nobody:hunter2@127.0.0.1:1/nothing"}, "Check HUB_DSN", 1),
        ({"HUB_DSN": "this is no address"}, "Check HUB_DSN", 1),
        ({"HUB_PORTT": "8000"}, "there is no such setting", 2),
        ({"HUB_PORT": "eight"}, "does not fit", 2),
    ],
)
def test_settings_that_lead_nowhere(
    hub: Run, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: str, code: int
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    found, shown, said = hub("kpi", "--as-of", "2025-06-30")
    assert (found, shown) == (code, "")
    assert words in said
    assert "hunter2" not in said
    assert len(said.splitlines()) == 1


def test_a_database_of_another_version_is_not_used(
    hub: Run, monkeypatch: pytest.MonkeyPatch, server: object
) -> None:
    monkeypatch.setenv("HUB_DSN", server.dsn("template1"))  # type: ignore[attr-defined]
    code, _, said = hub("kpi", "--as-of", "2025-06-30")
    assert (code, "Run: hub migrate" in said) == (1, True)


def test_a_data_folder_that_cannot_be_made(hub: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HUB_DSN")
    (tmp_path / "file").write_text("")
    code, _, said = hub("user", "--data", str(tmp_path / "file"))
    assert (code, "--data" in said, len(said.splitlines())) == (1, True, 1)


def test_a_full_disk_is_told(hub: Run, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    with pytest.raises(OSError, match="No space") as caught:
        full.write_text("x" * 10_000)
    assert caught.value.errno == errno.ENOSPC
    assert entry._explain(caught.value) == 1


def test_the_unexpected_has_a_number_and_keeps_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry._explain(RuntimeError("hunter2")) == 1
    said = capsys.readouterr().err
    assert "hunter2" not in said
    kept = Path(said.rsplit(" in ", 1)[1].strip())
    assert "RuntimeError: hunter2" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
    kept.unlink()
