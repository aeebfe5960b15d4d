"""What the hub is held against: the contract's screens as SQL written by hand, behind bare Starlette routes.

No credential, no law, no limits, no GraphQL: one statement a screen, in two forms. `stream` sends each root row as
finished JSON and nests records, the quickest form known; `agg` is the usual json_agg of row_to_json.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator
from functools import partial

import orjson
import psycopg
import uvicorn
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class Form:
    """How rows nest: as records that become JSON once, or as JSON at every level."""

    def __init__(self, *, records: bool) -> None:
        self.records = records

    def one(self, sql: str) -> str:
        """A nested record."""
        return f"(select r from ({sql}) r)" if self.records else f"(select row_to_json(r) from ({sql}) r)"

    def many(self, sql: str) -> str:
        """A nested list."""
        if self.records:
            return f"array(select r from ({sql}) r)"
        return f"(select coalesce(json_agg(r), '[]') from ({sql}) r)"


def gid(kind: str, column: str) -> str:
    """A global id."""
    return f"encode(('{kind}:' || {column})::bytea, 'base64')"


_ACCESS = "case {t}.access_level when 0 then 'OPEN' when 1 then 'CONDITIONAL' when 2 then 'SECRET' end"


def _in_file(f: Form, columns: str, file: str, limit: int, which: str = "true") -> str:
    """A page of a file's documents, those listed in it among them."""
    node = f.one(f"select {columns}")
    return f"""select t.ordinal, t.node from (
        select i.ordinal, i.id, {node} as node from item i where i.file_id = {file} and {which}
        union all
        select l.ordinal, i.id, {node} from item_listing l join item i on i.id = l.item_id
         where l.file_id = {file} and i.file_id <> {file} and {which}
        order by 1, 2 limit {limit}) t order by t.ordinal, t.id"""


def _above(f: Form) -> str:
    """Fonds, series and agency of the file `t`."""
    fonds = f.one(
        f"select {gid('Fonds', 'o.id')} as id, o.code, o.title from fonds o where o.id = t.fonds_id"
    )
    series = f.one(
        f"select {gid('Series', 's.id')} as id, s.code, s.title from series s where s.id = t.series_id"
    )
    agency = f.one(
        f"select {gid('Agency', 'a.id')} as id, a.code, a.name from agency a where a.id = t.agency_id"
    )
    return f"{fonds} as fonds, {series} as series, {agency} as agency"


def _item(f: Form, kind: str, more: str = "") -> str:
    """The columns of the document `i`; `kind` gives those of its type."""
    kinds = f.one(f"select {kind} where i.doc_type is not null or i.doc_type_text is not null")
    return f"""{gid("Item", "i.id")} as id, {more} {kinds} as "docType", i.number, i.notation,
        i.issued_date as "issuedDate", i.issuer, i.subject, i.page_count as "pageCount",
        {_ACCESS.format(t="i")} as access, i.origin"""


def _item_page(f: Form, first: int, which: str = "true") -> str:
    return f"""select {_item(f, "i.doc_type as value", "i.code, i.ordinal,")}
        from item i where i.agency_id = (select id from agency where code = $1) and {which}
        order by i.id limit {first}"""


def _file_list(f: Form, which: str) -> str:
    return f"""select {gid("ArchivalFile", "t.id")} as id, t.code, t.title, t.start_date as "startDate",
        t.end_date as "endDate", t.origin, {_ACCESS.format(t="t")} as access, {_above(f)}
        from file t where {which} order by t.id limit 100"""


def _files_with_items(f: Form, first: int, which: str = "true") -> str:
    columns = f'{gid("Item", "i.id")} as id, i.number, i.notation, i.subject, i.issued_date as "issuedDate"'
    items = f.one(f"select {f.many(_in_file(f, columns, 't.id', 10, which))} as edges")
    return f"""select {gid("ArchivalFile", "t.id")} as id, t.code, t.title, {items} as items
        from file t where t.fonds_id = $1::bigint order by t.id limit {first}"""


def _fonds_tree(f: Form) -> str:
    columns = f"{gid('Item', 'i.id')} as id, i.number, i.subject"
    items = f.one(f"select {f.many(_in_file(f, columns, 't.id', 5))} as edges")
    files = f"""select {gid("ArchivalFile", "t.id")} as id, t.code, t.title, {items} as items
        from file t where t.series_id = s.id order by t.id limit 10"""
    series = f"""select {gid("Series", "s.id")} as id, s.code, s.title,
        {f.one(f"select {f.many(files)} as nodes")} as files
        from series s where s.fonds_id = o.id order by s.id limit 5"""
    return f"""select {gid("Fonds", "o.id")} as id, o.code, o.title,
        {f.one(f"select {f.many(series)} as nodes")} as "seriesList"
        from fonds o where o.agency_id = (select id from agency where code = $1) order by o.id limit 2"""


def _file_page(f: Form, which: str) -> str:
    node = f.one(
        f'select {gid("ArchivalFile", "t.id")} as id, t.code, t.title, t.start_date as "startDate", t.origin'
    )
    order = "coalesce(t.start_date, '-infinity'::date) desc, t.id desc"
    cursor = "encode(convert_to(coalesce(t.start_date, '-infinity'::date) || ',' || t.id, 'UTF8'), 'base64')"
    return f"""select {cursor} as cursor, {node} as node from file t
        where {which} order by {order} limit 51"""


