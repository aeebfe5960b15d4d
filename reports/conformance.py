"""Makes one PDF both PDF/A-3a (kept for decades) and PDF/UA-1 (read aloud).

WeasyPrint takes one variant only: it writes PDF/A-3a here, and this finisher adds the PDF/UA mark to the
metadata and the scope that WeasyPrint leaves out of heading cells. It works on the objects before they are
numbered into bytes, so the same input still gives the same file.
"""

from importlib.resources import files
from typing import Any

import pydyf  # type: ignore[import-untyped]

VARIANT = "pdf/a-3a"


def also_accessible(_document: Any, pdf: Any) -> None:
    """Finisher for `write_pdf`: adds the PDF/UA-1 mark and column scopes to a PDF/A-3a file."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    mark = (files("reports") / "styles" / "pdf-ua.xmp").read_bytes().strip()
    metadata.stream = [
        part.replace(b"</rdf:RDF>", mark + b"</rdf:RDF>") if isinstance(part, bytes) else part
        for part in metadata.stream
    ]
    for found in pdf.objects:
        if isinstance(found, dict) and found.get("S") == "/TH":
            attributes = found.setdefault("A", pydyf.Dictionary({"O": "/Table"}))
            attributes.setdefault("Scope", "/Column")
