"""The roots of the schema: Query and Mutation inherit their fields from the noun modules."""

from __future__ import annotations

import strawberry

from schema.agencies import AgenciesQuery
from schema.node import NodeQuery
from schema.records.query import RecordsQuery


@strawberry.type(description="Everything that can be read (truy vấn).")
class Query(RecordsQuery, AgenciesQuery, NodeQuery):
    """All reads."""
