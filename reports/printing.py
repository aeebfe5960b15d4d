"""The PDF of a report for publication, rendered in a process of its own: a layout engine's death is not the hub's."""

import tempfile
from pathlib import Path

from hub.kit.errors import Conflict
from reports.many import Worker
from reports.model import Report


class NotPrinted(Conflict):
    """The rendering process could not make the PDF; nothing was published."""

    code = "NOT_PRINTED"

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(
            f"Chưa lập được bản PDF nên chưa công bố: {vietnamese}. Hãy chạy «hub doctor» trên máy chủ rồi làm lại.",
            f'The PDF could not be made, so nothing was published: {english}. Run "hub doctor" on the server, then'
            " try again.",
        )


def printed(report: Report) -> bytes:
    """The bytes of the report's PDF; the same report always gives the same. Raises NotPrinted."""
    with tempfile.TemporaryDirectory(prefix="hub-report-") as folder:
        path = Path(folder) / "report"
        worker = Worker(tasks=1)
        try:
            failure = worker.render(report, path)
        finally:
            worker.close()
        if failure is not None:
            raise NotPrinted(*failure)
        return path.with_name("report.pdf").read_bytes()
