"""Settings are exact: a name or a value nobody knows stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.settings import UnknownSetting, load


def test_origins_are_exact(tmp_path: Path) -> None:
    told = {"HUB_ALLOWED_ORIGINS": "https://tracuu.example.vn, http://localhost:5173/"}
    settings = load(told, data=tmp_path)
    assert settings.allowed_origins == ("https://tracuu.example.vn", "http://localhost:5173")


@pytest.mark.parametrize(
    "origins", ["*", "https://*.example.vn", "tracuu.example.vn", "https://a.vn/path", "null", "https://"]
)
def test_a_pattern_is_no_origin(tmp_path: Path, origins: str) -> None:
    with pytest.raises(UnknownSetting):
        load({"HUB_ALLOWED_ORIGINS": origins}, data=tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("HUB_PROFILE", "test"), ("HUB_LOG_FORMAT", "xml"), ("HUB_NO_SUCH", "1")]
)
def test_what_nobody_knows_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(UnknownSetting, match=name):
        load({name: value}, data=tmp_path)
