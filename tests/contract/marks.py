"""Marks every text of every table that belongs to somebody, so that no answer can tell of it unnoticed.

`canary.stir` marks the records that the contract's operations show; this goes on with whatever else hangs on an
agency: dealings, evidence, people, sessions, the audit trail, drafts of reports. `may_read` says who may be told a
mark: whoever the law lets read the row, or the row it is part of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from hub.access.actor import Actor
from tests.contract.conftest import RESOURCES, City

MARK = re.compile(r"canary([a-z]+?)(\d+)z")

_HERE = "(select id from agency where code = 'UBND-BADINH')"
_THERE = "(select id from agency where code = 'UBND-HOANKIEM')"
_ARCHIVE = "(select id from agency where is_historical_archive)"
_USER = "(select id from app_user where name = 'demo.%s')"

# Rows of tables that the demo leaves empty or nearly so: of the roles' own agency, and of one that is nobody's.
_ROWS = (
    f"""insert into use_request (agency_id, custodian_id, requester_id, file_id, purpose, answer, state, received_on,
        created_by, submitted_by)
        select f.agency_id, f.custodian_id, u.id, f.id, 'a', 'b', s, '2025-03-03', u.id, u.id
          from unnest(array['DRAFT','SUBMITTED','APPROVED','COMPLETED','REFUSED']) s, app_user u,
               lateral (select * from file where agency_id in ({_HERE}, {_THERE}) order by id limit 12) f
         where u.name = 'demo.user'""",
    f"""insert into exclusion (indicator_id, agency_id, file_id, basis_code, legal_basis, valid_from, state,
        proposed_by, approved_by, decided_at, note)
        select i.id, f.agency_id, f.id, 'SECRET', 'Luật Bảo vệ bí mật nhà nước', '2024-01-01', s, {_USER % "officer"},
               case when s <> 'PROPOSED' then {_USER % "supervisor_head"} end,
               case when s <> 'PROPOSED' then now() end, 'n'
          from indicator i, unnest(array['PROPOSED','APPROVED','REJECTED']) s,
               lateral (select * from file where agency_id in ({_HERE}, {_THERE}) order by id desc limit 6) f
         where i.code in ('II.1.a', 'II.2.b')""",
    f"""insert into digitization_batch (code, custodian_id, contract) select 'L' || a || n, a, 'c'
          from unnest(array[{_HERE}, {_THERE}, {_ARCHIVE}]) a, generate_series(1, 2) n""",
    f"""insert into published_report (period_id, agency_id, revision, state, number, submitted_by)
        select (select max(id) from reporting_period), a, 90 + n, s, '1', {_USER % "supervisor"}
          from unnest(array[{_HERE}, {_THERE}]) a, unnest(array['DRAFT','SUBMITTED']) with ordinality as t (s, n)""",
    """insert into app_user (name, full_name, email, agency_id, is_service)
        select 'foreign.' || a.id || '.' || n, 'x', 'x@' || a.id, a.id, false from agency a, generate_series(1, 2) n
         where a.code in ('UBND-BADINH', 'UBND-HOANKIEM', 'SNV')""",
    """insert into role_grant (user_id, role, agency_id, valid_from, reason)
        select id, 'officer', agency_id, '2024-01-01', 'x' from app_user where name like 'foreign.%'""",
    """insert into web_session (user_id, sha256, last_seen_at, idle_until, expires_at, user_agent)
        select id, sha256(name::bytea), now(), now() + interval '1 day', now() + interval '1 day', 'x' from app_user""",
    f"""insert into access_change (file_id, access_before, access_after, state, proposed_by, decided_by,
        decided_at, note) select f.id, l.before, 0, 'REJECTED', {_USER % "officer"}, {_USER % "approver"}, now(), 'x'
          from (values (1), (2)) l(before),
               lateral (select * from file where agency_id in ({_HERE}, {_THERE}) order by id limit 8) f""",
    f"""insert into audit_event (agency_id, event_type, agent_id, request_id, object_type, object_id, outcome, reason)
        select f.agency_id, e, {_USER % "officer"}, 'r', 'file', f.id, o, 'x'
          from unnest(array['file:describe','file:close']) e, unnest(array['success','denied']) o,
               lateral (select * from file where agency_id in ({_HERE}, {_THERE}) order by id limit 8) f""",
)  # fmt: skip

# kind of mark → table, its texts, and its documents
_TEXTS: dict[str, tuple[str, str]] = {
    "exclusion": ("exclusion", "note legal_basis"),
    "request": ("use_request", "purpose answer"),
    "batch": ("digitization_batch", "code contract"),
    "report": ("published_report", "number"),
    "user": ("app_user", "full_name email"),
    "grant": ("role_grant", "reason"),
    "accesschange": ("access_change", "note"),
    "session": ("web_session", "user_agent"),
    "apikey": ("access_token", "label"),
    "progress": ("declared_progress", "value note document_number"),
    "training": ("training_participant", "person evidence"),
    "procedure": ("online_procedure", "document_number"),
    "exchange": ("system_exchange", "detail"),
    "system": ("registered_system", "name security_decision"),
}
# Reports that are out are read by everybody, and the demo has hundreds of them.
# What stands as it is, but for a mark.
_STANDING = ("audit_event", "access_change")
_WHICH = {"published_report": "state in ('DRAFT','SUBMITTED')"}


def mark(city: City) -> None:
    """Add rows where there are none, and mark every text of every one."""
    for statement in _ROWS:
        city.connection.execute(statement)
    for table in _STANDING:
        city.connection.execute(f"alter table {table} disable trigger user")
    city.connection.execute(
        "update audit_event set reason = concat_ws(' ', reason, 'canaryaudit' || id || 'z'),"
        " request_id = concat_ws(' ', request_id, 'canaryaudit' || id || 'z'),"
        " detail = coalesce(detail, '{}') || jsonb_build_object('note', 'canaryaudit' || id || 'z')"
    )
    for kind, (table, columns) in _TEXTS.items():
        token = f"'canary{kind}' || id || 'z'"
        sets = ", ".join(
            f"{column} = concat_ws(' ', nullif({column}, 'x'), {token})" for column in columns.split()
        )
        city.connection.execute(f"update {table} set {sets} where {_WHICH.get(table, 'true')}")
    for table in _STANDING:
        city.connection.execute(f"alter table {table} enable trigger user")
    for table in ("file", "item"):
        city.connection.execute(f"update {table} set languages = array['vie', 'canary{table}' || id || 'z']")
    city.connection.execute(
        "update digital_object set signature = jsonb_build_object('by', 'canarydigital' || id || 'z')"
    )


def _row(**facts: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"state": None, "created_by": None, "submitted_by": None, **facts})


class Readers:
    """Who may be told which mark of a city."""

    def __init__(self, city: City) -> None:
        self._city = city
        self._rows = {
            kind: {row.id: row for row in city.sql(f"select * from {table}")}
            for kind, (table, _) in _TEXTS.items()
        }
        self._rows["audit"] = {row.id: row for row in city.sql("select * from audit_event")}
        self._homes = {row.id: row.agency_id for row in city.sql("select id, agency_id from app_user")}
        self._served: dict[int, list[int]] = {}
        for row in city.sql("select system_id, agency_id from system_agency"):
            self._served.setdefault(row.system_id, []).append(row.agency_id)
        self._files = {
            row.id: {"agency_id": row.agency_id, "custodian_id": row.custodian_id}
            for row in city.sql("select id, agency_id, custodian_id from file")
        }
        self._known: dict[tuple[str, str, int], bool] = {}
        law: dict[str, Callable[[Actor, Any], bool]] = {
            "progress": lambda actor, row: actor.may(
                "read",
                "kpi",
                _row(agency_id=row.agency_id, created_by=row.declared_by, submitted_by=row.declared_by),
            ),
            # no face shows whom an agency trained
            "training": lambda actor, row: False,
            "procedure": lambda actor, row: actor.may("read", "kpi", _row(agency_id=row.agency_id)),
            "exchange": lambda actor, row: False,
            "system": lambda actor, row: any(
                actor.may("read", "system", _row(id=row.id, agency_id=agency))
                for agency in self._served.get(row.id, ())
            ),
            "apikey": lambda actor, row: actor.may(
                "read", "apikey", _row(id=row.id, agency_id=self._homes[row.user_id], user_id=row.user_id)
            ),
            "session": lambda actor, row: actor.may("read", "session", row),
            "accesschange": lambda actor, row: actor.may(
                "read", "accesschange", row, **self._files[row.file_id]
            ),
        }
        self._law = law

    def may(self, role: str, kind: str, key: int) -> bool:
        """Whether the role may be told the mark of the row."""
        known = self._known.get((role, kind, key))
        if known is None:
            known = self._known[role, kind, key] = self._asked(role, kind, key)
        return known

    def _asked(self, role: str, kind: str, key: int) -> bool:
        if kind not in self._rows:
            return self._city.sees(role, kind, key)
        actor, row = self._city.actors[role], self._rows[kind][key]
        if kind == "audit" and row.object_type in RESOURCES and row.outcome == "success":
            # who reads a record is told its changes, as far as they are told there
            shown = actor.may("read", "change", row) and self._city.sees(role, row.object_type, row.object_id)
            return shown or actor.may("read", "audit", row)
        ask = self._law.get(kind)
        return ask(actor, row) if ask else actor.may("read", kind, row)

    def leaks(self, role: str, text: str) -> set[tuple[str, int]]:
        """The marks in a text that the role may not be told."""
        found = {(kind, int(key)) for kind, key in MARK.findall(text)}
        return {one for one in found if not self.may(role, *one)}
