"""Fingerprints of a block of rows: those of its rows, one by one, for lists that came in before are known by them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hub.importers.batch import fingerprint, fingerprints

KINDS = (
    st.text(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.lists(st.text(max_size=3), max_size=2),
)


@st.composite
def blocks(draw: st.DrawFn) -> list[list[object]]:
    """Two to six columns of equal length, each of one kind or none."""
    height = draw(st.integers(0, 6))
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=2, max_size=6))
    return [
        draw(st.lists(st.one_of(st.none(), kind), min_size=height, max_size=height))  # type: ignore[arg-type]
        for kind in kinds
    ]


@given(blocks())
def test_a_block_has_the_fingerprints_of_its_rows(columns: list[list[object]]) -> None:
    assert fingerprints(columns) == [fingerprint(row) for row in zip(*columns, strict=True)]


def test_the_fingerprint_of_a_row_stays_what_it_was() -> None:
    columns = [["Hồ sơ số 1", "a\\'b"], [None, None], [date(2021, 1, 31), None], [["vie"], []], [0, 20]]
    assert [found.hex() for found in fingerprints(columns)] == [
        "31a062d35e10251508bb96c50710a21d",
        "5090bbf70afd8550541a01d410b33cd4",
    ]
