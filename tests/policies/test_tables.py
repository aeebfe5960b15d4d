"""Every table has the columns that the rules about it ask for."""

from __future__ import annotations

import pytest
from sqlalchemy import Table

from hub.models import metadata
from policies.resources import RESOURCES

TABLES = {
    "fonds": "fonds",
    "series": "series",
    "file": "file",
    "item": "item",
    "digital": "digital_object",
    "batch": "digitization_batch",
    "accesschange": "access_change",
    "transfer": "transfer",
    "request": "use_request",
    "plan": "plan",
    "indicator": "indicator",
    "report": "published_report",
    "period": "reporting_period",
    "return": "agency_return",
    "exclusion": "exclusion",
    "agency": "agency",
    "user": "app_user",
    "grant": "role_grant",
    "audit": "audit_event",
    "change": "audit_event",
    "codelist": "code_list_entry",
    "session": "web_session",
}
# No table holds these, or not yet with the columns that the rules ask for: nothing may read such a table by the law.
WITHOUT = {"publication", "disposal", "copy", "import", "job", "kpi", "system", "apikey", "policy", "setting"}
# the state of an item's home file comes by a join, and the places of the record that a change of access is about
JOINED = {
    ("item", "file_state"),
    ("digital", "file_state"),
    ("accesschange", "agency_id"),
    ("accesschange", "custodian_id"),
}


@pytest.mark.parametrize("resource", TABLES)
def test_a_table_has_the_columns_of_its_rules(resource: str) -> None:
    table: Table = metadata.tables[TABLES[resource]]
    needed = {name for name in RESOURCES[resource].names.values() if (resource, name) not in JOINED}
    assert needed - set(table.columns.keys()) == set()


def test_every_resource_is_compared_with_its_table_or_has_none() -> None:
    assert set(RESOURCES) - set(TABLES) == WITHOUT
