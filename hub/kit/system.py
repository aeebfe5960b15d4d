"""What the hub needs of the operating system, and how to get it. Standard library only: it runs before setup.

WeasyPrint draws with Debian's pango, which no wheel brings to Linux; a báo cáo is set in a face with the
metrics of Times, which no wheel brings either.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

# Library to load -> Debian package that has it.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONT_PACKAGE = "fonts-liberation2"
# Faces with the widths of Times and every Vietnamese letter, best first.
TIMES_FACES = (
    "LiberationSerif-Regular.ttf",
    "Tinos-Regular.ttf",
    "texgyretermes-regular.otf",
    "times.ttf",
    "Times_New_Roman.ttf",
)
# The pages are tested in a real browser; Debian's package names the program alike. Playwright's wheel brings the
# node that drives it, but not the library that this node is linked to.
BROWSER_PACKAGE = "chromium"
DRIVER_LIBRARY, DRIVER_PACKAGE = "libatomic.so.1", "libatomic1"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_INSTALL = "HUB_NO_SYSTEM_PACKAGES"


def loads(library: str) -> bool:
    """Can the shared library be loaded here?"""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _font_folders() -> Iterator[Path]:
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    yield from (Path(home) / "fonts", Path(os.path.expanduser("~/.fonts")))
    yield from (Path("/usr/local/share/fonts"), Path("/usr/share/fonts"), Path("/Library/Fonts"))


def times_font() -> Path | None:
    """The regular face to set reports in, or None."""
    found: dict[str, Path] = {}
    for folder in _font_folders():
        for place, _, names in os.walk(folder):
            if os.path.basename(place) == "liberation":
                continue  # Debian's fonts-liberation is the first version, without Vietnamese letters
            for name in names:
                if name in TIMES_FACES:
                    found.setdefault(name, Path(place) / name)
    return next((found[name] for name in TIMES_FACES if name in found), None)


def missing_packages() -> list[str]:
    """Debian packages that a PDF needs and this machine lacks."""
    packages = [package for library, package in PDF_LIBRARIES.items() if not loads(library)]
    return packages if times_font() else [*packages, FONT_PACKAGE]


def browser() -> str | None:
    """The Chromium of this machine, or None."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def missing_for_browser() -> list[str]:
    """Debian packages that the tests of the pages need and this machine lacks."""
    packages = [] if browser() else [BROWSER_PACKAGE]
    return packages if loads(DRIVER_LIBRARY) else [*packages, DRIVER_PACKAGE]


def install_command(packages: Sequence[str]) -> str:
    """What a person types to install the packages."""
    return "apt-get install -y --no-install-recommends " + " ".join(packages)


def _prefix() -> list[str] | None:
    """How we may run apt-get: as we are, through sudo without a password, or (None) not at all."""
    if os.environ.get(NO_INSTALL) or shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def may_install() -> bool:
    """May we install Debian packages without asking anybody?"""
    return _prefix() is not None


def install(packages: Sequence[str]) -> str | None:
    """Install Debian packages; returns None, or the last line of what went wrong. Ask `may_install` first."""
    prefix = _prefix()
    if prefix is None:
        return "apt-get is not available to this user"
    quiet = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-o",
        "DPkg::Lock::Timeout=300",
    ]
    # The lists of a fresh machine are empty; old ones are no reason to stop.
    subprocess.run([*quiet, "update"], capture_output=True, check=False)
    done = subprocess.run(
        [*quiet, "install", "-y", "--no-install-recommends", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return None
    return ((done.stderr or done.stdout).strip().splitlines() or ["apt-get failed"])[-1]
