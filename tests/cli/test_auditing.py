"""`hub audit …`: seal, verify, prove and take elsewhere; what does not fit ends with 3."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cli.conftest import Done, HubIn

Run = Callable[..., Done]


@pytest.fixture
def dsn(fresh_database: Callable[[], str]) -> str:
    return fresh_database()


@pytest.fixture
def hub(dsn: str, tmp_path: Path, hub_in: HubIn) -> Run:
    return partial(hub_in, {"HUB_DSN": dsn, "HUB_DATA": str(tmp_path / "data")})


_SEAL = "select n from audit_seal where %s = any(event_ids)"


def _json(done: Done) -> Any:
    return json.loads(done.stdout)


def test_a_trail_is_sealed_verified_proved_and_taken_elsewhere(hub: Run, dsn: str, tmp_path: Path) -> None:
    assert hub("user", "create", "nga", "--full-name", "Nguyễn Thị Nga").returncode == 0
    with psycopg.connect(dsn) as connection:
        [event] = connection.execute(
            "select id from audit_event where event_type = 'user:create'"
        ).fetchone() or (0,)
        # A transaction of any database of the server holds a seal back, and tests beside this one have theirs.
        while (sealed := connection.execute(_SEAL, [event]).fetchone()) is None:
            connection.execute("select pg_sleep(0.05)")  # leaves the processor to them
            connection.rollback()
            assert hub("audit", "seal").returncode == 0
    [seal] = sealed
    whole = hub("audit", "verify", "--json")
    assert (whole.returncode, _json(whole)["whole"], _json(whole)["faults"]) == (0, True, [])

    proof = tmp_path / "proof.json"
    assert hub("audit", "proof", str(event), "--out", str(proof)).returncode == 0
    key = tmp_path / "data" / "audit" / "key.pem.pub"
    proved = _json(hub("audit", "check-proof", str(proof), "--key", str(key), "--json"))
    assert (proved["event"]["type"], proved["event"]["id"]) == ("user:create", event)
    forged = tmp_path / "forged.json"
    forged.write_text(proof.read_text().replace("user:create", "user:delete"))
    refused = hub("audit", "check-proof", str(forged), "--key", str(key))
    assert refused.returncode == 2
    assert "does not hold" in refused.stderr

    heads, events = tmp_path / "heads.jsonl", tmp_path / "events.jsonl"
    assert _json(hub("audit", "export", "heads", str(heads), "--json"))["lines"] >= 1
    assert _json(hub("audit", "export", "heads", str(heads), "--json")) == {"lines": 0}
    assert hub("audit", "export", "events", str(events)).returncode == 0
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert {line["premis"]["eventOutcome"] for line in lines} == {"success"}
    assert json.loads(lines[0]["event"])["id"] == lines[0]["premis"]["eventIdentifier"]

    with psycopg.connect(dsn) as owner:
        owner.execute("alter table audit_event disable trigger audit_event_kept")
        owner.execute("update audit_event set reason = 'forged' where id = %s", [event])
        owner.execute("alter table audit_event enable always trigger audit_event_kept")
    found = hub("audit", "verify", "--heads", str(heads))
    assert found.returncode == 3
    assert f"Event {event} was edited (seal {seal})" in found.stdout
    with psycopg.connect(dsn) as connection:
        told = connection.execute(
            "select outcome, detail from audit_event where event_type = 'audit:verify' order by id desc limit 1"
        ).fetchone()
    assert told is not None
    assert told[0] == "failure"
    assert told[1]["faults"] == [{"kind": "EDITED", "seal": seal, "event": event}]  # type: ignore[index]


def test_who_may_not_verify_is_refused(hub: Run) -> None:
    hub("user", "create", "nga", "--full-name", "Nguyễn Thị Nga")
    for words in (("verify",), ("seal",), ("export", "heads", "x.jsonl"), ("proof", "1")):
        assert hub("audit", *words, "--as", "nga").returncode == 2
