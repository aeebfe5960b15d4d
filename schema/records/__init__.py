"""The descriptive tree in GraphQL: fonds, series, files, items, digital objects.

Each type says its table and columns where its fields are declared. May import schema.compiler and hub.records.
"""
