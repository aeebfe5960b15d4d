"""Search: the hub's ranked page with its capped count, against a LIKE scan over the folded column."""

from __future__ import annotations

import json

import psycopg

from tests.bench.reads import text_of
from tests.bench.servers import Servers
from tests.bench.timing import interleaved

WORDS = ("quy hoach", "giai phong mat bang", "ho so dat dai xa", "truc bach xay dung")
ROLE = "supervisor"  # sees every record but the secret ones, so that nothing is spared
_SCAN = """select (select count(*) from item where {item}) + (select count(*) from file where {file})
 + (select count(*) from fonds where {fonds}) + (select count(*) from series where {series})"""


def _scan(words: str) -> str:
    each = {
        table: " and ".join(f"folded like '%{word}%'" for word in words.split())
        for table in ("item", "file", "fonds", "series")
    }
    return _SCAN.format(**each)


def measure(servers: Servers) -> None:
    """Each text as operation Search of the contract, and as the scan it replaces."""
    hub = servers.hub(ROLE)
    print(f"\nsearch as {ROLE}: ranked page, capped count and facets, p50 in ms      hub     scan   hub/scan")
    with psycopg.connect(servers.dsn, autocommit=True) as connection:
        connection.execute("set jit = off")
        for words in WORDS:
            asked = json.dumps({"query": text_of("Search"), "variables": {"text": words}}).encode()
            plain = json.dumps(
                {
                    "query": "query($t: String!) { search(text: $t, first: 20) { totalCount totalCountRelation"
                    " nodes { __typename ... on Node { id } } } }",
                    "variables": {"t": words},
                }
            ).encode()
            scan = _scan(words)
            found = interleaved(
                {
                    "whole": lambda asked=asked: hub.post("/graphql", asked),  # type: ignore[misc]
                    "page": lambda plain=plain: hub.post("/graphql", plain),  # type: ignore[misc]
                    "scan": lambda scan=scan: connection.execute(scan),  # type: ignore[misc]
                },
                calls=3,
            )
            told = json.loads(hub.post("/graphql", asked))["data"]["search"]
            hits = f"{told['totalCount']}{'+' if told['totalCountRelation'] == 'AT_LEAST' else ''} hits"
            for name, key in (("page and count", "page"), ("and facets", "whole")):
                print(
                    f"  {words + ' (' + hits + '), ' + name:56}{found[key]:12.1f}{found['scan']:9.0f}"
                    f"{found[key] / found['scan']:11.3f}"
                )
