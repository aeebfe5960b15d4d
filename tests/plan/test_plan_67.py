"""Kế hoạch 67 as data says what Kế hoạch 67 as issued says.

`plan_67.txt` is the issued text (a public legal document). Every row of part II and of the annex and every
lettered duty of part IV is read out of it here, by code of this file alone, and compared with the data file.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.plan.load import PLAN_67
from hub.plan.rules import deadline_days

OWN_TEXT = Path(__file__).parent / "plan_67.txt"
SHARED_TEXT = Path(__file__).parents[3] / "shared" / "plan-67.txt"

PLAN: dict[str, Any] = tomllib.loads(PLAN_67.read_text(encoding="utf-8"))
INDICATORS: dict[str, dict[str, Any]] = {row["code"]: row for row in PLAN["indicator"]}
DUTIES: dict[str, dict[str, Any]] = {row["code"]: row for row in PLAN["duty"]}


@pytest.fixture(params=["own", "shared"])
def issued(request: pytest.FixtureRequest) -> str:
    path = OWN_TEXT if request.param == "own" else SHARED_TEXT
    if not path.exists():
        pytest.skip(
            "the issued text is not at ../shared/plan-67.txt; the project's own copy is compared anyway"
        )
    return path.read_text(encoding="utf-8")


def plain(text: str) -> str:
    """Spacing and the copy's misprint of Phông aside, the words as they stand."""
    text = re.sub(r"\s+", " ", re.sub(r"</?b>|\*\*", "", text)).strip()
    return re.sub(r"(?<=[Pp])hòng Lưu trữ", "hông Lưu trữ", text)


def lettered(section: str) -> dict[str, str]:
    return {m[1]: plain(m[2]) for m in re.finditer(r"^(?:- )?([a-zđ])\) (.+)$", section, re.MULTILINE)}


def numbered(part: str) -> dict[str, tuple[str, str]]:
    pieces = re.split(r"^#+ \*\*(\d)\. (.+?)\*\*\s*$", part, flags=re.MULTILINE)
    return {n: (head, body) for n, head, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)}


def between(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.index(end)]


def annex(text: str) -> dict[str, list[str]]:
    """Code → content, leads, coordination, percent, deadline; rows that a page break splits are joined."""
    rows: dict[str, list[str]] = {}
    code = ""
    for line in text[text.index("STT\t") :].splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) < 2 or "STT" in cells[0] or re.fullmatch(r"\d", cells[0]):
            continue
        if cells[0]:
            code = cells[0] if "." in cells[0] else f"3.1.{cells[0]}"
            rows[code] = [*cells[1:], *[""] * (6 - len(cells))]
        else:
            rows[code] = [
                f"{a} {b}".strip() for a, b in zip(rows[code], [*cells[1:], *[""] * 5], strict=False)
            ]
    return rows


def test_every_target_of_part_two_is_there_in_the_plans_words(issued: str) -> None:
    sections = numbered(between(issued, "## **II. ", "### **III. "))
    texts = {
        f"II.{number}.{letter}": (head, words)
        for number, (head, body) in sections.items()
        for letter, words in lettered(body).items()
    }
    targets = {code: row for code, row in INDICATORS.items() if row["part"] == "TARGET"}
    assert list(targets) == list(texts)
    assert len(targets) == 8
    for code, row in targets.items():
        head, words = texts[code]
        assert plain(row["text"]) == words, code
        assert row["section"] == head
        percent = re.search(r"(\d+)%", words)
        assert row.get("target_percent") == (int(percent[1]) if percent else None), code
        assert deadline_days(row["deadline"]) == (date(2020, 1, 1), date(2025, 12, 31))
        assert row.get("parameters", {}).get("exclusions", False) == ("trừ những trường hợp" in words), code
    assert "GIAI ĐOẠN 2020 - 2025" in issued


