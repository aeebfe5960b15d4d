"""Each command loads the module it stands in, and that module adds no other."""

from __future__ import annotations

import argparse

import pytest

from hub.cli.entry import GROUPS, parser


def _commands(found: argparse.ArgumentParser) -> tuple[str, ...]:
    [subparsers] = [one for one in found._actions if isinstance(one, argparse._SubParsersAction)]
    return tuple(subparsers.choices)


@pytest.mark.parametrize("added", GROUPS.values())
def test_a_command_loads_its_own_module_only(added: tuple[str, ...]) -> None:
    assert all(_commands(parser([command, "--help"])) == added for command in added)


@pytest.mark.parametrize("words", [(), ("--help",), ("nonsense",)])
def test_whatever_names_no_command_is_told_all(words: tuple[str, ...]) -> None:
    assert _commands(parser(words)) == tuple(name for added in GROUPS.values() for name in added)
