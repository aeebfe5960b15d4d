"""Reports made official (công bố báo cáo): drafted from frozen figures, submitted, published by another, corrected.

drafting (draft, submit, send back) · publishing · correcting · papers (their PDFs on disk) ·
prints, tasks (what jobs do) · errors.
May import snapshots, kpi, plan, records and below; what a report looks like is not known here.
"""
