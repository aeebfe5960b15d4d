"""The GraphQL face: one declaration per type serves the SDL and the SQL.

build_schema() makes it. Types stand in the modules of their nouns, the roots in root.py, compiled reads in
compiler/, the printed SDL in schema.graphql. May import reports, policies and everything of hub below its app.
"""

from schema.build import HubSchema, build_schema

__all__ = ["HubSchema", "build_schema"]
