"""Ways to the rows of a list: all in one order, or those that hold words.

PostgreSQL plans a statement before it knows the words, and takes one row in two hundred to hold them. For a page in
some order it may then walk a million rows and take the text of each apart, for a word that three of them hold. So a
list filtered by words is written both ways, and hub_sought chooses when it runs (migrations/sql/plain_words.sql): rare
words are asked of their index alone, and the law and all other conditions of what it gives; common ones are met on
the way, in the order of the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema.compiler.declarations import Record


@dataclass(frozen=True)
class Way:
    """One way to rows: what stands behind `from`, and what it asks of each row.

    `found`: the words need not be asked again. `indexed`: an index on something else may serve as well.
    """

    row: str
    asked: tuple[str, ...] = ()
    found: bool = False
    indexed: bool = True


@dataclass(frozen=True)
class Sought:
    """Words by which the rows of a table are sought; `words` is SQL of a text, `kind` the table's number."""

    words: str
    record: Record
    kind: int = 1

    @property
    def _weighed(self) -> str:
        return f"(select * from sought where kind = {self.kind}) q"

    def rare(self, t: str, unless: str = "common") -> Way:
        """The rows `t` by the index of words alone; none where the words are common."""
        holds = _holds("folded", "q.query")
        rows = (
            f"select * from {self.record.name} where {holds} offset 0"  # nothing else may be planned with it
        )
        asked = (f"not q.{unless}", _begins(t, "q.start"))
        return Way(f"{self._weighed}, lateral ({rows}) {t}", asked, found=True, indexed=False)

    def every(self, t: str) -> Way:
        """All rows `t` that hold words which are common, by whatever indexes; none where they are rare."""
        asked = ("q.common", _holds(f"{t}.folded", "q.query"), _begins(t, "q.start"))
        return Way(f"{self._weighed}, {self.record.name} {t}", asked, found=True)

    def walked(self, t: str, when: str = "common") -> Way:
        """The same rows, met in some order: most texts are seen to hold the words or not without being taken apart."""
        folded = f"{t}.folded"
        surely = f"(' ' || {folded} || ' ') like all({self._one('surely')}::text[])"
        perhaps = f"{folded} like all({self._one('needles')}::text[])"
        holds = f"{_holds(folded, self._one('query'))} and {_begins(t, self._one('start'))}"
        tested = f"case when {surely} then true when {perhaps} then {holds} end"
        return Way(f"{self.record.name} {t}", (self._one(when), tested), found=True)

    def _one(self, name: str) -> str:
        return f"(select q.{name} from {self._weighed})"


def weighed(tables: Sequence[Sought]) -> str:
    """The common table expression that all ways read: what the index of each table is asked, and which way to go."""
    kinds = ", ".join(f"({one.kind}, '{one.record.name}')" for one in tables)
    return (
        f"sought as materialized (select k.kind, s.* from (values {kinds}) k(kind, records)"
        f" cross join lateral hub_sought({tables[0].words}, k.records) s)"
    )


def _holds(folded: str, query: str) -> str:
    return f"hub_words({folded}) @@ {query}"


def _begins(t: str, start: str) -> str:
    return f"({start} is null or hub_begins({t}.folded, {start}))"
