"""What goes wrong on a machine is one line that says what to do; never a stack trace."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import psycopg
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


def test_a_database_of_a_newer_hub_is_left_as_it_is(
    hub: Run, monkeypatch: pytest.MonkeyPatch, fresh_database: Callable[[], str]
) -> None:
    dsn = fresh_database()
    monkeypatch.setenv("HUB_DSN", dsn)
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("update alembic_version set version_num = 'tomorrow'")
        for command in (("kpi", "--as-of", "2025-06-30"), ("migrate",)):
            code, _, said = hub(*command)
            assert (code, "newer than this code" in said, len(said.splitlines())) == (1, True, 1), said
        assert owner.execute("select version_num from alembic_version").fetchall() == [("tomorrow",)]


def test_a_data_folder_that_cannot_be_made(hub: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HUB_DSN")
    (tmp_path / "file").write_text("")
    code, _, said = hub("migrate", "--data", str(tmp_path / "file"))
    assert (code, "--data" in said, len(said.splitlines())) == (1, True, 1)


@pytest.mark.parametrize(
    "words",
    [
        ("kpi", "--as-of", "2025-06-30"),
        ("report", "--period", "2025-06-30", "--out", "bao-cao.html"),
        ("user",),
        ("user", "create", "an", "--full-name", "An"),
        ("token", "create", "--user", "operator"),
        ("explain", "operator", "read", "Agency:1"),
        ("import", "nothing.csv", "--agency", "A"),
    ],
)
def test_a_mistyped_data_folder_is_no_empty_city(
    hub: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    monkeypatch.delenv("HUB_DSN")
    monkeypatch.chdir(tmp_path)
    for data in (tmp_path / "mistyped", tmp_path):
        code, shown, said = hub(*words, "--data", str(data))
        assert (code, shown, len(said.splitlines())) == (2, "", 1)
        assert all(name in said for name in ("--data", "hub demo", "hub migrate"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "vietnamese", "english"),
    [
        (("report", "--out", "x.pdf"), "thiếu --period", "are required: --period"),
        (("kpi", "--as-of"), "--as-of: thiếu giá trị", "expected one argument"),
        (("kpi", "--as-of", "2025-06-30", "--format", "xml"), "không có 'xml'", "invalid choice: 'xml'"),
        (("kpi", "--as-of", "2025-06-30", "--nothing"), "không nhận --nothing", "unrecognized arguments"),
        (("demo", "--port", "x"), "giá trị 'x' không hợp lệ", "invalid int value: 'x'"),
        (("demo", "--items", "0"), "phải lớn hơn 0", "must be more than 0"),
        (("nothing",), "không có 'nothing'", "invalid choice: 'nothing'"),
        ((), "thiếu COMMAND", "are required: COMMAND"),
        (("token",), "thiếu ACTION", "are required: ACTION"),
    ],
)
def test_a_command_that_cannot_be_read_is_one_line_in_both_languages(
    hub: Run, words: tuple[str, ...], vietnamese: str, english: str
) -> None:
    code, shown, said = hub(*words)
    assert (code, shown, len(said.splitlines())) == (2, "", 1)
    assert vietnamese in said
    assert english in said
    assert "--help" in said


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


def test_the_check_says_at_once_that_its_server_is_away(hub: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options that come first are pytest's, and nothing of them is needed to see that nobody answers."""
    monkeypatch.setenv("HUB_DSN", "postgresql://nobody@127.0.0.1:1/nothing")
    code, out, err = hub("test", "-q", "-x")
    assert (code, out) == (1, "")
    assert "HUB_DSN" in err.splitlines()[-1]
    assert "Traceback" not in err
