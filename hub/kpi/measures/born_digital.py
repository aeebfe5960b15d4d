"""Documents created electronically (II.1.a: tài liệu được tạo lập dưới dạng điện tử), in documents.

    numerator      V with origin 01 (BORN_DIGITAL) whose signature, where one is required, is verified or declared
    denominator    V created in the plan's window, up to the date, held by the agency archive or due to it
                   + for each such file dated in the window: max(0, declared totalDoc - listed items)
                   - V excluded by law (R5), which leave both sides

Paper is catalogued by file and e-documents one by one, so the documents that a file declares and does not list
are counted too, by the file's *declared* origin; undeclared or mixed is missing data. Listed are own and listed-in
items, excluded ones too. A file with neither items nor totalDoc cannot be counted and lowers coverage.

Held: accepted by the agency archive (`accepted_at`), or moved on to the historical archive (`transferred_on`),
where it keeps its creating agency (R10). Due: closed (`closed_on`), kept for `retention_years_min` years or more,
`due_after_years` after its work ended. A retention whose length is not known is missing data, not a way out.
What the historical archive keeps without a transfer never was of an agency archive.

Dates true at the cut-off (R3b): V by `issued_date`, a file by `end_date`, else `start_date`. A document without a
date is missing data (R12), unless its file's date shows that it cannot lie in the window; a file without dates
likewise, unless its fonds ended before the window. Only ACTIVE items and files not disposed of count (R7); each V
once, in however many files it is listed (R11).

Side figures: own-created and incoming (both also of the cut-off's year), per file, with scans (broad), share of
verified signatures among counted documents that need one, and the stock of all years.
"""

from hub.kpi.born_digital.facts import COUNTED, FACTS, MEMBERS
from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure

MEASURE = Measure(
    name="born_digital",
    headline="created",
    facts=FACTS,
    counted=COUNTED,
    year="cast(extract(year from day) as integer)",
    of_agency="f.creator_id in (select origin_id from lineage where agency_id = @agency)",
    of_counted="c.creator_id in (select origin_id from lineage where agency_id = @agency)",
    kept={"retention_years_min": (5,), "due_after_years": (1,)},
    members=MEMBERS,
    reasons={
        "DATE_UNKNOWN": ("Thiếu ngày ban hành", "The date of issue is missing"),
        "ORIGIN_UNKNOWN": (
            "Chưa rõ nguồn gốc (gốc điện tử, số hóa hay giấy)",
            "It is not known whether it is electronic, digitised or paper",
        ),
        "RETENTION_UNKNOWN": (
            "Chưa rõ thời hạn lưu trữ hoặc thời điểm kết thúc công việc",
            "Retention, or the end of the work, is not known",
        ),
        "SIGNATURE_UNKNOWN": ("Chưa có chứng cứ về chữ ký", "There is no evidence of the signature"),
        "DIGITIZED": (
            "Số hóa từ giấy, không phải gốc điện tử",
            "Digitised from paper, not created electronically",
        ),
        "NOT_ELECTRONIC": ("Không tạo lập dưới dạng điện tử", "Not created electronically"),
        "NOT_COUNTED": (
            "Hồ sơ không có tài liệu và không khai tổng số tài liệu",
            "The file lists no documents and declares no number of them",
        ),
    },
    parameters={"retention_years_min": 5, "due_after_years": 1, "exclusions": 0},
    mends={
        "DATE_UNKNOWN": Lack.DATE,
        "ORIGIN_UNKNOWN": Lack.ORIGIN,
        "RETENTION_UNKNOWN": Lack.RETENTION,
        "SIGNATURE_UNKNOWN": Lack.SIGNATURE_EVIDENCE,
        "NOT_COUNTED": Lack.TOTAL_DOC,
    },
)
