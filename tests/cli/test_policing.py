"""`hub policy show` and `hub policy check FILE.csv`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.law import policy_text
from tests.cli.conftest import City, Run, city, hub

__all__ = ["City", "city", "hub"]

CLERK_DELETES = "\np, role:clerk, item, delete, self, draft, allow\n"


def test_show_prints_the_matrix_and_a_role_in_words(hub: Run) -> None:
    code, shown, _ = hub("policy", "show")
    assert (code, "role" in shown, "  clerk " in shown) == (0, False, True)
    code, shown, _ = hub("policy", "show", "--role", "clerk")
    assert code == 0
    assert all(line.startswith("policy.csv:") and "Văn thư được" in line for line in shown.splitlines())
    told = json.loads(hub("policy", "show", "--role", "itsec", "--json")[1])
    assert {rule["role"] for rule in told["rules"]} == {"itsec"}


def test_check_says_who_gains_what(hub: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text(policy_text() + CLERK_DELETES)
    code, shown, _ = hub("policy", "check", str(file))
    assert code == 0
    assert "clerk: demo.clerk@UBND-BADINH" in shown
    assert "+ item:delete = draft" in shown
    told = json.loads(hub("policy", "check", str(file), "--json")[1])
    [change] = told["changes"]
    assert (told["accepted"], change["gains"], change["holders"]) == (
        True, True, [{"user": "demo.clerk", "agency": "UBND-BADINH"}],
    )  # fmt: skip


def test_check_refuses_what_is_forbidden(hub: Run, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text(policy_text() + "\np, role:leader, digital, read, any, always, allow\n")
    code, shown, _ = hub("policy", "check", str(file))
    assert code == 1
    assert "forbidden: a leader reads content" in shown
    file.write_text(policy_text().replace("p, role:clerk, series|file", "# p, role:clerk, series|file"))
    code, shown, _ = hub("policy", "check", str(file))
    assert "hinders the work: a clerk opens a series" in shown


def test_check_of_the_policy_in_force_changes_nothing(hub: Run, tmp_path: Path) -> None:
    file = tmp_path / "same.csv"
    file.write_text(policy_text())
    assert hub("policy", "check", str(file))[1].strip().endswith("nobody gains or loses anything")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("p, role:clerk, item, read, any, lucky, allow", "unknown word"),
        ("p, role:clerk, request, read, any, granted, maybe", "unknown effect"),
        ("p, role:clerk, plan, read, any, published, allow", "plan has no published"),
        ("p, role:clerk, report, update, self, submitted_by_me, allow", ""),
    ],
)
def test_a_word_that_cannot_be_answered_is_named_with_its_line(
    hub: Run, tmp_path: Path, line: str, named: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(policy_text() + f"\n{line}\n")
    code, _, said = hub("policy", "check", str(file))
    if named:
        number = len(policy_text().splitlines()) + 2
        assert code == 2
        assert f"line {number}" in said
        assert named in said
    else:
        assert code == 0


def test_who_may_not_read_the_policy_checks_none(hub: Run, tmp_path: Path) -> None:
    file = tmp_path / "same.csv"
    file.write_text(policy_text())
    code, shown, said = hub("policy", "check", str(file), "--as", "demo.clerk")
    assert (code, shown) == (2, "")
    assert said.startswith("hub: ")
