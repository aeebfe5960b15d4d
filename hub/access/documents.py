"""Trusted documents: operations that a front-end team registers, so that its page names them instead of sending them.

The id is the SHA-256 of the text, 64 hexadecimal digits, the same in every installation; an application is a name
that the team gives itself. A retired document stays, since events name it, and may be registered again. Registering
gives nobody a right: who asks, what he may see and what it costs is judged with every request.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Session, SQLModel, col, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import BadRequest, NotFound
from hub.kit.tables import key, moment, ref

# The application reads this with every request that names a document, at most every other second.
LIVE_SQL = "select sha256, text from trusted_document where retired_at is null"
_APPLICATION = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


class TrustedDocument(SQLModel, table=True):
    """An operation that an application may name by its SHA-256."""

    __tablename__ = "trusted_document"
    __table_args__ = (
        UniqueConstraint("application", "sha256", name="uq_trusted_document"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="trusted_document_sha256"),
        {"comment": "Operations that front ends name by their SHA-256 (văn bản truy vấn đã đăng ký)."},
    )

    id: int | None = key()
    application: str
    sha256: str
    name: str | None = None
    text: str
    registered_by: int | None = ref("app_user.id", nullable=True)
    registered_at: datetime | None = moment(now=True)
    retired_at: datetime | None = moment(nullable=True)


class BadApplication(BadRequest):
    """The name of an application is not one."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Tên ứng dụng «{name[:80]}» chỉ gồm chữ thường, số và . _ -, tối đa 63 ký tự.",
            f'The application name "{name[:80]}" may hold small letters, digits and . _ -, at most 63.',
        )


def document_id(text: str) -> str:
    """The id of a text: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def register_documents(
    session: Session, actor: Actor, application: str, texts: Mapping[str, str | None]
) -> list[TrustedDocument]:
    """Make these texts, each with the name of its operation, known to the application; what is known stays.

    Raises NotPermitted, BadApplication.
    """
    if not _APPLICATION.fullmatch(application):
        raise BadApplication(application)
    found = []
    for text, name in texts.items():
        digest = document_id(text)
        row = session.exec(
            select(TrustedDocument).where(
                TrustedDocument.application == application, TrustedDocument.sha256 == digest
            )
        ).first()
        if row is None:
            row = TrustedDocument(
                application=application, sha256=digest, name=name, text=text, registered_by=actor.id
            )
        elif row.retired_at is None:
            actor.require("create", "setting", row)
            found.append(row)
            continue
        actor.require("create", "setting", row)
        row.retired_at = None
        session.add(row)
        session.flush()
        _note(session, actor, "document:register", row)
        found.append(row)
    return found


def retire_documents(
    session: Session, actor: Actor, application: str, beginning: str = ""
) -> list[TrustedDocument]:
    """End the documents of an application whose ids begin so. Raises NotFound, NotPermitted."""
    live = documents_of(session, actor, application)
    found = [row for row in live if row.retired_at is None and row.sha256.startswith(beginning)]
    if not found:
        raise NotFound(
            f"văn bản truy vấn «{beginning or application}»", f'the document "{beginning or application}"'
        )
    for row in found:
        actor.require("revoke", "setting", row)
        row.retired_at = clock.now()
        session.add(row)
        session.flush()
        _note(session, actor, "document:retire", row)
    return found


def documents_of(session: Session, actor: Actor, application: str | None = None) -> list[TrustedDocument]:
    """What is registered, of one application or of all, as far as the caller may read settings."""
    asked = select(TrustedDocument).order_by(
        col(TrustedDocument.application), col(TrustedDocument.name), col(TrustedDocument.id)
    )
    if application is not None:
        asked = asked.where(TrustedDocument.application == application)
    return [row for row in session.exec(asked) if actor.may("read", "setting", row)]


def _note(session: Session, actor: Actor, event: str, row: TrustedDocument) -> None:
    detail = {"application": row.application, "sha256": row.sha256, "name": row.name}
    record(session, actor, event, "setting", row.id, detail=detail)
