"""The official report: figures of a half-year as a document people sign.

Start with `model/` (what a report says), then `build.py` (where it comes from), `html.py` and `brief.py` (how it
is laid out), `pdf.py` (the only importer of WeasyPrint), `workbook.py` and `files.py` (which form by which suffix);
`many.py` makes the reports of all agencies.
May import `hub.*` up to `hub.demo`; never `schema`, `hub.web`, `hub.app` or `hub.cli`.
"""
