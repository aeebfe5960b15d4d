"""What the index is asked for words, and that nothing else is found by it than by asking for all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

# Letters, digits and blanks as in folded texts, and what other scripts leave there.
TEXTS = st.text(alphabet="abex15 \t\n·€жéα\u00a0\u0301々", max_size=24)
STARTS = st.text(alphabet="abex", min_size=1, max_size=3)


@pytest.fixture(scope="module")
def pile(clone: Callable[[], contextlib.AbstractContextManager[str]]) -> Iterator[psycopg.Connection]:
    """Twenty thousand texts: `dat` in half of them, `xay` in most, `hiem` in fifty, `hoi` in a hundred."""
    with clone() as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table pile (id int primary key, folded text not null)")
        connection.execute(
            "insert into pile select n, case when n % 2 = 0 then 'dat ' else '' end"
            " || case when n % 400 = 0 then 'hiem ' else '' end || case when n % 200 = 7 then 'hoi ' else '' end"
            " || case when n % 5 > 0 then 'xay dung ' else 'so xa ' end || 'ho so' from generate_series(1, 20000) n"
        )
        connection.execute("create index ix_pile_search on pile using gin (hub_words(folded))")
        connection.execute("analyze pile")
        yield connection


@pytest.mark.parametrize(
    ("words", "query", "start"),
    [
        ("hiem xa", "'hiem'", "xa"),  # fifty rows are read sooner than all that begin with xa are gathered
        ("HIẾM  Xâ", "'hiem'", "xa"),
        ("dat hiem", "'dat' & 'hiem':*", None),
        ("dat hoi", "'dat' & 'hoi':*", None),
        ("hiem zzz", "'hiem' & 'zzz':*", None),
        ("hiem x1", "'hiem' & 'x1':*", None),
        ("xa", "'xa':*", None),
        ("?!", None, None),
    ],
)
def test_the_rarer_is_asked_of_the_index(
    pile: psycopg.Connection, words: str, query: str | None, start: str | None
) -> None:
    asked = "select query::text, start from hub_sought(%s, 'pile')"
    assert pile.execute(asked, [words]).fetchone() == (query, start)


@pytest.mark.parametrize(
    ("words", "common"),
    [
        ("dat", True),
        ("dat xa", True),
        ("hiem", False),
        ("dat hiem", False),
        ("dat xay d", True),
        ("zzz", False),
    ],
)
def test_words_are_common_where_a_walk_meets_enough_of_them(
    pile: psycopg.Connection, words: str, common: bool
) -> None:
    asked = "select common, needles from hub_sought(%s, 'pile')"
    assert pile.execute(asked, [words]).fetchone() == (common, [f"%{word}%" for word in words.split()])


@pytest.mark.parametrize("words", ["hiem xa", "hiem x", "dat hiem", "so dat h", "ho so dun", "hoi xay du"])
def test_both_ways_find_the_same(pile: psycopg.Connection, words: str) -> None:
    vector = "hub_words(p.folded)"
    plain = f"select p.id from pile p where {vector} @@ hub_query(%s) order by 1"
    weighed = (
        f"select p.id from pile p, hub_sought(%s, 'pile') q where {vector} @@ q.query"
        " and (q.start is null or hub_begins(p.folded, q.start)) order by 1"
    )
    found = pile.execute(weighed, [words]).fetchall()
    assert found == pile.execute(plain, [words]).fetchall()
    assert found


@given(TEXTS, STARTS)
@example("1e5xa b", "xa")
@example("a·xa", "xa")
@example("exa", "xa")
def test_a_beginning_is_found_where_the_index_finds_it(
    pile: psycopg.Connection, folded: str, start: str
) -> None:
    asked = "select hub_begins(t, s), hub_words(t) @@ (s || ':*')::tsquery from (values (%s, %s)) v(t, s)"
    row = pile.execute(asked, [folded, start]).fetchone()
    assert row is not None
    assert row[0] == row[1]


@given(TEXTS, st.lists(STARTS, min_size=1, max_size=3))
@example("1e5xa b", ["b", "xa"])
@example("a·xa b", ["xa", "b"])
@example("xa", ["xa", "xa"])
def test_what_is_like_the_words_for_sure_holds_them(
    pile: psycopg.Connection, folded: str, words: list[str]
) -> None:
    asked = (
        "select (' ' || t || ' ') like all(surely), t like all(needles), hub_words(t) @@ hub_query(words)"
        " from (values (%s, %s)) v(t, words), hub_sought(words, 'pile')"
    )
    row = pile.execute(asked, [folded, " ".join(words)]).fetchone()
    assert row is not None
    surely, perhaps, holds = row
    assert surely <= holds <= perhaps


@given(TEXTS)
@example("1e5xa b")
@example("a\nb\u00a0c·d")
def test_words_stand_between_blanks_and_signs_with_and_without_the_short_way(
    pile: psycopg.Connection, folded: str
) -> None:
    row = pile.execute("select hub_words(%s) = array_to_tsvector(hub_apart(%s))", [folded, folded]).fetchone()
    assert row == (True,)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Số 1e5xa của năm", "1e5xa"),
        ("Quyết định\u00a0số 7", "SO 7"),
        ("Biên bản·nghiệm thu", "nghiem th"),
        ("々" * 2_000, "々" * 199),
        ("a" * 2_000, "a" * 1_999),
        ("Ф" * 2_000 + " cuối", "cuoi"),
    ],
)
def test_titles_of_every_kind_are_stored_and_found(pile: psycopg.Connection, title: str, words: str) -> None:
    asked = "select hub_words(hub_fold(%s)) @@ hub_query(%s), hub_words(hub_fold(%s)) @@ hub_query('xyz')"
    assert pile.execute(asked, [title, words, title]).fetchone() == (True, False)
