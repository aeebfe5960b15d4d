"""A small city to count: agencies, files and items with what a test does not name set to what counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert, inspect, text
from sqlmodel import Session, SQLModel, create_engine, select

from hub.access.actor import Actor, the_public
from hub.access.models import AppUser
from hub.agencies.models import Agency, AgencySuccession, SourceMembership
from hub.digitization.models import PageAcceptance
from hub.kit.db import sqlalchemy_url
from hub.kpi.scorecard import scorecard
from hub.kpi.values import IndicatorValue
from hub.plan.load import load_plan
from hub.plan.models import DecidedList, DecidedListEntry, Deliverable, Exclusion, IndicatorParameter, Plan
from hub.records.models import ArchivalFile, Fonds, FondsExtent, Item, ItemListing, Series
from hub.requests.models import Publication
from hub.transfers.models import StateAcceptance, Transfer, TransferEntry
from policies.law import Law
from policies.subject import Grant, Subject

PLAN = "67/KH-UBND"
CUT_OFF = date(2025, 6, 30)


def written(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]], *key: str) -> list[int]:
    """Many rows in few statements; their keys when asked for. Every row names the same columns."""
    target = inspect(table).local_table
    statement = insert(target).returning(*(target.c[name] for name in key), sort_by_parameter_order=True)
    found = session.execute(statement if key else insert(target), rows)
    return list(found.scalars()) if key else []


def plan(dsn: str) -> str:
    """Commit Kế hoạch 67 in a database."""
    engine = create_engine(sqlalchemy_url(dsn))
    with Session(engine) as session:
        load_plan(session)
        session.commit()
    engine.dispose()
    return PLAN


class City:
    """Writes rows in the session of a test; every method returns the key of what it made."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.numbers = count(1)
        self.people: list[int] = []
        if session.exec(select(Plan).where(Plan.code == PLAN)).first() is None:
            load_plan(session)

    def _add(self, row: SQLModel) -> int:
        self.session.add(row)
        self.session.flush()
        key: int = row.id  # type: ignore[attr-defined]
        return key

    def agency(self, code: str, **told: Any) -> int:
        """An agency with an archive since 2010."""
        known: dict[str, Any] = {"kind": "DEPARTMENT", "archive_since": date(2010, 1, 1)}
        return self._add(Agency(code=code, name=f"Cơ quan {code}", **known | told))

    def archive(self, code: str = "LTLS", **told: Any) -> int:
        """The historical archive."""
        return self.agency(
            code, **{"kind": "ARCHIVE", "is_historical_archive": True, "archive_since": None} | told
        )

    def fonds(self, agency: int, **told: Any) -> int:
        """A fonds that the agency made, owns and keeps."""
        number = next(self.numbers)
        keys = {"agency_id": agency, "creator_id": agency, "custodian_id": agency}
        return self._add(Fonds(**keys | {"code": f"P{number}", "title": f"Phông {number}"} | told))

    def series(self, fonds: int, parent: int | None = None) -> int:
        """A series of the fonds."""
        owner = self.session.get_one(Fonds, fonds)
        row = Series(
            fonds_id=fonds, agency_id=owner.agency_id, custodian_id=owner.custodian_id, parent_id=parent,
            code=f"S{next(self.numbers)}", title="Nhóm",
        )  # fmt: skip
        return self._add(row)

    def files(self, fonds: int, number: int, **told: Any) -> Sequence[int]:
        """Files that the agency archive accepted in 2021, of one matter of 2020."""
        owner = self.session.get_one(Fonds, fonds)
        accepted = datetime(2021, 1, 15, tzinfo=UTC)
        known = {
            "fonds_id": fonds, "agency_id": owner.agency_id, "creator_id": owner.creator_id,
            "custodian_id": owner.custodian_id, "title": "Hồ sơ", "state": "ACCEPTED", "accepted_at": accepted,
            "start_date": date(2020, 2, 1), "end_date": date(2020, 11, 30), "retention_kind": "PERMANENT",
        }  # fmt: skip
        rows = [known | {"code": f"H{next(self.numbers)}"} | told for _ in range(number)]
        return written(self.session, ArchivalFile, rows, "id")

    def file(self, fonds: int, **told: Any) -> int:
        """One such file."""
        return self.files(fonds, 1, **told)[0]

    def items(self, file: int, number: int, **told: Any) -> Sequence[int]:
        """Electronic documents of the file, issued in March 2022, with a verified signature."""
        home = self.session.get_one(ArchivalFile, file)
        known = {
            "file_id": file, "fonds_id": home.fonds_id, "agency_id": home.agency_id,
            "custodian_id": home.custodian_id, "subject": "Văn bản", "issued_date": date(2022, 3, 1),
            "origin": "BORN_DIGITAL", "signature_evidence": "VERIFIED", "state": "ACTIVE",
        }  # fmt: skip
        rows = [known | {"code": f"V{next(self.numbers)}"} | told for _ in range(number)]
        return written(self.session, Item, rows, "id")

    def item(self, file: int, **told: Any) -> int:
        """One such document."""
        return self.items(file, 1, **told)[0]

    def listing(self, item: int, file: int) -> None:
        """The item shown in another file of its agency."""
        owner = self.session.get_one(ArchivalFile, file).agency_id
        self.session.add(ItemListing(file_id=file, item_id=item, agency_id=owner))
        self.session.flush()

    def scanned(
        self, file: int, first: int, last: int, item: int | None = None, on: date = date(2024, 5, 1)
    ) -> None:
        """Pages accepted."""
        self._add(
            PageAcceptance(file_id=file, item_id=item, first_page=first, last_page=last, accepted_on=on)
        )

    def metres(self, fonds: int, described: int, total: int, on: date = date(2020, 1, 1)) -> None:
        """Shelf metres measured."""
        self._add(FondsExtent(fonds_id=fonds, measured_on=on, described_metres=described, total_metres=total))

    def succession(self, predecessor: int, successor: int, on: date) -> None:
        """One agency following another."""
        self._add(AgencySuccession(predecessor_id=predecessor, successor_id=successor, effective_on=on))

    def source(self, agency: int, since: date = date(2012, 1, 1), until: date | None = None) -> None:
        """The agency on the source list, up to the day before `until`."""
        self._add(SourceMembership(agency_id=agency, valid_from=since, valid_to=until))

    def transfer(
        self, *files: int, items: Sequence[int] = (), accepted: datetime | None = None, **told: Any
    ) -> int:
        """Files, or single items, handed over by their agency and accepted then, or not yet."""
        keys = [(file, None) for file in files] + [
            (self.session.get_one(Item, one).file_id, one) for one in items
        ]
        home = self.session.get_one(ArchivalFile, keys[0][0])
        known: dict[str, Any] = {
            "code": f"GN{next(self.numbers)}", "agency_id": home.agency_id, "custodian_id": home.custodian_id,
            "state": "ACCEPTED" if accepted else "SUBMITTED", "channel": "INTEGRATED", "accepted_at": accepted,
            "registered_on": date(2022, 1, 1), "submitted_at": datetime(2022, 2, 1, tzinfo=UTC),
        }  # fmt: skip
        batch = self._add(Transfer(**known | told))
        written(self.session, TransferEntry, [
            {"transfer_id": batch, "file_id": file, "item_id": item} for file, item in keys
        ])  # fmt: skip
        return batch

    def listed(self, kind: str, *, category: str | None = None, **told: Any) -> None:
        """A fonds, series or file (`fonds_id=`, `series_id=`, `file_id=`) on a decided list in force since 2021."""
        dates = {name: told.pop(name) for name in ("valid_from", "valid_to") if name in told}
        known: dict[str, Any] = {
            "kind": kind, "decision_number": f"{next(self.numbers)}/QĐ", "decided_on": date(2021, 1, 1),
            "valid_from": date(2021, 1, 1),
        }  # fmt: skip
        key = self._add(DecidedList(**known | dates))
        self._add(DecidedListEntry(list_id=key, category=category, **told))

    def state_accepted(self, fonds: int, on: date) -> None:
        """A receipt of the State fonds system."""
        number = f"BN{next(self.numbers)}"
        self._add(StateAcceptance(fonds_id=fonds, receipt_number=number, accepted_on=on))

    def published(
        self, file: int, level: int = 3, on: date = date(2023, 5, 1), until: date | None = None
    ) -> None:
        """The file online at a service level."""
        self._add(Publication(file_id=file, service_level=level, published_on=on, withdrawn_on=until))

    def exclusion(self, code: str, agency: int, **told: Any) -> int:
        """An exclusion in force since 2021, proposed and approved by two people."""
        if not self.people:
            self.people = [self._add(AppUser(name=name, full_name=name)) for name in ("đề xuất", "phê duyệt")]
        proposer, approver = self.people
        known: dict[str, Any] = {
            "basis_code": "PAPER_ORIGINAL", "legal_basis": "Luật X, Điều 1", "valid_from": date(2021, 1, 1),
            "state": "APPROVED", "proposed_by": proposer, "approved_by": approver,
            "decided_at": datetime(2021, 1, 1, tzinfo=UTC),
        }  # fmt: skip
        return self._add(Exclusion(indicator_id=self.indicator(code), agency_id=agency, **known | told))

    def deliverable(self, code: str, agency: int | None = None, **told: Any) -> int:
        """A document approved on 1/3/2022 for a row of the plan."""
        known: dict[str, Any] = {
            "title": "Văn bản", "state": "APPROVED", "document_number": "1/KH", "document_date": date(2022, 3, 1),
        }  # fmt: skip
        return self._add(Deliverable(indicator_id=self.indicator(code), agency_id=agency, **known | told))

    def decided(self, code: str, name: str, value: object, since: date) -> None:
        """A decided reading of a row of the plan."""
        row = IndicatorParameter(
            indicator_id=self.indicator(code), name=name, value=value, valid_from=since, decision_number="1/QĐ",
            decided_on=since,
        )  # fmt: skip
        self._add(row)

    def indicator(self, code: str) -> int:
        """The key of a row of the plan."""
        sql = "select i.id from indicator i join plan p on p.id = i.plan_id where p.code = :plan and i.code = :code"
        key: int = self.session.execute(text(sql), {"plan": PLAN, "code": code}).scalar_one()
        return key

    def value(
        self, code: str, agency: int | None = None, as_of: date = CUT_OFF, actor: Actor = the_public()
    ) -> IndicatorValue:
        """One figure through the service."""
        (found,) = scorecard(self.session, actor, PLAN, as_of, agency, [code])
        return found

    def actor(self, role: str, agency: int | None) -> Actor:
        """Somebody who holds one role."""
        found = self.session.execute(text("select id, parent_id from agency"))
        parents = {row.id: row.parent_id for row in found}
        return Actor(Subject(id=1, name="ai đó", grants=(Grant(role, agency),)), Law(parents))


def side(value: IndicatorValue, code: str) -> tuple[int | None, int | None, str | None]:
    """Numerator, denominator and percent of a figure printed beside another."""
    (found,) = [figure for figure in value.side if figure.code == code]
    return found.numerator, found.denominator, found.percent


def parts(value: IndicatorValue) -> tuple[int | None, int | None]:
    """Numerator and denominator."""
    return value.numerator, value.denominator
