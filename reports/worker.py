"""A process that renders reports one after the other: `python -m reports.worker`, spoken to by `reports.many`.

It reads a pickled report, a path without suffix and the forms wanted from standard input, writes them one after the
other, and answers None, or what went wrong in Vietnamese and English. Whatever a library prints goes to standard error.
"""

import os
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

from hub.kit.errors import HubError
from reports.files import write_report
from reports.model import Report

Answer = tuple[str, str] | None
FORMS = (".xlsx", ".pdf")  # the PDF last: where both are, the report is whole
BRIEF = "-tom-tat.pdf"


def render(report: Report, path: Path, forms: Sequence[str] = FORMS) -> Answer:
    """Write the forms of a report; what went wrong, or None."""
    try:
        for form in forms:
            write_report(report, path.with_name(path.name + form), brief=form == BRIEF)
    except HubError as error:
        return error.message_vi, error.message_en
    except OSError as error:
        where = f"{error.filename or path}: {error.strerror or error}"
        return f"không ghi được {where}", f"cannot write {where}"
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        return f"lỗi ngoài dự kiến, {told}", f"unexpected error, {told}"
    return None


def main() -> None:
    """Answer until the other side closes."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            report, path, forms = pickle.load(sys.stdin.buffer)
        except (EOFError, KeyboardInterrupt):
            return
        try:
            pickle.dump(render(report, Path(path), forms), answers)
            answers.flush()
        except BrokenPipeError:  # whoever asked is gone
            os._exit(0)  # without a last look at what cannot be written


if __name__ == "__main__":
    main()
