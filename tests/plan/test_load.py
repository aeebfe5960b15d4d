"""A plan is data: loading is repeatable, the next plan needs no code, a faulty file is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.kit.errors import Invalid, NotFound
from hub.plan.load import PLAN_67, load_plan
from hub.plan.queries import duties, indicator_rows, plan_by_code

NEXT_PLAN = """
[plan]
code = "99/KH-UBND"
number = "99/KH-UBND"
title = "Kế hoạch giả định giai đoạn 2026-2030"
issued_on = 2026-01-15
issuer = "Ủy ban nhân dân thành phố Hà Nội"
period_from = 2026-01-01
period_to = 2030-12-31
source = "Dữ liệu kiểm thử"

[[indicator]]
code = "II.1.a"
part = "TARGET"
kind = "RATIO"
title = "Documents created electronically"
title_vi = "Tài liệu tạo lập dưới dạng điện tử"
text = "Bảo đảm tối thiểu 95,5% tài liệu được tạo lập dưới dạng điện tử."
legal_basis = "Kế hoạch 99/KH-UBND, mục II.1.a"
measure = "born_digital"
unit = "văn bản"
unit_en = "document"
target_percent = 95.5
deadline = "Giai đoạn 2026-2030"
window_from = 2026-01-01
window_to = 2030-12-31
[indicator.parameters]
exclusions = true

[[indicator]]
code = "1.1"
part = "ANNEX"
kind = "MILESTONE"
title = "Something done"
title_vi = "Một việc"
text = "Hoàn thành một việc"
legal_basis = "Kế hoạch 99/KH-UBND, Phụ lục"
unit = "mốc"
unit_en = "milestone"
deadline = "Quý II năm 2027"
leads = ["Sở Nội vụ", "Sở Tài chính"]

