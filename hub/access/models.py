"""Users, their dated grants of roles, their keys, and their sessions on the pages.

A grant holds from valid_from up to, not including, valid_to; ending a grant today therefore works at once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, CIDR, INET
from sqlmodel import Field, SQLModel

from policies.subject import GRANTABLE_ROLES

_ROLES = ", ".join(f"'{role}'" for role in GRANTABLE_ROLES)


def _id() -> Any:
    return Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))


def _reference(target: str, *, nullable: bool = True) -> Any:
    column: Column[int] = Column(BigInteger, ForeignKey(target), nullable=nullable)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def _moment(*, default: str | None = None) -> Any:
    server_default = text(default) if default else None
    return Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=default is None, server_default=server_default),
    )


def _text(*, nullable: bool = False, unique: bool = False) -> Any:
    column: Column[str] = Column(Text, nullable=nullable, unique=unique)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def _role() -> Any:
    return Field(sa_column=Column(Text, primary_key=True))


class AppUser(SQLModel, table=True):
    """A person or a service that may act; never deleted, since events name it."""

    __tablename__ = "app_user"

    id: int | None = _id()
    name: str = _text(unique=True)
    full_name: str = _text()
    email: str | None = _text(nullable=True)
    agency_id: int | None = _reference("agency.id")
    is_service: bool = Field(default=False, nullable=False)
    disabled_at: datetime | None = _moment()
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = _moment(default="now()")
    updated_at: datetime | None = _moment(default="now()")


class RoleGrant(SQLModel, table=True):
    """A role held at an agency for a time.

    `on_behalf_of` is the person who delegated it (KT., ủy quyền), `delegated_from` his own grant, with which it ends.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(f"role in ({_ROLES})", name="role_grant_role"),
        CheckConstraint("valid_to >= valid_from", name="role_grant_period"),
        CheckConstraint("on_behalf_of <> user_id", name="role_grant_on_behalf_of_another"),
        CheckConstraint("granted_by <> user_id", name="role_grant_granted_by_another"),
        CheckConstraint(
            "case when on_behalf_of is null then delegated_from is null"
            " else delegated_from is not null and valid_to is not null end",
            name="role_grant_delegation",
        ),
        Index("role_grant_user", "user_id"),
        Index("role_grant_agency", "agency_id"),
        Index("role_grant_on_behalf_of", "on_behalf_of", postgresql_where=text("on_behalf_of is not null")),
        Index(
            "role_grant_delegated_from", "delegated_from", postgresql_where=text("delegated_from is not null")
        ),
    )

    id: int | None = _id()
    user_id: int = _reference("app_user.id", nullable=False)
    role: str = _text()
    agency_id: int | None = _reference("agency.id")
    valid_from: date = Field(sa_column=Column(Date, nullable=False))
    valid_to: date | None = Field(default=None, sa_column=Column(Date))
    on_behalf_of: int | None = _reference("app_user.id")
    delegated_from: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger,
            ForeignKey("role_grant.id"),
            comment="The holder's own grant of which this is a delegation (ủy quyền); it ends with that one.",
        ),
    )
    granted_by: int | None = _reference("app_user.id")
    reason: str | None = _text(nullable=True)
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    created_at: datetime | None = _moment(default="now()")
    updated_at: datetime | None = _moment(default="now()")


class RoleGrantable(SQLModel, table=True):
    """Who may grant which role: the holder of granter_role grants role, at and below his own place or anywhere."""

    __tablename__ = "role_grantable"

    granter_role: str = _role()
    role: str = _role()
    anywhere: bool = Field(
        default=False,
        sa_column_kwargs={
            "server_default": "false",
            "comment": "The granter's own place does not limit where he grants.",
        },
    )


class RoleConflict(SQLModel, table=True):
    """Two roles that may not meet in one person (separation of duties); role_a sorts before role_b."""

    __tablename__ = "role_conflict"
    __table_args__ = (CheckConstraint('role_a < role_b collate "C"', name="role_conflict_order"),)

    role_a: str = _role()
    role_b: str = _role()


