"""Makes one PDF both PDF/A-3a (kept for decades) and PDF/UA-1 (read aloud), with places to sign.

WeasyPrint takes one variant only: it writes PDF/A-3a here, and this finisher adds the PDF/UA mark to the
metadata and the scope that WeasyPrint leaves out of heading cells. It works on the objects before they are
numbered into bytes, so the same input still gives the same file.
"""

from importlib.resources import files
from typing import Any

import pydyf  # type: ignore[import-untyped]

VARIANT = "pdf/a-3a"
CHECKBOX_ONLY = ("AS", "V", "MK", "Border")


def finish(_document: Any, pdf: Any) -> None:
    """Finisher for `write_pdf` of a PDF/A-3a file."""
    _also_accessible(pdf)
    _fields_to_sign(pdf)


def _also_accessible(pdf: Any) -> None:
    """The PDF/UA-1 mark, and column scopes."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    mark = (files("reports") / "styles" / "pdf-ua.xmp").read_bytes().strip()
    metadata.stream = [
        part.replace(b"</rdf:RDF>", mark + b"</rdf:RDF>") if isinstance(part, bytes) else part
        for part in metadata.stream
    ]
    for found in pdf.objects:
        if isinstance(found, dict) and found.get("S") == "/TH":
            attributes = found.setdefault("A", pydyf.Dictionary({"O": "/Table"}))
            attributes.setdefault("Scope", "/Column")


def _fields_to_sign(pdf: Any) -> None:
    """Checkboxes become empty signature fields: HTML has none, and so the layout places and tags them.

    No text field, since those keep their font whole in the file.
    """
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    for name in ("NeedAppearances", "DR"):  # PDF/A-3 6.4.1: what is shown stands in the file
        form.pop(name, None)
    for reference in form["Fields"]:
        field = _object(pdf, reference)
        nothing = _object(pdf, field["AP"]["N"]["on"])
        nothing.stream = []
        x1, y1, x2, y2 = field["Rect"]
        field["Rect"] = pydyf.Array((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
        field["FT"] = "/Sig"
        field["AP"] = pydyf.Dictionary({"N": nothing.reference})
        for name in CHECKBOX_ONLY:
            field.pop(name, None)


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]
