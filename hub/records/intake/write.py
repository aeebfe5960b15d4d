"""The planned changes, written: one INSERT and one UPDATE per level, in the order fonds, series, files, items.

An update touches only the columns that the import provides: what a sheet does not say stays as it is. Versions
move by one, unchanged rows are not touched at all. Derived counts follow by the statement triggers of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.kit.vietnamese import sort_key
from hub.records.intake.openings import kept, propose
from hub.records.intake.plan import LEVELS, Intake
from hub.records.intake.stage import Cursor
from hub.records.intake.trail import remember, tell
from hub.records.rules.structure import STEP

_DATES = ("date", "latest", "precision", "text")
_SAME: Mapping[str, str | tuple[str, str]] = {
    **{name: name for name in ("title", "title_sort", "description", "access_level", "access_text")},
    "extra": ("jsonb_strip_nulls(s.extra)", "extra"),
}
_RETENTION = {name: name for name in ("retention_kind", "retention_years", "retention_text")}
_SPOKEN = {
    name: name
    for name in (
        "access_provenance",
        "languages",
        "keywords",
        "information_sign",
        "physical_condition",
        "notation",
        "has_personal_data",
    )
}
_WRITTEN = "concat_ws(' - ', s.start_text, nullif(s.end_text, s.start_text))"

# Column of the table -> column of the stage, or an expression over it and the staged columns it needs.
COLUMNS: Mapping[str, Mapping[str, str | tuple[str, str]]] = {
    "fonds": {
        **_SAME,
        "history": "history",
        "languages": "languages",
        "start_year": ("extract(year from s.start_date)::int", "start_date"),
        "end_year": ("extract(year from s.end_latest)::int", "end_latest"),
        "dates_text": (_WRITTEN, "start_text"),
    },
    "series": {
        **_SAME,
        "position": (f"s.ordinal * {STEP}", "ordinal"),
        "level": ("coalesce(s.sublevel, 'series')", "sublevel"),
        "start_date": "start_date",
        "end_date": ("s.end_latest", "end_latest"),
        "dates_text": (_WRITTEN, "start_text"),
    },
    "file": {
        **_SAME,
        **_RETENTION,
        **_SPOKEN,
        **{f"start_{part}": f"start_{part}" for part in _DATES},
        **{f"end_{part}": f"end_{part}" for part in _DATES},
        "catalog_number": "catalog_number",
        "origin_declared": "origin",
        "paper_file_code": "paper_file_code",
        "total_doc": "total_doc",
        "sheet_count": "sheet_count",
        "page_count_declared": "page_count",
        "metadata_schema": "metadata_schema",
    },
    "item": {
        **{name: _SAME[name] for name in ("description", "access_level", "access_text", "extra")},
        **_RETENTION,
        **_SPOKEN,
        **{f"issued_{part}": f"start_{part}" for part in _DATES},
        **{name: name for name in ("number", "doc_type", "doc_type_text", "direction", "arrival_date")},
        **{name: name for name in ("arrival_number", "issuer", "page_count", "origin", "autograph")},
        **{name: name for name in ("signer_name", "signer_position")},
        "subject": "title",
    },
}
_DECLARED = {"origin": "origin_declared", "page_count": "page_count_declared"}  # stand until there are items
_NEVER_NULL = {
    "extra": "'{}'::jsonb",
    "languages": "'{}'::text[]",
    "retention_kind": "'UNKNOWN'",
    "has_personal_data": "false",
    "title_sort": "''",
}


class Gone(Exception):
    """What the planned records belong to was removed by somebody else meanwhile."""


def write(cursor: Cursor, intake: Intake, provided: Mapping[str, frozenset[str]]) -> None:
    """Store what is planned; `provided` names the staged columns that speak at each level. Raises Gone."""
    values = {**intake.values, "title_sort": sort_key(intake.fonds_title)}
    changed = [level for level in LEVELS if cursor.execute(_ANY_CHANGE.format(level=level)).fetchone()]
    for level in changed:
        remember(cursor, level)
        cursor.execute(_FREE_CODES.format(level=level), values)
        if "access_level" in provided[level]:
            propose(cursor, level, intake)
    for level in LEVELS:
        [planned] = cursor.execute(_NEW_ONES.format(level=level)).fetchone() or (0,)
        if cursor.execute(_NEW[level](provided[level]), values).rowcount != planned:
            raise Gone
    for level in changed:
        cursor.execute(_changes(level, provided[level]), values)
        tell(cursor, level, intake)
    cursor.execute(_LISTINGS, values)


def _spoken(level: str, provided: frozenset[str]) -> dict[str, str]:
    """Table columns that the import speaks of, with their SQL."""
    found = {}
    for column, source in COLUMNS[level].items():
        sql, needs = source if isinstance(source, tuple) else (f"s.{source}", source)
        if needs in provided:
            default = _NEVER_NULL.get(column)
            found[column] = f"coalesce({sql}, {default})" if default else sql
    return found


def _code(level: str, *more: str) -> str:
    """The code given, else the one composed, when no other record has it; else a provisional one."""
    tests = [
        f"when {given} is not null and not exists (select 1 from {level} x"
        f" where x.agency_id = %(agency)s and x.code = {given}) then {given}"
        for given in ("s.code", *more)
    ]
    return f"case {' '.join(tests)} else {PROVISIONAL} end"


PROVISIONAL = "'TAM-' || %(year)s::int || '-' || t.id"  # as rules.description.provisional_code


def insert(level: str, fixed: Mapping[str, str], spoken: Mapping[str, str], source: str) -> str:
    """SQL that stores the rows of a source."""
    every = {**spoken, **fixed}
    return f"insert into {level} ({', '.join(every)}) select {', '.join(every.values())} {source}"


def new_fonds(provided: frozenset[str]) -> str:
    """SQL that stores the planned fonds that are new."""
    spoken = _spoken("fonds", provided)
    fixed = {
        "id": "t.id",
        "agency_id": "%(agency)s::bigint",
        "creator_id": "%(agency)s::bigint",
        "custodian_id": "%(agency)s::bigint",
        "code": _code("fonds").replace("s.code", "t.code"),
        "title": "coalesce(s.title, %(title)s, t.code)",
        "title_sort": "coalesce(s.title_sort, %(title_sort)s)",
        "source_key": "s.source_key",
        "source_hash": "s.source_hash",
        "created_by": "%(user)s::bigint",
    }
    return insert(
        "fonds",
        fixed,
        {name: sql for name, sql in spoken.items() if name not in fixed},
        "from pg_temp.import_fonds t left join pg_temp.import_stage s on s.row = t.row where t.action = 'created'",
    )


def _new_series(provided: frozenset[str]) -> str:
    fixed = {
        "id": "t.id",
        "fonds_id": "t.fonds_id",
        "agency_id": "%(agency)s::bigint",
        "custodian_id": "f.custodian_id",
        "transferred": "f.transferred",
        "parent_id": "p.id",
        "code": _code("series"),
        "source_key": "s.source_key",
        "source_hash": "s.source_hash",
        "created_by": "%(user)s::bigint",
    }
    source = """
