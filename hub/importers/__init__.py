"""Importers (nhập dữ liệu): files of other systems and of forty years of paper lists become records.

`apply.import_path` is the one way in: parse → plan (dry run, an outcome for every row) → store. `registry` the
formats, `outcome` what is said about rows, `messages` in which words, `errors_sheet` the sheet given back,
`command` the command line. Formats: `ead/`, `spreadsheet/`. May import models, records and all below.
"""
