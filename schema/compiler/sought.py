"""Ways to the rows of a list: all in one order, or those that hold words.

PostgreSQL plans a statement before it knows the words, and takes one row in two hundred to hold them. For a page in
some order it may then walk a million rows and parse the text of each, for a word that three of them hold. So a list
filtered by words is written both ways, and hub_sought chooses when it runs (migrations/sql/common_words.sql): rare
words are asked of their index alone, and the law and all other conditions of what it gives; common ones are met on
the way, in the order of the page.
"""

from __future__ import annotations

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
    """Words by which the rows of a table are sought; `words` is SQL of a text."""

    record: Record
    words: str

    @property
    def table(self) -> str:
        """The common table expression that both ways name."""
        return f"sought as materialized (select * from hub_sought({self.words}, '{self.record.name}'))"

    def rare(self, t: str) -> Way:
        """The rows `t` by the index of words alone; none where the words are common."""
        holds = _holds("folded", "sought.query")
        rows = (
            f"select * from {self.record.name} where {holds} offset 0"  # nothing else may be planned with it
        )
        asked = ("not sought.common", _begins(t, "sought.start"))
        return Way(f"sought, lateral ({rows}) {t}", asked, found=True, indexed=False)

    def every(self, t: str) -> Way:
        """All rows `t` that hold words which are common, by whatever indexes; none where they are rare."""
        asked = ("sought.common", _holds(f"{t}.folded", "sought.query"), _begins(t, "sought.start"))
        return Way(f"sought, {self.record.name} {t}", asked, found=True)

    def walked(self, t: str) -> Way:
        """The same rows, met in the order of a page: a test for the letters spares most texts the parser."""
        [common, query, start, needles] = (
            f"(select {name} from sought)" for name in ("common", "query", "start", "needles")
        )
        like = f"{t}.folded like all(cast({needles} as text[]))"
        holds = f"case when {like} then {_holds(f'{t}.folded', query)} and {_begins(t, start)} end"
        return Way(f"{self.record.name} {t}", (common, holds), found=True)


def _holds(folded: str, query: str) -> str:
    return f"to_tsvector('simple'::regconfig, {folded}) @@ {query}"


def _begins(t: str, start: str) -> str:
    return f"({start} is null or hub_begins({t}.folded, {start}))"
