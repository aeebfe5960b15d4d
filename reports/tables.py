"""Every table of a report as columns and rows of plain values: what a workbook is written from.

A cell is a number, a date, a text or None for what is unknown; a percentage is a share of one (0.7999), so that a
spreadsheet computes with it. Nothing is computed here that the report does not say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from reports import sentences
from reports.model import Figure, Report, Target, Task
from reports.model.figures import change, tasks_of
from reports.quality import quality_lines

Cell = str | int | Decimal | date | None


class Form(StrEnum):
    """How a column's values are written."""

    TEXT = "TEXT"
    COUNT = "COUNT"
    SHARE = "SHARE"
    POINTS = "POINTS"
    DAY = "DAY"


@dataclass(frozen=True, slots=True)
class Column:
    """A head, the form of its values and its width in characters."""

    title: str
    form: Form = Form.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name (at most 31 characters), its columns and rows."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


CODE = Column("Mã", width=13)
TITLE = Column("Nội dung", width=60)
AGENCY = Column("Cơ quan", width=44)
UNIT = Column("Đơn vị tính", width=16)
GOAL = Column("Mức phải đạt", Form.SHARE, 13)
RESULT = Column("Kết quả", width=26)
FIGURE = (
    Column("Tử số", Form.COUNT),
    Column("Mẫu số", Form.COUNT),
    Column("Tỷ lệ", Form.SHARE),
)
BEFORE = (Column("Tỷ lệ kỳ trước", Form.SHARE, 14), Column("Tăng, giảm (điểm %)", Form.POINTS, 18))
PAPER = (Column("Số văn bản", width=20), Column("Ngày văn bản", Form.DAY, 13))


def tables(report: Report) -> list[Table]:
    """The report's tables in its own order; one without rows is left out."""
    made = [
        _rows("Chỉ tiêu", report.targets),
        _history(report),
        _sides(report),
        _rows("Nhiệm vụ", tasks_of(report.tasks)),
        _proofs(report),
        _agencies(report),
        _ranking(report),
        _quality(report),
        _lacks(report),
        _exclusions(report),
        _declared(report),
        _voices(report),
        _late(report),
    ]
    return [table for table in made if table.rows]


def _rows(name: str, rows: Sequence[Target | Task]) -> Table:
    columns = (
        CODE, TITLE, UNIT, GOAL, Column("Thời hạn", Form.DAY, 13), *FIGURE, RESULT, *BEFORE,
        Column("Thiếu dữ liệu", Form.COUNT, 14), Column("Loại trừ", Form.COUNT),
        Column("Tỷ lệ nếu không loại trừ", Form.SHARE, 22), Column("Độ phủ", Form.SHARE),
        Column("Tính chất", width=12), Column("Chủ trì", width=36), Column("Phối hợp", width=44),
    )  # fmt: skip
    return Table(name, columns, tuple(tuple(_row(row)) for row in rows))


def _row(row: Target | Task) -> Iterator[Cell]:
    yield from (row.code, row.title, row.unit, _share(row.goal), row.due_on)
    yield from _figure(row.figure)
    yield row.figure.standing.word
    yield from (_share(row.previous.percent) if row.previous else None, row.change)
    yield from (row.figure.missing, row.figure.excluded, _share(row.percent_without_exclusions))
    yield from (_share(row.coverage), "ước tính" if row.estimated else None)
    yield from (row.leads, row.partners) if isinstance(row, Task) else ("", "")


def _history(report: Report) -> Table:
    columns = (CODE, TITLE, Column("Kỳ", Form.DAY), *FIGURE, RESULT)
    return Table(
        "Diễn biến qua các kỳ",
        columns,
        tuple(
            (row.code, row.title, point.at, *_figure(point.figure), point.figure.standing.word)
            for row in report.targets
            for point in row.history
        ),
    )


def _sides(report: Report) -> Table:
    columns = (Column("Chỉ tiêu, nhiệm vụ", width=18), CODE, TITLE, UNIT, *FIGURE, *BEFORE)
    return Table(
        "Số liệu bổ sung",
        columns,
        tuple(
            (
                row.code, side.code, side.title, side.unit, *_figure(side.figure),
                _share(side.previous.percent) if side.previous else None, change(side.figure, side.previous),
            )
            for row in _all(report)
            for side in row.sides
        ),
    )  # fmt: skip


def _proofs(report: Report) -> Table:
    columns = (CODE, Column("Phần", width=44), Column("Văn bản", width=44), *PAPER, RESULT)
    return Table(
        "Tài liệu chứng minh",
        columns,
        tuple(
            (
                row.code, proof.part, proof.title, proof.number, proof.issued_on,
                "Hoàn thành" if proof.is_done else "Chưa hoàn thành",
            )
            for row in _all(report)
            for proof in row.proofs
        ),
    )  # fmt: skip


