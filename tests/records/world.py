"""A small city for tests of deeds: two districts, a unit, the archive, and a person in every role."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, create_engine, select

from hub.access.actor import Actor, the_public
from hub.access.commands import create_token
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency, AgencyCode
from hub.kit.db import sqlalchemy_url
from hub.records.models import ArchivalFile, Fonds, Item, Series

ON = date(2025, 6, 30)
AGENCY_ROLES = ("staff", "clerk", "officer", "approver", "agency_admin", "client")
ARCHIVE_ROLES = ("archivist", "archive_head")
CITY_ROLES = ("supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin")


class World:
    """Rows by name; `as_role("clerk")` is a person of district A, `as_role("clerk", "b")` one of district B.

    A database that has the city already (fixture `settled`) is read; any other is written.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        if session.exec(select(Agency).where(Agency.code == "TP")).first() is None:
            self._settle()
        agencies = self._by(Agency, "code")
        self.city, self.a, self.unit, self.b, self.archive = map(
            agencies.get, ("TP", "A", "A.1", "B", "LTLS")
        )
        people = self._by(AppUser, "name")
        self.users = {
            (role, place): user
            for name, user in people.items()
            for role, dot, place in [name.partition(".")]
            if dot
        }
        self.colleague = self.users["staff", "a2"]
        self.fonds, self.fonds_b = map(self._by(Fonds, "title").get, ("Phông A", "Phông B"))
        self.series = self._by(Series, "code")["N01"]
        files = self._by(ArchivalFile, "title")
        self.file, self.other_file, self.file_b = map(
            files.get, ("Hồ sơ thu chi", "Hồ sơ khác", "Hồ sơ của B")
        )
        self.item, self.item_b = map(self._by(Item, "subject").get, ("Báo cáo thu", "Văn bản của B"))

    def _by(self, table: Any, name: str) -> dict[str, Any]:
        return {getattr(row, name): row for row in self.session.exec(select(table))}

    def _settle(self) -> None:
        city = self._agency("TP", None, "CITY")
        a, b = (self._agency(code, city, "DISTRICT") for code in "AB")
        self._agency("A.1", a, "UNIT")
        archive = self._agency("LTLS", city, "ARCHIVE")
        for place, agency in (("a", a), ("b", b)):
            for role in AGENCY_ROLES:
                self._user(role, place, agency.id)
        for role in ARCHIVE_ROLES:
            self._user(role, "a", archive.id)
        for role in CITY_ROLES:
            self._user(role, "a", None)
        self._user("staff", "a2", a.id)
        [staff] = self.session.exec(select(AppUser.id).where(AppUser.name == "staff.a"))
        mine = {"created_by": staff, "access_level": 1}
        fonds = self.add(Fonds, title="Phông A", code="P01", agency=a)
        fonds_b = self.add(Fonds, title="Phông B", code="P01", agency=b)
        self.add(Series, title="Tài chính", code="N01", fonds=fonds, position=1000)
        file = self.add(ArchivalFile, title="Hồ sơ thu chi", code="H01", fonds=fonds, **mine)
        self.add(ArchivalFile, title="Hồ sơ khác", code="H02", fonds=fonds, access_level=1)
        file_b = self.add(ArchivalFile, title="Hồ sơ của B", code="H01", fonds=fonds_b, access_level=1)
        self.add(Item, subject="Báo cáo thu", code="V01", file=file, ordinal=1, **mine)
        self.add(Item, subject="Văn bản của B", code="V01", file=file_b, ordinal=1, access_level=1)

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
        place = parent.id if parent else None
        agency = self.add(Agency, code=code, name=f"Cơ quan {code}", kind=kind, parent_id=place)
        self.add(AgencyCode, agency_id=agency.id, scheme="HUB", value=code)
        return agency

    def _user(self, role: str, place: str, agency_id: int | None) -> None:
        user = self.add(AppUser, name=f"{role}.{place}", full_name=f"{role} {place}")
        self.add(RoleGrant, user_id=user.id, role=role, agency_id=agency_id, valid_from=date(2020, 1, 1))


def settle(dsn: str) -> str:
    """Commit the small city in a database; a key for everybody, as JSON of [role, place, key]."""
    engine = create_engine(sqlalchemy_url(dsn))
    with Session(engine, expire_on_commit=False) as session:
        people = World(session).users
        operator = actor_for_user(session, today=ON)
        keys = [
            (*seat, create_token(session, operator, user, "test", stepped_up=True))
            for seat, user in people.items()
        ]
        session.commit()
    engine.dispose()
    return json.dumps(keys)


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
