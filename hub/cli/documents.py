"""`hub document`: operations that a front-end team registers at build time, to name them by their SHA-256.

Each operation of a GraphQL file, with the fragments it needs, is one document. The manifest that comes back, and may
be given in place of GraphQL files, is Apollo's: `{"format", "version", "operations": [{id, name, type, body}]}`;
Relay's `{"<sha256>": "<text>"}` is read as well.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse, print_ast, validate
from graphql.utilities import separate_operations
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.documents import (
    TrustedDocument,
    document_id,
    documents_of,
    register_documents,
    retire_documents,
)
from hub.cli.core import change, read
from hub.cli.terminal import as_json, table
from hub.kit.errors import BadRequest

MANIFEST = "apollo-persisted-query-manifest"


class Unregistrable(BadRequest):
    """A file holds no operation that this version of the hub could run."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(
            f"{file}: {reason}. Không văn bản nào được đăng ký.", f"{file}: {reason}. Nothing was registered."
        )


def add(commands: Any, options: argparse.ArgumentParser) -> None:
    """The command."""
    document = commands.add_parser(
        "document", help="văn bản truy vấn đã đăng ký · operations that front ends name by id"
    )
    parts = document.add_subparsers(metavar="ACTION", required=True)

    def part(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = parts.add_parser(name, parents=[options], help=text)
        parser.set_defaults(run=run)
        return parser

    register = part("register", register_files, "đăng ký · register .graphql files or a manifest")
    register.add_argument("files", nargs="+", type=Path, metavar="FILE")
    register.add_argument("--application", required=True, metavar="NAME", help="tên ứng dụng · its name")
    register.add_argument(
        "--manifest",
        type=Path,
        metavar="FILE",
        help="ghi danh mục JSON cho bản dựng · write the build's manifest",
    )
    shown = part("list", list_documents, "danh sách · what is registered")
    shown.add_argument("--application", metavar="NAME")
    retire = part("retire", retire_some, "ngừng dùng · end documents of an application")
    retire.add_argument(
        "id", nargs="?", default="", help="phần đầu của mã · how its id begins; all when left out"
    )
    retire.add_argument("--application", required=True, metavar="NAME")


def register_files(arguments: argparse.Namespace) -> int:
    """Register every operation of the files, or none; print the manifest's lines. Raises Unregistrable."""
    texts: dict[str, tuple[str | None, str]] = {}
    for file in arguments.files:
        for text in _texts(file):
            texts[text] = _judged(file, text)

    def work(session: Session, actor: Actor) -> None:
        named = {text: name for text, (name, _) in texts.items()}
        register_documents(session, actor, arguments.application, named)

    change(arguments, work)
    operations = [
        {"id": document_id(text), "name": name, "type": kind, "body": text}
        for text, (name, kind) in texts.items()
    ]
    manifest = {"format": MANIFEST, "version": 1, "operations": operations}
    if arguments.manifest is not None:
        arguments.manifest.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    if arguments.json:
        print(as_json(manifest))
    else:
        rows = ((one["name"], one["type"], one["id"]) for one in operations)
        print(table(("tên · name", "loại · type", "mã · id"), rows))
    return 0


def list_documents(arguments: argparse.Namespace) -> int:
    """Print what is registered, retired ones too."""

    def work(session: Session, actor: Actor) -> list[TrustedDocument]:
        return documents_of(session, actor, arguments.application)

    rows = read(arguments, work)
    if arguments.json:
        told = [
            {"application": row.application, "name": row.name, "id": row.sha256, "retiredAt": row.retired_at}
            for row in rows
        ]
        print(as_json(told))
        return 0
    shown = ((row.application, row.name, row.sha256, row.retired_at) for row in rows)
    print(table(("ứng dụng · application", "tên · name", "mã · id", "ngừng · retired"), shown))
    return 0


def retire_some(arguments: argparse.Namespace) -> int:
    """End documents; pages that still name them are told so. Raises NotFound."""

    def work(session: Session, actor: Actor) -> list[str]:
        return [row.sha256 for row in retire_documents(session, actor, arguments.application, arguments.id)]

    ended = change(arguments, work)
    print(as_json({"retired": ended}) if arguments.json else "\n".join(ended))
    return 0


def _texts(file: Path) -> Iterator[str]:
    """The texts of a manifest as they stand, or of each operation of a GraphQL file. Raises Unregistrable."""
    said = file.read_text("utf-8")
    if file.suffix != ".json":
        try:
            separated = separate_operations(parse(said))
        except GraphQLError as error:
            raise Unregistrable(file, error.message) from None
        if not separated:
            raise Unregistrable(file, "no operation")
        for document in separated.values():
            yield print_ast(document)
        return
    try:
        manifest = orjson.loads(said)
        if manifest.get("format") == MANIFEST:
            named = {one["id"]: one["body"] for one in manifest["operations"]}
        else:
            named = manifest
        for key, text in named.items():
            if str(key).removeprefix("sha256:") != document_id(text):
                raise Unregistrable(file, f"{key}: not the SHA-256 of its text")
            yield text
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        raise Unregistrable(file, "no manifest of operations") from None


def _judged(file: Path, text: str) -> tuple[str | None, str]:
    """Name and kind of the one operation in a text, which this schema knows and the limits allow.

    Raises Unregistrable, CostExceeded.
    """
    from schema import build_schema
    from schema.limits import SIGNED_IN, check_shape, measure

    try:
        document: DocumentNode = parse(text, max_tokens=SIGNED_IN.tokens)
    except GraphQLError as error:
        raise Unregistrable(file, error.message) from None
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if len(operations) != 1:
        raise Unregistrable(file, f"{len(operations)} operations in one text, and not one")
    check_shape(measure(document), SIGNED_IN)
    errors = validate(build_schema()._schema, document)
    if errors:
        raise Unregistrable(file, errors[0].message)
    [operation] = operations
    return operation.name.value if operation.name else None, operation.operation.value
