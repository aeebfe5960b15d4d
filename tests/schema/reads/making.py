"""A small city full of corners: ties, nulls, nested series, listed items, every state and access level.

Made from a fixed seed, so that a failing operation fails again; read back in world.py.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlmodel import SQLModel

from hub.kit.vietnamese import sort_key
from tests.schema.reads.world import TODAY

WORDS = (
    "quy", "hoạch", "đất", "đai", "cấp", "phép", "xây", "dựng", "giải", "phóng", "mặt", "bằng", "Đống", "Đa",
    "thanh", "tra", "năm", "2020", "Ủy", "ban",
)  # fmt: skip


class Maker:
    """Writes rows with chosen ids."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.random = random.Random(67)
        self.counts: dict[str, int] = {}

    def add(self, table: str, **values: Any) -> int:
        """One row; its id counts from 1 in each table."""
        key = self.counts[table] = self.counts.get(table, 0) + 1
        if table != "item_listing":
            values = {"id": key, **values}
        if "title" in values or "name" in values:
            for name in ("title", "name"):
                if name in values and f"{name}_sort" in SQLModel.metadata.tables[table].c:
                    values[f"{name}_sort"] = sort_key(values[name])
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        wrapped = [Jsonb(value) if isinstance(value, dict) else value for value in values.values()]
        override = " overriding system value" if table != "item_listing" else ""
        self.connection.execute(f"insert into {table} ({names}){override} values ({marks})", wrapped)
        return key

    def words(self) -> str:
        """A title of a few words."""
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(2, 5)))

    def day(self) -> date | None:
        """One of few days, or none: ties and nulls."""
        return self.random.choice([None, *(date(2019, 12, 28) + timedelta(days=n) for n in range(8))])

    def level(self) -> int | None:
        """An access level, or none."""
        return self.random.choice([0, 0, 0, 1, 2, None])

    def flags(self) -> dict[str, Any]:
        """What the law looks at."""
        chance = self.random.random
        return {
            "access_level": self.level(),
            "published": chance() < 0.5,
            "on_hold": chance() < 0.1,
            "transferred": chance() < 0.2,
            "created_by": self.random.choice([None, 1, 2, 3]),
        }


def make(connection: psycopg.Connection[Any]) -> None:
    """Fills a freshly migrated database."""
    connection.execute("truncate app_user, agency, plan, code_list_entry cascade")  # what migrations seed
    maker = Maker(connection)
    _agencies(maker)
    for name in ("clerk", "officer", "archivist", "supervisor", "leader", "staff"):
        maker.add("app_user", name=name, full_name=f"Người {name}", agency_id=2, is_service=False)
    roles = [
        ("clerk", 2),
        ("officer", 1),
        ("archivist", 6),
        ("supervisor", None),
        ("leader", None),
        ("staff", 3),
    ]
    for user, (role, agency) in enumerate(roles, 1):
        maker.add("role_grant", user_id=user, role=role, agency_id=agency, valid_from=date(2021, 1, 1))
    maker.add("role_grant", user_id=1, role="staff", agency_id=3, valid_from=date(2021, 1, 1), valid_to=TODAY)
    _records(maker)
    _lists(maker)
    _dealings(maker)


