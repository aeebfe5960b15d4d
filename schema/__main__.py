"""Prints the schema: `python -m schema > schema/schema.graphql` after a change of the API."""

from schema import build_schema

print(build_schema().as_str())
