"""The figures of the cohort: summed from the records themselves, or from the counters kept beside them.

Both ways make the same relation `tally`, sums by agency, year, and whether an exception by law holds; the figures
are read off it in one place.
"""

from hub.kpi.relations import HEIR_OF_PAIR, IN_SCOPE, KEPT_UNTIL
from hub.kpi.timely_transfers.cohort import EVERY, SPECIAL

# Each sum with the column of the counters that holds it, for any channel; those that a channel changes have two.
_COUNTS = (
    "n", "in_time", "missing", "late", "waiting", "open", "scanned", "scanned_in_time", "scanned_missing", "files",
    "files_in_time", "files_missing", "files_uncounted",
)  # fmt: skip
_OF_CHANNEL = ("in_time", "late", "waiting", "open", "scanned_in_time", "files_in_time")

_TALLIED = """
    select agency_id, {{year}} as year, {excluded} as excluded,
           {sign}count(*) filter (where document) as n,
           {sign}count(*) filter (where document and in_time and not missing) as in_time,
           {sign}count(*) filter (where document and missing) as missing,
           {sign}count(*) filter (where document and late and not missing) as late,
           {sign}count(*) filter (where document and waiting and not missing) as waiting,
           {sign}count(*) filter (where document and open and not missing and not in_time) as open,
           {sign}count(*) filter (where scanned) as scanned,
           {sign}count(*) filter (where scanned and in_time and not missing) as scanned_in_time,
           {sign}count(*) filter (where scanned and missing) as scanned_missing,
           {sign}count(*) filter (where kind = 'file') as files,
           {sign}count(*) filter (where kind = 'file' and in_time and not missing) as files_in_time,
           {sign}count(*) filter (where kind = 'file' and missing) as files_missing,
           {sign}count(*) filter (where kind = 'file' and uncounted) as files_uncounted
      from (select *, kind = 'item' and not scanned as document from judged) j
     where counts and {of} group by 1, 2, 3
"""

_FIGURES = """
summed as (
    select agency_id, year, sum(n) filter (where not excluded) as n,
           sum(in_time) filter (where not excluded) as in_time, sum(n) filter (where excluded) as excluded,
           sum(in_time) filter (where excluded) as excluded_in_time,
           sum(missing) filter (where not excluded) as missing, sum(late) filter (where not excluded) as late,
           sum(waiting) filter (where not excluded) as waiting, sum(open) filter (where not excluded) as open,
           sum(scanned) filter (where not excluded) as scanned,
           sum(scanned_in_time) filter (where not excluded) as scanned_in_time,
           sum(scanned_missing) filter (where not excluded) as scanned_missing,
           coalesce(sum(files) filter (where not excluded), 0) as files,
           sum(files_in_time) filter (where not excluded) as files_in_time,
           sum(files_missing) filter (where not excluded) as files_missing,
           coalesce(sum(files_uncounted) filter (where not excluded), 0) as uncounted
      from tally group by 1, 2
),
expected as (
    select a.id as agency_id
      from agency a
      join source_membership m on m.agency_id = a.id
                              and m.valid_from <= @as_of and (m.valid_to is null or @as_of < m.valid_to)
     where (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
       and exists (select from heir h where h.agency_id = a.id and h.origin_id = a.id)
),
place as (
    select agency_id, year from summed union select agency_id, cast(null as integer) from expected
)
select place.agency_id, place.year, v.figure,
       coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       coalesce(v.excluded, 0) as excluded, coalesce(v.excluded_numerator, 0) as excluded_numerator,
       coalesce(v.missing, 0) as missing, coalesce(s.files - s.uncounted, 0) as covered, coalesce(s.files, 0) as whole,
       coalesce(s.uncounted, 0) as uncounted,
       {held} as held, true as expected
  from place
  left join summed s on s.agency_id = place.agency_id and s.year is not distinct from place.year
 cross join lateral (values
       ('electronic', s.in_time, s.n, s.excluded, s.excluded_in_time, s.missing),
       ('late', s.late, s.n, 0, 0, 0),
       ('waiting', s.waiting, s.n, 0, 0, 0),
       ('open', s.open, s.n, 0, 0, 0),
       ('scanned', s.scanned_in_time, s.scanned, 0, 0, s.scanned_missing),
       ('file', s.files_in_time, s.files, 0, 0, s.files_missing)
       ) as v (figure, numerator, denominator, excluded, excluded_numerator, missing)
"""

_HELD = "exists (select from source o where o.agency_id = place.agency_id)"

FACTS = f"""
with recursive {EVERY},
tally as ({_TALLIED.format(excluded="excluded", sign="", of="true")}),
{_FIGURES.format(held=_HELD)}
"""


def _kept(name: str) -> str:
    column = f"sum(case @channel when '' then c.{name} else c.{name}_integrated end)"
    return f"{column if name in _OF_CHANNEL else f'sum(c.{name})'} as {name}"


# The counters know who has documents to hand over, not who has others only: few, and a file of theirs is soon found.
_HELD_COUNTED = f"""case when {_HELD} then true else exists (
           select from answering a
             join file f on f.creator_id = a.origin_id
             join agency k on k.id = f.custodian_id
             left join owned w on w.fonds_id = f.fonds_id
            cross join lateral (select f.creator_id, coalesce(w.agency_id, f.agency_id) as owner_id) p
            where a.agency_id = place.agency_id and {IN_SCOPE} and {HEIR_OF_PAIR} = place.agency_id) end"""

# The counters hold every document; what the law leaves out is taken off them again.
COUNTED = f"""
with recursive {SPECIAL},
tally as (
    select agency_id, {{year}} as year, false as excluded, {", ".join(f"sum({name}) as {name}" for name in _COUNTS)}
      from (select s.agency_id, make_date(c.year, 1, 1) as day, {", ".join(map(_kept, _COUNTS))}
              from timely_transfers_count c
              join fonds o on o.id = c.fonds_id
              left join owned w on w.fonds_id = c.fonds_id
              join source s on s.creator_id = c.creator_id and s.owner_id = coalesce(w.agency_id, o.agency_id)
             where {KEPT_UNTIL} and {{of_counted}}
               and case when c.year is null then coalesce(c.end_year >= extract(year from @window_from), true)
                        else c.year between extract(year from @window_from) and extract(year from @window_to) end
             group by 1, 2) c
     group by 1, 2
    union all ({_TALLIED.format(excluded="true", sign="", of="excluded")})
    union all ({_TALLIED.format(excluded="false", sign="-", of="excluded")})
),
{_FIGURES.format(held=_HELD_COUNTED)}
"""

MEMBERS = f"""
with recursive {EVERY}
select kind, id, agency_id,
       case when counts and in_time and not missing and not excluded then 1 else 0 end as numerator,
       case when counts and not excluded then 1 else 0 end as denominator,
       case when counts and excluded then 1 else 0 end as excluded,
       case when excluded or (in_time and not missing) then null
            when undated then 'DATE_UNKNOWN'
            when origin is null then 'ORIGIN_UNKNOWN'
            when retention = 'UNKNOWN' then 'RETENTION_UNKNOWN'
            when late then 'LATE'
            when other_way then 'OTHER_CHANNEL'
            when waiting then 'WAITING'
            when open then 'FILE_OPEN'
            when moved then 'NO_ACCEPTANCE'
            else 'NOT_TRANSFERRED' end as reason
  from judged where kind = 'item' and not scanned
union all
select 'file', id, agency_id, 0, 0, 0, 'NOT_LISTED'
  from judged where kind = 'file' and counts and uncounted and not excluded
"""
