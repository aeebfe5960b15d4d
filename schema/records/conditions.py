"""Conditions that filters of several record types share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from hub.agencies.queries import AGENCY_OF_CODE
from hub.kit.errors import HubError
from hub.kit.ids import ForgedId, decode, decode_as
from schema.compiler.declarations import Key, condition
from schema.vocabulary import ACCESS_LEVELS

ORIGIN_UNKNOWN = "Origin unknown, or known for false (chưa rõ nguồn gốc)."
AGENCY_CODES = ("agency_codes", "include_subtree")

# Every code is looked up by itself, by the indexes, once for the statement.
_AGENCIES = f"select {AGENCY_OF_CODE.replace('{code}', 'g.code')} from unnest({{v}}) g(code)"
_SUBTREE = (
    "{t}.agency_id = any(array(with recursive below(id) as ("
    f"{_AGENCIES} union select a.id from agency a join below on a.parent_id = below.id) select id from below))"
)


def agency_of(value: str) -> str:
    """SQL of the key of the agency that a code means, its own or a former one."""
    return AGENCY_OF_CODE.replace("{code}", value)


class AnotherType(ForgedId):
    """An id of the hub, but of another type than the one that is asked for."""

    def __init__(self, text: str, found: str, wanted: str) -> None:
        HubError.__init__(
            self,
            f"«{text[:60]}» là mã định danh của {found[:60]}, ở đây cần mã của {wanted}.",
            f'"{text[:60]}" is the id of {found[:60]}; here the id of {wanted} is needed.',
        )


@cache
def key_of(kind: str) -> Callable[[Any], Any]:
    """Reads a global id of one type as the key of a row. Raises ForgedId, and AnotherType for any other."""

    def read(text: str) -> str:
        found, _ = decode(text)
        if found != kind:
            raise AnotherType(text, found, kind)
        return str(decode_as(text, kind))

    return read


def agency_codes() -> Any:
    """Rows owned now by these agencies."""
    return condition(
        "{t}.agency_id = {it}",
        "text",
        "Owned now by any of these agencies, by a code of theirs, present or former (mã cơ quan, kể cả mã cũ).",
        many=f"{{t}}.agency_id = any(array({_AGENCIES}))",
        narrows=True,
        unless="includeSubtree",
        instead=_SUBTREE,
        fixes=("agency_id", agency_of("{v}")),
    )


def include_subtree() -> Any:
    """Widens agencyCodes to units below."""
    return condition("", "bool", "Units below the agencies of agencyCodes too (gồm cả đơn vị trực thuộc).")


def words(expression: str = "{t}.folded", *, found: str | None = None) -> Any:
    """Words of the searched text, the last one as a prefix; `found` as in `Condition`."""
    holds = f"hub_words({expression}) @@ (select hub_query({{v}}))"
    return condition(
        f"{holds} and {found}" if found else holds,
        "text",
        "All these words, with or without diacritics; the last may be unfinished (từ khóa, không cần dấu).",
        words=True,
        found=found,
    )


def indexed_words(*, masked: str | None = None) -> Any:
    """The same where the table has an index of words; rows of a type `masked` whose words are kept back have none."""
    return words(found=f"not {{masked {masked} {{t}}}}" if masked else "")


def within(column: str, kind: str, table: str, description: str) -> Any:
    """Rows of a parent named by its global id; of one that the caller does not see none, as of one that is not there.

    The parent is looked up once for the statement.
    """
    seen = f"exists (select from {table} o where o.id = {{v}} and {{read {kind} o}})"
    return condition(
        f"{{t}}.{column} = {{v}} and {seen}", "bigint", description, narrows=True, reads=key_of(kind)
    )


def any_of(column: str, description: str) -> Any:
    """Any of several words in a column."""
    return condition(f"{{t}}.{column} = {{v}}", "text", description, many=f"{{t}}.{column} = any({{v}})")


def codes() -> Any:
    """Rows with one of these codes."""
    return any_of("code", "Any of these reference codes (mã hồ sơ, mã lưu trữ).")


def access_modes() -> Any:
    """Rows of any of these access modes."""
    return condition(
        "{t}.access_level = {v}",
        "smallint",
        "Any of these access modes (chế độ sử dụng).",
        many="{t}.access_level = any({v})",
        reads=ACCESS_LEVELS.__getitem__,
    )


def is_unknown(expression: str, description: str) -> Any:
    """Rows without a value, or with false rows that have one; `and` holds with the values asked for beside it."""
    return condition(f"({expression} is null) = {{v}}", "bool", description)


def access_unknown() -> Any:
    """Rows without an access mode."""
    return is_unknown("{t}.access_level", "Access mode unknown, or known for false (chưa rõ chế độ sử dụng).")


def at_least(expression: str, kind: str, description: str) -> Any:
    """The lower end of a range."""
    return condition(f"{expression} >= {{v}}", kind, description)


def at_most(expression: str, kind: str, description: str) -> Any:
    """The upper end of a range."""
    return condition(f"{expression} <= {{v}}", kind, description)


def day_key(name: str, column: str, within: str = "") -> Key:
    """An order by a date; a missing date comes before all others, as in the index, if there is one `within`."""
    return Key(name, f"coalesce({{t}}.{column}, '-infinity'::date)", "date", within)


CODE = Key("code", "{t}.code", "text")
TITLE = Key("title", "{t}.title_sort", "text")
