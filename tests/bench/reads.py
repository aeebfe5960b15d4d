"""The contract's screens: the hub, signed in and under the law, against the same screens written by hand."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from graphql import parse

from hub.access.actor import Actor
from hub.kit.ids import encode
from policies.enforcer import read_rules
from policies.law import Law
from policies.subject import Grant, Subject
from schema import build_schema
from schema.build import HubSchema
from schema.compiler import compile_operation
from schema.compiler.statement import Bindings
from tests.bench.servers import Client, Servers, resident, serving
from tests.bench.timing import interleaved

OPERATIONS = Path(__file__).parents[1] / "contract" / "operations"
ROLE = "officer"
_RARE = "query($text: String!) { items(filter: {text: $text}, first: 50) { %s nodes { id code subject number } } }"
RARE_WORD = "qzxkv"
RARE = {"a rare word": _RARE % "", "a rare word, counted": _RARE % "totalCount"}
# What a hand-written screen leaves out, or writes otherwise.
_NOT_COMPARED = ("viewerCan", "cursor", "endCursor", "pageInfo")


def text_of(name: str) -> str:
    """An operation of the contract; `Open…` is the same with open files only, of which no trace is written."""
    if name.startswith("Open"):
        text = text_of(name.removeprefix("Open")).replace("filter: {", "filter: { accessModes: [OPEN],")
        return text.replace("items(first: 10)", "items(first: 10, filter: { accessModes: [OPEN] })")
    return (OPERATIONS / f"{name}.graphql").read_text()


def screens(servers: Servers) -> dict[str, tuple[dict[str, Any], Any]]:
    """Each screen with its GraphQL variables and the one value that the hand-written one takes."""
    with psycopg.connect(servers.dsn) as connection:
        owned = "agency_id = (select id from agency where code = %s)"
        [file] = connection.execute(
            f"select id from file where {owned} and item_count between 20 and 60 order by id limit 1",
            [servers.agency],
        ).fetchone() or (0,)
        [fonds] = connection.execute(
            f"select id from fonds where {owned} order by id limit 1", [servers.agency]
        ).fetchone() or (0,)
    agency = {"agency": servers.agency}
    return {
        "FileScreen": ({"id": encode("ArchivalFile", file)}, str(file)),
        "FileList": (agency, servers.agency),
        "OpenFileList": (agency, servers.agency),
        "FilesWithItems": ({"fonds": encode("Fonds", fonds)}, str(fonds)),
        "FondsTree": (agency, servers.agency),
        "ItemPage": (agency, servers.agency),
        "FilePage": (agency, servers.agency),
        "OpenFilePage": (agency, servers.agency),
    }


def _same(left: Any, right: Any) -> bool:
    """Whether two answers agree in everything that both tell."""
    if isinstance(left, dict) and isinstance(right, dict):
        return all(_same(left[key], right[key]) for key in left if key not in _NOT_COMPARED)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def measure(servers: Servers) -> None:
    """Latency of each screen, the slope per row, memory after answers of 10,000 rows."""
    hub, hand = servers.hub(ROLE), servers.hand()
    print(
        f"\nscreens as {ROLE}, concurrency 1, p50 in ms hub   stream      hub      agg  hub/stream     hub/agg"
    )
    for name, (variables, value) in screens(servers).items():
        asked, by_hand = _body(query=text_of(name), variables=variables), _body(value=value)
        ours, theirs = hub.post("/graphql", asked), hand.post(f"/stream/{name}", by_hand)
        if not _same(json.loads(theirs), json.loads(ours)):
            raise RuntimeError(f"{name}: the two answers differ")
        times = ""
        ratios = ""
        for form in ("stream", "agg"):  # in pairs, so that neither is warm from the call before its own
            found = interleaved(
                {
                    "hub": lambda asked=asked: hub.post("/graphql", asked),  # type: ignore[misc]
                    form: lambda form=form, name=name, by_hand=by_hand: hand.post(f"/{form}/{name}", by_hand),  # type: ignore[misc]
                }
            )
            times += f"{found['hub']:9.2f}{found[form]:9.2f}"
            ratios += f"{found['hub'] / found[form]:12.2f}"
        print(f"  {name:29}{times}{ratios}   ({len(ours):,} bytes)")
    _trace(servers, hub)
    _slope(servers, hub, hand)
    _law(servers)
    _memory(servers)


def _trace(servers: Servers, hub: Client) -> None:
    """What the trace of restricted reads costs, which the hand-written server does not write: pages of as many rows,
    all open (nothing is written) and all restricted (one event), and the pages above hold what the agency has."""
    print("\nthe trace of restricted reads, p50 in ms     restricted     open   ratio")
    for name, rows in (("ItemPage", 10), ("ItemPage", 100), ("ItemPage", 1000)):
        text = text_of(name).replace("filter: {", "filter: { accessModes: [$access],")
        text = text.replace("!)", "!, $access: AccessMode!)", 1).replace("first: 1000", f"first: {rows}")
        asked = {
            access: json.dumps(
                {"query": text, "variables": {"agency": servers.agency, "access": access}}
            ).encode()
            for access in ("CONDITIONAL", "OPEN")
        }
        shown = {access: hub.post("/graphql", body).count(b'"subject"') for access, body in asked.items()}
        found = interleaved(
            {access: lambda body=body: hub.post("/graphql", body) for access, body in asked.items()}  # type: ignore[misc]
        )
        ratio = found["CONDITIONAL"] / found["OPEN"]
        print(f"  {name:43}{found['CONDITIONAL']:11.2f}{found['OPEN']:9.2f}{ratio:8.2f}   ({shown} rows)")


def _slope(servers: Servers, hub: Client, hand: Client) -> None:
    """What a root row more costs: a flat one, and one that brings ten of its own; of open records, then of any."""
    screened = screens(servers)
    print("\nslope, µs a root row              hub   stream      hub      agg  hub/stream     hub/agg")
    for screen, few, many in (("ItemPage", 10, 1000), ("FilesWithItems", 5, 200)):
        variables, value = screened[screen]
        for name in (f"Open{screen}", screen):
            query = _first_n(text_of(name)).replace("!)", "!, $n: Int!)", 1)
            slopes: dict[tuple[str, str], float] = {}
            for form in ("stream", "agg"):
                found = [
                    interleaved(
                        {
                            "hub": partial(
                                hub.post, "/graphql", _body(query=query, variables={**variables, "n": n})
                            ),
                            form: partial(hand.post, f"/{form}/{name}", _body(value=value, first=n)),
                        }
                    )
                    for n in (few, many)
                ]
                for one in ("hub", form):
                    slopes[one, form] = (found[1][one] - found[0][one]) / (many - few) * 1000
            times = "".join(
                f"{slopes['hub', form]:9.2f}{slopes[form, form]:9.2f}" for form in ("stream", "agg")
            )
            ratios = "".join(
                f"{slopes['hub', form] / slopes[form, form]:12.2f}" for form in ("stream", "agg")
            )
            print(f"  {name:25}{times}{ratios}")


def _first_n(text: str) -> str:
    """The query with as many root rows as `$n` says."""
    return re.sub(r"\bfirst: (?:1000|50)\b", "first: $n", text, count=1)


def _body(**given: Any) -> bytes:
    return json.dumps(given).encode()


@contextlib.contextmanager
def _rare_word(connection: psycopg.Connection[Any], agency_id: int) -> Iterator[str]:
    """A word that thirty documents of the agency have as long as the block lasts: the demo's own words are common."""
    with connection.transaction(force_rollback=True):
        connection.execute(
            "update item set subject = subject || ' ' || %s"
            " where id in (select id from item where agency_id = %s order by id limit 30)",
            [RARE_WORD, agency_id],
        )
        yield RARE_WORD


