"""Tables of credentials. Of random secrets a plain SHA-256 is kept, of passwords argon2id."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))


def _user(*, nullable: bool = False, key: bool = False) -> Any:
    column: Column[int] = Column(
        BigInteger, ForeignKey("app_user.id"), nullable=nullable, primary_key=key, autoincrement=False
    )
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def _moment(*, nullable: bool = True) -> Any:
    column: Column[datetime] = Column(DateTime(timezone=True), nullable=nullable)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def _now() -> Any:
    return Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )


def _text() -> Any:
    return Field(sa_column=Column(Text, nullable=False))


class UserPassword(SQLModel, table=True):
    """The password of a user; `changed_at` says from when its validity counts."""

    __tablename__ = "user_password"
    __table_args__ = ({"comment": "The password of a user (mật khẩu), as argon2id hash."},)

    user_id: int = _user(key=True)
    hash: str = _text()
    changed_at: datetime = _now()


class SignInGuess(SQLModel, table=True):
    """Wrong guesses of late; `sha256` of the name typed, of the client's address, or of the user's id."""

    __tablename__ = "sign_in_guess"
    __table_args__ = (
        CheckConstraint("kind in ('NAME', 'ADDRESS', 'CODE')", name="sign_in_guess_kind"),
        {
            "comment": "Wrong guesses of late, by name typed, address or code (đếm lần đăng nhập sai);"
            " only hashes of what was typed."
        },
    )

    kind: str = Field(sa_column=Column(Text, primary_key=True))
    sha256: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    failures: int = Field(sa_column=Column(Integer, nullable=False))
    since: datetime = _moment(nullable=False)
    locked_until: datetime | None = _moment()


class SecondFactor(SQLModel, table=True):
    """The secret of a user's one-time codes; it counts once a code of it was shown. No code serves twice."""

    __tablename__ = "second_factor"
    __table_args__ = ({"comment": "The secret of a user's one-time codes (mã xác thực một lần, TOTP)."},)

    user_id: int = _user(key=True)
    secret: str = _text()
    last_step: int | None = Field(default=None, sa_column=Column(BigInteger))
    confirmed_at: datetime | None = _moment()
    created_at: datetime = _now()


class RecoveryCode(SQLModel, table=True):
    """Stands in for a lost second factor, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        UniqueConstraint("user_id", "sha256"),
        {"comment": "Codes that stand in for a lost second factor, once each (mã khôi phục)."},
    )

    id: int | None = _id()
    user_id: int = _user()
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = _now()
    used_at: datetime | None = _moment()


class StepUp(SQLModel, table=True):
    """Until when the holder of a credential counts as having proved himself anew; `sha256` is the credential's."""

    __tablename__ = "step_up"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="step_up_sha256"),
        Index("step_up_user", "user_id"),
        {
            "comment": "Until when a credential counts as proved anew (xác thực lại),"
            " by the hash of the credential."
        },
    )

    sha256: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: int = _user()
    until: datetime = _moment(nullable=False)


class UserIdentity(SQLModel, table=True):
    """Whom an identity provider calls `subject`; at most one user at a time."""

    __tablename__ = "user_identity"
    __table_args__ = (
        Index(
            "user_identity_subject",
            "issuer",
            "subject",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
        Index("user_identity_user", "user_id"),
        {
            "comment": "Who of an identity provider a user is (định danh tại hệ thống xác thực):"
            " issuer and subject, never roles."
        },
    )

    id: int | None = _id()
    user_id: int = _user()
    issuer: str = _text()
    subject: str = _text()
    created_by: int | None = _user(nullable=True)
    created_at: datetime = _now()
    ended_at: datetime | None = _moment()