def _agencies(report: Report) -> Table:
    columns = (
        Column("Chỉ tiêu", width=13), Column("Nhóm", width=24), Column("Hạng", Form.COUNT, 8),
        Column("Mã cơ quan", width=20), AGENCY, UNIT, *FIGURE, RESULT, *BEFORE,
        Column("Thiếu dữ liệu", Form.COUNT, 14), Column("Loại trừ", Form.COUNT),
    )  # fmt: skip
    return Table(
        "Theo đơn vị trực thuộc" if report.scope else "Theo cơ quan",
        columns,
        tuple(
            (
                breakdown.target.code, line.group, line.rank.place if line.rank else None, line.code, line.name,
                breakdown.target.unit, *_figure(line.figure), line.figure.standing.word,
                _share(line.previous.percent) if line.previous else None, line.change,
                line.figure.missing, line.figure.excluded,
            )
            for breakdown in report.breakdowns
            for line in breakdown.agencies
        ),
    )  # fmt: skip


def _ranking(report: Report) -> Table:
    codes = report.ranking[0].targets if report.ranking else ()
    columns = (
        Column("Nhóm", width=24), Column("Hạng", Form.COUNT, 8), Column("Mã cơ quan", width=20), AGENCY,
        Column("Chỉ tiêu đạt", Form.COUNT, 13), Column("Chỉ tiêu phát sinh", Form.COUNT, 18),
        *(Column(code, Form.SHARE) for code in codes),
    )  # fmt: skip
    return Table(
        "Xếp hạng",
        columns,
        tuple(
            (
                group.title, one.rank.place if one.rank else None, one.code, one.name, one.met, one.counted,
                *(_share(figure.percent) if figure else None for figure in one.figures),
            )
            for group in report.ranking
            for one in group.agencies
        ),
    )  # fmt: skip


def _quality(report: Report) -> Table:
    columns = (
        CODE, TITLE, UNIT, Column("Thiếu dữ liệu", Form.COUNT, 14), Column("Tỷ lệ thiếu", Form.SHARE, 12),
        Column("Độ phủ", Form.SHARE), Column("Tính chất", width=12), Column("Cơ quan có số liệu", Form.COUNT, 18),
        Column("Cơ quan phải có số liệu", Form.COUNT, 22), Column("Cần bổ sung trước", width=80),
    )  # fmt: skip
    return Table(
        "Chất lượng dữ liệu",
        columns,
        tuple(
            (
                line.code, line.title, line.unit, line.missing, _share(line.share), _share(line.coverage),
                "ước tính" if line.estimated else None, line.reported, line.expected, sentences.mend(line),
            )
            for line in quality_lines(report)
        ),
    )  # fmt: skip


def _lacks(report: Report) -> Table:
    columns = (CODE, Column("Thông tin còn thiếu", width=60), Column("Số hồ sơ, tài liệu", Form.COUNT, 18))
    return Table(
        "Thông tin cần bổ sung",
        columns,
        tuple((row.code, one.what, one.records) for row in _all(report) for one in row.lacks),
    )


def _exclusions(report: Report) -> Table:
    columns = (
        Column("Chỉ tiêu", width=13), Column("Căn cứ pháp lý", width=80), Column("Số đối tượng", Form.COUNT, 13),
        Column("Đối tượng", width=16), Column("Phê duyệt gần nhất", Form.DAY, 18),
    )  # fmt: skip
    return Table(
        "Loại trừ",
        columns,
        tuple((one.indicator, one.basis, one.count, one.unit, one.approved_on) for one in report.exclusions),
    )


def _declared(report: Report) -> Table:
    columns = (
        CODE, TITLE, Column("Cơ quan khai", width=44), Column("Đến ngày", Form.DAY, 12),
        Column("Nội dung khai", width=60), *PAPER,
    )  # fmt: skip
    told = [(task.code, task.title, one) for task in tasks_of(report.tasks) for one in task.declared]
    told += [(duty.code, duty.text, one) for duty in report.duties for one in duty.declared]
    return Table(
        "Cơ quan khai",
        columns,
        tuple(
            (code, title, one.agency, one.as_of, one.said, one.number, one.issued_on)
            for code, title, one in told
        ),
    )


def _voices(report: Report) -> Table:
    columns = (
        AGENCY, Column("Kết quả, tiến độ", width=60), Column("Khó khăn, vướng mắc", width=60),
        Column("Đề xuất, kiến nghị", width=60),
    )  # fmt: skip
    return Table(
        "Ý kiến của cơ quan",
        columns,
        tuple((one.agency, one.results, one.difficulties, one.proposals) for one in report.returns.voices),
    )


def _late(report: Report) -> Table:
    columns = (AGENCY, Column("Hạn gửi", Form.DAY))
    return Table(
        "Cơ quan chậm báo cáo", columns, tuple((name, report.returns.due_on) for name in report.returns.late)
    )


def _all(report: Report) -> list[Target | Task]:
    return [*report.targets, *tasks_of(report.tasks)]


def _figure(figure: Figure) -> tuple[Cell, Cell, Cell]:
    return figure.numerator, figure.denominator, _share(figure.percent)


def _share(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent / 100
