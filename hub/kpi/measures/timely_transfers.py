"""Permanent documents handed over to the historical archive in time (II.1.d, 3.6: chuyển giao trong 03 năm).

    numerator      V of the denominator with a transfer accepted by the end of the day it is due
    denominator    V created electronically (origin 01), kept permanently, of an agency on the source list, created
                   since the window began, and due by the date: created + `years`
                   - V excluded by law (R5), which leave both sides

Due is the same day `years` later, 29/2 becomes 28/2, to 23:59:59 in Hà Nội (R12). `accepted_at` is the only day that
counts: sent is not transferred. A transfer names a file, and with it the documents whose home it is, or one document.
With `channel` only transfers made through it count (3.6: tích hợp).

Retention is the document's own, else its file's, as now known. Unknown origin, retention or date of issue is missing
data: in the denominator, never in the numerator (R3). A document without a date is placed by its file's end (else
start, else the end of its fonds); one that nothing dates counts from `missing_date_from` and is only listed before.

Dates true at the cut-off (R3b): `issued_date`, `accepted_at`, membership of the source list of the agency that
answers then for the record (R13). A record at the historical archive keeps its creating agency (R10), unless it came
there without a transfer. Only ACTIVE items of files not disposed of count (R7), each once (R11).

Side figures: late; submitted in time and not decided yet; in files still open and not handed over in time; scans
(origin 02, created on the day the scan was accepted); files, all of whose documents are electronic, due `years` after
`end_date`. Coverage is the share of these files whose documents are listed.
Source: Kế hoạch 67/KH-UBND, II.1.d and annex 3.6; domain facts 10.1 and 10.2.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.timely_transfers.facts import COUNTED, FACTS, MEMBERS

MEASURE = Measure(
    name="timely_transfers",
    headline="electronic",
    facts=FACTS,
    counted=COUNTED,
    year="cast(extract(year from day) as integer)",
    of_agency="f.creator_id in (select origin_id from lineage where agency_id = @agency)",
    of_counted="c.creator_id in (select origin_id from lineage where agency_id = @agency)",
    kept={"years": (3,), "missing_date_from": ("2023-01-01",), "channel": ("", "integrated")},
    members=MEMBERS,
    reasons={
        "DATE_UNKNOWN": ("Thiếu ngày ban hành", "The date of issue is missing"),
        "ORIGIN_UNKNOWN": (
            "Chưa rõ nguồn gốc (gốc điện tử, số hóa hay giấy)",
            "It is not known whether it is electronic, digitised or paper",
        ),
        "RETENTION_UNKNOWN": ("Chưa rõ thời hạn lưu trữ", "The retention is not known"),
        "LATE": ("Đã chuyển giao nhưng quá thời hạn", "Handed over, but late"),
        "OTHER_CHANNEL": (
            "Đã chuyển giao nhưng không qua kênh tích hợp",
            "Handed over, but not through the integrated channel",
        ),
        "WAITING": ("Nộp đúng hạn, đang chờ tiếp nhận", "Submitted in time, acceptance pending"),
        "FILE_OPEN": ("Hồ sơ chưa kết thúc", "Its file is still open"),
        "NO_ACCEPTANCE": (
            "Đã ở Lưu trữ lịch sử nhưng không có đợt giao nộp được tiếp nhận",
            "It is at the historical archive, but no transfer of it was accepted",
        ),
        "NOT_TRANSFERRED": ("Chưa chuyển giao", "Not handed over"),
        "NOT_LISTED": (
            "Hồ sơ điện tử chưa liệt kê đủ tài liệu",
            "The electronic file does not list all its documents",
        ),
    },
    parameters={"years": 3, "missing_date_from": "0001-01-01", "channel": "", "exclusions": 0},
    mends={
        "DATE_UNKNOWN": Lack.DATE,
        "ORIGIN_UNKNOWN": Lack.ORIGIN,
        "RETENTION_UNKNOWN": Lack.RETENTION,
        "NOT_LISTED": Lack.DOCUMENTS,
    },
)
