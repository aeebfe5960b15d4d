"""The face of a report is found by what it can draw, not by its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

from reports import fonts


def test_an_older_face_of_the_same_name_does_not_hide_the_one_that_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = fonts.times_face()
    if face is None:
        pytest.skip("this machine has no font with Times metrics")
    older, newer = tmp_path / "fonts" / "a", tmp_path / "fonts" / "b"
    for folder in (older, newer):
        folder.mkdir(parents=True)
    for file in face.files:
        shutil.copy(file, newer / file.name)
        with TTFont(file) as font:
            subsetter = Subsetter()
            subsetter.populate(text="abc")
            subsetter.subset(font)
            font.save(older / file.name)
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "none"))
    fonts.times_face.cache_clear()
    try:
        found = fonts.times_face()
        assert found is not None
        assert {file.parent for file in found.files} == {newer}
    finally:
        fonts.times_face.cache_clear()
