"""`hub security-dossier`: what an assessor of NĐ 85/2016 asks for, in one file.

Settings without their secrets; who may do what, and which users hold it since when; the software's components
(CycloneDX); and each requirement with what shows it, or that it is to be confirmed (policies/evidence.toml).
"""

from __future__ import annotations

import argparse
import html
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

import policies
from hub.access.actor import Actor
from hub.audit.commands import record
from hub.cli.core import change, settings_of
from hub.cli.terminal import say
from hub.kit import clock
from hub.kit.errors import BadRequest
from hub.settings import Settings
from policies.law import in_force

_HERE = Path(policies.__file__).parent
_FORMS = (".md", ".html", ".json")
_SECRET = frozenset({"dsn", "app_dsn", "read_dsn", "smtp_url"})
_PACKAGE = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

_USERS = text("""
select u.name, u.full_name, u.is_service, u.disabled_at, g.role, a.code as agency, g.valid_from, g.valid_to,
       (select max(s.created_at) from web_session s where s.user_id = u.id) as last_signed_in,
       (select max(k.last_used_at) from access_token k where k.user_id = u.id) as last_used_key
  from app_user u
  left join role_grant g on g.user_id = u.id and (g.valid_to is null or g.valid_to > :today)
  left join agency a on a.id = g.agency_id
 order by u.name, g.role, a.code
""")


@dataclass(frozen=True)
class Requirement:
    """A requirement, and what shows it; `open` says why it is still to be confirmed."""

    vi: str
    en: str
    shown: tuple[str, ...] = ()
    open: str = ""

    @property
    def mark(self) -> str:
        """Shown, or to be confirmed."""
        return "đã chứng minh · shown" if self.shown else "cần xác nhận · to be confirmed"


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    dossier = commands.add_parser(
        "security-dossier", parents=[options], help="hồ sơ an toàn thông tin · the security dossier"
    )
    dossier.add_argument("--out", type=Path, required=True, metavar="FILE.md|.html|.json")
    dossier.set_defaults(run=write_dossier)


def write_dossier(arguments: argparse.Namespace) -> int:
    """Write the file. Raises BadRequest for another ending, NotPermitted for who does not read the policy."""
    out: Path = arguments.out
    if out.suffix not in _FORMS:
        raise BadRequest(
            f"Không rõ định dạng của «{out.name}». Hãy đặt đuôi .md, .html hoặc .json.",
            f'The form of "{out.name}" is not known. Let it end in .md, .html or .json.',
        )
    settings = settings_of(arguments)
    told = change(arguments, lambda session, actor: _asked(session, actor, settings))
    if out.suffix == ".json":
        content = json.dumps(told, ensure_ascii=False, indent=1, default=str)
    else:
        content = "\n".join(_lines(told)) + "\n"
        if out.suffix == ".html":
            content = _page(content)
    out.write_text(content, encoding="utf-8")
    say(f"đã ghi {out}", f"{out} is written")
    return 0


def _asked(session: Session, actor: Actor, settings: Settings) -> dict[str, Any]:
    actor.require("read", "policy", SimpleNamespace(id=None))
    record(session, actor, "policy:export", "policy", None, detail={"what": "security-dossier"})
    return gathered(session, settings)


def gathered(session: Session, settings: Settings) -> dict[str, Any]:
    """The dossier as plain data."""
    policy = in_force()
    users = session.execute(_USERS, {"today": clock.today()}).mappings()
    return {
        "made_at": clock.now().isoformat(),
        "policy_version": policy.version,
        "settings": redacted(settings),
        "rights": [
            {
                name: getattr(rule, name)
                for name in ("role", "resource", "action", "scope", "condition", "effect")
            }
            for rule in policy.rules
        ],
        "users": [dict(user) for user in users],
        "sbom": {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": {"type": "application", "name": "hub"}},
            "components": components(_lock()),
        },
        "requirements": [{**asdict(one), "mark": one.mark} for one in requirements()],
    }


