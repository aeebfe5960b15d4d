"""Evidence attached to a return: a few papers of known kinds, recognised by their bytes, kept with their checksum.

Stops being enough when returns carry scans of hundreds of megabytes: then the bytes go to the object store, and the
row keeps name, size and checksum.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from sqlmodel import Session, col, func, select

from hub.access.actor import Actor
from hub.kit.errors import FieldError, Invalid, NotFound
from hub.returns.kept import ReturnAttachment
from hub.returns.ledger import return_held, stored
from hub.returns.models import AgencyReturn
from hub.returns.rules import WRITTEN_IN

MOST, LARGEST = 20, 5_000_000
# By the end of the name: what it is, and how its bytes begin.
KINDS = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ".odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
    ".ods": ("application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


def attach(
    session: Session, actor: Actor, return_id: int, expected_version: int, name: str, content: bytes
) -> AgencyReturn:
    """Attach a file to a return that is being written; the same bytes again change nothing.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, WrongReturnState, Invalid.
    """
    row, _ = return_held(session, actor, "update", return_id, expected_version, WRITTEN_IN)
    name = PurePosixPath(name.replace("\\", "/")).name.strip()
    kind = KINDS.get(PurePosixPath(name.lower()).suffix)
    held = session.exec(
        select(func.count()).select_from(ReturnAttachment).where(ReturnAttachment.return_id == row.id)
    ).one()
    if error := _wrong(name, content, kind, held):
        raise Invalid([error])
    assert kind is not None
    digest = hashlib.sha256(content).hexdigest()
    if session.exec(
        select(ReturnAttachment.id).where(
            ReturnAttachment.return_id == row.id, ReturnAttachment.sha256 == digest
        )
    ).first():
        return row
    session.add(
        ReturnAttachment(
            return_id=row.id or 0, agency_id=row.agency_id, name=name, mime_type=kind[0], size=len(content),
            sha256=digest, content=content, created_by=actor.id,
        )
    )  # fmt: skip
    stored(session, actor, "update", row, also={"attached": {"name": name, "sha256": digest}})
    return row


def detach(
    session: Session, actor: Actor, return_id: int, expected_version: int, attachment_id: int
) -> AgencyReturn:
    """Take an attached file away while the return is being written; its name and checksum stay in the audit.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, WrongReturnState.
    """
    row, _ = return_held(session, actor, "update", return_id, expected_version, WRITTEN_IN)
    found = session.get(ReturnAttachment, attachment_id)
    if found is None or found.return_id != row.id:
        raise NotFound("tài liệu kèm theo", "the attachment", path=("attachment_id",))
    told = {"name": found.name, "sha256": found.sha256}
    session.delete(found)
    stored(session, actor, "update", row, also={"detached": told})
    return row


def attachment_seen(session: Session, actor: Actor, attachment_id: int) -> ReturnAttachment:
    """An attached file with its bytes, for who may read the return. Raises NotFound."""
    found = session.exec(
        select(ReturnAttachment)
        .join(AgencyReturn, col(AgencyReturn.id) == col(ReturnAttachment.return_id))
        .where(ReturnAttachment.id == attachment_id, actor.sees("return", AgencyReturn))
    ).first()
    if found is None:
        raise NotFound("tài liệu kèm theo", "the attachment")
    return found


def _wrong(name: str, content: bytes, kind: tuple[str, bytes] | None, held: int) -> FieldError | None:
    if not 0 < len(name) <= 200 or not name.isprintable():
        return FieldError(
            "name", "BAD_NAME", "Tên tệp dài 1 đến 200 ký tự in được. Hãy đổi tên tệp.",
            "A file's name has 1 to 200 printable characters. Rename it.",
        )  # fmt: skip
    if kind is None or not content.startswith(kind[1]):
        kinds = ", ".join(sorted(KINDS))
        return FieldError(
            "content", "UNKNOWN_KIND", f"«{name}» không phải loại tệp nhận được ({kinds}). Hãy chuyển đổi tệp.",
            f'What "{name}" holds is of no kind that is taken ({kinds}). Convert it.',
        )  # fmt: skip
    if len(content) > LARGEST:
        return FieldError(
            "content", "TOO_LARGE", f"Tệp {len(content):,} byte, tối đa {LARGEST:,}. Hãy nén hoặc tách tệp.",
            f"The file has {len(content):,} bytes, at most {LARGEST:,} are taken. Compress or split it.",
        )  # fmt: skip
    if held >= MOST:
        return FieldError(
            "content", "TOO_MANY", f"Báo cáo đã có {held} tài liệu kèm theo, tối đa {MOST}. Hãy bỏ bớt.",
            f"The return has {held} attachments, at most {MOST} are taken. Take some away.",
        )  # fmt: skip
    return None
