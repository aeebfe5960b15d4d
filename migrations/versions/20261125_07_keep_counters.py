"""keep counters: what each file adds to a figure from which day on, and the sums by day, month and year"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "20261125_07_keep_counters"
down_revision = "20261125_06_lighten_file"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
CHUNK = 5_000

# Each counter: what its sums are kept by, and what is summed.
COUNTERS = {
    "born_digital": (
        ("creator_id bigint not null", "fonds_id bigint not null", "year smallint", "end_year integer"),
        "n electronic missing broad signed verified own own_electronic incoming incoming_electronic files"
        " files_electronic files_missing files_countable",
    ),
    "digitised_pages": (
        ("agency_id bigint not null", "year smallint"),
        "files pages done missing files_full files_pageless",
    ),
    "timely_transfers": (
        ("creator_id bigint not null", "fonds_id bigint not null", "year smallint", "end_year integer"),
        "n in_time in_time_integrated missing late late_integrated waiting waiting_integrated open open_integrated"
        " scanned scanned_in_time scanned_in_time_integrated scanned_missing files files_in_time"
        " files_in_time_integrated files_missing files_uncounted",
    ),
    "described_online": (
        ("agency_id bigint not null", "year smallint"),
        "files restricted served missing described conditional pages served_pages",
    ),
}

TABLES = """
create table {name}_step (file_id bigint not null, {declared}, day date not null, {declared_counts});
create index ix_{name}_step_file on {name}_step (file_id);
create table {name}_count (grain text not null, {declared}, day date not null, {declared_counts},
    constraint ck_{name}_count_grain check (grain in ('NEW', 'DAY', 'MONTH', 'YEAR')));
create index ix_{name}_count_grain on {name}_count (grain, day);
create unique index uq_{name}_count on {name}_count (grain, day, {keys}) nulls not distinct where grain <> 'NEW';
grant select, insert, update, delete on {name}_step, {name}_count to hub_app;
"""

# Changes are only added (NEW), so that no writer waits for another one's sums; `hub_fold` adds them up.
FUNCTIONS = """
create function hub_count_{name}(ids bigint[]) returns void language plpgsql
    set plan_cache_mode = force_custom_plan as $$
begin
    if ids is null then return; end if;
    with gone as (
        delete from {name}_step where file_id = any(ids) returning *
    ),
    made as (insert into {name}_step select * from hub_{name}_steps(ids) returning *)
    insert into {name}_count (grain, day, {keys}, {counts})
    select 'NEW', day, {keys}, {sums}
      from (select day, {keys}, {counts} from made union all select day, {keys}, {negative} from gone) m
     group by day, {keys} having ({sums}) is distinct from ({zeros});
end
$$;
create function hub_fold_{name}() returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtext('hub_fold_{name}'));
    with fresh as (delete from {name}_count where grain = 'NEW' returning *)
    insert into {name}_count as c (grain, day, {keys}, {counts})
    select g.grain, date_trunc(g.grain, f.day)::date, {keys}, {sums}
      from fresh f cross join (values ('DAY'), ('MONTH'), ('YEAR')) g (grain)
     group by 1, 2, {keys} having ({sums}) is distinct from ({zeros})
        on conflict (grain, day, {keys}) where grain <> 'NEW' do update set {added};
    delete from {name}_count where grain <> 'NEW' and ({counts}) is not distinct from ({zeros});
end
$$;
"""


def _filled(template: str, name: str) -> str:
    declared, counts = COUNTERS[name][0], COUNTERS[name][1].split()
    return template.format(
        name=name,
        declared=", ".join(declared),
        declared_counts=", ".join(f"{count} bigint not null" for count in counts),
        keys=", ".join(key.split()[0] for key in declared),
        counts=", ".join(counts),
        negative=", ".join(f"-{count}" for count in counts),
        sums=", ".join(f"sum({count})" for count in counts),
        zeros=", ".join("0" for _ in counts),
        added=", ".join(f"{count} = c.{count} + excluded.{count}" for count in counts),
    )


def upgrade() -> None:
    """Create tables, functions and triggers, and count what is there."""
    connection = op.get_bind()
    for name in COUNTERS:
        connection.exec_driver_sql(_filled(TABLES, name).replace("%", "%%"))
    connection.exec_driver_sql((SQL / "counters.sql").read_text().replace("%", "%%"))
    for name in COUNTERS:
        connection.exec_driver_sql(_filled(FUNCTIONS, name).replace("%", "%%"))
    files = list(connection.execute(text("select id from file order by id")).scalars())
    for start in range(0, len(files), CHUNK):
        connection.execute(text("select hub_count_files(:ids)"), {"ids": files[start : start + CHUNK]})
    for name in COUNTERS:
        connection.execute(text(f"select hub_fold_{name}()"))


def downgrade() -> None:
    """Drop triggers, functions and tables."""
    connection = op.get_bind()
    sql = (SQL / "counters.sql").read_text()
    for line in sql.splitlines():
        if line.startswith("create trigger "):
            trigger, table = line.split()[2], line.split()[-1]
            connection.exec_driver_sql(f"drop trigger {trigger} on {table}")
    for name in COUNTERS:
        for function in (f"hub_count_{name}", f"hub_fold_{name}", f"hub_{name}_steps"):
            connection.exec_driver_sql(f"drop function {function}")
        connection.exec_driver_sql(f"drop table {name}_step, {name}_count")
    for line in sql.splitlines():
        if line.startswith("create function ") and "_steps(ids" not in line:
            connection.exec_driver_sql(f"drop function {line.split()[2].split('(')[0]}")
