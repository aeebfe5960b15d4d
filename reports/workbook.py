"""A report as a workbook: one sheet a table, numbers as numbers, dates as dates.

Texts are written as texts whatever they begin with, so that what an agency typed never runs as a formula: XlsxWriter
marks the cell, and a leading = + - @ is kept as it is. The first sheet says what the workbook is.
"""

import io
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from hub.kit.clock import HANOI
from reports import sentences
from reports.model import Report
from reports.tables import Cell, Form, Table, tables

_FORMATS = {Form.COUNT: "#,##0", Form.SHARE: "0.00%", Form.POINTS: "+0.00;-0.00;0.00", Form.DAY: "dd/mm/yyyy"}
_NO_SURPRISES = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
PAPER_A4 = 9


def render_workbook(report: Report, made_at: datetime) -> bytes:
    """The report's tables as XLSX; `made_at` is the moment that the first sheet names."""
    import xlsxwriter  # ten megabytes, for whoever writes a sheet

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, _NO_SURPRISES) as book:
        book.set_properties(
            {
                "title": f"Báo cáo {' '.join(sentences.subject(report))}",
                "author": report.letterhead.organ_name,
                "created": made_at.astimezone(HANOI).replace(tzinfo=None),
            }
        )
        made = tables(report)
        _front(book, report, made, made_at)
        for table in made:
            _sheet(book, table)
    return held.getvalue()


def _front(book: Any, report: Report, made: list[Table], made_at: datetime) -> None:
    sheet = book.add_worksheet("Giới thiệu")
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    on = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
    at = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
    sheet.set_column(0, 0, 26, bold)
    sheet.set_column(1, 1, 100, wrap)
    local = made_at.astimezone(HANOI).replace(tzinfo=None)
    lines: list[tuple[str, str | date | datetime]] = [
        ("Báo cáo", " ".join(sentences.subject(report))),
        ("Kế hoạch", sentences.plan_reference(report.plan)),
        ("Phạm vi", report.scope or "Toàn Thành phố"),
        ("Kỳ báo cáo", report.period),
        ("Số liệu đến hết ngày", report.cutoff),
        ("Kỳ so sánh", report.previous_period),
        ("Tính chất", "Số liệu chính thức" if report.official else "Số liệu tạm tính"),
        ("", sentences.nature(report)),
        ("Kết quả chung", sentences.overall(report)),
        ("Lập lúc", local),
    ]
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name)
        if isinstance(value, datetime):
            sheet.write_datetime(row, 1, value, at)
        elif isinstance(value, date):
            sheet.write_datetime(row, 1, datetime.combine(value, time.min), on)
        else:
            sheet.write_string(row, 1, value)
    row = len(lines) + 1
    sheet.write_string(row, 0, "Các bảng")
    for place, table in enumerate(made, row):
        sheet.write_url(
            place, 1, f"internal:'{table.name}'!A1", string=f"{table.name} ({len(table.rows)} dòng)"
        )
    sheet.write_string(
        row + len(made) + 1,
        1,
        "Ô trống: chưa có dữ liệu hoặc không phát sinh, không phải bằng 0. Tỷ lệ của Thành phố bằng tổng tử số "
        "chia tổng mẫu số, không phải trung bình các tỷ lệ.",
    )
    sheet.set_paper(PAPER_A4)
    sheet.fit_to_pages(1, 0)


def _sheet(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#f3efe6", "border": 1}
    )
    text = book.add_format({"text_wrap": True, "valign": "top"})
    forms = {form: book.add_format({"num_format": code, "valign": "top"}) for form, code in _FORMATS.items()}
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, head)
    for number, row in enumerate(table.rows, 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, number, place, cell, forms.get(column.form, text))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(PAPER_A4)
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, row: int, place: int, cell: Cell, form: Any) -> None:
    """One cell in the form of its column; what is unknown stays empty."""
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        sheet.write_datetime(row, place, datetime.combine(cell, time.min), form)
    elif isinstance(cell, int | Decimal):
        sheet.write_number(row, place, cell, form)
    else:
        sheet.write_string(row, place, cell, form)
