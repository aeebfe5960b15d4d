"""Every word of the law can be said, and what is said of a rule is the rule."""

from __future__ import annotations

from hub.access.wording import ACTIONS, CONDITIONS, ROLES, SCOPES, said
from policies import enforcer, words
from policies.enforcer import read_rules
from policies.law import policy_text
from policies.subject import ROLES as LAW_ROLES

RULES = read_rules(policy_text())


def test_the_vocabulary_is_that_of_the_law() -> None:
    assert set(ROLES) == set(LAW_ROLES)
    assert set(SCOPES) == set(enforcer.SCOPES)
    assert set(CONDITIONS) == set(words.WORDS)
    assert set(ACTIONS) == {rule.action for rule in RULES}


def test_rules_that_differ_are_said_differently() -> None:
    for language in (0, 1):
        sentences = {said(rule)[language] for rule in RULES}
        assert len(sentences) == len({rule[:6] for rule in RULES})


def test_a_rule_in_words() -> None:
    [rule] = [one for one in RULES if (one.role, one.resource, one.action) == ("clerk", "file", "close")]
    assert said(rule) == (
        "Văn thư được kết thúc hồ sơ của chính cơ quan mình, khi đang lập và chưa giao nộp vào lưu trữ lịch sử.",
        "The clerk, who registers documents and keeps the agency's files may close the file of his own agency,"
        " when still being made and not handed over to the historical archive.",
    )
    [denial] = [one for one in RULES if (one.resource, one.action, one.effect) == ("file", "accept", "deny")]
    assert said(denial)[0].startswith("Mọi người không được tiếp nhận hồ sơ, khi do chính mình")
