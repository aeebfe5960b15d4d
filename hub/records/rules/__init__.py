"""Law of archives as pure functions: values in, values or broken rules out; no session, no clock.

states: the life of a file · structure: what may stand where · description: texts, terms and access modes ·
dates: dates known only to the month or year.
"""