def _law(servers: Servers) -> None:
    """The hub's own statement with the law's conditions and without any, on one connection."""
    schema = build_schema()
    kinds = "fonds|series|file|item|agency|digital|transfer|codelist"
    free = Law({}, read_rules(f"p, role:anyone, {kinds}, read|update|create|close|reopen|submit|accept|return|move|list, any, always, allow"))  # fmt: skip # noqa: E501
    with psycopg.connect(servers.dsn, autocommit=True) as connection:
        connection.execute("set jit = off")
        agencies: dict[int, int | None] = dict(
            connection.execute("select id, parent_id from agency").fetchall()
        )
        [place] = connection.execute(
            "select id from agency where code = %s", [servers.agency]
        ).fetchone() or (0,)
        subject = Subject(1, "bench", (Grant(ROLE, place),))
        actor = Actor(subject, Law(agencies))
        print("\nthe law on a page of rows, p50 of the statement in ms     with  without   ratio")
        asked = {
            name: text_of(name)
            for name in ("ItemPage", "FileList", "FilePage", "FilesWithItems", "FondsTree")
        }
        asked["FilePage, uncounted"] = asked["FilePage"].replace("totalCount", "")
        for name, text in asked.items():
            _law_on(connection, schema, actor, free, name, text, screens(servers)[name.split(",")[0]][0])
        with _rare_word(connection, place) as word:
            for name, text in RARE.items():
                _law_on(connection, schema, actor, free, name, text, {"text": word})


def _law_on(
    connection: psycopg.Connection[Any],
    schema: HubSchema,
    actor: Actor,
    free: Law,
    name: str,
    text: str,
    variables: dict[str, Any],
) -> None:
    texts = {}
    for kind, law in (("with", None), ("without", free)):
        plan = compile_operation(schema, parse(text), None, variables, actor.subject.shape, law)
        [(_, read)] = plan.fields
        bindings = Bindings(plan.signature.read(variables), actor)
        values = [parameter.read(bindings) for parameter in read.parameters]  # type: ignore[union-attr]
        texts[kind] = (read.sql, values)  # type: ignore[union-attr]
    cursor = psycopg.RawCursor(connection)
    found = interleaved(
        {
            kind: lambda sql=sql, values=values, cursor=cursor: cursor.execute(sql, values, prepare=True)  # type: ignore[misc]
            for kind, (sql, values) in texts.items()
        }
    )
    print(f"  {name:52}{found['with']:9.2f}{found['without']:9.2f}{found['with'] / found['without']:8.2f}")


def _memory(servers: Servers) -> None:
    """What a server has kept after answers of 10,000 rows: `hub serve`, and the demo's, which is a worker as well."""
    fields = "id code ordinal number notation issuedDate issuer subject pageCount access origin"
    pages = " ".join(
        f'p{n}: items(filter: {{agencyCodes: ["{servers.agency}"]}}, first: 1000) {{ nodes {{ {fields} }} }}'
        for n in range(10)
    )
    asked = _body(query="{ " + pages + " }")
    with serving(servers.data) as (port, pid):
        print("\nresident after 30 answers of 10,000 rows, MB")
        for what, client, process in (
            ("hub serve", servers.hub(ROLE, port), pid),
            ("the demo's server and worker", servers.hub(ROLE), servers.hub_pid),
        ):
            size = max(len(client.post("/graphql", asked)) for _ in range(30))
            print(f"  {what:43}{resident(process):9.0f}   ({size / 1e6:.1f} MB each)")
