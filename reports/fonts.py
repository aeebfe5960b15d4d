"""Finds a typeface with the metrics of Times New Roman (NĐ 30/2020) that has every Vietnamese letter.

The family is named by us, from files found here, so that the system's own substitution never decides how
an official document looks. `hub doctor` asks `times_face()` as well.
"""

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAMILY = "Hub Serif"
PACKAGE = "fonts-liberation2"
PROBE = "ữẵợỷĐđ–”"

_STYLES = (("normal", "normal"), ("bold", "normal"), ("normal", "italic"), ("bold", "italic"))
_FACES = {
    "Liberation Serif": tuple(
        f"LiberationSerif-{style}.ttf" for style in ("Regular", "Bold", "Italic", "BoldItalic")
    ),
    "Tinos": tuple(f"Tinos-{style}.ttf" for style in ("Regular", "Bold", "Italic", "BoldItalic")),
    "Times New Roman": ("times.ttf", "timesbd.ttf", "timesi.ttf", "timesbi.ttf"),
    "Times New Roman (Debian)": tuple(
        f"Times_New_Roman{style}.ttf" for style in ("", "_Bold", "_Italic", "_Bold_Italic")
    ),
    "TeX Gyre Termes": tuple(
        f"texgyretermes-{style}.otf" for style in ("regular", "bold", "italic", "bolditalic")
    ),
}


@dataclass(frozen=True, slots=True)
class Face:
    """A found typeface: its name and its regular, bold, italic and bold italic files."""

    name: str
    files: tuple[Path, ...]

    def css(self) -> str:
        """The `@font-face` rules that give these files our own family name."""
        return "\n".join(
            f'@font-face{{font-family:"{FAMILY}";src:url("{path.as_uri()}");font-weight:{weight};font-style:{style}}}'
            for path, (weight, style) in zip(self.files, _STYLES, strict=True)
        )


@cache
def times_face() -> Face | None:
    """The first face, in order of preference, whose four files are there and draw Vietnamese; else None."""
    wanted = {name for files in _FACES.values() for name in files}
    holders = dict.fromkeys(
        path.parent for folder in _folders() for path in sorted(folder.rglob("*")) if path.name in wanted
    )
    for name, files in _FACES.items():
        # Folder by folder: Debian's older fonts-liberation has the same names and no Vietnamese letters.
        for holder in holders:
            paths = tuple(holder / file for file in files)
            if all(path.is_file() for path in paths) and all(draws(path, PROBE) for path in paths):
                return Face(name, paths)
    return None


def draws(path: Path, text: str) -> bool:
    """Whether the font has a glyph for every letter of the text, by its own table and not by its name."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        known = font.getBestCmap()
    return all(ord(letter) in known for letter in text)


def _folders() -> list[Path]:
    if sys.platform == "darwin":
        places = ["/Library/Fonts", "/System/Library/Fonts/Supplemental", "~/Library/Fonts"]
    elif os.name == "nt":
        places = [os.path.join(os.environ.get("WINDIR", ""), "Fonts")]
    else:
        shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        own = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        places = [f"{place}/fonts" for place in (own, *shared.split(":"))] + ["~/.fonts"]
    return [folder for place in places if (folder := Path(place).expanduser()).is_dir()]
