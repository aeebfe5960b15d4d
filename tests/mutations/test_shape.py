"""What the schema of mutations may never lose: the contract's names, unions with problems, hand-written inputs."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
)

from policies.actions import ACTIONS
from schema import build_schema

CONTRACT = (
    "openFonds closeFonds openSeries moveSeries openFile describeFile closeFile reopenFile submitFile acceptFile "
    "sendBackFile registerItem correctItem moveItem listItem unlistItem createAgency renameAgency mergeAgencies "
    "moveAgency splitAgency dissolveAgency createUser updateUser disableUser enableUser grantRole endGrant "
    "delegateRole endDelegation updatePeriod closePeriod reopenPeriod submitReturn withdrawReturn approveReturn "
    "sendBackReturn acceptReturn"
)
# Deeds on what people and systems sign in with, whose shapes tests/http/test_signing.py holds.
SIGNING = {"createApiKey", "rotateApiKey", "revokeApiKey", "endSession"}
# Held by tests/mutations/test_access_changes.py.
CONFIRMING = {"confirmAccessChange", "rejectAccessChange"}
# Held by tests/http/test_subscriptions.py.
FOLLOWED = {"cancelJob"}
# What begins by itself or is done to many: tests/returns hold them.
REPORTING = {
    "openPeriod", "saveReturn", "acceptReturns", "attachToReturn", "detachFromReturn", "extendReturn", "assignReviewer",
    "noteCall", "setContact", "remindAgencies",
}  # fmt: skip
# Held by tests/mutations/test_publication.py.
PUBLICATION = {
    "freezePeriod", "draftReport", "submitReport", "sendBackReport", "printReport", "publishReport", "correctReport",
    "draftReports", "submitReports", "publishReports",
    "proposeExclusion", "amendExclusion", "withdrawExclusion", "approveExclusion", "returnExclusion", "liftExclusion",
}  # fmt: skip
# What nobody may say, since it follows from deeds.
NEVER_SAID = {
    "agency", "state", "createdBy", "submittedBy", "acceptedBy", "acceptedAt", "closedBy", "custodianId", "creatorId",
    "published", "transferred", "version", "onHold", "itemCount", "digitizedPageCount", "createdAt", "updatedAt",
}  # fmt: skip
NEW = {
    "openFonds", "openSeries", "openFile", "registerItem", "createAgency", "mergeAgencies", "createUser", "grantRole",
    "delegateRole",
}  # fmt: skip
# Deeds that say at which agency.
PLACED = {"openFonds", "createUser", "updateUser", "grantRole"}


def mutation() -> GraphQLObjectType:
    kind = build_schema()._schema.mutation_type
    assert kind is not None
    return kind


def test_every_mutation_of_the_contract_is_there_and_in_the_list_of_actions() -> None:
    assert set(CONTRACT.split()) <= set(mutation().fields)
    assert set(CONTRACT.split()) | SIGNING | CONFIRMING | FOLLOWED | REPORTING | PUBLICATION == set(ACTIONS)


@pytest.mark.parametrize("name", CONTRACT.split())
def test_a_mutation_takes_one_input_and_answers_a_record_or_problems(name: str) -> None:
    field = mutation().fields[name]
    kind = name[0].upper() + name[1:]
    assert {argument: str(given.type) for argument, given in field.args.items()} == {"input": f"{kind}Input!"}
    assert str(field.type) == f"{kind}Result!"
    union = get_named_type(field.type)
    assert isinstance(union, GraphQLUnionType)
    record, *problems = union.types
    assert "Node" in {one.name for one in record.interfaces}
    assert all("Problem" in {one.name for one in problem.interfaces} for problem in problems)
    assert {"NotFound", "NotPermitted", "Invalid", "IdempotencyKeyReused"} <= {one.name for one in problems}
    assert f"Quyền · Permission: {ACTIONS[name].name} (" in str(field.description)


@pytest.mark.parametrize("name", CONTRACT.split())
def test_no_input_lets_a_caller_say_what_follows_from_deeds(name: str) -> None:
    given = get_named_type(mutation().fields[name].args["input"].type)
    assert isinstance(given, GraphQLInputObjectType)
    fields: dict[str, Any] = given.fields
    assert not NEVER_SAID & set(fields)
    assert "agencyId" not in fields or name in PLACED
    assert "idempotencyKey" in fields
    if name not in NEW:
        assert isinstance(fields["expectedVersion"].type, GraphQLNonNull)
        assert isinstance(fields["id"].type, GraphQLNonNull)
    assert all(field.description for field in fields.values())
