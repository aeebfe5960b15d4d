"""Scalars that GraphQL lacks, each with one text form, written alike by PostgreSQL and by Python."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal as Number
from typing import Any, NewType

import strawberry
from strawberry.schema.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)
Decimal = NewType("Decimal", Number)
Percent = NewType("Percent", str)
JSON = NewType("JSON", object)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _date(value: Any) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError(f"{value!r} is not a date; write YYYY-MM-DD")
    return date.fromisoformat(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no offset; write it as in 2025-06-30T08:00:00Z")
    return moment


def write_moment(value: datetime) -> str:
    """An instant as the API writes it: UTC, microseconds, Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _whole(value: Any) -> int:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{value!r} does not fit 64 bits")
    return number


SCALARS: dict[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        description="A day as YYYY-MM-DD (ngày).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=date.isoformat,
        parse_value=_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant by RFC 3339 in UTC (thời điểm).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=write_moment,
        parse_value=_moment,
    ),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of up to 64 bits as a string (số nguyên lớn), since JSON readers round it.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=str,
        parse_value=_whole,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number as a string (số thập phân), e.g. metres.",
        specified_by_url="https://www.w3.org/TR/xmlschema-2/#decimal",
        serialize=str,
        parse_value=Number,
    ),
    Percent: strawberry.scalar(
        name="Percent",
        description='A percentage as a string with two places (tỷ lệ phần trăm), e.g. "79.99".',
        specified_by_url="https://www.w3.org/TR/xmlschema-2/#decimal",
        serialize=str,
        parse_value=str,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="A JSON value whose form is not fixed here (dữ liệu JSON).",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}
