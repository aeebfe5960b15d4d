"""Settings are exact: a name or a value nobody knows stops the start."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from hub.settings import Hours, UnknownSetting, load


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
    ("name", "value"),
    [
        ("HUB_PROFILE", "test"),
        ("HUB_LOG_FORMAT", "xml"),
        ("HUB_NO_SUCH", "1"),
        ("HUB_ADMIN_CIDRS", "10.0.0.1/8"),
        ("HUB_ADMIN_HOURS", "7 to 18"),
        ("HUB_ADMIN_HOURS", "07:30+07:00-18:00"),
        ("HUB_ADMIN_HOURS", "08:00-08:00"),
        ("HUB_ADMIN_PORT", "no"),
        ("HUB_ADMIN_PORT", "70000"),
        ("HUB_NIGHTLY_AT", "02:00+07:00"),
    ],
)
def test_what_nobody_knows_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(UnknownSetting, match=name):
        load({name: value}, data=tmp_path)


def test_where_and_when_administration_is_open(tmp_path: Path) -> None:
    told = {
        "HUB_ADMIN_CIDRS": "10.20.0.0/16, fd00::/8",
        "HUB_ADMIN_HOURS": "07:30 - 18:00",
        "HUB_ADMIN_PORT": "8443",
    }
    settings = load(told, data=tmp_path)
    assert settings.admin_cidrs == ("10.20.0.0/16", "fd00::/8")
    assert settings.admin_hours == Hours(time(7, 30), time(18))
    assert settings.admin_port == 8443


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_SMTP_URL", "mail.example.vn:587"),
        ("HUB_SMTP_URL", "https://u:s3cret@mail.example.vn"),
        ("HUB_SMTP_URL", "smtp://u:s3cret@mail.example.vn:port"),
        ("HUB_SMTP_TLS", "maybe"),
        ("HUB_MAIL_FROM", "Sở Nội vụ"),
        ("HUB_MAIL_FROM", "a@b.vn\nBcc: c@d.vn"),
    ],
)
def test_a_mail_server_that_is_none_stops_the_start_and_no_password_is_said(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(UnknownSetting) as found:
        load({name: value}, data=tmp_path)
    assert name in found.value.message_vi
    assert "s3cret" not in found.value.message_vi + found.value.message_en
