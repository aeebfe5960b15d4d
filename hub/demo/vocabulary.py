"""Phrases of administrative Vietnamese, put together so that titles and subjects read like real ones."""

from __future__ import annotations

from random import Random

# Field of work: the headings of a classification scheme (khung phân loại), each with its matters.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "TH": ("Tổng hợp", (
        "thực hiện chương trình công tác trọng tâm", "kiểm điểm công tác chỉ đạo, điều hành", "cải cách hành chính",
        "giao ban công tác tháng", "ứng dụng công nghệ thông tin và chuyển đổi số", "kiểm soát thủ tục hành chính")),
    "TCCB": ("Tổ chức cán bộ", (
        "tuyển dụng công chức, viên chức", "điều động và bổ nhiệm cán bộ", "nâng bậc lương thường xuyên",
        "đào tạo, bồi dưỡng cán bộ, công chức", "đánh giá, xếp loại công chức", "sắp xếp tổ chức bộ máy")),
    "TCKH": ("Tài chính - Kế hoạch", (
        "giao dự toán ngân sách nhà nước", "quyết toán thu, chi ngân sách", "phê duyệt kế hoạch lựa chọn nhà thầu",
        "điều chỉnh kế hoạch đầu tư công trung hạn", "quản lý tài sản công", "thẩm tra dự toán mua sắm thiết bị")),
    "XD": ("Xây dựng, đô thị", (
        "cấp giấy phép xây dựng nhà ở riêng lẻ", "phê duyệt quy hoạch chi tiết tỷ lệ 1/500",
        "cải tạo, chỉnh trang hè phố và thoát nước", "xử lý vi phạm trật tự xây dựng",
        "phê duyệt báo cáo kinh tế - kỹ thuật công trình", "nghiệm thu công trình trường học")),
    "DD": ("Đất đai, môi trường", (
        "cấp giấy chứng nhận quyền sử dụng đất", "thu hồi đất và giải phóng mặt bằng",
        "giao đất tái định cư", "giải quyết tranh chấp đất đai", "đánh giá tác động môi trường",
        "thống kê, kiểm kê đất đai")),
    "VX": ("Văn hóa, xã hội", (
        "tổ chức lễ hội truyền thống", "xếp hạng di tích lịch sử - văn hóa", "trợ cấp người có công với cách mạng",
        "phổ cập giáo dục mầm non", "phòng, chống dịch bệnh", "giảm nghèo bền vững")),
    "NC": ("Nội chính, tiếp dân", (
        "giải quyết khiếu nại, tố cáo của công dân", "tiếp công dân định kỳ", "bảo đảm an toàn giao thông",
        "phòng cháy, chữa cháy", "thanh tra trách nhiệm người đứng đầu", "xử phạt vi phạm hành chính")),
    "VTLT": ("Văn thư, lưu trữ", (
        "chỉnh lý tài liệu tồn đọng", "số hóa tài liệu lưu trữ", "lập hồ sơ và giao nộp hồ sơ điện tử",
        "kiểm tra công tác văn thư, lưu trữ", "hủy tài liệu hết giá trị", "ban hành thời hạn bảo quản hồ sơ")),
}  # fmt: skip

PLACES = (
    "phường Trúc Bạch", "phường Điện Biên", "phường Hàng Bạc", "phường Quảng An", "phường Dịch Vọng", "phường Láng Hạ",
    "phường Bạch Mai", "phường Đại Kim", "phường Mỹ Đình 1", "phường Cổ Nhuế 2", "phường Mộ Lao", "xã Phù Linh",
    "xã Vân Nội", "xã Bát Tràng", "xã Tả Thanh Oai", "xã Tiền Phong", "xã Tản Lĩnh", "xã Vân Phúc", "xã Tân Hội",
    "xã Vân Canh", "xã Sài Sơn", "xã Bình Yên", "xã Phụng Châu", "xã Cự Khê", "xã Vân Tảo", "xã Đại Thắng",
    "xã Hòa Nam", "xã Hương Sơn", "phường Viên Sơn", "phố Hàng Đào", "đường Hoàng Quốc Việt", "đường Nguyễn Trãi",
)  # fmt: skip

# Type of document (code of the list doc_type), the short form in a notation, how the subject begins.
DOCUMENTS = (
    ("02", "QĐ", "Quyết định về việc {}"), ("18", "", "Công văn về việc {}"), ("07", "TB", "Thông báo kết luận về {}"),
    ("10", "KH", "Kế hoạch {}"), ("14", "BC", "Báo cáo kết quả {}"), ("16", "TTr", "Tờ trình về việc đề nghị {}"),
    ("15", "BB", "Biên bản làm việc về {}"), ("23", "GM", "Giấy mời họp về {}"), ("08", "HD", "Hướng dẫn {}"),
    ("18", "", "Công văn đôn đốc {}"), ("01", "NQ", "Nghị quyết về {}"), ("17", "HĐ", "Hợp đồng phục vụ {}"),
)  # fmt: skip

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương")
_MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Hữu", "Thu", "Quốc", "Ngọc", "Thanh", "Xuân")
_GIVEN = ("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hùng", "Khánh", "Lan", "Minh", "Nga", "Phương", "Quang",
          "Sơn", "Tâm", "Thảo", "Tuấn", "Vinh", "Yến")  # fmt: skip
POSITIONS = ("Chủ tịch", "Phó Chủ tịch", "Giám đốc", "Phó Giám đốc", "Chánh Văn phòng", "Trưởng phòng")


def person(rng: Random) -> str:
    """A full name that nobody in particular bears."""
    return f"{rng.choice(_FAMILY)} {rng.choice(_MIDDLE)} {rng.choice(_GIVEN)}"


def file_title(rng: Random, field: str, year: int) -> str:
    """The title of a file: what, where, when."""
    matter = rng.choice(FIELDS[field][1])
    form = rng.randrange(4)
    if form == 0:
        return f"Hồ sơ về việc {matter} tại {rng.choice(PLACES)} năm {year}"
    if form == 1:
        return f"Tập văn bản về {matter} năm {year}"
    if form == 2:
        return f"Hồ sơ {matter} trên địa bàn {rng.choice(PLACES)}, {rng.randrange(1, 5)}/{year}"
    return f"Hồ sơ chỉ đạo, kiểm tra công tác {matter} năm {year}"
