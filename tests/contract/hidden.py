"""Rows that a role may not see, and what may happen to them: texts change, rows go and others come.

Figures are of the whole city by the contract (a shortfall is whole; its records are under the caller's permissions).
So `rewrite` and `replace` leave every figure as it is and are held against every operation; `grow` adds and deletes,
and is held against all that is no figure. Documents come and go in files that are seen, too, and are of another origin.
"""

from __future__ import annotations

from typing import Any

from hub.models import metadata
from tests.contract.conftest import ELSEWHERE, City

# texts by which nothing is counted
TEXTS = {
    "fonds": "title code history description",
    "series": "title code description",
    "file": "title code description keywords physical_condition",
    "item": "subject code number notation issuer signer_name keywords description",
    "digital_object": "name",
    "transfer": "code decision_note minutes_number",
    "agency_return": "results difficulties proposals decision_note",
    "exclusion": "note",
    "use_request": "purpose answer",
}
KINDS = {"digital_object": "digital", "agency_return": "return", "use_request": "request"}
_REFERRING = (
    "digital_object",
    "page_acceptance",
    "item_listing",
    "transfer_entry",
    "exclusion",
    "use_request",
)

_MORE = """
with new_fonds as (
    insert into fonds (agency_id, creator_id, custodian_id, code, title, title_sort, access_level, published)
    values (%(here)s, %(here)s, %(here)s, %(code)s, %(text)s, 'a', 2, false) returning id
), new_series as (
    insert into series (fonds_id, agency_id, custodian_id, code, title, title_sort, position, access_level)
    select id, %(here)s, %(here)s, %(code)s, %(text)s, 'a', 0, 2 from new_fonds returning id, fonds_id
), new_file as (
    insert into file (fonds_id, agency_id, creator_id, custodian_id, series_id, code, title, title_sort, state,
        access_level, published, start_date)
    select fonds_id, %(here)s, %(here)s, %(here)s, id, %(code)s, %(text)s, 'a', 'CLOSED', 2, false, '2024-02-02'
      from new_series returning id, fonds_id
)
insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject, access_level, published, ordinal,
    issued_date, origin)
select id, fonds_id, %(here)s, %(here)s, %(code)s || n, %(text)s, 2, false, n, '2024-03-03', 'BORN_DIGITAL'
  from new_file, generate_series(1, 30) n
"""


class Hidden:
    """The rows that a role may not read, by table."""

    def __init__(self, city: City, role: str) -> None:
        self._city, self._code = city, f"M-{role}"
        self.agency = city.agency(ELSEWHERE).id
        actor = city.actors[role]
        self.keys: dict[str, list[int]] = {}
        for table in TEXTS:
            kind = KINDS.get(table, table)
            self.keys[table] = [row.id for row in self._rows(table) if not actor.may("read", kind, row)]

    def _rows(self, table: str) -> list[Any]:
        state = ", (select f.state from file f where f.id = t.file_id) as file_state"
        more = state if table in ("item", "digital_object") else ""
        return self._city.sql(f"select t.*{more} from {table} t order by t.id")

    def rewrite(self) -> None:
        """Every text of a hidden row becomes another; nothing is counted by it."""
        for table, columns in TEXTS.items():
            sets = ", ".join(
                f"{column} = {column} || ' Quy hoạch xây dựng mật'" for column in columns.split()
            )
            self._do(f"update {table} set {sets} where id = any(%s)", self.keys[table])

    def replace(self) -> int:
        """Hidden items to which nothing refers go, and the same come under other ids and codes; how many."""
        table = metadata.tables["item"]
        own = ("id", "folded", "code", "source_key")
        names = ", ".join(one.name for one in table.columns if one.name not in own)
        free = " and ".join(
            f"id not in (select item_id from {name} where item_id is not null)" for name in _REFERRING
        )
        found = self._city.sql(f"select id from item where id = any(%s) and {free}", self.keys["item"])
        keys = [row.id for row in found]
        self._do(
            f"with old as (delete from item where id = any(%s) returning *)"
            f" insert into item ({names}, code) select {names}, code || ' M' from old",
            keys,
        )
        return len(keys)

    def grow(self) -> None:
        """More hidden rows of every table, and fewer; the words of readers' searches in those that come."""
        text = "Quy hoạch chi tiết xây dựng hồ sơ canary mật cap giay phep"
        self._city.connection.execute(_MORE, {"here": self.agency, "code": self._code, "text": text})
        self._do("delete from digital_object where id = any(%s)", self.keys["digital_object"][::2])
        gone = self.keys["item"][::2]
        for name in _REFERRING:
            self._do(f"delete from {name} where item_id = any(%s)", gone)
        self._do("delete from item where id = any(%s)", gone)
        self._do(
            "update item set issued_date = issued_date + 1, origin = 'DIGITIZED', page_count = 77 where id = any(%s)",
            self.keys["item"],
        )
        self._do(
            "insert into page_acceptance (file_id, item_id, first_page, last_page, accepted_on)"
            " select file_id, id, 1, 70, '2025-01-02' from item where id = any(%s)",
            self.keys["item"],
        )

    def deal(self) -> None:
        """More dealings of an agency: a transfer and a request, and returns that change hands."""
        for statement in (
            "insert into transfer (code, agency_id, custodian_id, state, channel, registered_on)"
            f" values ('{self._code}', %s, %s, 'REGISTERED', 'MANUAL', '2025-01-01')",
            "insert into use_request (agency_id, custodian_id, purpose, state, received_on)"
            " values (%s, %s, 'Quy hoạch', 'SUBMITTED', '2025-05-05')",
        ):
            self._do(statement, self.agency, self.agency)
        self._do(
            "update agency_return set version = version + 1 where id = any(%s)", self.keys["agency_return"]
        )

    def _do(self, statement: str, *values: Any) -> None:
        self._city.connection.execute(statement, values)
