"""Types that refer to each other, by name, so that their modules need not import in a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.access.grants import RoleGrant, RoleGrantConnection
    from schema.access.keys import ApiKey
    from schema.access.users import AppUser
    from schema.agencies import Agency, AgencyConnection
    from schema.agency_returns import AgencyReturnConnection
    from schema.records.access_change import AccessChange
    from schema.records.digital_object import DigitalObjectConnection
    from schema.records.file import ArchivalFile, FileConnection
    from schema.records.fonds import Fonds, FondsConnection
    from schema.records.item import FileItemConnection, Item, ItemConnection
    from schema.records.series import Series, SeriesConnection
    from schema.returns import ReportingPeriod

AnAgency = Annotated["Agency", strawberry.lazy("schema.agencies")]
Agencies = Annotated["AgencyConnection", strawberry.lazy("schema.agencies")]
AgencyReturns = Annotated["AgencyReturnConnection", strawberry.lazy("schema.agency_returns")]
APeriod = Annotated["ReportingPeriod", strawberry.lazy("schema.returns")]
AFonds = Annotated["Fonds", strawberry.lazy("schema.records.fonds")]
AllFonds = Annotated["FondsConnection", strawberry.lazy("schema.records.fonds")]
ASeries = Annotated["Series", strawberry.lazy("schema.records.series")]
AllSeries = Annotated["SeriesConnection", strawberry.lazy("schema.records.series")]
AFile = Annotated["ArchivalFile", strawberry.lazy("schema.records.file")]
Files = Annotated["FileConnection", strawberry.lazy("schema.records.file")]
AnItem = Annotated["Item", strawberry.lazy("schema.records.item")]
Items = Annotated["ItemConnection", strawberry.lazy("schema.records.item")]
ItemsOfFile = Annotated["FileItemConnection", strawberry.lazy("schema.records.item")]
AnApiKey = Annotated["ApiKey", strawberry.lazy("schema.access.keys")]
AUser = Annotated["AppUser", strawberry.lazy("schema.access.users")]
AGrant = Annotated["RoleGrant", strawberry.lazy("schema.access.grants")]
Grants = Annotated["RoleGrantConnection", strawberry.lazy("schema.access.grants")]
AnAccessChange = Annotated["AccessChange", strawberry.lazy("schema.records.access_change")]
DigitalObjects = Annotated["DigitalObjectConnection", strawberry.lazy("schema.records.digital_object")]