class AccessToken(SQLModel, table=True):
    """A key of a user; only its SHA-256 is kept, which is enough for a random key of 256 bits.

    `bound_to`: a system's key, worth the role client at that agency and nothing else; `ip_ranges`: from there only.
    """

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="access_token_sha256"),
        Index("access_token_user", "user_id"),
    )

    id: int | None = _id()
    user_id: int = _reference("app_user.id", nullable=False)
    label: str = _text()
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    prefix: str = _text()
    created_at: datetime | None = _moment(default="now()")
    expires_at: datetime | None = _moment()
    revoked_at: datetime | None = _moment()
    last_used_at: datetime | None = _moment()
    bound_to: int | None = _reference("agency.id")
    ip_ranges: list[str] | None = Field(default=None, sa_column=Column(ARRAY(CIDR)))
    created_by: int | None = _reference("app_user.id")


class SignInLink(SQLModel, table=True):
    """A link that signs its user in once; only its SHA-256 is kept.

    `purpose`: SIGN_IN, PASSWORD (set a password, then signed in), or DEVICE (the browser that follows it stays).
    `opens_at_once` spares the button to confirm: for links that no mail, whose scanners follow them, passes on.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="sign_in_link_sha256"),
        CheckConstraint("purpose in ('SIGN_IN', 'PASSWORD', 'DEVICE')", name="sign_in_link_purpose"),
        Index("sign_in_link_user", "user_id"),
        {"comment": "A link that signs a user in to the pages once (liên kết đăng nhập dùng một lần)."},
    )

    id: int | None = _id()
    user_id: int = _reference("app_user.id", nullable=False)
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    opens_at_once: bool = Field(default=False, nullable=False, sa_column_kwargs={"server_default": "false"})
    created_by: int | None = _reference("app_user.id")
    created_at: datetime | None = _moment(default="now()")
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    used_at: datetime | None = _moment()
    purpose: str = Field(
        default="SIGN_IN", sa_column=Column(Text, nullable=False, server_default=text("'SIGN_IN'"))
    )


class WebSession(SQLModel, table=True):
    """A user signed in to the pages, until he signs out, stays away or the session is too old.

    `method`: LINK, PASSWORD, ISSUER, or DEVICE, which reads only and is called by its `label`.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        CheckConstraint("octet_length(sha256) = 32", name="web_session_sha256"),
        CheckConstraint("idle_until <= expires_at", name="web_session_expiry"),
        CheckConstraint("method in ('LINK', 'PASSWORD', 'ISSUER', 'DEVICE')", name="web_session_method"),
        Index("web_session_user", "user_id"),
        {
            "comment": "A user signed in to the pages (phiên đăng nhập), until he signs out, is idle or it is too old."
        },
    )

    id: int | None = _id()
    user_id: int = _reference("app_user.id", nullable=False)
    sha256: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    created_at: datetime | None = _moment(default="now()")
    last_seen_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    idle_until: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    ended_at: datetime | None = _moment()
    client_ip: str | None = Field(default=None, sa_column=Column(INET))
    user_agent: str | None = _text(nullable=True)
    method: str = Field(default="LINK", sa_column=Column(Text, nullable=False, server_default=text("'LINK'")))
    label: str | None = _text(nullable=True)


class PolicyState(SQLModel, table=True):
    """One row: a number for the tree of agencies, and the policy in force (null: the code's).

    Read with every request, so that a process knows when its law is old (migrations/sql/access.sql changes the number).
    """

    __tablename__ = "policy_state"
    __table_args__ = (CheckConstraint("id = 1", name="policy_state_single"),)

    id: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    agency_version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))
    policy_version: str | None = Field(
        default=None, sa_column=Column(Text, ForeignKey("policy_version.version"))
    )


class AccessState(SQLModel, table=True):
    """One row: a number for who may do what. Read with every request, so that a process knows whom to read anew.

    Apart from PolicyState, whose row is held while bodies merge (migrations/sql/numbered_access.sql).
    """

    __tablename__ = "access_state"
    __table_args__ = (CheckConstraint("id = 1", name="access_state_single"),)

    id: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    access_version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))


class PolicyVersion(SQLModel, table=True):
    """A text of the policy that was put into force here, never changed; its name is the beginning of its SHA-256."""

    __tablename__ = "policy_version"
    __table_args__ = ({"comment": "Các luật phân quyền đã áp dụng · policies that were put into force"},)

    version: str = Field(sa_column=Column(Text, primary_key=True))
    text: str = Field(sa_column=Column(Text, nullable=False))
    adopted_at: datetime | None = _moment(default="now()")
    adopted_by: int | None = _reference("app_user.id")
    reason: str | None = _text(nullable=True)
