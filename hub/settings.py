"""What an installation may set: environment variables `HUB_*`, and a file `hub.toml` in the data folder.

One frozen object, read once at start. A name nobody knows is an error: a mistyped setting that is silently
ignored is found on the day it was needed.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from hub.kit.errors import BadRequest

# Words that a setting takes, and no others.
CHOICES = {
    "profile": ("development", "production"),
    "log_format": ("json", "text"),
    "trusted_documents": ("off", "allow", "only"),
    "smtp_tls": ("starttls", "tls", "off"),
}
_SENDER = re.compile(r"([^<>@\n\r]* <)?[^@\s<>,;]+@[^@\s<>,;]+(?(1)>)")


class Hours(NamedTuple):
    """A span of each day in Hà Nội, its end not in it; one that ends before it begins goes over midnight."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Issuer:
    """An identity provider (OpenID Connect) that people and portals may sign in at.

    `url` is the `iss` of its tokens, exactly; `client_id` (and `client_secret`, where the hub is no public client)
    what it knows the hub's pages as; `audience` what tokens for the API are for; `clients`, when given, who may have
    asked for those. `name` stands in addresses, `label` on the button.
    """

    name: str
    url: str
    client_id: str = "hub"
    client_secret: str | None = None
    audience: str = "hub-api"
    label: str = ""
    clients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signer:
    """Who signs published reports: the person (role "person"), or the organ with its seal ("organ").

    `key` is a PKCS#12 file, or `module` the library of a device (PKCS#11) with `token` and `label` of the
    certificate in it; `secret` a file with the passphrase or PIN; `picture` a PNG, without one nothing is seen.
    """

    role: str
    key: Path | None = None
    module: Path | None = None
    token: str | None = None
    label: str | None = None
    secret: Path | None = None
    picture: Path | None = None