def _agencies(maker: Maker) -> None:
    kinds = ["CITY", "DEPARTMENT", "UNIT", "DISTRICT", "BOARD", "ARCHIVE", "COMMUNE"]
    parents = [None, 1, 2, 1, None, None, 4]
    for number, (kind, parent) in enumerate(zip(kinds, parents, strict=True), 1):
        maker.add(
            "agency",
            code=f"CQ-{number}",
            name=f"Cơ quan {WORDS[number]} {number}",
            kind=kind,
            parent_id=parent,
            valid_from=date(2010, 1, 1) if number % 2 else None,
            valid_to=date(2025, 3, 1) if number == 7 else None,
            archive_since=date(2012, 1, 1) if number in (2, 4, 5) else None,
            is_historical_archive=kind == "ARCHIVE",
        )
    for agency, scheme, value in (
        *((1, "H26", "H26.1"), (1, "OLD", "000.1"), (2, "H26", "H26.2")),
        # a code that two bodies had, in two schemes, means neither; one that another has now means that one
        *((3, "H26", "TWICE"), (4, "OLD", "TWICE"), (5, "OLD", "CQ-2")),
    ):
        maker.add("agency_code", agency_id=agency, scheme=scheme, value=value, valid_from=date(2020, 1, 1))
    maker.add("agency_succession", predecessor_id=7, successor_id=4, effective_on=date(2025, 3, 1))
    maker.add(
        "agency_succession", predecessor_id=5, successor_id=4, effective_on=date(2025, 3, 1), kind="SEPARATED",
        decision="QĐ 9", decided_on=date(2025, 2, 3),
    )  # fmt: skip
    # What each was called, and where it stood, at first stands there by itself, under keys of the database's own.
    maker.connection.execute(
        "insert into agency_name (agency_id, name, valid_to) values (2, 'Tên cũ', '2023-07-01')"
    )
    maker.connection.execute(
        "insert into agency_parent (agency_id, parent_id, valid_to, decision) values (3, 4, '2024-01-01', 'QĐ 8')"
    )
    maker.add("source_membership", agency_id=2, valid_from=date(2020, 1, 1))
    maker.add("source_membership", agency_id=4, valid_from=date(2020, 1, 1), valid_to=TODAY)


