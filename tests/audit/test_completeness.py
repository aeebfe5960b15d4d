"""Nothing is done, and nothing refused, without an event: every mutation of the schema and every command is asked.

A mutation or a command that is added later is asked too, or this test says what it must be told of it.
"""

from __future__ import annotations

import argparse
import ast
import functools
import inspect
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type

from hub.cli.entry import main, parser
from hub.kit.ids import encode
from schema import build_schema
from tests.audit.watch import watching
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town

__all__ = ["anyio_backend", "ask", "town"]

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = sorted(build_schema()._schema.mutation_type.fields)  # type: ignore[union-attr]
# Asks nothing of the law: a second factor is one's own; its success and failures are told (hub/access).
OF_ONESELF = {"stepUp"}


# ---- a refused attempt at each mutation


def _value(town: Town, mutation: str, name: str, kind: Any) -> Any:
    """Something that fits, about a record that is there."""
    world, named = town.world, get_named_type(kind)
    if isinstance(kind, GraphQLNonNull):
        return _value(town, mutation, name, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_value(town, mutation, name, kind.of_type)]
    if isinstance(named, GraphQLEnumType):
        return next(iter(named.values))
    if isinstance(named, GraphQLInputObjectType):
        return _given(town, mutation, named)
    if named.name == "ID":
        rows: dict[str, Any] = {
            "fonds": world.fonds,
            "series": world.series,
            "file": world.file,
            "item": world.item,
        }
        rows |= {"agenc": world.a, "successor": world.b, "part": world.b, "user": world.user("clerk")}
        wanted = name.removesuffix("Id").lower() if name != "id" else mutation.lower()
        if name == "id" and "predecessor" in wanted:
            wanted = "agenc"
        row = next((row for word, row in rows.items() if word in wanted), None)
        if row is not None:
            return encode(type(row).__name__, row.id)
        types = {
            "grant": "RoleGrant",
            "delegation": "RoleGrant",
            "session": "Session",
            "apikey": "ApiKey",
            "job": "Job",
            "accesschange": "AccessChange",
            "attachment": "ReturnAttachment",
            "period": "ReportingPeriod",
            "report": "PublishedReport",
            "exclusion": "Exclusion",
            "return": "AgencyReturn",
        }
        return encode(next(kind for word, kind in types.items() if word in (wanted + mutation.lower())), 1)
    return {"Int": 1, "Date": "2025-06-30", "Boolean": True, "DateTime": "2099-01-01T00:00:00Z"}.get(
        named.name,
        "eA==",  # base64, too
    )


def _given(town: Town, mutation: str, kind: GraphQLInputObjectType) -> dict[str, Any]:
    return {
        name: _value(town, mutation, name, field.type)
        for name, field in kind.fields.items()
        if isinstance(field.type, GraphQLNonNull)
    }


@pytest.mark.anyio
async def test_a_refused_attempt_at_each_mutation_leaves_an_event(town: Town, ask: Ask) -> None:
    silent = []
    for name in MUTATIONS:
        if name in OF_ONESELF:
            continue
        kind = get_named_type(build_schema()._schema.mutation_type.fields[name].args["input"].type)  # type: ignore[union-attr]
        assert isinstance(kind, GraphQLInputObjectType)
        query = f"mutation($input: {kind.name}!) {{ {name}(input: $input) {{ __typename ... on Problem {{ code }} }} }}"
        before = len(town.denials())
        answer = await ask(query, role="finance", input=_given(town, name, kind))
        told = answer[name] if isinstance(answer, dict) else answer
        if len(town.denials()) != before + 1:
            silent.append((name, told))
    assert silent == []


# ---- a deed leads to an event


# Where deeds are done; elsewhere functions of the same name do other things.
_SLICES = ("access", "agencies", "records", "audit", "plan", "requests", "returns", "storage", "mutations")


@functools.cache
def _functions() -> dict[str, list[ast.AST]]:
    """Every function of the hub by its name."""
    found: dict[str, list[ast.AST]] = {}
    for path in (*ROOT.glob("hub/*/**/*.py"), *ROOT.glob("schema/mutations/**/*.py")):
        if path.parts[len(ROOT.parts) + 1] not in _SLICES:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.setdefault(node.name, []).append(node)
    return found


def _called(node: ast.AST) -> set[str]:
    names = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    passed = (one for call in ast.walk(node) if isinstance(call, ast.Call) for one in call.args)
    return {
        one.id if isinstance(one, ast.Name) else one.attr
        for one in (*names, *passed)
        if isinstance(one, ast.Name | ast.Attribute)
    }


# How every mutation runs: these write denials, which must not pass for the deed's own event.
_RUNNERS = {
    "do",
    "do_once",
    "do_and_read",
    "_or_problem",
    "denied",
    "_deny",
    "record_refusal",
    "change",
    "read",
}