@dataclass(frozen=True)
class Settings:
    """Settings of one installation. Names in the environment: `HUB_` and the field in capitals.

    `dsn`: a real PostgreSQL (15 or newer) by a role that owns the tables; without it the embedded one in `data`.
    `app_dsn`: login of the application there; without it the application drops to role hub_app after login.
    `read_dsn`: a streaming replica for reads. Times are milliseconds, sizes bytes.
    `allowed_origins`: pages on other origins that may ask with a key of their own, exact (https://tracuu.example.vn).
    `public_url`: where people reach the hub (https://luutru.example.vn), for sign-in links; https makes cookies secure.
    `log_format`: json, a line for each event of a server, or text.
    `requests_per_minute`, `cost_per_minute`: of one key, or of a user with a session; `anonymous_…`: of one address.
    `trusted_documents`: whether operations may be named by id (off, allow), and whether those without a key of their
    own, and pages of portals, may ask nothing else (only).
    `trusted_proxies`: addresses whose X-Forwarded-For and X-Forwarded-Proto are believed.
    `nightly_at`: when the nightly work begins in Hà Nội (02:00).
    `remind_at`: when agencies are reminded of their returns (07:30, on working days). `smtp_url`: the server that takes
    mails (smtp://user:password@host:587; what is odd in the password %-encoded), without one they become files (.eml)
    in the folder `outbox` of `data`; `smtp_tls`: starttls, tls (a port like 465), off (a server on this machine);
    `mail_from`: who they are from ("Sở Nội vụ <luutru@example.vn>"). `mail_keep_days`: days after which a mail that
    went out loses its address and words, every night.
    `audit_key`: the private key that signs the audit's seals; `audit_heads`: where their heads are exported to, best on
    another machine (both in the folder `audit` of `data`).
    `session_idle`, `session_idle_admin`: minutes without a visit after which a session ends, of administrators sooner;
    `session_longest`: hours after which it ends in any case. `step_up_minutes`: how long a second factor counts.
    `password_length`, `password_kinds` (of small, capital, digit, other), `password_days` (0: without end): passwords.
    `sign_in_failures`, `sign_in_failures_address`, `sign_in_lock`: wrong guesses for one name, and from one address,
    within so many minutes, after which signing in rests for as many. `device_days`: how long a device stays enrolled.
    `api_key_days`: the longest life of a system's key.
    `admin_cidrs`, `admin_hours`, `admin_port`: networks from which, hours (07:30-18:00) within which, and the port on
    which alone users, grants, keys and the trail are administered; not set: from everywhere.
    `issuers`: identity providers, in `hub.toml` as `[[issuers]]`, in the environment as a JSON list.
    `signers`: who signs published reports, as `issuers` in form; `timestamp_url`: the authority (RFC 3161) that dates
    signatures; `trusted_roots`: a PEM file with the certificates that signatures must lead to and those between;
    `revocation_lists`: a folder of CRLs (*.crl, DER), without which they are fetched where certificates say.
    `report_signed_as`: quyền hạn and chức vụ under the city's report, a line each ("KT. GIÁM ĐỐC,PHÓ GIÁM ĐỐC").
    """

    data: Path = Path(".hub")
    dsn: str | None = None
    app_dsn: str | None = None
    read_dsn: str | None = None
    profile: str = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    pool_size: int = 8
    allowed_origins: tuple[str, ...] = ()
    today: date | None = None
    nightly_at: time = time(2)
    remind_at: time = time(7, 30)
    smtp_url: str | None = None
    smtp_tls: str = "starttls"
    mail_from: str = "hub@localhost.localdomain"
    mail_keep_days: int = 30
    statement_timeout: int = 5_000
    request_timeout: int = 20_000
    max_body: int = 256_000
    requests_per_minute: int = 1_200
    cost_per_minute: int = 600_000
    anonymous_requests_per_minute: int = 300
    anonymous_cost_per_minute: int = 60_000
    trusted_documents: str = "allow"
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    log_level: str = "info"
    log_format: str = "json"
    audit_key: Path | None = None
    audit_heads: Path | None = None
    session_idle: int = 30
    session_idle_admin: int = 15
    session_longest: int = 12
    step_up_minutes: int = 5
    password_length: int = 12
    password_kinds: int = 3
    password_days: int = 365
    sign_in_failures: int = 5
    sign_in_failures_address: int = 30
    sign_in_lock: int = 15
    device_days: int = 180
    api_key_days: int = 365
    admin_cidrs: tuple[str, ...] = ()
    admin_hours: Hours | None = None
    admin_port: int | None = None
    issuers: tuple[Issuer, ...] = ()
    report_signed_as: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    timestamp_url: str | None = None
    trusted_roots: Path | None = None
    revocation_lists: Path | None = None

    @property
    def address(self) -> str:
        """Where people reach the hub, without a slash at the end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def papers(self) -> Path:
        """Where the PDFs of published reports lie."""
        return self.data / "papers"

    @property
    def audit_key_file(self) -> Path:
        """Where the key of the audit's seals lies."""
        return self.audit_key or self.data / "audit" / "key.pem"

    @property
    def audit_heads_file(self) -> Path:
        """Where the heads of the audit's seals are exported to."""
        return self.audit_heads or self.data / "audit" / "heads.jsonl"

    def is_secure(self, scheme: str) -> bool:
        """Whether browsers speak https with the hub, here or at the proxy before it."""
        return scheme == "https" or self.address.startswith("https://")

    @property
    def is_development(self) -> bool:
        """Whether the IDE, introspection and GET are offered."""
        return self.profile == "development"


class UnknownSetting(BadRequest):
    """A setting that the hub does not have, or a value that does not fit."""

    def __init__(self, name: str, reason_vi: str, reason_en: str) -> None:
        super().__init__(
            f"Cấu hình {name}: {reason_vi}. Các tên hợp lệ: {_known()}.",
            f"Setting {name}: {reason_en}. Known names: {_known()}.",
        )


def _known() -> str:
    return ", ".join(f"HUB_{field.name.upper()}" for field in fields(Settings))


def load(environment: Mapping[str, str] | None = None, *, data: Path | None = None) -> Settings:
    """The settings from the environment, over those of `hub.toml` in the data folder. Raises UnknownSetting."""
    environment = os.environ if environment is None else environment
    given: dict[str, Any] = {
        name[4:].lower(): value for name, value in environment.items() if name.startswith("HUB_") and value
    }
    folder = data or Path(given.get("data", Settings.data))
    file = folder / "hub.toml"
    if os.path.isfile(file):  # False where the folder may not be entered, too
        given = {**tomllib.loads(file.read_text()), **given}
    given["data"] = folder.expanduser().resolve()
    return Settings(**{name: _value(name, value) for name, value in given.items()})