from pg_temp.import_series t
join pg_temp.import_stage s on s.row = t.row
join fonds f on f.id = t.fonds_id
left join pg_temp.import_series p on p.ref = t.parent_ref
where t.action = 'created' order by t.row"""
    return insert("series", fixed, _spoken("series", provided), source)


OF_FILE = {
    "fonds_id": "f.id",
    "agency_id": "%(agency)s::bigint",
    "creator_id": "f.creator_id",
    "custodian_id": "f.custodian_id",
    "transferred": "f.transferred",
    "source_key": "s.source_key",
    "source_hash": "s.source_hash",
    "created_by": "%(user)s::bigint",
}


def _new_files(provided: frozenset[str]) -> str:
    code = f"coalesce(t.composed_code, {_code('file')})"
    fixed = {"id": "t.id", "series_id": "t.series_id", **OF_FILE, "code": code}
    source = """
from pg_temp.import_file t
join pg_temp.import_stage s on s.row = t.row
join fonds f on f.id = t.fonds_id
where t.action = 'created' order by t.row"""
    return insert("file", fixed, spoken_of_files(provided), source)


def spoken_of_files(provided: frozenset[str]) -> dict[str, str]:
    """Columns of a new file, with their SQL; what is derived from documents begins as declared."""
    spoken = _spoken("file", provided)
    return spoken | {derived: spoken[said] for derived, said in _DECLARED.items() if said in spoken}


def spoken_of_items(provided: frozenset[str]) -> dict[str, str]:
    """Columns of a new item, with their SQL; a document at home in a flagged file is flagged."""
    spoken = _spoken("item", provided)
    return spoken | {
        "has_personal_data": f"f.has_personal_data or {spoken.get('has_personal_data', 'false')}"
    }


def staged_of(level: str) -> frozenset[str]:
    """Columns of the stage that a new record can speak of."""
    return frozenset(source if isinstance(source, str) else source[1] for source in COLUMNS[level].values())


OF_ITEM = {
    "fonds_id": "f.fonds_id",
    "agency_id": "%(agency)s::bigint",
    "custodian_id": "f.custodian_id",
    "transferred": "f.transferred",
    "source_hash": "s.source_hash",
    "created_by": "%(user)s::bigint",
}


def _new_items(provided: frozenset[str]) -> str:
    planned = {name: f"t.{name}" for name in ("id", "file_id", "ordinal", "source_key")}
    fixed = {**planned, **OF_ITEM, "code": _code("item")}
    source = """
