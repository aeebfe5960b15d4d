"""The report's figures for machines: what is attached to the PDF and written beside other forms."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from reports.model import Figure, Report

COLUMNS = (
    "bang",
    "ma",
    "ma_co_quan",
    "ten",
    "don_vi",
    "muc_phai_dat",
    "tu_so",
    "mau_so",
    "ty_le",
    "ty_le_thap_nhat",
    "do_phu",
    "thieu_du_lieu",
    "loai_tru",
    "ket_qua",
    "ty_le_ky_truoc",
)


def as_csv(report: Report) -> str:
    """Targets, tasks and agencies, one figure a row, with machine numbers; an unknown value is empty."""
    made = io.StringIO()
    writer = csv.DictWriter(made, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_rows(report))
    return made.getvalue()


def as_json(report: Report) -> str:
    """The whole report as data, keys sorted, so that the same report gives the same text."""
    return json.dumps(asdict(report), ensure_ascii=False, sort_keys=True, indent=1, default=_plain)


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    for target in report.targets:
        yield {
            "bang": "chi_tieu",
            "ma": target.code,
            "ten": target.title,
            "don_vi": target.unit,
            "muc_phai_dat": target.goal,
            "ty_le_thap_nhat": target.percent_low,
            "do_phu": target.coverage,
            "ty_le_ky_truoc": target.previous.percent if target.previous else None,
            **_figure(target.figure),
        }
    for group in report.tasks:
        for task in group.tasks:
            yield {
                "bang": "nhiem_vu",
                "ma": task.code,
                "ten": task.title,
                "muc_phai_dat": task.goal,
                "don_vi": task.unit,
                "do_phu": task.coverage,
                "ty_le_ky_truoc": task.previous.percent if task.previous else None,
                **_figure(task.figure),
            }
    for breakdown in report.breakdowns:
        for line in breakdown.agencies:
            yield {
                "bang": "co_quan",
                "ma": breakdown.target.code,
                "ma_co_quan": line.code,
                "ten": line.name,
                "don_vi": breakdown.target.unit,
                "muc_phai_dat": breakdown.target.goal,
                "ty_le_ky_truoc": line.previous.percent if line.previous else None,
                **_figure(line.figure),
            }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "tu_so": figure.numerator,
        "mau_so": figure.denominator,
        "ty_le": figure.percent,
        "thieu_du_lieu": figure.missing,
        "loai_tru": figure.excluded,
        "ket_qua": figure.standing.value,
    }


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