def _value(name: str, value: Any) -> Any:
    kinds = {field.name: str(field.type) for field in fields(Settings)}
    shown = f"HUB_{name.upper()}"
    if name not in kinds:
        raise UnknownSetting(shown, "không có cấu hình này", "there is no such setting")
    try:
        if kinds[name].startswith("int"):
            return _port(int(value)) if name in ("port", "admin_port") else int(value)
        if kinds[name].startswith("date"):
            return value if isinstance(value, date) else date.fromisoformat(value)
        if kinds[name].startswith("time"):
            return value if isinstance(value, time) else _time(value)
        if kinds[name].startswith("Path"):
            return Path(value).expanduser()
        if kinds[name].startswith("Hours"):
            opens, _, closes = str(value).partition("-")
            hours = Hours(_time(opens), _time(closes))
            if hours.opens == hours.closes:
                raise ValueError("hours that end when they begin are none, or all")
            return hours
        if name in _TABLES:
            told = json.loads(value) if isinstance(value, str) else value
            return tuple(_TABLES[name](one) for one in told)
        if kinds[name].startswith("tuple"):
            parts = tuple(value.split(",")) if isinstance(value, str) else tuple(value)
            if name == "admin_cidrs":
                return tuple(str(ipaddress.ip_network(part.strip())) for part in parts)
            return tuple(_origin(shown, part) for part in parts) if name == "allowed_origins" else parts
    except (ValueError, TypeError):
        raise UnknownSetting(
            shown, f"giá trị «{value}» không đúng kiểu", f'value "{value}" does not fit'
        ) from None
    if name == "smtp_url" and not _is_server(str(value)):  # never said: it may hold a password
        raise UnknownSetting(
            shown, "phải có dạng smtp://máy-chủ:cổng", "has the form smtp://user:password@host:port"
        )
    if name == "mail_from" and not _SENDER.fullmatch(str(value)):
        raise UnknownSetting(
            shown,
            f"«{value}» không phải địa chỉ thư, ví dụ Sở Nội vụ <luutru@example.vn>",
            f'"{value}" is no address',
        )
    words = CHOICES.get(name)
    if words and value not in words:
        raise UnknownSetting(shown, f"chỉ nhận {words}", f"must be one of {words}")
    return value


def _time(told: str) -> time:
    """A time of day in Hà Nội. Raises ValueError for one of another zone, which could be compared with none of ours."""
    found = time.fromisoformat(told.strip())
    if found.tzinfo is not None:
        raise ValueError("times are Hà Nội's")
    return found


def _port(number: int) -> int:
    if not 0 <= number < 65_536:
        raise ValueError("there is no such port")
    return number


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "smtp" and bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        return False


def _origin(shown: str, value: str) -> str:
    """An exact origin: a pattern or an address with a path would allow what nobody meant."""
    origin = value.strip().rstrip("/")
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}" or "*" in origin:
        raise UnknownSetting(
            shown,
            f"«{value}» không phải nguồn chính xác, ví dụ https://tracuu.example.vn",
            f'"{value}" is no exact origin, like https://tracuu.example.vn',
        )
    return origin


def _issuer(told: Any) -> Issuer:
    """One identity provider. Raises ValueError for what is none, TypeError for a name it does not have."""
    if isinstance(told, Issuer):
        return told
    issuer = Issuer(**{**told, "clients": tuple(told.get("clients", ()))})
    local = re.match(r"http://(localhost|127\.0\.0\.1|\[::1\])[:/]", issuer.url)
    if not re.fullmatch(r"[a-z0-9-]{1,40}", issuer.name) or not (issuer.url.startswith("https://") or local):
        raise ValueError("an issuer has a short name and an https address")
    return issuer


def _signer(told: Any) -> Signer:
    """One signer. Raises ValueError for what is none, TypeError for a name it does not have."""
    if isinstance(told, Signer):
        return told
    paths = ("key", "module", "secret", "picture")
    given: dict[str, Any] = {
        name: Path(one).expanduser() if name in paths else one for name, one in told.items()
    }
    signer = Signer(**given)
    if signer.role not in ("person", "organ") or (signer.key is None) == (signer.module is None):
        raise ValueError("a signer is a person or the organ, with a key in a file or in a device")
    return signer


_TABLES: dict[str, Callable[[Any], Any]] = {"issuers": _issuer, "signers": _signer}
