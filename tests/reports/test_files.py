"""A report is written in the form its suffix names; a machine that cannot print gets HTML and is told why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.kit.errors import Invalid
from reports.files import write_report
from tests.reports import samples

ROOT = Path(__file__).resolve().parents[2]
WRITE = """
import sys
from pathlib import Path
from reports.files import HtmlInstead, write_report
from tests.reports import samples
try:
    print(write_report(samples.report(3), Path(sys.argv[1])))
except HtmlInstead as error:
    print(error.message_vi)
    print(error.message_en)
    print(error.written)
    sys.exit(error.exit_code)
"""


def _write(out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WRITE, str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_html_is_written_by_its_suffix(tmp_path: Path) -> None:
    out = write_report(samples.report(3), tmp_path / "new" / "bao-cao.html")
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [path.name for path in out.parent.iterdir()] == ["bao-cao.html"]


def test_pdf_is_written_by_its_suffix(printer: None, tmp_path: Path) -> None:
    out = write_report(samples.report(3), tmp_path / "bao-cao.pdf")
    assert out.read_bytes().startswith(b"%PDF-1.7")


def test_a_workbook_is_written_by_its_suffix(tmp_path: Path) -> None:
    out = write_report(samples.report(3), tmp_path / "bao-cao.XLSX")
    assert out.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("name", ["bao-cao.docx", "bao-cao"])
def test_another_form_is_refused_by_name_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match=r"use \.pdf, \.html or \.xlsx") as refused:
        write_report(samples.report(3), tmp_path / name)
    assert name in refused.value.message_vi
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="simulates a missing library by LD_LIBRARY_PATH")
def test_without_pango_html_is_written_beside_and_one_line_names_the_command(tmp_path: Path) -> None:
    broken = tmp_path / "lib"
    broken.mkdir()
    for name in ("libgobject-2.0.so.0", "libpango-1.0.so.0"):
        (broken / name).write_bytes(b"")  # found first by the loader, and no library
    done = _write(tmp_path / "bao-cao.pdf", LD_LIBRARY_PATH=str(broken))
    assert done.returncode == 3, done.stderr
    said, english, written = done.stdout.splitlines()
    assert "apt-get install -y --no-install-recommends libpango-1.0-0" in said
    assert "apt-get install" in english
    assert Path(written) == tmp_path / "bao-cao.html"
    assert "72,41%" in Path(written).read_text(encoding="utf-8")
    assert not (tmp_path / "bao-cao.pdf").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="simulates missing fonts by the XDG folders")
def test_without_a_times_metric_font_html_is_written_too(printer: None, tmp_path: Path) -> None:
    done = _write(
        tmp_path / "bao-cao.pdf",
        XDG_DATA_DIRS=str(tmp_path),
        XDG_DATA_HOME=str(tmp_path),
        HOME=str(tmp_path),
    )
    assert done.returncode == 3, done.stderr
    assert "fonts-liberation2" in done.stdout
    assert (tmp_path / "bao-cao.html").exists()


def test_a_folder_that_cannot_be_written_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(OSError, match="taken"):
        write_report(samples.report(3), tmp_path / "taken" / "bao-cao.html")
