"""Plants faults in a copy of the law and loads it, with the tests that ask it, in place of the real one.

`FAULTS` says what each changes (file, text, text instead) and which tests must see it: `agreement` (SQL against the
point check), `oracle` and `product` (the point check of a random policy and of the product's, against code that
shares nothing with it); none where the changed law says the same.
"""

from __future__ import annotations

import contextlib
import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import policies as real

PACKAGES = ("policies", "tests.policies")


class Fault(NamedTuple):
    """A change of the law's code that must not pass unseen."""

    name: str
    seen_by: frozenset[str]
    changes: tuple[tuple[str, str, str], ...]

    @property
    def shared(self) -> bool:
        """Whether both forms of the law have it, so that they agree."""
        return bool(self.seen_by) and "agreement" not in self.seen_by


def _fault(name: str, seen_by: str, *changes: tuple[str, str, str]) -> Fault:
    return Fault(name, frozenset(seen_by.split()), changes)


SQL, POINT, TREE = "predicate.py", "enforcer.py", "tree.py"
LAW, WORDS, WHO = "law.py", "words.py", "subject.py"
HELD = """            return (Grant("user"),) if self.id is not None else ()"""
SIGNED = "Shape(self.id is not None, "

FAULTS = (
    # in the SQL form alone
    _fault(
        "negation of a word as SQL NOT",
        "agreement",
        (
            SQL,
            'tests.append(test if positive else f"({test}) is not true")',
            'tests.append(test if positive else f"not ({test})")',
        ),
    ),
    _fault(
        "negation of a list of states as SQL NOT",
        "agreement",
        (
            SQL,
            'tests.append(test if condition.states_listed else f"({test}) is not true")',
            'tests.append(test if condition.states_listed else f"not ({test})")',
        ),
    ),
    _fault(
        "denial as SQL NOT",
        "agreement",
        (SQL, 'and {self._any(deny)} is not true)"', 'and not ({self._any(deny)}))"'),
    ),
    _fault("denial forgotten", "agreement", (SQL, 'if not deny or allowed == "false":', "if True:")),
    _fault(
        "subtree treated as the agency alone",
        "agreement",
        (LAW, '[agency] if kind == "own" else self.tree.subtree(agency)', "[agency]"),
    ),
    _fault(
        "agency treated as its subtree",
        "agreement",
        (LAW, '[agency] if kind == "own" else self.tree.subtree(agency)', "self.tree.subtree(agency)"),
    ),
    _fault(
        "custody reads the owner",
        "agreement",
        (SQL, "self._column(clause.fact)", 'self._column("agency_id")'),
    ),
    _fault("unknown level not restricted", "agreement", (SQL, '"coalesce({0}, 1) = 1"', '"{0} = 1"')),
    _fault("unknown level secret", "agreement", (SQL, '"({0} < 2) is not false"', '"{0} < 2"')),
    _fault("first rule that allows only", "agreement", (SQL, "{' or '.join(texts)}", "{texts[0]}")),
    _fault("last of two grants only", "agreement", (SQL, "frozenset()) | sources", "sources) and sources")),
    _fault(
        "a rule implied by one with more words",
        "agreement",
        (SQL, "self.levels <= other.levels and other.rest <= self.rest", "self.levels <= other.levels"),
    ),
    _fault(
        "a rule implied by one at another place",
        "agreement",
        (SQL, "self.fact == other.fact\n            and ", ""),
    ),
    _fault(
        "states joined instead of taken away",
        "agreement",
        (SQL, "self.states - states", "self.states | states"),
    ),
    _fault("one bit further", "agreement", (LAW, "bits[agency] = 49", "bits[agency - 1] = 49")),
    # in the point check alone
    _fault("subtree off by one", "agreement oracle", (TREE, "inner[0] < outer[1]", "inner[0] <= outer[1]")),
    _fault(
        "anonymous counted as user", "agreement oracle", (WHO, HELD, '            return (Grant("user"),)')
    ),
    _fault(
        "mine matches what has no author",
        "agreement oracle",
        (
            WORDS,
            "subject.id is not None and getattr(row, fact) == subject.id",
            "getattr(row, fact) == subject.id",
        ),
    ),
    _fault(
        "unknown level not restricted at the point",
        "agreement oracle",
        (WORDS, "row.access_level is None or row.access_level == 1", "row.access_level == 1"),
    ),
    _fault(
        "denial does not override",
        "agreement oracle",
        ("model.conf", " && !some(where (p.eft == deny))", ""),
    ),
    # in what both forms share: they agree, and are wrong
    _fault(
        "subtree off by one in the tree itself",
        "oracle",
        (TREE, "(start[agency], len(self._order))", "(start[agency], len(self._order) + 1)"),
    ),
    _fault(
        "anonymous counted as user in both forms",
        "oracle",
        (WHO, HELD, '            return (Grant("user"),)'),
        (WHO, SIGNED, "Shape(True, "),
    ),
    _fault(
        "a delegation binds nobody",
        "oracle",
        (WHO, "self.bound | {self.id}", "frozenset({self.id})"),
    ),
    _fault("custody is ownership", "oracle", (POINT, '"hold": "custodian_id"', '"hold": "agency_id"')),
    _fault("negation not read", "oracle", (WORDS, 'not token.startswith("!"))', "True)")),
    _fault(
        "first of several resources only",
        "product",
        (POINT, 'resources.split("|")', 'resources.split("|")[:1]'),
    ),
    _fault(
        "a wrong state of an item",
        "product",
        (
            "resources.py",
            '_resource("item", _RECORD, state="file_state")',
            '_resource("item", _RECORD, state="state")',
        ),
    ),
    # The equivalent one: Casbin's matcher compares the resource again, so that rules of others only cost time.
    _fault(
        "rules found by their action alone",
        "",
        (POINT, "self.of.setdefault((rule[1], rule[2]), [])", 'self.of.setdefault(("", rule[2]), [])'),
        (POINT, "self.of.get((resource, action), [])", 'self.of.get(("", action), [])'),
    ),
)


@contextlib.contextmanager
def planted(fault: Fault, folder: Path) -> Iterator[tuple[ModuleType, ModuleType, ModuleType]]:
    """The worlds, the agreement test and the oracle test over a copy of the law in `folder` that has the fault."""
    copy = folder / "policies"
    shutil.copytree(Path(str(real.__file__)).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name, there, instead in fault.changes:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert there in text, f"{fault.name}: {name} no longer says {there!r}"
        path.write_text(text.replace(there, instead), encoding="utf-8")
    ours = [
        name for name in sys.modules if name in PACKAGES or name.startswith(tuple(f"{p}." for p in PACKAGES))
    ]
    kept = {name: sys.modules.pop(name) for name in ours}
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        worlds, agreement, oracle = (
            importlib.import_module(f"tests.policies.{name}")
            for name in ("worlds", "test_agreement", "test_oracle")
        )
        assert Path(str(sys.modules["policies"].__file__)).parent == copy
        yield worlds, agreement, oracle
    finally:
        sys.path.remove(str(folder))
        for name in [
            n for n in sys.modules if n in PACKAGES or n.startswith(tuple(f"{p}." for p in PACKAGES))
        ]:
            del sys.modules[name]
        sys.modules.update(kept)
