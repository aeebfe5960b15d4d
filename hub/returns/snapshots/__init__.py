"""Figures frozen (chốt số liệu): what a period's figures were, and which records stood behind each of them.

freezing (take, keep) · checking (figures from the records again) · comparing (which records came and
went) · said (what people had declared and decided).
May import kpi, plan, records and below.
"""
