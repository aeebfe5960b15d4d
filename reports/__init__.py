"""The official report: figures of a half-year as a document people sign.

Start with `model.py` (what a report says), then `build.py` (where it comes from), `html.py` (how it
is laid out), `pdf.py` (the only importer of WeasyPrint) and `files.py` (which form by which suffix).
May import `hub.*` up to `hub.demo`; never `schema`, `hub.web`, `hub.app` or `hub.cli`.
"""
