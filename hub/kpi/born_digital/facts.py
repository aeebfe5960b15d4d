"""The figures of those documents: summed from the records themselves, or from the counters kept beside them.

Both ways make the same relation `tally`: sums by creator and owner, year, and whether the plan's window, the year
of the date and an exception by law hold. The figures are read off it in one place.
"""

from hub.kpi.born_digital.documents import EVERY, SPECIAL
from hub.kpi.relations import HEIR_OF_PAIR, KEPT_UNTIL

# The columns of the counters (migrations/sql/counters.sql), in their order.
_COUNTS = (
    "n", "electronic", "missing", "broad", "signed", "verified", "own", "own_electronic", "incoming",
    "incoming_electronic", "files", "files_electronic", "files_missing", "files_countable",
)  # fmt: skip

# Each flag is worked out once a row: without the fence the planner repeats it in every sum.
_TALLIED = """
    select creator_id, owner_id, year, in_window, in_year, excluded,
           sum(n) as n, sum(n) filter (where electronic) as electronic, sum(n) filter (where missing) as missing,
           sum(n) filter (where origin in ('BORN_DIGITAL', 'DIGITIZED') and not missing) as broad,
           sum(n) filter (where electronic and kind = 'item' and evidence <> 'NOT_REQUIRED') as signed,
           sum(n) filter (where electronic and evidence = 'VERIFIED') as verified,
           sum(n) filter (where own) as own, sum(n) filter (where own and electronic) as own_electronic,
           sum(n) filter (where direction = 'INCOMING') as incoming,
           sum(n) filter (where direction = 'INCOMING' and electronic) as incoming_electronic,
           0 as files, 0 as files_electronic, 0 as files_missing, 0 as files_countable
      from (select *, {{year}} as year, coalesce(day >= @year_from, false) as in_year,
                   origin = 'BORN_DIGITAL' and not missing as electronic,
                   direction in ('OUTGOING', 'INTERNAL') as own
              from {documents} offset 0) told
     group by 1, 2, 3, 4, 5, 6
    union all
    select creator_id, owner_id, {{year}}, in_window, false, excluded, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, sum(n),
           sum(n) filter (where day is not null and not uncounted and not unsure and origin = 'BORN_DIGITAL'
                            and (unlisted = 0 or origin_declared = 'BORN_DIGITAL')),
           sum(n) filter (where day is null or uncounted or unsure or origin is null),
           sum(n) filter (where not uncounted)
      from {files} where in_window group by 1, 2, 3, 4, 6
"""

# Who answers is looked up once a pair: without the fence the planner may repeat it for every row of the tally.
_FIGURES = f"""
pair as materialized (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from tally) p
),
summed as (
    select p.agency_id, t.year,
           sum(n) filter (where counts) as n,
           sum(electronic) filter (where counts) as electronic,
           sum(missing) filter (where counts) as missing,
           sum(n) filter (where in_window and excluded) as excluded,
           sum(electronic) filter (where in_window and excluded) as excluded_electronic,
           sum(broad) filter (where counts) as broad,
           sum(signed) filter (where counts) as signed,
           sum(verified) filter (where counts) as verified,
           sum(own) filter (where counts) as own,
           sum(own_electronic) filter (where counts) as own_electronic,
           sum(own) filter (where counts and in_year) as own_year,
           sum(own_electronic) filter (where counts and in_year) as own_year_electronic,
           sum(incoming) filter (where counts) as incoming,
           sum(incoming_electronic) filter (where counts) as incoming_electronic,
           sum(incoming) filter (where counts and in_year) as incoming_year,
           sum(incoming_electronic) filter (where counts and in_year) as incoming_year_electronic,
           sum(n) filter (where not excluded) as stock,
           sum(electronic) filter (where not excluded) as stock_electronic,
           sum(files) filter (where counts) as files,
           sum(files_electronic) filter (where counts) as files_electronic,
           sum(files_missing) filter (where counts) as files_missing,
           sum(files_countable) filter (where counts) as files_countable
      from (select *, in_window and not excluded as counts from tally offset 0) t
      join pair p using (creator_id, owner_id) group by 1, 2
    having sum(n) filter (where not excluded) <> 0 or sum(n) filter (where excluded) <> 0
        or sum(files) filter (where counts) <> 0 or sum(files) filter (where in_window and excluded) <> 0
),
expected as (
    select a.id as agency_id
      from agency a
     where a.archive_since <= @as_of and (a.archive_until is null or @as_of < a.archive_until)
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
),
place as (
    select agency_id, year from summed
    union select agency_id, cast(null as integer) from expected
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       coalesce(v.excluded, 0) as excluded, coalesce(v.excluded_numerator, 0) as excluded_numerator,
       coalesce(v.missing, 0) as missing, coalesce(s.files_countable, 0) as covered, coalesce(s.files, 0) as whole,
       coalesce(s.files, 0) - coalesce(s.files_countable, 0) as uncounted,
       s.agency_id is not null as held, true as expected
  from place p
  left join summed s on s.agency_id = p.agency_id and s.year is not distinct from p.year
 cross join lateral (values
       ('created', s.electronic, s.n, s.excluded, s.excluded_electronic, s.missing),
       ('broad', s.broad, s.n, 0, 0, s.missing),
       ('own', s.own_electronic, s.own, 0, 0, 0),
       ('own_year', s.own_year_electronic, s.own_year, 0, 0, 0),
       ('incoming', s.incoming_electronic, s.incoming, 0, 0, 0),
       ('incoming_year', s.incoming_year_electronic, s.incoming_year, 0, 0, 0),
       ('verified', s.verified, s.signed, 0, 0, 0),
       ('stock', s.stock_electronic, s.stock, 0, 0, 0),
       ('file', s.files_electronic, s.files, 0, 0, s.files_missing)
       ) as v (figure, numerator, denominator, excluded, excluded_numerator, missing)
"""

