"""What nobody may ever do, and what each role must be able to do on a working day, in the words of the trade.

Forbidden facts are questions to the law that must be answered no, whatever is changed in policy.csv; the working days
keep a law from growing so strict that the forbidden facts hold for nothing. Tests ask both of the policy in force,
`hub policy check` of one that is proposed.
"""

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from policies.enforcer import Rule
from policies.law import Law
from policies.resources import RESOURCES
from policies.subject import ANONYMOUS, Grant, Subject

CITY, DISTRICT, OTHER, UNIT, ARCHIVE = 1, 2, 3, 4, 8
TREE = {CITY: None, DISTRICT: CITY, OTHER: CITY, UNIT: DISTRICT, ARCHIVE: CITY}
# BOUND has delegated a role to ME.
ME, SOMEBODY, BOUND = 7, 9, 11
ARCHIVE_ROLES = ("archivist", "archive_head")
CITY_ROLES = ("supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin")

Facts = dict[str, Any]
RECORD: Facts = {
    "id": 1,
    "agency_id": DISTRICT,
    "custodian_id": DISTRICT,
    "access_level": 0,
    "state": "OPEN",
    "file_state": "OPEN",
    "published": False,
    "on_hold": False,
    "transferred": False,
    "created_by": SOMEBODY,
    "submitted_by": None,
    "approved_by": None,
    "proposed_by": None,
    "user_id": SOMEBODY,
    "on_behalf_of": None,
}
MINE: Facts = {"created_by": ME}
RESTRICTED, SECRET, UNKNOWN = ({"access_level": level} for level in (1, 2, None))
ELSEWHERE: Facts = {"agency_id": OTHER, "custodian_id": OTHER}
IN_UNIT: Facts = {"agency_id": UNIT, "custodian_id": UNIT}
IN_ARCHIVE: Facts = {
    "custodian_id": ARCHIVE,
    "transferred": True,
    "state": "TRANSFERRED",
    "file_state": "TRANSFERRED",
}
HANDED_OVER: Facts = {"state": "SUBMITTED", "file_state": "SUBMITTED", "submitted_by": SOMEBODY}
BY_ME: Facts = {"submitted_by": ME, "proposed_by": ME}
BY_BOUND: Facts = {"submitted_by": BOUND, "proposed_by": BOUND}
GONE: Facts = {"state": "DISPOSED", "file_state": "DISPOSED"}
PUBLISHED: Facts = {"published": True}
PROPOSED: Facts = {"state": "PROPOSED", "proposed_by": SOMEBODY}
OPENING: Facts = {"state": "PROPOSED", "proposed_by": SOMEBODY, "access_before": 1}
WAS_SECRET: Facts = {"access_before": 2}
APPROVED: Facts = {"state": "APPROVED", "submitted_by": SOMEBODY, "approved_by": SOMEBODY}
OF_UNIT: Facts = {"of_unit": True, "agency_id": UNIT, "reports_to_id": DISTRICT}
APPROVED_BY_ME: Facts = {"approved_by": ME}
APPROVED_BY_BOUND: Facts = {"approved_by": BOUND}
Fact = tuple[str, str, str, list[Facts]]


def holds(law: Law, role: str, question: str, *facts: Facts) -> bool:
    """Whether somebody of that role at the district, the archive or the city may do it to such a row."""
    resource, _, action = question.partition(":")
    row = {**RECORD, **{name: value for part in facts for name, value in part.items()}}
    if resource == "agency":
        row["id"] = row["agency_id"]
    wanted = RESOURCES[resource].names.values()
    facts_of_row = SimpleNamespace(**{name: row.get(name) for name in wanted})
    return law.may(_who(role), action, resource, facts_of_row)


def broken(rules: Sequence[Rule]) -> Iterator[str]:
    """The forbidden facts that these rules would allow."""
    law = Law(TREE, rules)
    return (told for told, role, question, facts in FORBIDDEN if holds(law, role, question, *facts))


