"""The hub (trục lưu trữ điện tử): a city's archives, from records to indicators and reports.

Asked "where is X?", say the noun: `hub/records`, `schema/records.py`, `tests/records`. Floors go down only:
cli · app · demo, importers · models · slices (returns … audit) · settings · kit. `pyproject.toml` holds them.
This file and `__main__.py` import the standard library only: they run before anything is installed.
"""
