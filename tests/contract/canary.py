"""Stirs a demo city: every text of a record names the record, and every kind of visibility occurs.

A token is a single word, `canaryfile12z`, so that search, highlight and facets would carry it too. Whoever sees
a token was told something of that record.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection

TOKEN = re.compile(r"canary(fonds|series|file|item|digital|transfer|return)(\d+)z")

_TEXTS = {
    "fonds": "title code history dates_text key_groups other_types lookup_tools description access_text",
    "series": "title code description",
    "file": "title code catalog_number notation start_text end_text retention_text access_text keywords"
    " information_sign physical_condition paper_file_code description decision_note",
    "item": "subject code doc_type_text number notation issued_text arrival_number issuer retention_text"
    " access_text signer_name signer_position information_sign keywords autograph physical_condition description",
    "digital_object": "name mime_type puid sha256",
    "transfer": "code decision_note minutes_number",
    "agency_return": "results difficulties proposals decision_note",
}
_KINDS = {"digital_object": "digital", "agency_return": "return"}
_DOCUMENTS = {
    "fonds": "extra",
    "series": "extra",
    "file": "extra",
    "item": "extra",
    "agency_return": "figures",
}

# What is kept beside a return names it, too; of what the desk keeps on an agency any return of it.
_BESIDE = "'canaryreturn' || r.id || 'z'"
_BESIDE_RETURNS = (
    f"insert into return_line (return_id, agency_id, duty_id, value, note, document_number)"
    f" select r.id, r.agency_id, d.id, {_BESIDE}, {_BESIDE}, {_BESIDE} from agency_return r"
    " join duty d on d.code = 'IV.5.d'",
    f"insert into return_turn (return_id, agency_id, turn, from_state, to_state, note, version)"
    f" select r.id, r.agency_id, 'SUBMIT', 'DRAFT', 'SUBMITTED', {_BESIDE}, 2 from agency_return r",
    f"insert into return_attachment (return_id, agency_id, name, mime_type, size, sha256, content)"
    f" select r.id, r.agency_id, {_BESIDE}, 'application/pdf', 5, {_BESIDE}, '%%PDF-' from agency_return r",
    f"update return_case c set extension_reason = {_BESIDE} from agency_return r where r.agency_id = c.agency_id",
    f"update case_note c set note = {_BESIDE} from agency_return r where r.agency_id = c.agency_id",
    f"update agency_contact c set name = {_BESIDE}, phone = {_BESIDE} from agency_return r"
    " where r.agency_id = c.agency_id",
)

# md5 of an id is a die that falls the same way on every machine.
_DIE = "(('x' || substr(md5('{salt}' || {t}.id), 1, 6))::bit(24)::int % 100)"

_HERE = "t.agency_id = (select id from agency where code = 'UBND-BADINH')"


def _die(salt: str, t: str = "t") -> str:
    return _DIE.format(salt=salt, t=t)


def stir(connection: Connection) -> None:
    """Give the records of a fresh demo city levels, flags, listings, objects, returns, and their tokens."""
    for statement in (
        # Levels of files and items apart from each other: an item may be closed in an open file.
        f"update file t set access_level = 2 where {_die('secret')} < 4",
        f"update item t set access_level = case when {_die('level')} < 6 then 2 when {_die('level')} < 16 then 1"
        f" when {_die('level')} < 20 then null else access_level end",
        f"update series t set access_level = case when {_die('series')} < 3 then 2 else 1 end"
        f" where {_die('series')} < 15",
        f"update fonds t set access_level = case when {_die('fonds')} < 3 then 2 end where {_die('fonds')} < 10",
        f"update fonds t set published = true where {_die('shown')} < 30",
        f"update series t set published = true where {_die('shown')} < 40",
        f"update file t set published = true where {_die('shown')} < 15 or {_die('shown')} < 60 and {_HERE}",
        f"update item t set published = true where {_die('shown')} < 15 or {_die('shown')} < 60 and {_HERE}",
        f"update file t set on_hold = true where {_die('hold')} < 5",
        f"update file t set start_date = null, start_latest = null, start_precision = null where {_die('day')} < 5",
        f"update file t set created_by = (select id from app_user where name = 'demo.client')"
        f" where {_die('maker')} < 20 and {_HERE}",
        # An item of an agency is shown in its next file too.
        f"insert into item_listing (file_id, item_id, agency_id, ordinal)"
        f" select n.id, t.id, t.agency_id, 1 + t.id % 3 from item t cross join lateral ("
        f" select id from file f where f.agency_id = t.agency_id and f.id > t.file_id order by f.id limit 1) n"
        f" where {_die('list')} < 12",
        f"insert into digital_object (file_id, item_id, fonds_id, agency_id, custodian_id, name, access_level,"
        f" published, transferred) select t.file_id, t.id, t.fonds_id, t.agency_id, t.custodian_id, t.code || '.pdf',"
        f" t.access_level, t.published, t.transferred from item t"
        f" where t.access_level is distinct from 2 and {_die('object')} < 15",
        # Instead of the demo's own returns, one die for each state.
        "delete from agency_return",
        f"insert into agency_return (period_id, agency_id, state, submitted_at)"
        f" select p.id, t.id, (array['DRAFT','SUBMITTED','APPROVED','SENT_BACK','ACCEPTED'])[1 + {_die('state')} % 5],"
        f" '2025-06-18 02:00Z' from agency t, reporting_period p"
        f" where t.archive_since is not null and p.deadline in ('2024-12-31', '2025-06-30') and {_die('return')} < 60",
        "update transfer set state = 'CHECKING', accepted_at = null where id % 5 = 0",
    ):
        connection.exec_driver_sql(statement.replace("%", "%%"))
    for statement in _BESIDE_RETURNS:
        connection.exec_driver_sql(statement)
    for table, columns in _TEXTS.items():
        token = f"'canary{_KINDS.get(table, table)}' || id || 'z'"
        sets = [f"{column} = concat_ws(' ', {column}, {token})" for column in columns.split()]
        if table in _DOCUMENTS:
            sets.append(f"{_DOCUMENTS[table]} = jsonb_build_object('note', {token})")
        connection.exec_driver_sql(f"update {table} set {', '.join(sets)}")