def redacted(settings: Settings) -> dict[str, str]:
    """The settings as text, secrets not said: of a database only that there is one, of a provider no client secret."""
    told = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if field.name in _SECRET:
            told[field.name] = "–" if value is None else "(đã đặt, không nêu · set, not told)"
        elif field.name == "issuers":
            told[field.name] = ", ".join(f"{one.name}: {one.url}" for one in value)
        else:
            told[field.name] = str(value)
    return told


def requirements() -> list[Requirement]:
    """The requirements in the order of policies/evidence.toml."""
    found = tomllib.loads((_HERE / "evidence.toml").read_text(encoding="utf-8"))["requirement"]
    return [Requirement(**{**one, "shown": tuple(one.get("shown", ()))}) for one in found]


def components(lock: str) -> list[dict[str, Any]]:
    """The packages of a lock file as CycloneDX components, each with its hashes."""
    return [
        {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            "hashes": [{"alg": "SHA-256", "content": found} for found in _HASH.findall(rest)],
        }
        for name, version, rest in _PACKAGE.findall(lock)
    ]


def _lock() -> str:
    return (_HERE.parent / "requirements.lock").read_text(encoding="utf-8")


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield "# Hồ sơ an toàn thông tin · Security dossier"
    yield ""
    yield f"{told['made_at']}, luật phân quyền · policy {told['policy_version']}"
    yield from _table(
        "Yêu cầu và bằng chứng · Requirements and evidence",
        ("yêu cầu", "requirement", "", "bằng chứng · evidence"),
        [
            (one["vi"], one["en"], one["mark"], ", ".join(one["shown"]) or one["open"])
            for one in told["requirements"]
        ],
    )
    yield from _table("Cấu hình · Settings", ("", ""), list(told["settings"].items()))
    yield from _table(
        "Người dùng và vai trò · Users and roles",
        ("user", "role", "agency", "from", "until", "last sign-in", "last key", "disabled"),
        [
            (
                user["name"], user["role"], user["agency"], user["valid_from"], user["valid_to"],
                user["last_signed_in"], user["last_used_key"], user["disabled_at"],
            )
            for user in told["users"]
        ],
    )  # fmt: skip
    heads = ("role", "resource", "action", "scope", "condition", "effect")
    yield from _table("Quyền · Rights", heads, [tuple(rule.values()) for rule in told["rights"]])
    yield from _table(
        "Thành phần phần mềm · Software bill of materials (CycloneDX)",
        ("package", "version", "purl"),
        [(one["name"], one["version"], one["purl"]) for one in told["sbom"]["components"]],
    )


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(_cell(value) for value in row) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    told = value.isoformat(" ", "minutes") if isinstance(value, datetime) else str(value)
    return told.replace("|", "\\|")


def _page(markdown: str) -> str:
    """The same as a page that loads nothing."""
    body: list[str] = []
    for line in markdown.splitlines():
        if line.startswith("|---"):
            continue
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            told = "".join(
                f"<td>{html.escape(cell.strip().replace(chr(92) + '|', '|'))}</td>" for cell in cells
            )
            body.append(
                f"<tr>{told}</tr>" if body and body[-1].endswith("</tr>") else f"<table><tr>{told}</tr>"
            )
            continue
        if body and body[-1].endswith("</tr>"):
            body.append("</table>")
        level = len(line) - len(line.lstrip("#"))
        if line:
            words = html.escape(line.lstrip("# "))
            body.append(f"<h{level}>{words}</h{level}>" if level else f"<p>{words}</p>")
    if body and body[-1].endswith("</tr>"):
        body.append("</table>")
    style = (
        "body{font:15px serif;margin:2em auto;max-width:70em}"
        "td{border-top:1px solid;padding:.2em .5em;vertical-align:top;overflow-wrap:anywhere}"
    )
    head = f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Hồ sơ an toàn</title><style>{style}</style>'
    return head + "\n".join(body) + "</html>\n"
