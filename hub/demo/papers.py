"""Documents of the demo behind annex rows, checklists and milestones, with their numbers and dates.

Only Kế hoạch 67 itself is real; every other number and date is sample data, and its title says so (mẫu).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlmodel import Session, select

from hub.demo.city import ARCHIVE
from hub.plan.models import Deliverable, Indicator


class Paper(NamedTuple):
    """A document of a row: who owes it, what it proves, since when it is on the list, its number and date."""

    code: str
    agency: str
    title: str
    planned: date | None = None
    number: str | None = None
    day: date | None = None
    part: str | None = None
    cancelled: date | None = None


_LIST_OF_RULES = date(2021, 8, 2)
_LIST_OF_GUIDES = date(2021, 4, 15)
_STEPS = date(2021, 4, 1)

PAPERS = (
    Paper("1.1", "SNV", "Kế hoạch triển khai Đề án trên địa bàn Thành phố", None, "67/KH-UBND", date(2021, 3, 17)),
    # The list of what is to be reviewed was made in August 2021; before that nobody knew how much it is.
    Paper("1.2", "SNV", "Quy chế Kho lưu trữ số", _LIST_OF_RULES, "3015/QĐ-UBND", date(2021, 11, 8)),
    Paper("1.2", "SNV", "Quy định về tài liệu lưu trữ điện tử", _LIST_OF_RULES, "3016/QĐ-UBND", date(2021, 11, 8)),
    Paper("1.2", "SNV", "Quy chế công tác văn thư, lưu trữ", _LIST_OF_RULES, "3270/QĐ-UBND", date(2021, 12, 14)),
    Paper("1.2", "SNV", "Quy định thu thập tài liệu điện tử", _LIST_OF_RULES, "702/QĐ-UBND", date(2022, 4, 5)),
    Paper("1.2", "SNV", "Quy định về phí khai thác", _LIST_OF_RULES),
    Paper("1.2", "SNV", "Quy định về sao lưu", _LIST_OF_RULES, cancelled=date(2022, 1, 10)),
    Paper("1.3", "SNV", "Hướng dẫn tiêu chuẩn dữ liệu đầu vào", _LIST_OF_GUIDES, "1422/HD-SNV", date(2021, 9, 6)),
    Paper("1.3", "SNV", "Hướng dẫn bảo quản tài liệu lưu trữ điện tử", _LIST_OF_GUIDES, "1423/HD-SNV",
          date(2021, 9, 6)),
    Paper("1.3", "SNV", "Hướng dẫn khai thác tài liệu lưu trữ điện tử", _LIST_OF_GUIDES, "418/HD-SNV",
          date(2022, 2, 21)),
    Paper("1.3", "STTTT", "Hướng dẫn tiêu chuẩn kỹ thuật Hệ thống", _LIST_OF_GUIDES, "988/HD-STTTT",
          date(2021, 10, 4)),
    Paper("1.3", "STTTT", "Hướng dẫn kết nối, liên thông Hệ thống", _LIST_OF_GUIDES),
    Paper("1.4", "SNV", "Hướng dẫn quy trình số hóa tài liệu", date(2022, 1, 10), "1820/HD-SNV", date(2022, 7, 8)),
    Paper("1.4", "SNV", "Hướng dẫn quản lý Hệ thống tại Lưu trữ cơ quan", date(2022, 1, 10), "655/HD-SNV",
          date(2023, 4, 3)),
    Paper("2.1", "SNV", "Đề án kiện toàn Chi cục", _STEPS, "2110/TTr-SNV", date(2021, 10, 1)),
    Paper("2.1", "SNV", "Quyết định chức năng, nhiệm vụ", _STEPS, "540/QĐ-SNV", date(2022, 5, 16)),
    Paper("2.1", "CCVTLT", "Đề án vị trí việc làm", _STEPS, "77/ĐA-CCVTLT", date(2023, 8, 22)),
    Paper("2.1", "CCVTLT", "Bổ nhiệm, bố trí công chức", _STEPS),
    Paper("3.1.a", "VPUB", "Biên bản nghiệm thu Hệ thống quản lý văn bản và Điều hành", None, "214/BB-VPUB",
          date(2021, 9, 28)),
    Paper("3.1.b", "VPUB", "Biên bản triển khai Hệ thống đến các cơ quan", None, "305/BB-VPUB", date(2021, 12, 24)),
    Paper("4.1", "SNV", "Biên bản nghiệm thu hệ thống máy chủ", None, "88/BB-TTLTLS", date(2022, 3, 15)),
    Paper("4.5", "STTTT", "Báo cáo đề xuất giải pháp xác thực tài liệu ký số", None),
    Paper("II.2.a", ARCHIVE, "Kế hoạch bảo quản tài liệu Lưu trữ lịch sử", None, "31/KH-TTLTLS", date(2022, 3, 7),
          "plan"),
    Paper("II.2.a", ARCHIVE, "Giải pháp bảo quản tài liệu điện tử", None, "142/TTr-TTLTLS", date(2024, 10, 18),
          "solution"),
    Paper("II.2.d", ARCHIVE, "Biên bản kiểm thử tích hợp với Hệ thống của cơ quan", None, "64/BB-TTLTLS",
          date(2023, 6, 12), "agencies"),
    Paper("II.2.d", ARCHIVE, "Quy chế quản lý tập trung Hệ thống", None, "58/QĐ-TTLTLS", date(2022, 5, 30), "central"),
    Paper("II.2.d", ARCHIVE, "Hồ sơ kết nối Hệ thống Phông Lưu trữ nhà nước", None, part="state"),
    *(
        Paper("3.2", ARCHIVE, f"Biên bản nghiệm thu chức năng {number}", None, f"{90 + number}/BB-TTLTLS", day, part)
        for number, (part, day) in enumerate({
            "acquisition": date(2022, 4, 20), "preservation": date(2022, 4, 20), "use": date(2022, 9, 9),
            "data": date(2022, 9, 9), "users": date(2022, 9, 9), "security": date(2022, 12, 19),
            "extraction": date(2023, 5, 25), "from_agencies": date(2023, 6, 12), "mobile": date(2024, 2, 27),
        }.items(), 1)
    ),
)  # fmt: skip


def load_papers(session: Session, plan_id: int, agencies: Mapping[str, int]) -> None:
    """Every document of the list above."""
    rows = dict(session.exec(select(Indicator.code, Indicator.id).where(Indicator.plan_id == plan_id)).all())
    session.add_all(
        Deliverable(
            indicator_id=rows[paper.code] or 0, agency_id=agencies[paper.agency], part_code=paper.part,
            title=paper.title if paper.code == "1.1" else f"{paper.title} (mẫu)", planned_on=paper.planned,
            document_number=paper.number, document_date=paper.day, cancelled_on=paper.cancelled,
            state="CANCELLED" if paper.cancelled else "APPROVED" if paper.day else "DRAFTED",
        )
        for paper in PAPERS
    )  # fmt: skip
