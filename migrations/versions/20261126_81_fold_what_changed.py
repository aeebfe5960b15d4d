"""fold what changed: changes are added up day by day first, and sums that come to nothing are sought among those changed

Every fold read all sums for those that had come to nothing, so that each import paid for all imports before it.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "20261126_81_fold_what_changed"
down_revision = "20261126_80_count_in_archive"
branch_labels = None
depends_on = None

COUNTERS = ("born_digital", "digitised_pages", "timely_transfers", "described_online")
KEYS = {
    "born_digital": "creator_id, fonds_id, year, end_year",
    "timely_transfers": "creator_id, fonds_id, year, end_year",
    "digitised_pages": "agency_id, year",
    "described_online": "agency_id, year",
}
HEAD = """create or replace function hub_fold_{name}() returns void language plpgsql
    security definer set search_path = public, pg_temp as $$
{declared}begin
    perform pg_advisory_xact_lock(hashtext('hub_fold_{name}'));
    with fresh as (delete from {name}_count where grain = 'NEW' returning *)"""
FOLD = f"""{HEAD},
    daily as materialized (
        select day, {{keys}}, {{named_sums}} from fresh group by day, {{keys}}
    ),
    kept as (
        insert into {{name}}_count as c (grain, day, {{keys}}, {{counts}})
        select g.grain, date_trunc(g.grain, d.day)::date, {{keys}}, {{sums}}
          from daily d cross join (values ('DAY'), ('MONTH'), ('YEAR')) g (grain)
         group by 1, 2, {{keys}} having ({{sums}}) is distinct from ({{zeros}})
         order by 1, 2
            on conflict (grain, day, {{keys}}) where grain <> 'NEW' do update set {{added}}
        returning c.ctid as place, ({{c_counts}}) is not distinct from ({{zeros}}) as is_nothing
    )
    select array_agg(place) filter (where is_nothing) into nothing from kept;
    delete from {{name}}_count where ctid = any(nothing);
end
$$"""
BEFORE = f"""{HEAD}
    insert into {{name}}_count as c (grain, day, {{keys}}, {{counts}})
    select g.grain, date_trunc(g.grain, f.day)::date, {{keys}}, {{sums}}
      from fresh f cross join (values ('DAY'), ('MONTH'), ('YEAR')) g (grain)
     group by 1, 2, {{keys}} having ({{sums}}) is distinct from ({{zeros}})
     order by 1, 2
        on conflict (grain, day, {{keys}}) where grain <> 'NEW' do update set {{added}};
    delete from {{name}}_count where grain <> 'NEW' and ({{counts}}) is not distinct from ({{zeros}});
end
$$"""


def upgrade() -> None:
    """Delete by place what this fold has brought to nothing."""
    for name in COUNTERS:
        op.execute(_filled(FOLD, name, "declare nothing tid[];\n"))


def downgrade() -> None:
    """Look at all sums again."""
    for name in COUNTERS:
        op.execute(_filled(BEFORE, name, ""))


def _filled(template: str, name: str, declared: str) -> str:
    # What is summed stands behind the keys of the table.
    asked = text(
        "select attname from pg_attribute where attrelid = cast(:table as regclass) and attnum > 0"
        " and atttypid = cast('bigint' as regtype) and attname not like '%\\_id' order by attnum"
    )
    counts = op.get_bind().execute(asked, {"table": f"{name}_count"}).scalars().all()
    return template.format(
        name=name,
        declared=declared,
        keys=KEYS[name],
        counts=", ".join(counts),
        c_counts=", ".join(f"c.{count}" for count in counts),
        sums=", ".join(f"hub_sum({count})" for count in counts),
        named_sums=", ".join(f"hub_sum({count}) as {count}" for count in counts),
        zeros=", ".join("0" for _ in counts),
        added=", ".join(f"{count} = c.{count} + excluded.{count}" for count in counts),
    )
