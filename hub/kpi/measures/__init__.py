"""Measures (cách tính), one file each, named by meaning: formula in the docstring, SQL, records behind it.

A file says `MEASURE = Measure(…)`; the registry finds it by its name. May import hub.kpi.registry and
hub.kpi.relations. Start with born_digital.
"""
