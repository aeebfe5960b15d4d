"""EAD 2002 and EAD3 read: levels, keys, dates, nothing dropped, nothing dangerous."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from lxml import etree

from hub.importers.ead.parse import Parser
from hub.importers.ead.stream import CHUNK
from hub.importers.ead.text import text_of
from hub.importers.outcome import UnusableInput
from hub.kit.vietnamese import nfc
from tests.importers.conftest import codes, parsed
from tests.importers.findingaids import DIALECTS, EAD_3, EAD_2002, EAD_2002_DTD

# Columns of the stage that no table but the fonds has: what stands only there would be lost below it.
FONDS_ONLY = ("history",)
NOT_STORED = ("issuer", "keywords", "retention_text", "end_text", "sublevel")


def saved(tmp_path: Path, text: str | bytes, name: str = "aid.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def kept_words(records: list[dict[str, Any]]) -> str:
    """Everything that reaches a column of the record's own table, or its `extra`."""
    found: list[str] = []
    for record in records:
        left_out = NOT_STORED + (() if record["level"] == "fonds" else FONDS_ONLY)
        for name, value in record.items():
            if name == "extra":
                found.extend(strings(orjson.loads(value)))
            elif name not in left_out:
                found.extend(strings(value))
    return "\0".join(" ".join(text.split()) for text in found)


def lost_words(path: Path, records: list[dict[str, Any]]) -> list[str]:
    """Text nodes and values of attributes that are found nowhere in the records."""
    kept = kept_words(records)
    parser = etree.XMLParser(remove_comments=True, remove_pis=True, load_dtd=False, no_network=True)
    lost = []
    for element in etree.fromstring(path.read_bytes(), parser).iter():
        for text in (element.text, element.tail, *element.attrib.values()):
            words = nfc(" ".join((text or "").split()))
            if words and words not in kept:
                lost.append(f"{element.tag}: {words}")
    return lost


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "2002 with DTD"])
def test_no_text_and_no_attribute_is_dropped(tmp_path: Path, dialect: str) -> None:
    path = saved(tmp_path, DIALECTS[dialect])
    records, _, _ = parsed(path)
    assert lost_words(path, records) == []


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("<a>một  hai\n ba</a>", "một hai ba"),
        ("<a>\n <p>một\n hai</p>\n</a>", "một hai"),
        ("<a>một <emph>hai</emph></a>", "một hai"),
        ("<a><emph>hai</emph> ba</a>", "hai ba"),
        ("<a>một<p>hai</p></a>", "một\nhai"),
        ("<a><p>hai</p>ba</a>", "hai\nba"),
        ("<a><p>một</p><p>hai</p></a>", "một\nhai"),
        ("<a><p>một <emph>hai</emph></p></a>", "một hai"),
        ("<a><c01>một</c01></a>", ""),
        ("<a><p/></a>", ""),
    ],
)
def test_blocks_stand_on_lines_of_their_own(element: str, text: str) -> None:
    assert text_of(etree.fromstring(element)) == text


def test_components_become_series_files_and_items(tmp_path: Path) -> None:
    records, _, _ = parsed(saved(tmp_path, EAD_2002))
    found = {record["title"]: (record["level"], record["ref"], record["parent_ref"]) for record in records}
    assert found == {
        "Phông Ủy ban nhân dân": ("fonds", "", ""),
        "Tổ chức": ("series", "1", ""),
        "Bổ nhiệm, 1960": ("file", "1.1", "1"),
        "Điều động": ("file", "1.2", "1"),
        "Quyết định số 5": ("item", "1.2.1", "1.2"),
        "Quyết định số 6": ("item", "1.2.2", "1.2"),
        "Tài chính": ("series", "2", ""),
        "Thuế": ("series", "2.1", "2"),
        "Sổ thuế": ("file", "2.1.1", "2.1"),
    }


def test_keys_are_unitid_or_id_or_path(tmp_path: Path) -> None:
    records, _, _ = parsed(saved(tmp_path, EAD_2002))
    keys = {record["title"]: record["source_key"] for record in records}
    assert keys["Phông Ủy ban nhân dân"] == "ead:vn-hn-001"
    assert keys["Tổ chức"] == "ead:vn-hn-001#u:1"
    assert keys["Bổ nhiệm, 1960"] == "ead:vn-hn-001#i:f1"
    assert keys["Quyết định số 5"] == "ead:vn-hn-001#p:1.2.1"
    assert len(set(keys.values())) == len(records)


