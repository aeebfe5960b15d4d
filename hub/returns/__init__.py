"""The half-year (kỳ báo cáo): periods, agencies' returns, published reports and their frozen snapshots.

May import kpi, plan, records and below.
"""
