"""A command line that cannot be read is one line in both languages, like everything else that goes wrong."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from hub.cli.terminal import say

UNUSABLE = 2
# What argparse says, and the same in Vietnamese.
_SAID = (
    (r"the following arguments are required: (.*)", "thiếu {0}"),
    (r"unrecognized arguments: (.*)", "không nhận {0}"),
    (
        r"argument (.+?): invalid choice: (.+?) \(choose from (.*)\)",
        "{0}: không có {1}, hãy chọn một trong {2}",
    ),
    (r"argument (.+?): expected one argument", "{0}: thiếu giá trị"),
    (r"argument (.+?): expected at least one argument", "{0}: cần ít nhất một giá trị"),
    (r"argument (.+?): invalid \S+ value: (.*)", "{0}: giá trị {1} không hợp lệ"),
    (r"argument (.+?): not allowed with argument (.*)", "{0} không dùng cùng {1}"),
    (r"ambiguous option: (\S+) could match (.*)", "{0} chưa rõ, có thể là {1}"),
)


class Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong and where help is; its parts are such parsers too."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with exit code 2."""
        flat = " ".join(message.split())
        say(f"{_vietnamese(flat)}; xem: {self.prog} --help", f"{flat}; see: {self.prog} --help")
        raise SystemExit(UNUSABLE)


def _vietnamese(message: str) -> str:
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, message):
            return words.format(*found.groups())
    return f"không đọc được lệnh ({message})"
