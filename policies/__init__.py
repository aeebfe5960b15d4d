"""The law of access: who may do what to which record, written once.

policy.csv holds the rules, enforcer.py asks them about one record, predicate.py turns the same rules into
SQL. May import hub.settings and hub.kit only; knows no table. Start at policy.csv, then law.py.
"""