def _records(start: ast.AST) -> bool:
    """Whether what is called from here, by name, comes to `record`."""
    seen, ahead = set(_RUNNERS), _called(start) - _RUNNERS
    while ahead:
        name = ahead.pop()
        if name == "record":
            return True
        seen.add(name)
        for function in _functions().get(name, ()):
            ahead |= _called(function) - seen
    return False


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_leads_to_an_event(name: str) -> None:
    field = build_schema()._schema.mutation_type.fields[name]  # type: ignore[union-attr]
    resolver = field.extensions["strawberry-definition"].base_resolver.wrapped_func
    assert _records(ast.parse(textwrap.dedent(inspect.getsource(resolver))))


def test_a_deed_without_an_event_would_be_found() -> None:
    assert not _records(ast.parse("do(info, lambda s, actor: commands.agency_of(s, actor, key_in(id)))"))
    assert _records(ast.parse("do(info, lambda s, actor: commands.close_file(s, actor, key_in(id)))"))


# ---- commands

# Words of each command that changes something, in order; {file} is a list to import, {key} and {hub} what came before.
CHANGES: tuple[tuple[str, str], ...] = (
    ("user create", "mai --full-name Mai"),
    ("user create", "lan --full-name Lan"),
    ("user update", "mai --full-name Mai.Hai"),
    ("user grant", "mai supervisor"),
    ("user delegate", "mai supervisor --to lan --until {until}"),
    ("user revoke", "lan supervisor"),
    ("user link", "mai"),
    ("user password-link", "mai"),
    ("user create", "son --full-name Son"),
    ("user grant", "son leader"),
    ("user device-link", "son"),
    ("token create", "--user mai"),
    ("token revoke", "{token}"),
    ("user disable", "lan"),
    ("user enable", "lan"),
    ("audit seal", ""),
    ("audit verify", ""),
    ("audit export", "heads {folder}/heads.jsonl"),
    ("security-dossier", "--out {folder}/dossier.md"),
    ("policy adopt", "--release"),
)
READS = {
    "user list", "user sessions", "key list", "document list", "explain", "policy show", "policy check",
    "audit check-proof", "doctor", "test", "kpi", "snapshot list", "snapshot check", "snapshot compare",
}  # fmt: skip
# Told elsewhere, or more than one command: the demo and the import by their events, the server by each request, the
# worker by its night, migrations by the epoch they may begin, the rest by the tests of their own; ending sessions or a
# second factor where there are none changes nothing.
ELSEWHERE = {
    "demo", "serve", "worker", "migrate", "import", "audit proof", "key create", "key rotate",
    "document register", "document retire", "report verify", "user sign-out", "user reset-second-factor",
    "user identity", "outbox retry", "outbox send", "report letter",
}  # fmt: skip


def _leaves(part: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[str]:
    groups = [action for action in part._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(path)
    for group in groups:
        for name, child in group.choices.items():
            yield from _leaves(child, (*path, name))


def test_every_command_is_known_to_change_or_only_to_read() -> None:
    known = {name for name, _ in CHANGES} | READS | ELSEWHERE
    assert set(_leaves(parser())) - known == set(), "say above what the command does to the audit trail"
    assert known - set(_leaves(parser())) == set()


def test_each_changing_command_leaves_an_event(
    fresh_database: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dsn = fresh_database()
    monkeypatch.setenv("HUB_DSN", dsn)
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    said = {"folder": str(tmp_path), "until": "2099-01-01", "token": ""}
    with watching(monkeypatch) as untold, psycopg.connect(dsn, autocommit=True) as connection:
        for command, words in CHANGES:
            before = connection.execute(
                "select count(*) from audit_event where outcome <> 'denied'"
            ).fetchone()
            code = main([*command.split(), *words.format(**said).split()])
            out = capsys.readouterr()
            assert code == 0, (command, out.err)
            if command == "token create":
                said["token"] = out.out.strip().rsplit("_", 1)[0]
            after = connection.execute(
                "select count(*) from audit_event where outcome <> 'denied'"
            ).fetchone()
            assert before != after, f"hub {command} left no event"
            assert untold == [], command


def test_a_refused_command_leaves_an_event(
    fresh_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dsn = fresh_database()
    monkeypatch.setenv("HUB_DSN", dsn)
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    main(["user", "create", "mai", "--full-name", "Mai"])
    assert main(["user", "create", "lan", "--full-name", "Lan", "--as", "mai"]) == 2
    with psycopg.connect(dsn) as connection:
        told = connection.execute(
            "select e.event_type, u.name, e.reason, e.detail from audit_event e join app_user u on u.id = e.agent_id"
            " where e.outcome = 'denied'"
        ).fetchall()
    assert told == [("user:create", "mai", "NOT_PERMITTED", {"command": "user"})]