def test_every_row_of_the_annex_is_there_with_its_parties_percent_and_deadline(issued: str) -> None:
    rows = {code: row for code, row in INDICATORS.items() if row["part"] == "ANNEX"}
    printed = annex(issued)
    assert list(rows) == list(printed)
    assert len(rows) == 19
    for code, row in rows.items():
        content, leads, coordination, percent, deadline = printed[code][:5]
        assert plain(row["text"]) == plain(content), code
        assert row["leads"] == [name.strip() for name in re.split("[/;]", leads) if name.strip()], code
        assert parties(" | ".join(row["coordination"])) == parties(coordination), code
        assert row.get("target_percent") == (int(percent.rstrip("%")) if percent else None), code
        wording = re.sub(r"\s*-\s*", "-", deadline)
        assert row["deadline"] == wording, code
        # R9, said a second time: a quarter ends in its last month, years on 31/12.
        year, end = re.findall(r"\d{4}", wording)[-1], "09-30" if "III năm" in wording else "12-31"
        due = deadline_days(row["deadline"])
        assert due is not None
        assert due[1].isoformat() == f"{year}-{end}", code
        assert row.get("parameters", {}).get("exclusions", False) == ("(trừ những trường hợp" in content), (
            code
        )


def parties(cell: str) -> str:
    """Bodies in their order, whatever sign stands between them."""
    cell = cell.replace(" và các cơ quan", " | các cơ quan").replace(
        "Các cơ quan, tổ chức", "Các cơ quan tổ chức"
    )
    cell = cell.replace("các cơ quan, tổ chức", "các cơ quan tổ chức")
    return "|".join(part.strip() for part in re.split(r"[|/;,]", cell))


def test_every_duty_of_part_four_is_there(issued: str) -> None:
    sections = numbered(between(issued, "## **IV. ", "Trên đây là Kế hoạch"))
    printed = {
        f"IV.{number}.{letter}": (body, words)
        for number, (body, section) in sections.items()
        for letter, words in lettered(section).items()
    }
    assert {code: (row["responsible"], plain(row["text"])) for code, row in DUTIES.items()} == printed
    assert list(DUTIES) == list(printed)
    assert len(DUTIES) == 30
    assert next(iter(DUTIES)) == "IV.1.a"
    assert list(DUTIES)[-1] == "IV.5.h"


def test_the_heading_of_the_plan_is_there(issued: str) -> None:
    plan = PLAN["plan"]
    words = plain(issued)
    assert plan["title"] in words
    assert "Kế hoạch số: 67 /KH-UBND ngày 17 tháng 3 năm 2021" in words
    assert (plan["code"], plan["issued_on"]) == ("67/KH-UBND", date(2021, 3, 17))
    assert plan["signed_by"] in words


def test_misprints_are_corrected_and_still_found(issued: str) -> None:
    whole = re.sub(r"\s+", " ", issued.replace("\t", " "))
    corrected = {code for code, row in INDICATORS.items() if "alias" in row}
    assert corrected == {
        code for code, row in INDICATORS.items() if re.search("[Pp]hông Lưu trữ", row.get("text", ""))
    }
    assert corrected == {"II.2.d", "3.2", "4.4"}
    for code in corrected:
        for spelling in INDICATORS[code]["alias"].split("; "):
            assert spelling in whole
            assert spelling not in INDICATORS[code]["text"]
    assert not [
        row for row in [*INDICATORS.values(), *DUTIES.values()] if "hòng Lưu trữ" in row.get("text", "")
    ]


def test_our_copy_is_the_issued_text() -> None:
    if not SHARED_TEXT.exists():
        pytest.skip(
            "the issued text is not at ../shared/plan-67.txt; there is nothing to compare our copy with"
        )
    assert OWN_TEXT.read_text(encoding="utf-8") == SHARED_TEXT.read_text(encoding="utf-8")


def test_side_figures_stand_beside_a_row_and_the_kinds_follow_the_percent() -> None:
    for code, row in INDICATORS.items():
        if row["part"] == "SIDE":
            assert code.startswith(row["of"] + "."), code
            assert INDICATORS[row["of"]]["part"] != "SIDE"
        elif row.get("target_percent") is None:
            assert row["kind"] in {"CHECKLIST", "MILESTONE"}, code
        else:
            assert row["kind"] == "RATIO", code
    checklists = {
        code: len(row["parameters"]["parts"])
        for code, row in INDICATORS.items()
        if row["kind"] == "CHECKLIST"
    }
    assert checklists == {"II.2.a": 2, "II.2.d": 3, "3.2": 10}
