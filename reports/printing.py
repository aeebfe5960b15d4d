"""The PDFs of a report for publication, made and stored at once; what a job has printed before is not printed again."""

from hub.kit.errors import Conflict
from hub.returns.publication.papers import Paper
from hub.settings import Settings
from reports.apart import PdfFailed
from reports.model import Report
from reports.pdf import PdfUnavailable
from reports.print_jobs import printed
from reports.signing import SigningFailed


class NotPrinted(Conflict):
    """The rendering process could not make the PDF; nothing was published."""

    code = "NOT_PRINTED"

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(
            f"Chưa lập được bản PDF nên chưa công bố: {vietnamese}. Hãy chạy «hub doctor» trên máy chủ rồi làm lại.",
            f'The PDF could not be made, so nothing was published: {english}. Run "hub doctor" on the server, then'
            " try again.",
        )


def issued(report: Report, settings: Settings) -> Paper:
    """The stored files of a report as it goes out, printed apart, signed where there are signers. Raises NotPrinted."""
    try:
        return printed(report, settings)
    except (PdfUnavailable, PdfFailed, SigningFailed) as error:
        raise NotPrinted(error.message_vi.rstrip("."), error.message_en.rstrip(".")) from error
