"""plain words: the index of words takes a text apart at its blanks, without the parser for the web"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261126_89_plain_words"
down_revision = "20261126_88_empty_tally"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
TABLES = ("fonds", "series", "file", "item")


def upgrade() -> None:
    """See migrations/sql/plain_words.sql. The indexes are made anew: some 20 s for a million records."""
    _drop_indexes()
    op.get_bind().exec_driver_sql((SQL / "plain_words.sql").read_text().replace("%", "%%"))
    _make_indexes("hub_words(folded)")


def downgrade() -> None:
    """The parser again, and what is asked by it."""
    _drop_indexes()
    op.execute("drop function hub_sought(text, text)")
    op.get_bind().exec_driver_sql((SQL / "crowded_words.sql").read_text().replace("%", "%%"))
    op.get_bind().exec_driver_sql(_PARSED.replace("%", "%%"))
    for gone in ("hub_holding(text[], boolean)", "hub_words(text)", "hub_apart(text)"):
        op.execute(f"drop function {gone}")
    _make_indexes("to_tsvector('simple'::regconfig, folded)")


def _drop_indexes() -> None:
    for table in TABLES:
        op.execute(f"drop index ix_{table}_search")


def _make_indexes(words: str) -> None:
    for table in TABLES:
        op.execute(f"create index ix_{table}_search on {table} using gin ({words})")
        op.execute(f"analyze {table}")  # hub_sought reads how common words are


_PARSED = """
create or replace function hub_query(t text) returns tsquery language sql immutable strict parallel safe as
$$ select case when words = '' then null
               else to_tsquery('simple'::regconfig, replace(words, ' ', ' & ') || ':*') end
   from (select trim(regexp_replace(hub_fold(t), '\\s+', ' ', 'g')) as words) w $$;
create or replace function hub_begins(folded text, start text) returns boolean language sql immutable parallel safe as
$$
select case when strpos(' ' || folded, ' ' || start) > 0 then true
            when strpos(folded, start) = 0 then false
            else folded ~ ('[^a-z ]' || start)
                 and to_tsvector('simple'::regconfig, folded) @@ (start || ':*')::tsquery end
$$;
"""
