"""Mutations: one for each deed of hub.records.commands and hub.agencies.commands, verb + noun.

inputs and descriptions of what may be said · doing (one transaction, idempotency, denial, answer) · records,
handover, items, agencies (the root fields). Start at doing.py.
"""
