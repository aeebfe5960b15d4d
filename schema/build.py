"""The finished schema, checked: whatever it promises of tables has SQL, or the hub does not start."""

from __future__ import annotations

from functools import cache
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.agencies import Agency
from schema.answers import answer_by_key
from schema.compiler.catalogue import Catalogue
from schema.jobs import Subscription
from schema.permissions import print_permissions
from schema.records.digital_object import DigitalObject
from schema.root import Mutation, Query
from schema.scalars import SCALARS


class HubSchema(strawberry.Schema):
    """A Strawberry schema with the catalogue that compiled reads are written from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = Catalogue(self._schema)
        answer_by_key(self.catalogue)
        print_permissions(self._schema, self.catalogue)


@cache
def build_schema() -> HubSchema:
    """The schema of the hub. Raises SchemaFault when a field has no SQL or an impossible type."""
    return HubSchema(
        Query,
        Mutation,
        Subscription,
        types=[Agency, DigitalObject],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