def _records(maker: Maker) -> None:
    rng = maker.random
    for number in range(8):
        agency = 1 + number % 5
        maker.add(
            "fonds",
            agency_id=agency,
            creator_id=agency,
            custodian_id=rng.choice([agency, 6]),
            code=f"P{number:02}",
            title=maker.words(),
            state=rng.choice(["OPEN", "CLOSED"]),
            start_year=rng.choice([None, 1954, 1975]),
            languages=rng.choice([[], ["vie"], ["vie", "fre"]]),
            **maker.flags(),
        )
    fonds = {
        row[0]: row[1:] for row in maker.connection.execute("select id, agency_id, custodian_id from fonds")
    }
    series: dict[int, list[int]] = {}
    for number in range(24):
        key = 1 + number % 7
        above = series.setdefault(key, [])
        parent = rng.choice([None, *above])
        above.append(
            maker.add(
                "series",
                fonds_id=key,
                agency_id=fonds[key][0],
                custodian_id=fonds[key][1],
                parent_id=parent,
                position=rng.choice([0, 1000, 2000]),
                code=f"N{number:02}",
                title=maker.words(),
                start_date=maker.day(),
                state=rng.choice(["OPEN", "CLOSED"]),
                **maker.flags(),
            )
        )
    for number in range(70):
        key = rng.randint(1, 7)
        kind = rng.choice(["PERMANENT", "PERMANENT", "YEARS", "UNKNOWN"])
        start = maker.day()
        maker.add(
            "file",
            fonds_id=key,
            series_id=rng.choice([None, *series[key]]),
            agency_id=fonds[key][0],
            creator_id=fonds[key][0],
            custodian_id=fonds[key][1],
            code=f"H{number:03}",
            title=maker.words(),
            state=rng.choice(["OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "TRANSFERRED", "DISPOSED"]),
            start_date=start,
            start_latest=start,
            start_precision="DAY" if start else None,
            start_text=f"ngày {start}" if start else None,
            retention_kind=kind,
            retention_years=20 if kind == "YEARS" else None,
            origin_declared=rng.choice([None, "PAPER", "BORN_DIGITAL", "MIXED"]),
            keywords=rng.choice([None, "từ khóa"]),
            total_doc=rng.choice([None, 0, 5]),
            page_count_declared=rng.choice([None, 30]),
            accepted_at=rng.choice([None, datetime(2021, 12, 31, 18, 30, tzinfo=UTC)]),
            submitted_by=rng.choice([None, 1, 2]),
            **maker.flags(),
        )
    files = maker.connection.execute(
        "select id, fonds_id, agency_id, custodian_id from file order by id"
    ).fetchall()
    for number in range(260):
        home = files[min(rng.randint(0, 59), rng.randint(0, 59))]
        flags = maker.flags()
        maker.add(
            "item",
            file_id=home[0],
            fonds_id=home[1],
            agency_id=home[2],
            custodian_id=home[3],
            ordinal=rng.randint(0, 6),
            code=f"V{number:04}",
            subject=maker.words(),
            number=rng.choice([None, str(number)]),
            notation=rng.choice([None, "QĐ-UBND", "TTr-SNV"]),
            doc_type=rng.choice([None, "01", "02", "zz"]),
            doc_type_text=rng.choice([None, "Công văn lạ"]),
            direction=rng.choice([None, "INCOMING", "OUTGOING"]),
            issued_date=maker.day(),
            issuer=rng.choice([None, 'Sở "Nội" vụ\\']),
            origin=rng.choice([None, "BORN_DIGITAL", "DIGITIZED", "PAPER"]),
            page_count=rng.choice([None, 1, 12]),
            retention_kind=rng.choice(["PERMANENT", "UNKNOWN"]),
            signer_name=rng.choice([None, "Nguyễn Văn A"]),
            state=rng.choice(["ACTIVE", "ACTIVE", "DRAFT", "WITHDRAWN"]),
            **flags,
        )
    items = maker.connection.execute("select id, file_id, agency_id from item order by id").fetchall()
    for item, home_file, agency in items[::4]:
        others = [row[0] for row in files if row[2] == agency and row[0] != home_file]
        maker.add(
            "item_listing",
            file_id=rng.choice(others),
            item_id=item,
            agency_id=agency,
            ordinal=rng.randint(0, 6),
        )
    for number in range(40):
        item, home_file, _ = items[number * 5]
        home = files[home_file - 1]
        flags = maker.flags()
        flags["access_level"] = min(flags["access_level"] or 0, 1)
        maker.add(
            "digital_object",
            file_id=home[0],
            item_id=rng.choice([None, item]),
            fonds_id=home[1],
            agency_id=home[2],
            custodian_id=home[3],
            name=f"trang-{number}.pdf",
            byte_size=rng.choice([None, 2**40 + number]),
            **flags,
        )


def _lists(maker: Maker) -> None:
    kinds = [("HIGH_USE", None), ("WIDELY_USED", None), ("HIGH_USE", TODAY)]
    for number, (kind, end) in enumerate(kinds, 1):
        maker.add(
            "decided_list",
            kind=kind,
            decision_number=f"{number}/QĐ",
            decided_on=date(2022, 1, 1),
            valid_from=date(2022, 1, 1),
            valid_to=end,
        )
    maker.add("decided_list_entry", list_id=1, series_id=1)
    maker.add("decided_list_entry", list_id=1, file_id=5)
    maker.add("decided_list_entry", list_id=2, fonds_id=2)
    maker.add("decided_list_entry", list_id=3, series_id=3)
    for value, label, start, end in (
        ("01", "Nghị quyết", date(2020, 1, 1), date(2025, 6, 30)),
        ("01", "Nghị quyết (mới)", date(2025, 7, 1), None),
        ("02", "Quyết định", date(2020, 1, 1), None),
    ):
        maker.add(
            "code_list_entry",
            list_name="doc_type",
            value=value,
            label=label,
            label_en=label,
            position=int(value),
            valid_from=start,
            valid_to=end,
            legal_source="TT thử",
        )


def _dealings(maker: Maker) -> None:
    rng = maker.random
    states = ["REGISTERED", "SUBMITTED", "APPROVED", "RETURNED", "ACCEPTED", "CHECKING"]
    for number, state in enumerate(states):
        transfer = maker.add(
            "transfer",
            code=f"GN-{number}",
            agency_id=1 + number % 4,
            custodian_id=6,
            fonds_id=rng.choice([None, 1, 2]),
            state=state,
            registered_on=date(2024, 1, 1 + number % 2),
            accepted_at=datetime(2024, 5, 1, tzinfo=UTC) if state == "ACCEPTED" else None,
            created_by=1,
        )
        for file in rng.sample(range(1, 60), 3):
            maker.add("transfer_entry", transfer_id=transfer, file_id=file)
    maker.add(
        "plan",
        code="67/KH-UBND",
        title="Kế hoạch",
        number="67",
        issued_on=date(2021, 3, 17),
        issuer="UBND",
        period_from=date(2021, 1, 1),
        period_to=date(2025, 12, 31),
        source="test",
    )
    for deadline in (date(2024, 12, 31), date(2025, 6, 30), date(2025, 12, 31)):
        maker.add(
            "reporting_period",
            plan_id=1,
            deadline=deadline,
            returns_due_on=deadline - timedelta(days=10),
            unit_returns_due_on=None if deadline.year == 2024 else deadline - timedelta(days=20),
            data_cutoff=deadline,
            state="OPEN",
        )
    maker.add(
        "reporting_period",
        plan_id=1,
        kind="INTERIM",
        covers_from=date(2024, 7, 1),
        deadline=date(2025, 6, 30),
        returns_due_on=date(2025, 6, 30),
        data_cutoff=date(2025, 6, 30),
        state="PLANNED",
    )
    maker.add("duty", plan_id=1, code="IV.5.d", position=1, responsible="Các sở", text_vi="Chỉnh lý tồn đọng")
    for period, agency, state in (
        (1, 2, "ACCEPTED"),
        (1, 4, "DRAFT"),
        (2, 2, "SUBMITTED"),
        (2, 5, "SENT_BACK"),
    ):
        maker.add(
            "agency_return",
            period_id=period,
            agency_id=agency,
            state=state,
            difficulties="Thiếu kinh phí số hóa",
            figures={"mét": "12.50"},
            reports_to_id=2 if agency == 4 else None,
            handed_in_at=None if state in ("DRAFT", "SENT_BACK") else datetime(2025, 6, 20, 17, tzinfo=UTC),
            submitted_by=1 if state == "SUBMITTED" else None,
        )
    maker.add(
        "return_line",
        return_id=1,
        agency_id=2,
        duty_id=1,
        numerator=3,
        note="Đang làm",
        quantities={"m": "2.5"},
    )
    for turn, before, after in (("SUBMIT", "DRAFT", "SUBMITTED"), ("APPROVE", "SUBMITTED", "APPROVED")):
        maker.add(
            "return_turn", return_id=1, agency_id=2, turn=turn, from_state=before, to_state=after, by_id=1, version=2,
            at=datetime(2024, 12, 20, 3, tzinfo=UTC),
        )  # fmt: skip
    maker.add("return_case", period_id=2, agency_id=2, extended_to=date(2025, 6, 27))
    for period, reporter, state in ((1, None, "PUBLISHED"), (1, 2, "SUPERSEDED"), (2, None, "DRAFT")):
        report = maker.add("published_report", period_id=period, agency_id=reporter, state=state)
        maker.add("snapshot", report_id=report, as_of=TODAY, formula_version="1", figures={}, sha256="0" * 64)
    for number in range(12):
        maker.add(
            "audit_event",
            agency_id=rng.choice([None, 1, 2, 3, 6]),
            event_type=rng.choice(["file:close", "item:update"]),
            agent_id=rng.choice([None, 1]),
            object_type="file",
            object_id=number,
            outcome=rng.choice(["success", "denied"]),
            detail={"trước": 1},
        )
