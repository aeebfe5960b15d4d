"""`hub audit …`: seal the trail, check it, prove one event of it, take its heads or its events elsewhere."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.queries import actor_for_user
from hub.audit.commands import record
from hub.audit.sealing import exports, heads, keys, proofs
from hub.audit.sealing.seals import seal_all
from hub.audit.sealing.verify import Verification, verify
from hub.cli.core import change, day, existing, settings_of
from hub.cli.terminal import as_json, say
from hub.kit.errors import BadRequest
from hub.settings import Settings

FAULTS = 3
SHOWN = 50


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The commands."""
    group = commands.add_parser(
        "audit", help="nhật ký và bằng chứng của nó · the audit trail and its evidence"
    )
    parts = group.add_subparsers(metavar="ACTION", required=True)

    def part(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = parts.add_parser(name, parents=[options], help=text)
        parser.set_defaults(run=run)
        return parser

    def key_option(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--key",
            type=Path,
            action="append",
            metavar="FILE.pub",
            help="khóa công khai tin cậy · a public key to trust (HUB_AUDIT_KEY's own)",
        )

    part("seal", seal, "niêm phong ngay · seal what is settled now")
    check = part("verify", verify_trail, "kiểm tra toàn bộ nhật ký · check the whole trail")
    key_option(check)
    check.add_argument("--heads", type=Path, metavar="FILE", help="niêm phong đã xuất · exported heads")
    check.add_argument(
        "--without-heads",
        action="store_true",
        help="không đối chiếu bản đã xuất · do not compare with exported heads",
    )
    prove = part("proof", prove_event, "chứng minh một sự kiện · prove one event")
    prove.add_argument("event", type=int, metavar="EVENT")
    prove.add_argument("--out", type=Path, metavar="FILE")
    checked = part(
        "check-proof", check_proof, "kiểm tra một chứng minh, không cần cơ sở dữ liệu · check a proof"
    )
    checked.add_argument("file", type=Path, metavar="FILE")
    key_option(checked)
    export = part("export", export_trail, "xuất niêm phong hoặc sự kiện · take heads or events elsewhere")
    export.add_argument("what", choices=("heads", "events"))
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--since", type=day, metavar="DATE", help="từ ngày · from this day")
    export.add_argument("--until", type=day, metavar="DATE", help="đến hết ngày · up to this day")


def seal(arguments: argparse.Namespace) -> int:
    """Seal what is settled, and export the heads."""
    settings = settings_of(arguments)
    with existing(arguments) as installation, installation.seam() as seam:

        def told(session: Session) -> None:
            actor = actor_for_user(session, arguments.acting)
            _require(actor, "verify")
            record(session, actor, "audit:seal")

        seam.change_now(told)
        made = seal_all(seam, settings.audit_key_file, settings.audit_heads_file)
    if arguments.json:
        print(as_json({"seals": made}))
    else:
        say(f"đã thêm {made} niêm phong", f"{made} seals made")
    return 0


def verify_trail(arguments: argparse.Namespace) -> int:
    """Check every event and every seal: 3 when something does not fit."""
    settings = settings_of(arguments)
    trusted = _keys(arguments, settings)
    outside = None
    if not arguments.without_heads:
        file = arguments.heads or settings.audit_heads_file
        outside = heads.read(file) if arguments.heads or file.exists() else []
    progress = _progress if sys.stderr.isatty() and not arguments.json else None
    with existing(arguments) as installation, installation.seam() as seam:

        def work(session: Session) -> Verification:
            session.execute(text("set transaction isolation level repeatable read"))
            _require(actor_for_user(session, arguments.acting), "verify")
            return verify(session, trusted, outside, progress)

        def told(session: Session) -> None:
            detail = {
                "events": found.events,
                "seals": found.seals,
                "faults": [
                    {"kind": one.kind, "seal": one.seal, "event": one.event} for one in found.faults[:SHOWN]
                ],
            }
            outcome = "success" if found.is_whole else "failure"
            actor = actor_for_user(session, arguments.acting)
            record(session, actor, "audit:verify", outcome=outcome, detail=detail)

        began = time.perf_counter()
        found = seam.change_now(work)
        seconds = time.perf_counter() - began
        seam.change_now(told)
    _tell(found, seconds, as_data=arguments.json)
    return 0 if found.is_whole else FAULTS


def prove_event(arguments: argparse.Namespace) -> int:
    """Write what an outsider needs to check one event."""

    def work(session: Session, actor: Actor) -> str:
        _require(actor, "export")
        proof = proofs.proof_of(session, arguments.event)
        record(session, actor, "audit:export", detail={"proof": arguments.event})
        return json.dumps(proof, ensure_ascii=False, indent=1) + "\n"

    written = change(arguments, work)
    if arguments.out is None:
        sys.stdout.write(written)
    else:
        arguments.out.write_text(written, "utf-8")
        say(f"đã ghi {arguments.out}", f"written: {arguments.out}")
    return 0


def check_proof(arguments: argparse.Namespace) -> int:
    """Check a proof with public keys alone; nothing is asked of any database."""
    trusted = _keys(arguments, settings_of(arguments))
    try:
        proof = json.loads(arguments.file.read_text("utf-8"))
    except ValueError as error:
        raise BadRequest(
            f"{arguments.file} không phải JSON ({error}). Hãy dùng tệp do hub audit proof ghi.",
            f"{arguments.file} is no JSON ({error}). Use a file written by hub audit proof.",
        ) from None
    proved = proofs.check(proof, trusted)
    if arguments.json:
        print(as_json(proved))
    else:
        said = json.dumps(proved["event"], ensure_ascii=False, indent=1)
        say(
            f"đúng: sự kiện thuộc niêm phong {proved['seal']} ({proved['sealedAt']})",
            f"it holds: the event is under seal {proved['seal']} ({proved['sealedAt']})",
        )
        print(said)
    return 0


def export_trail(arguments: argparse.Namespace) -> int:
    """Append the heads that a file does not hold yet, or write events of some days, a line of JSON each."""

    def work(session: Session, actor: Actor) -> int:
        _require(actor, "export")
        if arguments.what == "heads":
            written = heads.export(session, arguments.file)
        else:
            written = exports.write_events(session, arguments.file, arguments.since, arguments.until)
        detail = {"what": arguments.what, "lines": written, "file": arguments.file.name}
        record(session, actor, "audit:export", detail=detail)
        return written

    written = change(arguments, work)
    if arguments.json:
        print(as_json({"lines": written}))
    else:
        say(f"đã ghi {written} dòng vào {arguments.file}", f"{written} lines written to {arguments.file}")
    return 0


def _require(actor: Actor, action: str) -> None:
    actor.require(action, "audit", SimpleNamespace(id=None, agency_id=None, agent_id=None))


def _keys(arguments: argparse.Namespace, settings: Settings) -> keys.PublicKeys:
    own = keys.public_file(settings.audit_key_file)
    named = arguments.key or ([own] if own.exists() else [])
    return keys.public_keys(named)


def _progress(events: int) -> None:
    print(f"\r{events:,}", end="", file=sys.stderr, flush=True)


def _tell(found: Verification, seconds: float, *, as_data: bool) -> None:
    if as_data:
        print(
            as_json(
                {
                    "whole": found.is_whole,
                    "events": found.events,
                    "seals": found.seals,
                    "unsealed": found.unsealed,
                    "seconds": round(seconds, 3),
                    "declared": found.declared,
                    "faults": [vars(one) for one in found.faults],
                }
            )
        )
        return
    for note in found.declared:
        print(f"· {note}")
    for one in found.faults[:SHOWN]:
        print(f"✗ {one.message_vi} · {one.message_en}")
    if len(found.faults) > SHOWN:
        print(f"… +{len(found.faults) - SHOWN} (--json)")
    verdict = ("nhật ký nguyên vẹn", "the trail is whole")
    if not found.is_whole:
        verdict = (f"{len(found.faults)} điểm không khớp", f"{len(found.faults)} things do not fit")
    counts = f"{found.events:,}", f"{found.seals:,}", f"{found.unsealed:,}"
    say(
        "{}: {} sự kiện, {} niêm phong, {} chưa niêm phong".format(verdict[0], *counts),
        "{}: {} events, {} seals, {} not sealed yet".format(verdict[1], *counts),
    )
