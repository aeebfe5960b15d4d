"""Intake (tiếp nhận dữ liệu hàng loạt): many records at once by COPY and set-based SQL, never row by row.

`stage` the staging table · `plan`, `plan_items` what becomes of each row · `checks` faults, law · `write` changes ·
`new_files` a part of a list that needs no plan.
Importers fill the stage; nobody else writes records in bulk but `hub.records.bulk`.
"""