def hindered(rules: Sequence[Rule]) -> Iterator[str]:
    """The work of every day that these rules would not allow."""
    law = Law(TREE, rules)
    return (told for told, role, question, facts in ALLOWED if not holds(law, role, question, *facts))


def _who(role: str) -> Subject:
    if role == "anyone":
        return ANONYMOUS
    if role == "user":
        return Subject(ME, "reader")
    place = None if role in CITY_ROLES else ARCHIVE if role in ARCHIVE_ROLES else DISTRICT
    return Subject(ME, role, (Grant(role, place),), bound=frozenset({BOUND}))


FORBIDDEN: list[Fact] = [
    ("the public reads an unpublished file", "anyone", "file:read", []),
    (
        "the public reads a published file whose access is not open",
        "anyone",
        "file:read",
        [PUBLISHED, RESTRICTED],
    ),
    ("the public reads a published file of unknown access", "anyone", "item:read", [PUBLISHED, UNKNOWN]),
    ("the public reads a published secret", "anyone", "item:read", [PUBLISHED, SECRET]),
    ("the public reads content", "anyone", "digital:read", [PUBLISHED]),
    ("the public reads an agency's return", "anyone", "return:read", [APPROVED]),
    ("the public reads a draft report", "anyone", "report:read", [{"state": "DRAFT"}]),
    ("the public reads the audit trail", "anyone", "audit:read", []),
    ("a reader reads another's request", "user", "request:read", [HANDED_OVER]),
    ("a reader asks in another's name", "user", "request:create", []),
    ("a reader reads unpublished records", "user", "fonds:read", []),
    ("staff reads another agency's file", "staff", "file:read", [ELSEWHERE]),
    ("staff reads a unit's file", "staff", "file:read", [IN_UNIT]),
    ("staff reads a secret", "staff", "file:read", [SECRET]),
    ("staff reads restricted content", "staff", "digital:read", [RESTRICTED]),
    ("staff changes a colleague's file", "staff", "file:update", []),
    ("staff changes his own file after handing it over", "staff", "file:update", [MINE, HANDED_OVER]),
    ("staff makes a file in another agency", "staff", "file:create", [MINE, ELSEWHERE]),
    ("staff accepts a file", "staff", "file:accept", [HANDED_OVER]),
    ("a clerk changes a transferred file", "clerk", "file:update", [{"transferred": True}]),
    ("a clerk closes a file of another agency", "clerk", "file:close", [ELSEWHERE]),
    ("a clerk reopens an accepted file", "clerk", "file:reopen", [{"state": "ACCEPTED"}]),
    ("a clerk deletes a file", "clerk", "file:delete", [MINE]),
    ("an officer accepts what he handed over himself", "officer", "file:accept", [HANDED_OVER, BY_ME]),
    ("an officer accepts a file that nobody handed over", "officer", "file:accept", [{"state": "CLOSED"}]),
    ("an officer changes a disposed file", "officer", "file:update", [GONE]),
    ("an officer adds to a disposed file", "officer", "item:create", [GONE]),
    ("an officer deletes under a hold", "officer", "file:delete", [{"on_hold": True}]),
    ("an officer works on another agency", "officer", "series:create", [ELSEWHERE]),
    ("an officer downloads a secret", "officer", "digital:download", [SECRET]),
    ("an approver changes records", "approver", "file:update", [MINE]),
    ("an approver approves his own transfer", "approver", "transfer:approve", [HANDED_OVER, BY_ME]),
    ("an approver approves his own return", "approver", "return:approve", [HANDED_OVER, BY_ME]),
    ("an approver approves another agency's return", "approver", "return:approve", [HANDED_OVER, ELSEWHERE]),
    ("an archivist reads what is not in custody", "archivist", "file:read", []),
    ("an archivist reads secret content", "archivist", "digital:read", [IN_ARCHIVE, SECRET]),
    ("an archivist publishes", "archivist", "file:publish", [IN_ARCHIVE]),
    ("an archive head publishes a restricted file", "archive_head", "file:publish", [IN_ARCHIVE, RESTRICTED]),
    (
        "an archive head publishes what is of unknown access",
        "archive_head",
        "file:publish",
        [IN_ARCHIVE, UNKNOWN],
    ),
    ("a supervisor reads content", "supervisor", "digital:read", []),
    ("a supervisor reads a secret", "supervisor", "file:read", [SECRET]),
    ("a supervisor reads personal data", "supervisor", "file:read_personal", []),
    ("a head reads personal data", "supervisor_head", "item:read_personal", []),
    ("a leader reads personal data", "leader", "item:read_personal", []),
    ("the public reads personal data", "anyone", "file:read_personal", [PUBLISHED]),
    ("staff reads personal data of another agency", "staff", "file:read_personal", [ELSEWHERE]),
    ("a supervisor writes a record", "supervisor", "file:update", [MINE]),
    ("a supervisor accepts a return he submitted", "supervisor", "return:accept", [APPROVED, BY_ME]),
    (
        "an approver accepts a unit's return that he approved",
        "approver",
        "return:accept",
        [APPROVED, OF_UNIT, APPROVED_BY_ME],
    ),
    (
        "an approver accepts a unit's return that his delegate approved",
        "approver",
        "return:accept",
        [APPROVED, OF_UNIT, APPROVED_BY_BOUND],
    ),
    ("a supervisor publishes a report", "supervisor", "report:publish", [HANDED_OVER]),
    ("a head publishes a report he submitted", "supervisor_head", "report:publish", [HANDED_OVER, BY_ME]),
    ("a head approves an exclusion he proposed", "supervisor_head", "exclusion:approve", [PROPOSED, BY_ME]),
    ("a head changes what an agency proposes", "supervisor_head", "exclusion:update", [PROPOSED]),
    ("a head lifts what he has not approved", "supervisor_head", "exclusion:revoke", [PROPOSED]),
    ("an officer lifts an exclusion", "officer", "exclusion:revoke", [APPROVED]),
    ("an officer changes an approved exclusion", "officer", "exclusion:update", [APPROVED]),
    ("a leader reads content", "leader", "digital:read", [PUBLISHED]),
    ("a leader reads a restricted file", "leader", "file:read", [RESTRICTED]),
    ("a leader reads a file of unknown access", "leader", "file:read", [UNKNOWN]),
    ("a leader closes a period", "leader", "period:lock", []),
    ("finance reads a file", "finance", "file:read", []),
    ("security reads a file", "itsec", "file:read", []),
    ("security makes a token", "itsec", "apikey:create", []),
    ("an agency's administrator reads a file", "agency_admin", "file:read", []),
    ("an agency's administrator works on another agency", "agency_admin", "user:create", [ELSEWHERE]),
    ("an agency's administrator grants to himself", "agency_admin", "grant:create", [{"user_id": ME}]),
    ("an agency's administrator renames it", "agency_admin", "agency:rename", []),
    ("the administrator reads a file", "sysadmin", "file:read", []),
    ("the administrator grants to himself", "sysadmin", "grant:create", [{"user_id": ME}]),
    ("an officer accepts what his delegator handed over", "officer", "file:accept", [HANDED_OVER, BY_BOUND]),
    ("an approver approves his delegate's return", "approver", "return:approve", [HANDED_OVER, BY_BOUND]),
    ("a head publishes his delegate's report", "supervisor_head", "report:publish", [HANDED_OVER, BY_BOUND]),
    ("the administrator grants to his delegator", "sysadmin", "grant:create", [{"user_id": BOUND}]),
    ("an approver delegates another's role", "approver", "grant:delegate", [{"on_behalf_of": SOMEBODY}]),
    ("an approver delegates to himself", "approver", "grant:delegate", [{"user_id": ME, "on_behalf_of": ME}]),
    ("an officer ends another's role", "officer", "grant:revoke", []),
    ("an officer disables an account", "officer", "user:disable", []),
    ("the administrator disables himself", "sysadmin", "user:disable", [{"id": ME}]),
    ("security views as another", "itsec", "user:view_as", []),
    ("a supervisor sees accounts", "supervisor", "user:read", []),
    ("a supervisor sees grants", "supervisor", "grant:read", []),
    ("an agency's administrator disables elsewhere", "agency_admin", "user:disable", [ELSEWHERE]),
    ("an agency's administrator delegates elsewhere", "agency_admin", "grant:delegate", [ELSEWHERE]),
    ("an agency's administrator changes the policy", "agency_admin", "policy:update", []),
    ("an officer confirms the opening he proposed", "officer", "accesschange:approve", [OPENING, BY_ME]),
    ("a head confirms his delegate's opening", "approver", "accesschange:approve", [OPENING, BY_BOUND]),
    ("an officer confirms an opening elsewhere", "officer", "accesschange:approve", [OPENING, ELSEWHERE]),
    (
        "an officer confirms what makes a secret known",
        "officer",
        "accesschange:approve",
        [OPENING, WAS_SECRET],
    ),
    ("staff confirms an opening", "staff", "accesschange:approve", [OPENING]),
    ("a clerk confirms an opening", "clerk", "accesschange:approve", [OPENING]),
    ("an archivist confirms an opening not in custody", "archivist", "accesschange:approve", [OPENING]),
    ("a supervisor confirms an opening", "supervisor", "accesschange:approve", [OPENING]),
    (
        "a supervisor sees that a secret is to be opened",
        "supervisor",
        "accesschange:read",
        [OPENING, WAS_SECRET],
    ),
    ("the administrator confirms an opening", "sysadmin", "accesschange:approve", [OPENING]),
    ("the public sees what is to be opened", "anyone", "accesschange:read", [OPENING]),
    ("a client reads another agency's file", "client", "file:read", [ELSEWHERE]),
    ("a client changes what a person made", "client", "file:update", []),
]

