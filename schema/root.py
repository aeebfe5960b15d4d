"""The roots of the schema: Query and Mutation inherit their fields from the noun modules."""

from __future__ import annotations

import strawberry

from schema.access.grants import GrantsQuery
from schema.access.keys import ApiKeysQuery
from schema.access.sessions import SessionsQuery
from schema.access.users import UsersQuery
from schema.access.view_as import ViewAsQuery
from schema.access.viewer_access import ViewerAccessQuery
from schema.agencies import AgenciesQuery
from schema.agency_returns import AgencyReturnsQuery
from schema.audit import AuditQuery
from schema.codes import CodesQuery
from schema.exclusions import ExclusionsQuery
from schema.jobs import JobsQuery
from schema.kpi.change import ChangeQuery
from schema.kpi.quality import QualityQuery
from schema.kpi.query import IndicatorsQuery
from schema.kpi.radar import RadarQuery
from schema.mutations.access import AccessChangesMutation
from schema.mutations.agencies import AgenciesMutation
from schema.mutations.arrangement import ArrangementMutation
from schema.mutations.exclusions import ExclusionsMutation
from schema.mutations.files import FilesMutation
from schema.mutations.grants import GrantsMutation
from schema.mutations.items import ItemsMutation
from schema.mutations.jobs import JobsMutation
from schema.mutations.keys import ApiKeysMutation
from schema.mutations.periods import PeriodsMutation
from schema.mutations.publication import PublicationMutation
from schema.mutations.publication_of_many import PublicationOfManyMutation
from schema.mutations.reminders import RemindersMutation
from schema.mutations.return_desk import ReturnDeskMutation
from schema.mutations.returns import ReturnsMutation
from schema.mutations.sessions import SessionsMutation
from schema.mutations.succession import SuccessionMutation
from schema.mutations.users import UsersMutation
from schema.node import NodeQuery
from schema.notices import NoticesQuery
from schema.publication import PublicationQuery
from schema.records.access_change import AccessChangesQuery
from schema.records.asof import AsOfQuery
from schema.records.query import RecordsQuery
from schema.return_desk import ReturnDeskQuery
from schema.returns import ReturnsQuery
from schema.seals import SealsQuery
from schema.search import SearchQuery
from schema.transfers import TransfersQuery
from schema.viewer import ViewerQuery


@strawberry.type(description="Everything that can be read (truy vấn).")
class Query(
    RecordsQuery,
    AccessChangesQuery,
    AgenciesQuery,
    SearchQuery,
    TransfersQuery,
    ReturnsQuery,
    AgencyReturnsQuery,
    ReturnDeskQuery,
    PublicationQuery,
    ExclusionsQuery,
    AuditQuery,
    SealsQuery,
    AsOfQuery,
    CodesQuery,
    ViewerQuery,
    UsersQuery,
    ApiKeysQuery,
    SessionsQuery,
    GrantsQuery,
    ViewerAccessQuery,
    ViewAsQuery,
    IndicatorsQuery,
    ChangeQuery,
    QualityQuery,
    RadarQuery,
    JobsQuery,
    NoticesQuery,
    NodeQuery,
):
    """All reads."""


@strawberry.type(description="Everything that can be done (thao tác).")
class Mutation(
    ArrangementMutation,
    FilesMutation,
    ItemsMutation,
    AccessChangesMutation,
    AgenciesMutation,
    SuccessionMutation,
    UsersMutation,
    ApiKeysMutation,
    SessionsMutation,
    GrantsMutation,
    JobsMutation,
    PeriodsMutation,
    ReturnsMutation,
    ReturnDeskMutation,
    RemindersMutation,
    PublicationMutation,
    PublicationOfManyMutation,
    ExclusionsMutation,
):
    """All deeds."""
