"""What the law may ask of a record that a global id names: the same columns that compiled reads ask."""

from __future__ import annotations

from types import SimpleNamespace

from sqlalchemy import text
from sqlmodel import Session

from hub.kit.errors import BadRequest
from hub.kit.ids import decode
from schema.compiler.catalogue import Catalogue


def facts_of(session: Session, catalogue: Catalogue, id: str) -> tuple[str, SimpleNamespace | None]:
    """The resource of a record and its facts; None where no such row is. Raises ForgedId, BadRequest."""
    kind, key = decode(id)
    return facts_of_row(session, catalogue, kind, key)


def facts_of_row(
    session: Session, catalogue: Catalogue, kind: str, key: str
) -> tuple[str, SimpleNamespace | None]:
    """The same of a row named by its type and key. Raises BadRequest for what no table holds."""
    nodes = catalogue.nodes()
    if kind not in nodes or not key.isdigit() or len(key) > 18:
        raise BadRequest(
            f"«{kind}:{key}»"[:80] + f" không phải bản ghi mà luật truy cập nói tới: {', '.join(nodes)}.",
            f'"{kind}:{key}"'[:80]
            + f" is no record that the law of access speaks about: {', '.join(nodes)}.",
        )
    record = catalogue.record(nodes[kind])
    columns = ", ".join(f'{sql} as "{name}"' for name, sql in catalogue.facts(record, "t").items())
    statement = text(f"select {columns} from {record.name} t where t.id = :key")
    row = session.connection().execute(statement, {"key": int(key)}).mappings().first()
    return record.resource, SimpleNamespace(**row) if row is not None else None
