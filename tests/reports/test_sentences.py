"""What the report says is what the figures allow, in every standing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from reports import sentences
from reports.model import AgencyLine, Breakdown, Figure, Kind, Standing, Target
from tests.reports import samples

CUTOFF = date(2025, 6, 30)
BEFORE = date(2024, 12, 31)


def _ratio(figure: Figure, previous: Figure | None = None, **more: object) -> Target:
    return Target(
        "A.1", "Tài liệu điện tử", Kind.RATIO, "văn bản", Decimal(80), samples.DUE, figure, previous=previous,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _said(target: Target) -> str:
    return " ".join(sentences.about(target, CUTOFF, BEFORE, "III"))


def test_one_sentence_tells_a_leader_which_targets_stand_where() -> None:
    assert sentences.overall(samples.report()) == (
        "Đến hết ngày 30/6/2025, trong 8 chỉ tiêu theo Kế hoạch số 99/KH-UBND có: 2 chỉ tiêu đạt (A.3, B.4); "
        "2 chỉ tiêu chưa đạt (đang thực hiện) (A.1, B.1); 1 chỉ tiêu quá hạn (A.2); 2 chỉ tiêu thiếu "
        "dữ liệu, chưa kết luận được (B.2, B.3); 1 chỉ tiêu không phát sinh (A.4)."
    )


def test_the_figures_are_called_provisional_until_they_are_published() -> None:
    assert "tạm tính" in sentences.nature(samples.report())
    assert "tạm tính" not in sentences.nature(samples.report(official=True))


def test_missing_data_is_said_and_no_figure_takes_its_place() -> None:
    said = _said(_ratio(samples.UNKNOWN))
    assert "chưa có đủ dữ liệu để tính" in said
    assert "không kết luận đạt hay chưa đạt" in said
    assert "0%" not in said.replace("80%", "")


def test_an_empty_denominator_is_neither_met_nor_unmet() -> None:
    said = _said(_ratio(Figure(0, 0, None, Standing.NOT_APPLICABLE)))
    assert "không phát sinh đối tượng" in said
    assert "0,00%" not in said


def test_a_target_met_only_on_the_covered_part_is_not_called_met() -> None:
    figure = Figure(600, 1000, Decimal("60.00"), Standing.MISSING_DATA)
    said = _said(_ratio(figure, percent_low=Decimal("48.00"), coverage=Decimal("80.00"), estimated=True))
    assert "ước tính 60,00% (600/1.000 văn bản)" in said
    assert "bao quát 80,00%" in said
    assert "kết quả là 48,00%" in said
    assert "chưa đủ căn cứ để kết luận chỉ tiêu đã đạt" in said


def test_a_checklist_or_milestone_of_nothing_has_no_value() -> None:
    """An agency that a row does not concern has neither done nor left undone anything."""
    nothing = Figure(0, 0, None, Standing.NOT_APPLICABLE)
    assert {sentences.value(nothing, kind) for kind in Kind} == {"–"}
    assert sentences.value(Figure(0, 1, None, Standing.OVERDUE), Kind.MILESTONE) == "Chưa hoàn thành"
    assert sentences.value(Figure(0, 3, None, Standing.IN_PROGRESS), Kind.CHECKLIST) == "0/3"


def test_what_is_lacking_is_counted_in_whole_units() -> None:
    figure = Figure(799, 999, Decimal("79.97"), Standing.IN_PROGRESS)
    assert sentences.lacking(figure, Decimal(80)) == 1
    assert "Còn thiếu 1 văn bản" in _said(_ratio(figure))
    assert sentences.lacking(Figure(800, 1000, Decimal(80), Standing.MET), Decimal(80)) == 0


def test_missing_and_excluded_records_are_told_with_their_effect() -> None:
    figure = Figure(700, 1000, Decimal("70.00"), Standing.IN_PROGRESS, missing=1204, excluded=45)
    said = _said(_ratio(figure, percent_without_exclusions=Decimal("68.90")))
    assert "1.204 văn bản thiếu dữ liệu, được tính vào mẫu số và không tính vào tử số" in said
    assert (
        "loại trừ 45 văn bản theo căn cứ pháp lý (Phụ lục III); nếu không loại trừ, kết quả là 68,90%" in said
    )


def test_the_trend_is_in_percentage_points() -> None:
    now = Figure(70, 100, Decimal("70.00"), Standing.IN_PROGRESS)
    up = _ratio(now, Figure(65, 100, Decimal("65.80"), Standing.IN_PROGRESS))
    down = _ratio(now, Figure(71, 100, Decimal("71.00"), Standing.IN_PROGRESS))
    assert sentences.trend(up, BEFORE) == "So với kỳ trước (31/12/2024: 65,80%), tăng 4,20 điểm phần trăm."
    assert sentences.trend(down, BEFORE) == "So với kỳ trước (31/12/2024: 71,00%), giảm 1,00 điểm phần trăm."
    assert sentences.trend(_ratio(now, now), BEFORE).endswith("kết quả không đổi.")
    assert sentences.trend(_ratio(now), BEFORE) == "Kỳ trước (31/12/2024) chưa có số liệu để so sánh."


def test_agencies_that_lack_most_come_first_and_those_without_cases_never() -> None:
    breakdown = samples.report(31).breakdowns[0]
    held = sentences.holding_back(breakdown)
    assert [lack for _, lack in held] == sorted((lack for _, lack in held), reverse=True)
    assert all(line.figure.standing is Standing.IN_PROGRESS for line, _ in held)
    assert len(held) == 10


def test_a_fall_of_the_total_while_every_agency_rises_is_called_a_change_of_mix() -> None:
    """Domain case 10: A 600/700 and B 198/300 in June, A 858/1000 and B 465/694 in December."""
    lines = (
        AgencyLine("A", "A", samples.figure(858, 1000), samples.figure(600, 700)),
        AgencyLine("B", "B", samples.figure(465, 694), samples.figure(198, 300)),
    )
    target = _ratio(samples.figure(1323, 1694), samples.figure(798, 1000))
    assert target.change is not None
    assert target.change < 0
    assert "thay đổi cơ cấu" in sentences.mix_effect(Breakdown(target, lines))
    fallen = replace(lines[0], figure=samples.figure(500, 1000))
    assert sentences.mix_effect(Breakdown(target, (fallen, lines[1]))) == ""


def test_what_comes_next_follows_from_the_figures() -> None:
    steps = " ".join(sentences.next_steps(samples.report()))
    assert "chỉ tiêu A.2 (đã quá hạn 31/3/2025)" in steps
    assert "Bổ sung dữ liệu để đánh giá các chỉ tiêu: B.2, B.3." in steps
    assert "Kỳ báo cáo tiếp theo: 31/12/2025." in steps
    assert "A.3" not in steps
