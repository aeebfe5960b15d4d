"""The audit trail: what was done, by whom, to what, with which outcome.

Rows are written in the transaction of the deed and never changed again; the database itself refuses it.
May import policies, hub.settings and hub.kit. Start at commands.record.
"""