def test_a_unit_becomes_columns(tmp_path: Path) -> None:
    records, _, _ = parsed(saved(tmp_path, EAD_2002))
    fonds = next(record for record in records if record["level"] == "fonds")
    assert (fonds["code"], fonds["languages"], fonds["keywords"]) == (
        "P.01",
        ["01", "03"],
        "Hành chính; Hà Nội",
    )
    assert (str(fonds["start_date"]), str(fonds["end_latest"])) == ("1954-01-01", "1986-12-31")
    assert "Thành lập năm 1954, xem đây." in fonds["history"]
    series = next(record for record in records if record["title"] == "Tổ chức")
    assert (series["access_level"], series["access_text"]) == (1, "Hạn chế theo quy định.")
    file = next(record for record in records if record["ref"] == "1.1")
    assert file["page_count"] == 12
    assert file["access_level"] is None  # what is not said stays restricted
    assert orjson.loads(file["extra"])["container"] == [
        {"text": "1", "type": "box"},
        {"text": "2", "type": "folder"},
    ]


@pytest.mark.parametrize(
    ("title", "start", "end", "precision"),
    [
        ("Bổ nhiệm, 1960", "1960-01-01", "1960-12-31", "YEAR"),
        ("Điều động", "1961-07-29", "1961-07-29", "DAY"),
        ("Quyết định số 5", "1961-07-29", "1961-07-29", "DAY"),
        ("Thuế", "1960-01-01", "1983-12-31", "YEAR"),
        ("Sổ thuế", "None", "None", "UNKNOWN"),
    ],
)
def test_dates_in_words(tmp_path: Path, title: str, start: str, end: str, precision: str) -> None:
    records, _, _ = parsed(saved(tmp_path, EAD_2002))
    unit = next(record for record in records if record["title"] == title)
    found = (str(unit["start_date"]), str(unit["end_latest"]), unit["start_precision"])
    assert found == (start, end, precision)
    assert unit["start_text"]


def test_structured_dates_of_ead3(tmp_path: Path) -> None:
    records, _, outcomes = parsed(saved(tmp_path, EAD_3))
    fonds = records[-1]
    assert (str(fonds["start_date"]), fonds["start_precision"]) == ("1917-02-01", "MONTH")
    assert str(fonds["end_latest"]) == "1955-12-31"
    assert fonds["total_doc"] == 50
    diary = next(record for record in records if record["title"] == "Nhật ký")
    assert (str(diary["start_date"]), str(diary["end_latest"])) == ("1920-01-01", "1930-05-06")
    untitled = next(record for record in records if record["ref"] == "1.1")
    assert untitled["title"] == "1917"
    assert (13, "unittitle", "NO_TITLE") in codes(outcomes)


def test_dtd_dialect_keeps_entities_and_says_repeated_ids(tmp_path: Path) -> None:
    records, _, outcomes = parsed(saved(tmp_path, EAD_2002_DTD))
    assert records[-1]["title"] == "Papiers de l'école Sở Nội vụ"
    first, second = (
        record for record in records if record["ref"].startswith("1.") and record["level"] == "file"
    )
    assert (first["code"], first["source_key"]) == ("A/1", "ead:dtd-1#u:A/1")
    assert (second["code"], second["source_key"]) == (None, "ead:dtd-1#p:1.2")
    assert (str(first["start_date"]), str(first["end_latest"])) == ("1901-01-01", "1907-12-31")
    extra = orjson.loads(first["extra"])
    assert "alt" in extra["unitid"]
    assert extra["unittitle"] == ["B2"]
    assert [code for _, _, code in codes(outcomes)] == ["UNITID_TWICE"]


def test_without_an_id_the_title_is_the_key_and_it_is_said(tmp_path: Path) -> None:
    records, reading, _ = parsed(saved(tmp_path, DIALECTS["no header"]))
    assert records[0]["source_key"] == "ead:Không có mã"
    assert [note.code for note in reading.notes] == ["NO_EADID"]


