"""One printed sample for the tests that look at a PDF."""

import io

import pypdf
import pytest

from reports.pdf import render_pdf
from tests.reports import samples


@pytest.fixture(scope="session")
def printed(printer: None) -> bytes:
    """The sample report of 31 agencies as PDF."""
    return render_pdf(samples.report(31))


@pytest.fixture(scope="session")
def pages(printed: bytes) -> list[str]:
    """The text of each page, with runs of white space made one space."""
    reader = pypdf.PdfReader(io.BytesIO(printed))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
