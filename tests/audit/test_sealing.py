"""The trail proves itself: whatever is done to it afterwards is found, and where."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlmodel import Session

from hub.audit.sealing import heads, keys, proofs
from hub.audit.sealing.epochs import begin_epoch
from hub.audit.sealing.keys import KeyMissing
from hub.audit.sealing.merkle import EMPTY, climb, leaf, node, path, root
from hub.audit.sealing.seals import RestoredElsewhere, seal_next
from hub.kit.errors import BadRequest
from tests.audit.conftest import Trail

Three = tuple[Trail, list[int]]


def _seal_of(trail: Trail, event: int) -> int:
    with psycopg.connect(trail.dsn) as connection:
        [n] = connection.execute(
            "select n from audit_seal where %s = any(event_ids)", [event]
        ).fetchone() or (0,)
    return int(str(n))


# ---- the tree


def test_the_tree_is_that_of_rfc_9162() -> None:
    a, b, c = (leaf(text) for text in (b"a", b"b", b"c"))
    assert root([]) == EMPTY
    assert root([a]) == a
    assert root([a, b, c]) == node(node(a, b), c)


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_climbs_to_the_root(size: int) -> None:
    leaves = [leaf(bytes([number])) for number in range(size)]
    for place in range(size):
        assert climb(leaves[place], path(leaves, place)) == root(leaves)
        assert climb(leaf(b"forged"), path(leaves, place)) != root(leaves)


# ---- sealing


def test_a_whole_trail_is_found_whole(three: Three) -> None:
    trail, events = three
    trail.write("file:update")
    found = trail.verify()
    assert found.faults == []
    assert found.seals >= 3
    assert found.events >= len(events) + 1
    assert found.unsealed == 1
    assert trail.seal() == 1
    assert trail.seal() == 0


def test_a_seal_waits_for_a_transaction_that_still_runs(trail: Trail) -> None:
    with psycopg.connect(trail.dsn) as slow:
        slow.execute("insert into audit_event (event_type, outcome) values ('test:slow', 'success')")
        [late] = trail.write("file:create")  # committed, but after a transaction that is not
        assert trail.seal_once() == 0
        slow.commit()
    assert trail.seal() >= 1
    assert _seal_of(trail, late) >= _seal_of(trail, late - 1)
    assert trail.found() == []


def test_a_transaction_that_is_undone_leaves_no_gap(trail: Trail) -> None:
    with psycopg.connect(trail.dsn) as undone:
        undone.execute("insert into audit_event (event_type, outcome) values ('test:undone', 'success')")
        undone.rollback()
    trail.write("file:create")
    assert trail.seal() == 1
    assert trail.found() == []


def test_a_long_transaction_is_sealed_whole(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.audit.sealing.seals.MOST_EVENTS", 3)
    trail.write(*["item:create"] * 5)
    trail.write("file:update")
    assert trail.seal() == 2
    assert trail.found() == []


def test_the_key_is_made_once_for_its_owner_alone(trail: Trail) -> None:
    trail.write("file:create")
    trail.seal()
    assert stat.S_IMODE(trail.key.stat().st_mode) == 0o600
    before = trail.key.read_bytes()
    trail.write("file:update")
    trail.seal()
    assert trail.key.read_bytes() == before
    assert before not in trail.heads.read_bytes()


def test_a_lost_key_is_not_silently_replaced(three: Three) -> None:
    trail, _ = three
    trail.key.unlink()
    trail.write("file:update")
    with pytest.raises(KeyMissing, match="signed those before"):
        trail.seal()
    assert not trail.key.exists()


def test_heads_that_could_not_be_exported_follow_with_the_next(three: Three) -> None:
    trail, _ = three
    lines = trail.heads.read_bytes().splitlines(keepends=True)
    trail.heads.write_bytes(lines[0])
    trail.write("file:update")
    trail.seal()
    assert [head.n for head in heads.read(trail.heads)] == list(range(1, len(lines) + 2))


def test_the_application_cannot_say_when_or_in_which_transaction(trail: Trail) -> None:
    for column, value in (("at", "'2020-01-01'"), ("xid", "'5'"), ("epoch", "7")):
        with psycopg.connect(trail.dsn) as connection:
            connection.execute("set role hub_app")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(
                    f"insert into audit_event (event_type, outcome, {column}) values ('x:y', 'success', {value})"
                )


def _delete_without_triggers(dsn: str, table: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(f"delete from {table}")


@pytest.mark.parametrize("table", ["audit_event", "audit_seal", "audit_epoch"])
def test_nobody_rewrites_with_ordinary_triggers_off(three: Three, table: str) -> None:
    trail, _ = three
    # an owner who is no superuser cannot even switch them off
    with pytest.raises(psycopg.Error, match=r"kept as they were written|permission denied to set parameter"):
        _delete_without_triggers(trail.dsn, table)


# ---- tampering


def test_an_edited_event_is_found(three: Three) -> None:
    trail, events = three
    with trail.tampering() as owner:
        owner.execute("update audit_event set detail = '{}' where id = %s", [events[5]])
    assert trail.found() == [("EDITED", _seal_of(trail, events[5]), events[5])]


@pytest.mark.parametrize(
    "column",
    ["agency_id = 9", "agent_id = 9", "on_behalf_of = 9", "event_type = 'a:b'", "outcome = 'denied'", "reason = 'x'",
     "request_id = 'x'", "object_type = 'x'", "object_id = 1", "policy_version = 'x'", "client_ip = '10.0.0.1'",
     "at = at - interval '1 second'"],
)  # fmt: skip
def test_no_column_can_be_changed_unseen(three: Three, column: str) -> None:
    trail, events = three
    with trail.tampering() as owner:
        owner.execute(f"update audit_event set {column} where id = %s", [events[4]])
    assert trail.found() == [("EDITED", _seal_of(trail, events[4]), events[4])]


def test_a_deleted_event_is_found(three: Three) -> None:
    trail, events = three
    seal = _seal_of(trail, events[6])
    with trail.tampering() as owner:
        owner.execute("delete from audit_event where id = %s", [events[6]])
    assert trail.found() == [("DELETED", seal, events[6])]


def test_an_event_inserted_among_sealed_ones_is_found(three: Three) -> None:
    trail, events = three
    with trail.tampering() as owner:
        [forged] = owner.execute(
            "insert into audit_event (xid, at, event_type, outcome)"
            " select xid, at, 'file:forged', 'success' from audit_event where id = %s returning id",
            [events[1]],
        ).fetchone() or (0,)
    assert trail.found() == [("INSERTED", _seal_of(trail, events[1]), forged)]


def test_an_event_of_an_epoch_that_never_was_is_found(three: Three) -> None:
    trail, _ = three
    with trail.tampering() as owner:
        [forged] = owner.execute(
            "insert into audit_event (epoch, event_type, outcome) values (0, 'a:b', 'success') returning id"
        ).fetchone() or (0,)
    assert trail.found() == [("INSERTED", None, forged)]


def test_an_event_dated_back_before_it_was_sealed_is_found(three: Three) -> None:
    trail, _ = three
    with psycopg.connect(trail.dsn) as owner:
        [forged] = owner.execute(
            "insert into audit_event (at, event_type, outcome) values (now() - interval '1 day', 'a:b', 'success')"
            " returning id"
        ).fetchone() or (0,)
    trail.seal()
    assert trail.found() == [("BACK_DATED", _seal_of(trail, int(str(forged))), forged)]


def test_the_last_seals_removed_with_their_events_are_found_by_the_exported_heads(three: Three) -> None:
    trail, events = three
    last = _seal_of(trail, events[-1])
    with trail.tampering() as owner:
        owner.execute(
            "with cut as (delete from audit_seal where n >= %s returning from_xid)"
            " delete from audit_event where xid >= (select min(from_xid) from cut)",
            [last - 1],
        )
    assert trail.found(with_heads=False) == []
    assert trail.found() == [("TRUNCATED", last - 1, None)]


def test_a_seal_removed_from_the_middle_is_found(three: Three) -> None:
    trail, events = three
    middle = _seal_of(trail, events[5])
    with trail.tampering() as owner:
        owner.execute("delete from audit_seal where n = %s", [middle])
    kinds = {kind for kind, _, _ in trail.found()}
    assert kinds == {"SEALS_MISSING", "UNCOVERED", "TRUNCATED"}


def test_a_seal_made_anew_without_the_key_is_found(three: Three) -> None:
    """Whoever rewrites an event and seals the rest again cannot sign."""
    trail, events = three
    first = _seal_of(trail, events[0])
    with trail.tampering() as owner:
        owner.execute("update audit_event set reason = 'forged' where id = %s", [events[0]])
        owner.execute("delete from audit_seal where n >= %s", [first])
    forger = trail.key.with_name("forger.pem")
    while trail.seam.change_now(lambda session: seal_next(session, _forged(session, forger))) is not None:
        pass
    kinds = {kind for kind, _, _ in trail.found()}
    assert {"SEAL_UNSIGNED", "SEAL_REPLACED"} <= kinds


def _forged(session: Session, forger: Path) -> Path:
    if not forger.exists():
        keys._make(forger)
    return forger


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("events = events", None),
        ("at = at + interval '1 second'", "SEAL_EDITED"),
        ("note = 'nothing to see'", "SEAL_EDITED"),
        ("signature = set_byte(signature, 3, get_byte(signature, 3) # 1)", "SEAL_UNSIGNED"),
        ("hash = set_byte(hash, 3, get_byte(hash, 3) # 1)", "SEAL_EDITED"),
    ],
)
def test_an_edited_seal_is_found(three: Three, change: str, kind: str | None) -> None:
    trail, events = three
    seal = _seal_of(trail, events[5])
    with trail.tampering() as owner:
        owner.execute(f"update audit_seal set {change} where n = %s", [seal])
    found = {(kind, n) for kind, n, _ in trail.found()}
    assert ((kind, seal) in found) if kind else found == set()


def test_a_guard_switched_off_is_found(three: Three) -> None:
    trail, _ = three
    with psycopg.connect(trail.dsn) as owner:
        owner.execute("alter table audit_event disable trigger audit_event_kept")
        owner.execute("grant delete on audit_seal to hub_app")
    assert trail.found() == [("UNGUARDED", None, None)] * 2


def test_removed_heads_are_told(three: Three) -> None:
    trail, _ = three
    trail.heads.write_bytes(b"")
    assert trail.found() == [("HEADS_MISSING", None, None)]


# ---- another cluster


def test_a_restored_trail_goes_on_in_another_epoch_and_says_what_is_lost(three: Three) -> None:
    trail, events = three
    last = _seal_of(trail, events[-1])
    kept = trail.heads.read_bytes()
    trail.write("file:update")  # never sealed before the backup
    with trail.tampering() as owner:  # as a backup without the last seal, in another cluster
        owner.execute("update audit_epoch set system_identifier = 1")
        owner.execute(
            "with cut as (delete from audit_seal where n = %s returning from_xid, to_xid)"
            " delete from audit_event using cut where xid >= from_xid and xid < to_xid",
            [last],
        )
    with pytest.raises(RestoredElsewhere):
        trail.seal()
    from sqlalchemy import create_engine

    from hub.kit.db import sqlalchemy_url

    engine = create_engine(sqlalchemy_url(trail.dsn))
    with Session(engine) as session, session.begin():
        begin_epoch(session, trail.heads, "restored from backup")
    engine.dispose()
    trail.write("file:update")
    assert trail.seal() == 2  # what was left of the first epoch, then the new one
    found = trail.verify()
    assert found.faults == []
    assert found.declared == [f"epoch 2: restored from backup; exported seals up to {last} are not in it"]
    assert trail.heads.read_bytes().startswith(kept)


# ---- proofs


def _trusted(trail: Trail) -> keys.PublicKeys:
    return keys.public_keys([keys.public_file(trail.key)])


def test_a_proof_needs_the_public_key_alone(three: Three) -> None:
    trail, events = three
    for event in events:
        proof = trail.seam.read_now(lambda session, event=event: proofs.proof_of(session, event))
        proved = proofs.check(json.loads(json.dumps(proof)), _trusted(trail))
        assert (proved["event"]["id"], proved["seal"]) == (event, _seal_of(trail, event))


@pytest.mark.parametrize(
    "forge",
    [
        lambda proof: proof | {"event": proof["event"].replace("file:create", "file:delete")},
        lambda proof: proof | {"path": proof["path"][:-1]},
        lambda proof: proof | {"path": [["left", "00" * 32], *proof["path"][1:]]},
        lambda proof: proof | {"seal": proof["seal"].replace('"events":4', '"events":5')},
        lambda proof: proof | {"signature": "00" * 64},
    ],
)
def test_a_forged_proof_proves_nothing(
    three: Three, forge: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    trail, events = three
    proof = trail.seam.read_now(lambda session: proofs.proof_of(session, events[0]))
    forged = forge(proof)
    assert forged != proof
    with pytest.raises(proofs.NotProved):
        proofs.check(forged, _trusted(trail))


def test_a_proof_by_another_key_proves_nothing(three: Three, tmp_path: Path) -> None:
    trail, events = three
    proof = trail.seam.read_now(lambda session: proofs.proof_of(session, events[0]))
    keys._make(tmp_path / "other.pem")
    with pytest.raises(proofs.NotProved, match="no known key"):
        proofs.check(proof, keys.public_keys([tmp_path / "other.pem.pub"]))


def test_what_is_no_proof_is_said_so(three: Three) -> None:
    for wrong in ({}, {"path": 3}, {"path": [], "event": "x", "seal": "x", "signature": "zz"}):
        with pytest.raises(BadRequest, match="no proof"):
            proofs.check(wrong, _trusted(three[0]))


def test_an_unsealed_an_edited_and_an_absent_event_have_no_proof(three: Three) -> None:
    trail, events = three
    [young] = trail.write("file:update")
    with trail.tampering() as owner:
        owner.execute("update audit_event set reason = 'x' where id = %s", [events[3]])
    for event, code in ((young, "NOT_SEALED_YET"), (events[3], "NOT_PROVED"), (10**9, "UNKNOWN_EVENT")):
        with pytest.raises(proofs.HubError) as refused:
            trail.seam.read_now(lambda session, event=event: proofs.proof_of(session, event))
        assert refused.value.code == code


def test_the_folder_is_its_owners(trail: Trail) -> None:
    assert stat.S_IMODE(os.stat(trail.key.parent).st_mode) == 0o700
