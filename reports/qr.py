"""The QR code that leads from paper back to the hub, drawn as vectors so that it stays sharp on any printer."""

import io

import segno
from markupsafe import Markup, escape

QUIET = 2  # modules of white around it; the page is white as well


def qr(address: str, title: str) -> Markup:
    """An address as inline SVG with its alternative text; a quarter of it may be lost and it is still read."""
    made = io.BytesIO()
    segno.make(address, error="q", micro=False, boost_error=False).save(
        made,
        kind="svg",
        border=QUIET,
        omitsize=True,
        xmldecl=False,
        svgns=True,
        nl=False,
        svgclass="qr",
        lineclass=None,
    )
    picture = made.getvalue().decode()
    opening = picture.index(">") + 1
    return Markup(f"{picture[:opening]}<title>{escape(title)}</title>{picture[opening:]}")
