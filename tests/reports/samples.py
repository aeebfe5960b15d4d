"""A report of an invented plan in which every standing occurs; sizes are chosen by the test."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports.model import (
    AgencyLine,
    Breakdown,
    Declared,
    Duty,
    Edition,
    Exclusion,
    Figure,
    Kind,
    Letterhead,
    PlanName,
    Point,
    Proof,
    RankedGroup,
    Report,
    Returns,
    Side,
    Standing,
    Target,
    Task,
    TaskGroup,
    Voice,
)
from reports.ranking import ranked_agencies, ranked_lines, standing_of

LETTERHEAD = Letterhead(
    parent=("Ủy ban nhân dân", "thành phố Hà Nội"),
    organ=("Sở Nội vụ",),
    organ_name="Sở Nội vụ",
    place="Hà Nội",
    notation="BC-SNV",
    addressed_to="Ủy ban nhân dân thành phố Hà Nội",
    signed_as=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"),
    recipients=(
        "Như trên",
        "Cục Văn thư và Lưu trữ nhà nước (để b/c)",
        "Các sở, ban, ngành; UBND các quận, huyện, thị xã",
        "Trung tâm Lưu trữ lịch sử Thành phố",
        "Lưu: VT, VTLT",
    ),
)
PLAN = PlanName(
    "99/KH-UBND",
    "triển khai thực hiện Đề án lưu trữ tài liệu điện tử giai đoạn 2026 - 2030",
    date(2025, 1, 7),
    "Ủy ban nhân dân thành phố Hà Nội",
)
ADDRESS = "https://luutru.example.vn/verify/4711"
EDITION = Edition(4711, ADDRESS, 3, "05", date(2025, 7, 4), "Thay thế bản ngày 01/7/2025: sửa số liệu A.1.")
DUE = date(2025, 12, 31)
ENDS = tuple(date(year, *end) for year in (2022, 2023, 2024, 2025) for end in ((6, 30), (12, 31)))[:-1]


def figure(numerator: int, denominator: int, wanted: int = 80, missing: int = 0, **more: object) -> Figure:
    """A ratio with the standing that follows from its integers while the deadline is ahead."""
    if not denominator:
        return Figure(0, 0, None, Standing.NOT_APPLICABLE)
    met = numerator * 100 >= wanted * denominator
    shown = (Decimal(numerator * 10000 // denominator) / 100).quantize(Decimal("0.01"))
    return Figure(
        numerator,
        denominator,
        shown,
        Standing.MET if met else Standing.IN_PROGRESS,
        missing,
        **more,  # type: ignore[arg-type]
    )


PROOFS = (
    Proof("Thu thập", "Biên bản nghiệm thu", "12/BB-SNV", date(2022, 3, 1), True),
    Proof("Bảo quản", "", "", None, False),
)
UNKNOWN = Figure(None, None, None, Standing.MISSING_DATA)


def agencies(count: int, wanted: int = 80) -> tuple[AgencyLine, ...]:
    """Agencies at different stages: met, not met, without cases, without data."""
    names = (
        "Sở Quy hoạch - Kiến trúc",
        "UBND quận Ba Đình",
        "UBND huyện Chương Mỹ",
        "Ban Quản lý dự án đầu tư xây dựng công trình giao thông thành phố Hà Nội",
        "Sở Giáo dục và Đào tạo",
    )
    lines = []
    for index in range(count):
        denominator = 900 + (index * 7919) % 60000
        now, before = 55 + index * 37 % 46, 50 + index * 37 % 46
        current = figure(denominator * now // 100, denominator, wanted, missing=index % 4 * 13)
        if index % 11 == 4:
            current = Figure(0, 0, None, Standing.NOT_APPLICABLE)
        elif index % 11 == 9:
            current = UNKNOWN
        previous = figure(denominator * before // 100, denominator, wanted)
        name = names[index % 5] if index < 5 else f"{names[index % 5]} (đơn vị số {index + 1})"
        group = "Sở, ngành" if index % 2 else "Quận, huyện, thị xã"
        lines.append(AgencyLine(f"DV-{index + 1:03}", name, current, previous, group))
    return tuple(
        line
        for group in ("Sở, ngành", "Quận, huyện, thị xã")
        for line in ranked_lines([line for line in lines if line.group == group])
    )


def report(count: int = 31, official: bool = False, voices: int = 0) -> Report:
    """A report with `count` agencies and `voices` accepted returns."""
    lines = agencies(count)
    made = Target(
        code="A.1",
        title="Tài liệu lưu trữ tại cơ quan, tổ chức được tạo lập dưới dạng điện tử",
        kind=Kind.RATIO,
        unit="văn bản",
        goal=Decimal("80.00"),
        due_on=DUE,
        figure=Figure(724112, 1000000, Decimal("72.41"), Standing.IN_PROGRESS, 1204, 45),
        percent_without_exclusions=Decimal("72.40"),
        agencies_reported=count - 3,
        agencies_expected=count,
        previous=Figure(600000, 880000, Decimal("68.18"), Standing.IN_PROGRESS),
        history=tuple(Point(at, figure(60 + year, 100)) for year, at in enumerate(ENDS)),
    )
    scanned = Target(
        code="B.2",
        title="Số hóa tài liệu không ở định dạng điện tử tại Lưu trữ lịch sử",
        kind=Kind.RATIO,
        unit="trang",
        goal=Decimal("60"),
        due_on=DUE,
        figure=Figure(600, 1000, Decimal("60.00"), Standing.MISSING_DATA, 0),
        percent_low=Decimal("48.00"),
        coverage=Decimal("80.00"),
        estimated=True,
        previous=Figure(550, 1000, Decimal("55.00"), Standing.IN_PROGRESS),
    )
    others = (
        Target(
            "A.2", "Hệ thống tại cơ quan được tích hợp vào hệ thống của Lưu trữ lịch sử", Kind.RATIO,
            "hệ thống", Decimal(100), date(2025, 3, 31), Figure(9, 12, Decimal("75.00"), Standing.OVERDUE),
            previous=UNKNOWN,
        ),
        Target(
            "A.3", "Lưu trữ cơ quan khai thác tài liệu trên môi trường mạng", Kind.RATIO, "lưu trữ cơ quan",
            Decimal(90), DUE, Figure(28, 30, Decimal("93.33"), Standing.MET),
            previous=Figure(28, 30, Decimal("93.33"), Standing.MET),
        ),
        Target(
            "A.4", "Tài liệu vĩnh viễn được chuyển giao trong 03 năm kể từ khi tạo lập", Kind.RATIO,
            "văn bản", Decimal(80), DUE, Figure(0, 0, None, Standing.NOT_APPLICABLE),
        ),
        Target(
            "B.1", "Kế hoạch và giải pháp bảo quản tài liệu Lưu trữ lịch sử", Kind.CHECKLIST, "văn bản",
            None, DUE, Figure(1, 2, None, Standing.IN_PROGRESS),
            previous=Figure(0, 2, None, Standing.IN_PROGRESS),
        ),
        Target(
            "B.3", "Dữ liệu đặc tả phục vụ trực tuyến mức độ 3; 4", Kind.RATIO, "hồ sơ", Decimal(80),
            DUE, UNKNOWN,
        ),
        Target(
            "B.4", "Tích hợp vào hệ thống Phông Lưu trữ nhà nước", Kind.MILESTONE, "điều kiện", None, DUE,
            Figure(1, 1, None, Standing.MET),
        ),
    )  # fmt: skip
    groups = tuple(
        AgencyLine(f"N{index}", name, figure(done, 1000), None)
        for index, (name, done) in enumerate(
            (("Sở, ban, ngành", 871), ("UBND quận", 742), ("UBND huyện", 655), ("Đơn vị sự nghiệp", 800))
        )
    )
    archive = AgencyLine("TTLTLS", "Trung tâm Lưu trữ lịch sử Thành phố", scanned.figure, scanned.previous)
    return Report(
        letterhead=LETTERHEAD,
        plan=PLAN,
        period=date(2025, 6, 30),
        previous_period=date(2024, 12, 31),
        cutoff=date(2025, 6, 30),
        next_period=date(2025, 12, 31),
        official=official,
        scope=None,
        targets=(made, *others[:3], others[3], scanned, *others[4:]),
        breakdowns=(
            Breakdown(made, lines, groups, made.figure),
            Breakdown(scanned, (archive,), (), scanned.figure),
        ),
        tasks=tasks(),
        exclusions=(
            Exclusion("A.1", "Tài liệu chứa bí mật nhà nước chưa giải mật", 40, "văn bản"),
            Exclusion("A.1", "Văn bản pháp luật chuyên ngành yêu cầu bản gốc giấy", 8, "văn bản"),
        ),
        ranking=ranking(lines),
        duties=duties(),
        returns=Returns(
            expected=count,
            accepted=voices,
            voices=tuple(
                Voice(
                    line.name, "Tài liệu tồn đọng chưa chỉnh lý, thiếu kinh phí.", "Bố trí kinh phí năm 2026."
                )
                for line in lines[:voices]
            ),
        ),
    )


def ranking(lines: tuple[AgencyLine, ...]) -> tuple[RankedGroup, ...]:
    """The agencies of each group by the one target they share."""
    return tuple(
        RankedGroup(
            group,
            ("A.1",),
            tuple(
                ranked_agencies(
                    [standing_of(one.code, one.name, [one.figure]) for one in lines if one.group == group]
                )
            ),
        )
        for group in dict.fromkeys(line.group for line in lines)
    )


def duties() -> tuple[Duty, ...]:
    """A duty that two declare on and one that nobody does."""
    said = Declared("Sở Nội vụ", ENDS[-1], "Đã ban hành hướng dẫn", "1820/HD-SNV", date(2022, 7, 8))
    return (
        Duty("IV.1.c", "Sở Nội vụ", "Hướng dẫn số hóa", (said,)),
        Duty("IV.5.a", "Các sở, ban, ngành", "Xây dựng kế hoạch", (said, said), 31),
        Duty("IV.5.b", "Các sở, ban, ngành", "Trang bị hạ tầng", (), 31),
    )


def tasks() -> tuple[TaskGroup, ...]:
    """Annex rows in every standing, some with long texts."""
    standings = tuple(Standing)
    long_text = (
        "Hướng dẫn các tiêu chuẩn kỹ thuật đối với Hệ thống quản lý tài liệu lưu trữ điện tử tại các "
        "cơ quan, tổ chức theo quy định hiện hành; xây dựng quy trình, quy định tiêu chuẩn dữ liệu thông tin "
        "đầu vào và yêu cầu bảo quản, khai thác tài liệu lưu trữ điện tử"
    )
    groups = []
    titles = ("Hoàn thiện hệ thống văn bản", "Kiện toàn tổ chức", "Phần mềm", "Hạ tầng")
    for number, title in enumerate(titles, 1):
        groups.append(
            TaskGroup(
                str(number),
                title,
                tuple(
                    Task(
                        f"{number}.{row}",
                        long_text if row % 2 else "Ban hành và triển khai Kế hoạch",
                        "Sở Nội vụ/Sở Thông tin và Truyền thông",
                        "Các cơ quan, tổ chức",
                        Decimal(80) if row % 2 else None,
                        "Năm 2021-2025",
                        Figure(129, 200, Decimal("64.50"), standings[(number + row) % 5])
                        if row == 2
                        else Figure(None, None, None, standings[(number + row) % 5]),
                        unit="cơ quan",
                        sides=(Side("S", "Cơ quan có kế hoạch riêng", "cơ quan", figure(12, 49)),)
                        if row == 1
                        else (),
                        proofs=PROOFS if row == 2 else (),
                    )
                    for row in range(1, 6)
                ),
            )
        )
    return tuple(groups)


OFFICIAL = replace(report(3, official=True), edition=EDITION)