_FILES = "select creator_id, owner_id, {n} as n, day, in_window, {excluded} as excluded, uncounted, unsure, origin,"
_FILES += " origin_declared, unlisted from scope"
FACTS = f"""
with recursive {EVERY},
whole as ({_FILES.format(n=1, excluded="excluded")}),
tally as ({_TALLIED.format(documents="judged", files="whole")}),
{_FIGURES}
"""

# The counters hold every document of a file in scope. What the law leaves out is taken off them again, and what
# counts for a file that lists it is added.
_MOVED = (
    "select kind, creator_id, owner_id, {n} as n, day, in_window, {excluded} as excluded, missing, origin,"
)
_MOVED += " direction, evidence from judged where {of}"
COUNTED = f"""
with recursive {SPECIAL},
moved as (
    {_MOVED.format(n="n", excluded="excluded", of="guest or excluded")}
    union all
    {_MOVED.format(n="-n", excluded="false", of="excluded and not guest")}
),
whole as (
    {_FILES.format(n=1, excluded="true")} where excluded
    union all
    {_FILES.format(n=-1, excluded="false")} where excluded
),
tally as (
    select creator_id, owner_id, {{year}} as year, in_window, in_year, false as excluded,
           {", ".join(f"sum({n}) as {n}" for n in _COUNTS)}
      from (select c.creator_id, coalesce(w.agency_id, o.agency_id) as owner_id,
                   make_date(c.year, 1, 1) as day, {", ".join(f"c.{n}" for n in _COUNTS)},
                   case when c.year is null then coalesce(c.end_year >= extract(year from @window_from), true)
                        else c.year between extract(year from @window_from) and extract(year from @window_to)
                   end as in_window,
                   coalesce(c.year = extract(year from @as_of), false) as in_year
              from born_digital_count c
              join fonds o on o.id = c.fonds_id
              left join owned w on w.fonds_id = c.fonds_id
             where {KEPT_UNTIL} and {{of_counted}} offset 0) kept
     group by 1, 2, 3, 4, 5
    union all ({_TALLIED.format(documents="moved", files="whole")})
),
{_FIGURES}
"""

MEMBERS = f"""
with recursive {EVERY},
pair as (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from scope) p
)
select j.kind, j.id, p.agency_id,
       case when not j.excluded and not j.missing and j.origin = 'BORN_DIGITAL' then j.n else 0 end as numerator,
       case when j.excluded then 0 else j.n end as denominator, case when j.excluded then j.n else 0 end as excluded,
       case when j.excluded or (not j.missing and j.origin = 'BORN_DIGITAL') then null
            when j.undated then 'DATE_UNKNOWN'
            when j.origin is null then 'ORIGIN_UNKNOWN'
            when j.unsure then 'RETENTION_UNKNOWN'
            when j.missing then 'SIGNATURE_UNKNOWN'
            when j.origin = 'DIGITIZED' then 'DIGITIZED'
            else 'NOT_ELECTRONIC' end as reason
  from judged j join pair p using (creator_id, owner_id)
 where j.in_window
union all
select 'file', s.id, p.agency_id, 0, 0, 0, 'NOT_COUNTED'
  from scope s join pair p using (creator_id, owner_id) where s.in_window and not s.excluded and s.uncounted
"""
