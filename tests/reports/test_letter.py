"""The letter to late agencies: a page for the letter and a list of its own, nobody's markup."""

from __future__ import annotations

import io
from datetime import date

from pypdf import PdfReader

from hub.returns.models import ReportingPeriod
from hub.returns.reminders.late import Late, LateAgency
from reports import letterhead
from reports.letter import Letter, printed_as, render_letter
from reports.model import PlanName
from reports.pdf import print_pdf

PLAN = PlanName(
    "67/KH-UBND", "Triển khai Đề án “Lưu trữ tài liệu điện tử”", date(2021, 3, 12), "UBND thành phố Hà Nội"
)


def _letter(names: list[str], kind: str = "HALF_YEAR") -> Letter:
    period = ReportingPeriod(
        plan_id=1, kind=kind, deadline=date(2025, 6, 30), returns_due_on=date(2025, 6, 20),
        data_cutoff=date(2025, 6, 30), state="OPEN",
    )  # fmt: skip
    late = tuple(LateAgency(name, date(2025, 6, 20), "SENT_BACK", 2) for name in names)
    return Letter(
        letterhead.reminder_letter(("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")), PLAN,
        Late(period, date(2025, 6, 25), date(2025, 6, 30), 49, 49 - len(names), late),
    )  # fmt: skip


def test_the_letter_stands_on_one_page_and_its_list_follows(printer: None) -> None:
    letter = _letter([f"Ủy ban nhân dân quận {number}" for number in range(30)])
    printed = print_pdf(printed_as(letter))
    first, *lists = [page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages]
    for said in ("Độc lập - Tự do - Hạnh phúc", "V/v đôn đốc nộp báo cáo 6 tháng đầu năm 2025",
                 "điểm h khoản 5 Phần IV", "19/49 cơ quan", "chậm nhất ngày 30/6/2025", "Lưu: VT."):  # fmt: skip
        assert said in " ".join(first.split()), said
    assert "quận 29" in " ".join(lists[-1].split())


def test_names_are_words_and_no_markup() -> None:
    page = render_letter(_letter(["Sở <b>X</b>"], "INTERIM"))
    assert "Sở &lt;b&gt;X&lt;/b&gt;" in page
    assert "đôn đốc nộp báo cáo sơ kết đến 30/06/2025" in page
