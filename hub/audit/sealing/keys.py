"""The key that seals are signed with: Ed25519, in a file outside the database, readable by its owner alone.

The public half lies beside it (`.pub`) and is given to whoever checks. A key that was lost is not silently
replaced: seals that nobody can tell from forged ones would follow.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hub.kit.errors import Unavailable

PublicKeys = Mapping[str, Ed25519PublicKey]


class KeyMissing(Unavailable):
    """There are seals, but the key that signed them is not where the settings say."""

    def __init__(self, path: Path, key_id: str) -> None:
        super().__init__(
            f"Không thấy khóa niêm phong nhật ký {path} (khóa {key_id} đã ký các niêm phong trước)."
            " Hãy khôi phục tệp khóa, hoặc chỉ đúng tệp bằng HUB_AUDIT_KEY.",
            f"The key of the audit's seals is not at {path} (key {key_id} signed those before)."
            " Restore the file, or name it by HUB_AUDIT_KEY.",
        )


class KeyUnusable(Unavailable):
    """The file is there and holds no Ed25519 key, or may not be read."""

    def __init__(self, path: Path, reason: object) -> None:
        super().__init__(
            f"Không dùng được khóa niêm phong {path}: {reason}. Hãy kiểm tra tệp và quyền đọc.",
            f"The key of the audit's seals at {path} cannot be used: {reason}. Check the file and its rights.",
        )


def key_id(key: Ed25519PublicKey) -> str:
    """Sixteen hexadecimal digits that name a key."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def signing_key(path: Path, signed_before: str | None) -> Ed25519PrivateKey:
    """The key in the file; made on first use, mode 0600. Raises KeyMissing, KeyUnusable."""
    if not path.exists():
        if signed_before is not None:
            raise KeyMissing(path, signed_before)
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusable(path, error) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(path, "not Ed25519")
    return key


def public_file(path: Path) -> Path:
    """Where the public half of a key lies."""
    return path.with_name(f"{path.name}.pub")


def public_keys(paths: Iterable[Path]) -> dict[str, Ed25519PublicKey]:
    """The public keys in these files by their names. Raises KeyUnusable."""
    found = {}
    for path in paths:
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise KeyUnusable(path, error) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable(path, "not Ed25519")
        found[key_id(key)] = key
    return found


def is_signed(keys: PublicKeys, name: str, signature: bytes, text: bytes) -> bool:
    """Whether the text was signed by the known key of that name."""
    key = keys.get(name)
    if key is None:
        return False
    try:
        key.verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _make(path: Path) -> None:
    """A new key, whole or not there; who comes second uses the first one's."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
            public_file(path).write_bytes(public)
        draft.unlink()
    except OSError as error:
        raise KeyUnusable(path, error.strerror or error) from error
