"""A small city for tests of deeds: two districts, a unit, the archive, and a person in every role."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor, the_public
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency, AgencyCode
from hub.records.models import ArchivalFile, Fonds, Item, Series

ON = date(2025, 6, 30)
AGENCY_ROLES = ("staff", "clerk", "officer", "approver", "agency_admin", "client")
ARCHIVE_ROLES = ("archivist", "archive_head")
CITY_ROLES = ("supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin")


class World:
    """Rows by name; `as_role("clerk")` is a person of district A, `as_role("clerk", "b")` one of district B."""

    def __init__(self, session: Session, mark: str = "") -> None:
        self.session = session
        self.mark = mark
        self.city = self._agency("TP", None, "CITY")
        self.a = self._agency("A", self.city, "DISTRICT")
        self.unit = self._agency("A.1", self.a, "UNIT")
        self.b = self._agency("B", self.city, "DISTRICT")
        self.archive = self._agency("LTLS", self.city, "ARCHIVE")
        self.users: dict[tuple[str, str], AppUser] = {}
        for place in ("a", "b"):
            for role in AGENCY_ROLES:
                self._user(role, place, getattr(self, place).id)
        for role in ARCHIVE_ROLES:
            self._user(role, "a", self.archive.id)
        for role in CITY_ROLES:
            self._user(role, "a", None)
        self.colleague = self._user("staff", "a2", self.a.id)
        self.fonds = self.add(Fonds, title="Phông A", code="P01", agency=self.a)
        self.fonds_b = self.add(Fonds, title="Phông B", code="P01", agency=self.b)
        self.series = self.add(Series, title="Tài chính", code="N01", fonds=self.fonds, position=1000)
        mine = {"created_by": self.user("staff").id}
        self.file = self.add(
            ArchivalFile, title="Hồ sơ thu chi", code="H01", fonds=self.fonds, access_level=1, **mine
        )
        self.other_file = self.add(
            ArchivalFile, title="Hồ sơ khác", code="H02", fonds=self.fonds, access_level=1
        )
        self.file_b = self.add(
            ArchivalFile, title="Hồ sơ của B", code="H01", fonds=self.fonds_b, access_level=1
        )
        self.item = self.add(
            Item, subject="Báo cáo thu", code="V01", file=self.file, ordinal=1, access_level=1, **mine
        )
        self.item_b = self.add(
            Item, subject="Văn bản của B", code="V01", file=self.file_b, ordinal=1, access_level=1
        )

    def user(self, role: str, place: str = "a") -> AppUser:
        """The person who holds the role there; city and archive roles exist once."""
        return self.users.get((role, place)) or self.users[(role, "a")]

    def as_role(self, role: str, place: str = "a") -> Actor:
        """That person as an actor, his grants read anew."""
        return (
            the_public()
            if role == "anyone"
            else actor_for_user(self.session, self.user(role, place).name, today=ON)
        )

    def as_colleague(self) -> Actor:
        """Another member of A's staff, who made none of its records."""
        return actor_for_user(self.session, self.colleague.name, today=ON)

    def add(self, table: Any, /, **facts: Any) -> Any:
        """Store a row; `agency`, `fonds` and `file` fill in what follows from them."""
        if agency := facts.pop("agency", None):
            facts |= {"agency_id": agency.id, "creator_id": agency.id, "custodian_id": agency.id}
        if fonds := facts.pop("fonds", None):
            facts = {
                "custodian_id": fonds.custodian_id,
                **facts,
                "fonds_id": fonds.id,
                "agency_id": fonds.agency_id,
            }
            facts |= {"creator_id": fonds.creator_id} if table is ArchivalFile else {}
        if file := facts.pop("file", None):
            facts |= {"file_id": file.id, "fonds_id": file.fonds_id}
            facts |= {"agency_id": file.agency_id, "custodian_id": file.custodian_id}
        row = table(**facts)
        self.session.add(row)
        self.session.flush()
        return row

    def _agency(self, code: str, parent: Any, kind: str) -> Any:
        agency = self.add(
            Agency,
            code=self.mark + code,
            name=f"Cơ quan {code}",
            kind=kind,
            parent_id=parent.id if parent else None,
        )
        self.add(AgencyCode, agency_id=agency.id, scheme="HUB", value=self.mark + code)
        return agency

    def _user(self, role: str, place: str, agency_id: int | None) -> Any:
        user = self.add(AppUser, name=f"{self.mark}{role}.{place}", full_name=f"{role} {place}")
        self.add(RoleGrant, user_id=user.id, role=role, agency_id=agency_id, valid_from=date(2020, 1, 1))
        self.users[(role, place)] = user
        return user


def trace(session: Session) -> dict[str, Any]:
    """Everything a deed could touch, without the denied events: equal before and after a refused one."""
    session.flush()
    tables = (
        "agency", "agency_code", "agency_name", "agency_parent", "agency_succession", "source_membership",
        "system_agency", "fonds_owner", "transfer", "use_request", "exclusion",
        "fonds", "series", "file", "item", "item_listing", "access_change",
    )  # fmt: skip
    rows = {
        table: session.connection().execute(text(f"select t::text from {table} t order by 1")).scalars().all()
        for table in (*tables, "role_grant", "kept_answer")
    }
    rows["audit"] = session.connection().scalar(
        text("select count(*) from audit_event where outcome <> 'denied'")
    )
    return rows


def events(session: Session, resource: str, key: int | None) -> list[Any]:
    """The audit events of a record, oldest first."""
    return list(
        session.connection().execute(
            text(
                "select event_type, agent_id, outcome, reason, detail, agency_id from audit_event"
                " where object_type = :resource and object_id = :key order by id"
            ),
            {"resource": resource, "key": key},
        )
    )