ALLOWED: list[Fact] = [
    ("the public reads a published file", "anyone", "file:read", [PUBLISHED]),
    ("the public reads the plan's figures", "anyone", "indicator:read", []),
    ("the public reads an agency", "anyone", "agency:read", [ELSEWHERE]),
    ("the public reads a report", "anyone", "report:read", [{"state": "PUBLISHED"}]),
    ("a reader asks for a record", "user", "request:create", [MINE]),
    ("a reader learns the deadline", "user", "period:read", []),
    ("staff opens a file", "staff", "file:create", [MINE]),
    ("staff closes his file", "staff", "file:close", [MINE]),
    ("staff hands his file over", "staff", "file:submit", [MINE, {"state": "CLOSED"}]),
    ("staff reads a colleague's file", "staff", "file:read", [RESTRICTED]),
    ("staff moves his document", "staff", "item:move", [MINE]),
    ("a clerk registers a document", "clerk", "item:create", [MINE]),
    ("a second officer confirms an opening", "officer", "accesschange:approve", [OPENING]),
    ("the head of the agency confirms an opening", "approver", "accesschange:approve", [OPENING]),
    (
        "the archive confirms an opening in custody",
        "archivist",
        "accesschange:approve",
        [IN_ARCHIVE, OPENING],
    ),
    ("who proposed an opening takes it back", "user", "accesschange:return", [OPENING, BY_ME]),
    ("a clerk opens a series", "clerk", "series:create", [MINE]),
    ("a clerk closes a file", "clerk", "file:close", []),
    ("a clerk lists a document in another file", "clerk", "item:list", []),
    ("a clerk imports a catalogue", "clerk", "import:create", [MINE]),
    ("an officer reads personal data", "officer", "file:read_personal", [IN_UNIT]),
    ("an archivist reads personal data in custody", "archivist", "item:read_personal", [IN_ARCHIVE]),
    ("an officer opens a fonds", "officer", "fonds:create", [MINE]),
    ("an officer closes a fonds", "officer", "fonds:close", []),
    ("an officer accepts a unit's file", "officer", "file:accept", [IN_UNIT, HANDED_OVER]),
    ("an officer sends a file back", "officer", "file:return", [HANDED_OVER]),
    ("an officer moves a series", "officer", "series:move", []),
    ("an officer writes the return", "officer", "return:update", [{"state": "DRAFT"}]),
    ("an officer proposes an exclusion", "officer", "exclusion:create", [PROPOSED]),
    ("an officer prepares a transfer", "officer", "transfer:submit", [{"state": "REGISTERED"}]),
    ("an approver approves the return", "approver", "return:approve", [HANDED_OVER]),
    ("an approver approves a transfer", "approver", "transfer:approve", [HANDED_OVER]),
    ("an archivist describes what was transferred", "archivist", "file:update", [IN_ARCHIVE]),
    ("an archivist describes an old fonds", "archivist", "fonds:update", [{"custodian_id": ARCHIVE}]),
    ("an archivist opens a file of an old fonds", "archivist", "file:create", [{"custodian_id": ARCHIVE}]),
    ("an archivist accepts a transfer", "archivist", "transfer:accept", [APPROVED, ELSEWHERE]),
    ("an archivist works on a batch", "archivist", "batch:update", [{"custodian_id": ARCHIVE}]),
    ("an archive head publishes", "archive_head", "file:publish", [IN_ARCHIVE]),
    ("a supervisor reads every agency's files", "supervisor", "file:read", [ELSEWHERE, RESTRICTED]),
    ("a supervisor merges agencies", "supervisor", "agency:merge", []),
    ("a supervisor splits an agency", "supervisor", "agency:split", []),
    ("a supervisor dissolves an agency", "supervisor", "agency:dissolve", []),
    ("a supervisor moves an agency", "supervisor", "agency:move", []),
    ("a supervisor accepts a return", "supervisor", "return:accept", [APPROVED]),
    ("an approver accepts a unit's return", "approver", "return:accept", [APPROVED, OF_UNIT]),
    ("a head closes a period", "supervisor_head", "period:lock", []),
    ("a head approves an exclusion", "supervisor_head", "exclusion:approve", [PROPOSED]),
    ("a head lifts an exclusion", "supervisor_head", "exclusion:revoke", [APPROVED]),
    ("a head publishes a report", "supervisor_head", "report:publish", [HANDED_OVER]),
    ("a leader walks a figure to its files", "leader", "file:read", [ELSEWHERE]),
    ("a leader reads a return", "leader", "return:read", [APPROVED]),
    ("finance reads the figures", "finance", "kpi:read", []),
    ("security verifies the audit trail", "itsec", "audit:verify", []),
    ("security revokes a token", "itsec", "apikey:revoke", []),
    ("an agency's administrator grants a role", "agency_admin", "grant:create", []),
    ("an approver delegates his role", "approver", "grant:delegate", [{"on_behalf_of": ME}]),
    ("an approver ends his delegation", "approver", "grant:revoke", [{"on_behalf_of": ME}]),
    ("a leader delegates his role", "leader", "grant:delegate", [{"on_behalf_of": ME, "agency_id": None}]),
    ("a reader sees his own account", "user", "user:read", [{"id": ME}]),
    ("an officer sees his own roles", "officer", "grant:read", [{"user_id": ME}]),
    ("an agency's administrator disables an account", "agency_admin", "user:disable", [{"id": SOMEBODY}]),
    ("an agency's administrator ends a role", "agency_admin", "grant:revoke", []),
    ("the administrator views as another", "sysadmin", "user:view_as", [ELSEWHERE]),
    ("the administrator makes an agency", "sysadmin", "agency:create", []),
    ("the administrator makes a user", "sysadmin", "user:create", [ELSEWHERE]),
    ("a client pushes a file", "client", "file:create", [MINE]),
    ("a client closes its file", "client", "file:close", [MINE]),
]
