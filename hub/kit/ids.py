"""Opaque global ids (Relay): base64 of `Type:id`, so that no client reads meaning into a key."""

from __future__ import annotations

import base64
import binascii

from hub.kit.errors import BadRequest


class ForgedId(BadRequest):
    """The text is not an id that the hub gave out."""

    def __init__(self, text: str) -> None:
        shown = text[:60]
        super().__init__(
            f"«{shown}» không phải là mã định danh do hệ thống cấp. Hãy dùng trường id của bản ghi.",
            f'"{shown}" is not an id given out by the hub. Use the id field of a record.',
        )


def encode(type_name: str, key: int | str) -> str:
    """The global id of row `key` of GraphQL type `type_name`."""
    return base64.b64encode(f"{type_name}:{key}".encode()).decode()


def decode(text: str) -> tuple[str, str]:
    """The type name and the key inside a global id. Raises ForgedId for anything the hub did not make."""
    try:
        type_name, _, key = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ForgedId(text) from None
    if not type_name or not key or encode(type_name, key) != text:
        raise ForgedId(text)
    return type_name, key


def decode_as(text: str, type_name: str) -> int:
    """The bigint key of a global id that must be of one type. Raises ForgedId."""
    found, key = decode(text)
    if found != type_name or not key.isascii() or not key.isdigit() or len(key) > 18:
        raise ForgedId(text)
    return int(key)
