"""The hub's day may be set; what happens to records happens on it, and the world's time goes on."""

from __future__ import annotations

from datetime import date

import pytest

from hub.kit import clock


def test_without_a_day_set_all_clocks_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_TODAY", raising=False)
    before = clock.now()
    assert before <= clock.instant() <= clock.now()


def test_what_happens_to_a_record_happens_on_the_day_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TODAY", "2025-06-30")
    assert clock.instant().astimezone(clock.HANOI).date() == clock.today() == date(2025, 6, 30)
    assert clock.now().date() > date(2025, 6, 30)
