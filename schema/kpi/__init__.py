"""Figures of a plan (chỉ tiêu): indicators, their breakdown, and the records behind a shortfall.

Ordinary resolvers over hub.kpi; records inside them are read by the compiled path (schema/loading.py).
"""
