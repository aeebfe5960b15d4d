"""Printed samples for the tests that look at a PDF, bare and signed."""

import io
from collections.abc import Iterator

import pypdf
import pytest

from hub.settings import Settings
from reports.pdf import render_pdf
from reports.signing import sign
from tests.reports import samples
from tests.reports.authority import Authority


@pytest.fixture(scope="session")
def printed(printer: None) -> bytes:
    """The sample report of 31 agencies as PDF."""
    return render_pdf(samples.report(31))


@pytest.fixture(scope="session")
def issued(printer: None) -> bytes:
    """A corrected edition of the sample of three agencies, unsigned."""
    return render_pdf(samples.OFFICIAL)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who issues certificates to the signers of the tests."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stamps(authority: Authority) -> Iterator[str]:
    """The address of a timestamp authority."""
    with authority.timestamps() as address:
        yield address


@pytest.fixture(scope="session")
def signing(authority: Authority, stamps: str) -> Settings:
    """Settings by which the person and the organ sign."""
    person, _ = authority.signer("person", "Nguyễn Văn A", "blue", (420, 240))
    organ, _ = authority.signer("organ", "Sở Nội vụ", "red", (360, 360))
    return authority.settings((organ, person), stamps)


@pytest.fixture(scope="session")
def signed(issued: bytes, signing: Settings) -> bytes:
    """The same edition, signed by both."""
    return sign(issued, signing)


@pytest.fixture(scope="session")
def pages(printed: bytes) -> list[str]:
    """The text of each page, with runs of white space made one space."""
    reader = pypdf.PdfReader(io.BytesIO(printed))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