[[duty]]
code = "IV.1.a"
responsible = "Sở Nội vụ"
text = "Báo cáo."
"""


def snapshot(session: Session) -> list[Any]:
    """Every row with its place in the table: an untouched row keeps its ctid."""
    found: list[Any] = []
    for table in ("plan", "indicator", "indicator_party", "duty"):
        found += session.execute(
            text(f"select '{table}', t.ctid::text, t.* from {table} t order by id")
        ).all()
    return found


def test_loading_twice_changes_nothing(session: Session) -> None:
    plan = load_plan(session)
    before = snapshot(session)
    assert load_plan(session).id == plan.id
    assert snapshot(session) == before
    assert len(indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], None)) == 8
    assert len(duties(session, "67/KH-UBND")) == 30


def test_targets_come_in_plan_order_and_codes_bring_other_rows(session: Session) -> None:
    load_plan(session)
    targets = indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], None)
    assert [row["code"] for row in targets] == [f"II.{n}.{letter}" for n in (1, 2) for letter in "abcd"]
    assert [row["target_percent"] for row in targets] == [
        Decimal(n) if n else None for n in (80, 100, 90, 80, 0, 60, 80, 0)
    ]
    assert {row["due_on"] for row in targets} == {date(2025, 12, 31)}
    asked = indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], ["4.4", "II.2.b", "1.1", "nothing"])
    assert [row["code"] for row in asked] == ["II.2.b", "1.1", "4.4"]
    beside = indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], ["II.2.b"], sides=True)
    assert [row["code"] for row in beside] == ["II.2.b", "II.2.b.file", "II.2.b.shelf"]
    whole = indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], None, sides=True)
    sides = [row for row in whole if row["part"] == "SIDE"]
    assert len(sides) == 24
    assert {row["base_id"] for row in sides} < {row["id"] for row in targets}  # none of the annex


def test_leads_keep_their_order_and_find_the_agency_by_name(session: Session) -> None:
    session.execute(
        text(
            "insert into agency (code, name, kind) values ('T-SNV', 'Sở Nội vụ', 'DEPARTMENT'),"
            " ('T-VP', 'Văn phòng Ủy ban nhân dân Thành phố', 'DEPARTMENT')"
        )
    )
    load_plan(session)
    found = session.execute(
        text(
            "select p.role, p.position, p.name, a.code from indicator_party p"
            " join indicator i on i.id = p.indicator_id left join agency a on a.id = p.agency_id"
            " where i.code = '2.2' order by p.role desc, p.position"
        )
    ).all()
    assert [tuple(row) for row in found] == [
        ("LEAD", 1, "Sở Nội vụ", "T-SNV"),
        ("LEAD", 2, "Văn phòng UBND Thành phố", "T-VP"),
        ("LEAD", 3, "Sở Thông tin và Truyền thông", None),
        ("COORDINATION", 1, "Các cơ quan, tổ chức", None),
    ]
    lead = session.execute(
        text(
            "select p.name, a.code from indicator_party p join indicator i on i.id = p.indicator_id"
            " join agency a on a.id = p.agency_id where i.code = '4.1' and p.role = 'LEAD'"
        )
    ).one()
    assert tuple(lead) == ("Sở Nội vụ (Trung tâm Lưu trữ lịch sử)", "T-SNV")


def test_the_next_plan_loads_beside_this_one_and_is_corrected_by_its_file(
    session: Session, tmp_path: Path
) -> None:
    load_plan(session)
    path = tmp_path / "plan.toml"
    path.write_text(NEXT_PLAN, encoding="utf-8")
    load_plan(session, path)
    path.write_text(
        NEXT_PLAN.replace("95.5", "96").replace('"Sở Nội vụ", "Sở Tài chính"', '"Sở Tài chính"'), "utf-8"
    )
    load_plan(session, path)
    (target,) = indicator_rows(session, "99/KH-UBND", [date(2027, 1, 1)], None)
    assert (target["target_percent"], target["due_on"]) == (Decimal(96), date(2030, 12, 31))
    (milestone,) = indicator_rows(session, "99/KH-UBND", [date(2027, 1, 1)], ["1.1"])
    assert (milestone["starts_on"], milestone["due_on"]) == (date(2027, 4, 1), date(2027, 6, 30))
    leads = session.execute(
        text("select name from indicator_party where indicator_id = :id"), {"id": milestone["id"]}
    ).scalars()
    assert list(leads) == ["Sở Tài chính"]
    assert len(indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], None)) == 8


def test_a_decided_reading_holds_from_its_day_and_reaches_the_side_figures(session: Session) -> None:
    load_plan(session)
    (row,) = indicator_rows(session, "67/KH-UBND", [date(2025, 6, 30)], ["II.1.a"])
    for name, value in (("figure", '"own"'), ("retention_years_min", "10")):
        session.execute(
            text(
                "insert into indicator_parameter"
                " (indicator_id, name, value, valid_from, valid_to, decision_number, decided_on) values"
                " (:id, :name, cast(:value as jsonb), '2025-01-01', '2025-07-01', '1/QĐ', '2024-12-30')"
            ),
            {"id": row["id"], "name": name, "value": value},
        )

    def reading(as_of: date) -> list[tuple[object, object]]:
        rows = indicator_rows(session, "67/KH-UBND", [as_of], ["II.1.a", "II.1.a.file"])
        return [(row["parameters"]["figure"], row["parameters"]["retention_years_min"]) for row in rows]

    assert reading(date(2024, 12, 31)) == [("created", 5), ("file", 5)]
    assert reading(date(2025, 6, 30)) == [("own", 10), ("file", 10)]
    assert reading(date(2025, 7, 1)) == [("created", 5), ("file", 5)]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('kind = "RATIO"', 'kind = "GUESS"', "indicator.0.kind"),
        ('unit = "mốc"', 'unit = ""', "indicator.1.unit"),
        ("target_percent = 95.5", "target_percent = 120", "indicator.0.target_percent"),
        ("Quý II năm 2027", "giữa năm 2027", "indicator.1"),
        ('code = "1.1"', 'code = "II.1.a"', "plan.toml"),
        ('kind = "MILESTONE"', 'kind = "CHECKLIST"', "indicator.1"),
        ("exclusions = true", 'parts = [{code = "a"}]', "indicator.0.title"),
        ("issuer =", "issuer_name =", "plan.issuer"),
        ("issued_on = 2026-01-15", "issued_on = 2026-02-31", "plan.toml"),
        ('responsible = "Sở Nội vụ"', "", "duty.0.responsible"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place_and_loads_nothing(
    session: Session, tmp_path: Path, old: str, new: str, place: str
) -> None:
    assert NEXT_PLAN.count(old) == 1
    path = tmp_path / "plan.toml"
    path.write_text(NEXT_PLAN.replace(old, new), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_plan(session, path)
    assert place in [error.field for error in caught.value.errors]
    with pytest.raises(NotFound):
        plan_by_code(session, "99/KH-UBND")


def test_a_missing_file_is_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"nowhere\.toml"):
        load_plan(session, tmp_path / "nowhere.toml")
    assert PLAN_67.exists()