from pg_temp.import_item t
join pg_temp.import_stage s on s.row = t.row
join file f on f.id = t.file_id
where t.action = 'created' order by t.row"""
    return insert("item", fixed, spoken_of_items(provided), source)


_NEW = {"fonds": new_fonds, "series": _new_series, "file": _new_files, "item": _new_items}

_NEW_ONES = "select count(*) from pg_temp.import_{level} where action = 'created'"
_ANY_CHANGE = "select 1 from pg_temp.import_{level} where action = 'updated' limit 1"

# A code that passes from one record to another, changed or new: the constraint is checked row by row, so the old
# codes step aside first.
_FREE_CODES = """
update {level} x set code = x.code || '~' || x.id
  from pg_temp.import_{level} t join pg_temp.import_stage s on s.row = t.row
 where x.id = t.target and t.action = 'updated' and s.code is not null and s.code <> x.code
   and exists (select 1 from pg_temp.import_{level} o join pg_temp.import_stage c on c.row = o.row
                where o.action in ('updated', 'created') and o.id <> x.id and c.code = x.code)
"""


_KEPT_CODE = f"case when x.code like '%%~' || x.id then {PROVISIONAL} else x.code end"

# A finding aid is whole; a list speaks of its own columns only, and an empty cell of them (null) empties the field.
_JOINED_EXTRA = "jsonb_strip_nulls(x.extra || s.extra)"


def _changes(level: str, provided: frozenset[str]) -> str:
    spoken = _spoken(level, provided)
    if "code" in provided:
        spoken["code"] = (
            f"case when s.code is null or exists (select 1 from {level} y where y.agency_id = %(agency)s"
            f" and y.code = s.code and y.id <> x.id) then {_KEPT_CODE} else s.code end"
        )
    if "extra" in spoken:
        spoken["extra"] = (
            f"case when s.source_key like 'ead:%%' then {spoken['extra']} else {_JOINED_EXTRA} end"
        )
    if "access_level" in spoken:
        spoken["access_level"] = kept(spoken["access_level"])
    if "has_personal_data" in spoken:  # an import flags; to lift a flag is a deed of its own
        spoken["has_personal_data"] = f"x.has_personal_data or {spoken['has_personal_data']}"
    if level == "file":
        spoken["series_id"] = "coalesce(t.series_id, x.series_id)"
    if level == "series":
        spoken["parent_id"] = "(select p.id from pg_temp.import_series p where p.ref = t.parent_ref)"
    if level == "item":
        spoken |= {"file_id": "h.id", "fonds_id": "h.fonds_id", "custodian_id": "h.custodian_id"}
        spoken["ordinal"] = "coalesce(t.ordinal, x.ordinal)"
    home = "join file h on h.id = t.file_id" if level == "item" else ""
    key = "t.source_key" if level == "item" else "s.source_key"
    pairs = ", ".join(f"{column} = {value}" for column, value in spoken.items())
    return f"""
update {level} x
   set {pairs}{"," if pairs else ""} source_key = {key}, source_hash = s.source_hash,
       version = x.version + 1, updated_at = now()
  from pg_temp.import_{level} t join pg_temp.import_stage s on s.row = t.row {home}
 where x.id = t.target and t.action = 'updated'
"""


_LISTINGS = """
insert into item_listing (file_id, item_id, agency_id, ordinal, listed_by)
select distinct on (t.file_id, t.id) t.file_id, t.id, %(agency)s::bigint, coalesce(t.ordinal, 0), %(user)s::bigint
  from pg_temp.import_item t where t.action = 'listed' order by t.file_id, t.id, t.row
on conflict do nothing
"""