def test_a_strange_attribute_is_said_once_and_kept(tmp_path: Path) -> None:
    strange = EAD_2002.replace("<archdesc ", '<archdesc invalid="attribute" ').replace(
        '<c level="series"', '<c invalid="b" level="series"'
    )
    records, _, outcomes = parsed(saved(tmp_path, strange))
    assert [code for _, _, code in codes(outcomes)].count(
        "UNKNOWN_ATTRIBUTE"
    ) == 2  # invalid, rights-restriction
    assert orjson.loads(records[-1]["extra"])["attributes"]["invalid"] == "attribute"


BOMB = (
    '<!DOCTYPE ead [<!ENTITY a "' + "ha" * 50 + '">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9))
    + "]><ead><archdesc><did><unittitle>&a8;</unittitle></did></archdesc></ead>"
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('<?xml version="1.0"?>\n<ead relatedencoding="MARC21></ead>\n', "NOT_WELL_FORMED", 2),
        (EAD_2002[: len(EAD_2002) // 2], "NOT_WELL_FORMED", 16),
        ('<!DOCTYPE html>\n<html><head><title>404</title></head><body>&nbsp;<hr></body></html>', "HTML_PAGE", 1),
        ("<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "HTML_PAGE", 1),
        ("<mods><title>x</title></mods>", "NOT_EAD", 1),
        ("<ead><eadheader/></ead>", "NO_ARCHDESC", 1),
        ('<!DOCTYPE ead [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<ead>&x;</ead>', "NOT_WELL_FORMED", 2),
        (BOMB, "NOT_WELL_FORMED", 1),
        ("<ead><archdesc><dsc>" + "<c>" * 100 + "</c>" * 100 + "</dsc></archdesc></ead>", "TOO_DEEP", 1),
        ("<ead>" + "<p>" * 300 + "</p>" * 300 + "</ead>", "NOT_WELL_FORMED", 1),
        ("<ead><archdesc>\n\n&nosuch;</archdesc></ead>", "NOT_WELL_FORMED", 3),
        (b"<?xml version='1.0' encoding='UTF-8'?>\n<ead><archdesc>\xe9\xe9</archdesc></ead>", "NOT_WELL_FORMED", 2),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, code: str, line: int
) -> None:
    with pytest.raises(UnusableInput) as refused:
        parsed(saved(tmp_path, text))
    assert (refused.value.problem_code, refused.value.line) == (code, line)
    assert f"dòng {line}" in refused.value.message_vi
    assert f"line {line}" in refused.value.message_en
    assert "hostname" not in refused.value.message_en


def test_ten_thousand_components_leave_no_tree_behind(tmp_path: Path) -> None:
    component = '<c01 level="file"><did><unittitle>Hồ sơ {}</unittitle></did></c01>\n'
    body = "".join(component.format(number) for number in range(10_000))
    path = saved(
        tmp_path,
        f"<ead><eadheader><eadid>x</eadid></eadheader><archdesc><did/><dsc>{body}</dsc></archdesc></ead>",
    )
    records, _, _ = parsed(path)
    assert len(records) == 10_001
    assert records[9_999]["ref"] == "10000"


def test_what_was_read_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    component = "<c><did><unittitle>t</unittitle></did></c>"
    body = component * 8000
    path = saved(
        tmp_path, f"<ead><eadheader><eadid>x</eadid></eadheader><archdesc><dsc>{body}</dsc></archdesc></ead>"
    )
    most = 0
    ending = Parser._end

    def watched(self: Parser, stack: list[Any], element: Any) -> None:
        nonlocal most
        ending(self, stack, element)
        most = max(most, len(element.getparent()))

    monkeypatch.setattr(Parser, "_end", watched)
    assert len(parsed(path)[0]) == 8001
    assert 0 < most <= CHUNK // len(component) + 2  # one piece of the file, not the file


def test_an_id_used_twice_is_said_and_gives_way_to_the_place(tmp_path: Path) -> None:
    body = EAD_2002.replace('id="f2"', 'id="f1"').replace(
        "<did><unittitle>Tài chính", '<did id="d"><unittitle>Tài chính'
    )
    records, _, outcomes = parsed(saved(tmp_path, body))
    keys = {record["title"]: record["source_key"].partition("#")[2] for record in records}
    assert (keys["Bổ nhiệm, 1960"], keys["Điều động"]) == ("i:f1", "p:1.2")
    assert [code for _, _, code in codes(outcomes) if code == "ID_TWICE"] == ["ID_TWICE"]
