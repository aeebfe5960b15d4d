"""Spreadsheets (CSV, XLSX, XLS, ODS): lists of files (mục lục hồ sơ) and of items (mục lục văn bản).

`source` rows out of a file · `fields` what columns are called · `header` finding them · `lines` what is no data ·
`columns` cells to values, a column at a time · `sheet` one sheet to rows · `parse` the whole file (FORMAT).
"""