def _file_screen(f: Form) -> str:
    label = """coalesce((select c.label from code_list_entry c where c.list_name = 'doc_type' and c.value = i.doc_type
        order by c.valid_from <= current_date desc, c.valid_from desc limit 1), i.doc_type_text, i.doc_type)"""
    columns = _item(f, f"i.doc_type as value, {label} as label")
    due = f.one("""select (coalesce(t.end_date, t.start_date) + interval '3 years')::date as plan,
        make_date(extract(year from t.accepted_at at time zone 'Asia/Ho_Chi_Minh')::int + 5, 12, 31) as law,
        case when t.on_hold then 'ON_HOLD' when t.access_level >= 2 then 'SECRET' when t.state = 'OPEN' then 'FILE_OPEN'
             when t.state in ('CLOSED', 'SUBMITTED') then 'NOT_IN_AGENCY_ARCHIVE' end as "blockedBy"
        where t.retention_kind = 'PERMANENT' and t.state not in ('TRANSFERRED', 'DISPOSED')""")
    count = """(select count(*) from item i where i.file_id = t.id) + (select count(*) from item_listing l
        join item i on i.id = l.item_id where l.file_id = t.id and i.file_id <> t.id)"""
    items = f.one(f"""select {count} as "totalCount", (e.edges)[1:20] as edges,
        {f.one('select cardinality(e.edges) > 20 as "hasNextPage", null as "endCursor"')} as "pageInfo"
        from (select array(select r from ({_in_file(f, columns, "t.id", 21)}) r) as edges) e""")
    return f"""select 'ArchivalFile' as __typename, {gid("ArchivalFile", "t.id")} as id, t.code, t.title,
        t.start_date as "startDate", t.end_date as "endDate", {_ACCESS.format(t="t")} as access, t.origin, t.state,
        t.languages, t.page_count as "pageCount", t.digitized_page_count as "digitizedPageCount",
        {due} as "transferDue",
        {f.one("select t.retention_kind as kind, t.retention_years as years")} as retention,
        {_above(f)}, {items} as items
        from file t where t.id = $1::bigint"""


# The files of a screen, and of the same with the open ones only.
_OWNED = "t.agency_id = (select id from agency where code = $1)"
_OPEN = f"{_OWNED} and t.access_level = 0"
_OPEN_ITEM = "i.access_level = 0"
_PAGES = {"FilePage": _OWNED, "OpenFilePage": _OPEN}
_LISTS = {
    "ItemPage": ("items", _item_page),
    "OpenItemPage": ("items", partial(_item_page, which=_OPEN_ITEM)),
    "FileList": ("files", partial(_file_list, which=_OWNED)),
    "OpenFileList": ("files", partial(_file_list, which=_OPEN)),
    "FilesWithItems": ("files", _files_with_items),
    "OpenFilesWithItems": ("files", partial(_files_with_items, which=_OPEN_ITEM)),
    "FondsTree": ("fondsList", _fonds_tree),
}


def sql_of(name: str, first: int, form: str) -> str:
    """The statement of a screen."""
    f = Form(records=form == "stream")
    whole = (
        "select row_to_json(r) from ({}) r"
        if form == "stream"
        else "select json_agg(row_to_json(r)) from ({}) r"
    )
    if which := _PAGES.get(name):
        counted = f"select to_json((select count(*) from file t where {which}))"
        return f"({whole.format(_file_page(f, which))}) union all {counted}"
    if name == "FileScreen":
        return f"select row_to_json(r) from ({_file_screen(f)}) r"
    _, write = _LISTS[name]
    rows = write(f, first) if name.endswith(("ItemPage", "FilesWithItems")) else write(f)  # type: ignore[operator]
    return whole.format(rows)


async def screen(request: Request) -> Response:
    """One screen in one form."""
    form, name = request.path_params["form"], request.path_params["name"]
    given = orjson.loads(await request.body())
    sql = sql_of(name, given.get("first", 50 if name == "FilesWithItems" else 1000), form)
    async with request.app.state.pool.connection() as connection:
        cursor = psycopg.AsyncRawCursor(connection)
        await cursor.execute(sql, [given["value"]], prepare=True)
        result = cursor.pgresult
    assert result is not None
    rows = [result.get_value(row, 0) or b"null" for row in range(result.ntuples)]
    return Response(b'{"data":%b}' % _joined(name, form, rows), media_type="application/json")


def _joined(name: str, form: str, rows: list[bytes]) -> bytes:
    if name == "FileScreen":
        return b'{"node":%b}' % rows[0]
    if name in _PAGES:
        if form == "agg":
            edges, count = rows
            return b'{"files":{"totalCount":%b,"edges":%b}}' % (count, edges)
        *edge_rows, count = rows
        page = b",".join(edge_rows[:50])
        more = b"true" if len(edge_rows) > 50 else b"false"
        return b'{"files":{"totalCount":%b,"edges":[%b],"pageInfo":{"hasNextPage":%b}}}' % (count, page, more)
    nodes = rows[0] if form == "agg" else b"[%b]" % b",".join(rows)
    return b'{"%b":{"nodes":%b}}' % (_LISTS[name][0].encode(), nodes)


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async def configure(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        connection.prepare_threshold = 0
        await connection.set_autocommit(True)
        await connection.execute("set jit = off")

    pool = AsyncConnectionPool(
        os.environ["BENCH_DSN"], min_size=2, max_size=8, open=False, configure=configure
    )
    async with pool:
        app.state.pool = pool
        yield


app = Starlette(routes=[Route("/{form}/{name}", screen, methods=["POST"])], lifespan=_lifespan)

if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning", access_log=False
    )
