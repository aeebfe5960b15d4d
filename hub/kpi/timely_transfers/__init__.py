"""The SQL of II.1.d (hub/kpi/measures/timely_transfers.py): the cohort, then the figures from it or from counters."""
