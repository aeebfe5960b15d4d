"""The SQL of II.1.a (hub/kpi/measures/born_digital.py): the documents, then the figures from them or from counters."""
