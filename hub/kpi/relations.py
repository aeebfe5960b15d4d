"""SQL that several measures start from: who answers for an agency's records at a date, and what is left out.

Each text is a list of common table expressions to stand after `with recursive`.
"""

# R13: records follow the successor from the day it took over; before that day they stay with the predecessor.
# After a split the owner of the record now says which successor. R10: the creating agency counts, wherever
# the record is kept.
HEIRS = """
lineage (origin_id, agency_id) as (
    select id, id from agency
    union
    select l.origin_id, s.successor_id
      from lineage l join agency_succession s on s.predecessor_id = l.agency_id and s.effective_on <= @as_of
),
heir as (
    select l.origin_id, l.agency_id
      from lineage l
     where not exists (select from agency_succession s
                        where s.predecessor_id = l.agency_id and s.effective_on <= @as_of)
)
"""

# The heir of a pair (creator, owner); an agency that nobody follows answers for itself.
HEIR_OF_PAIR = """
coalesce((select h.agency_id from heir h where h.origin_id = p.creator_id
           order by h.agency_id = p.owner_id desc, h.agency_id limit 1), p.creator_id)
"""

# R5: in force at the date, approved once. A series takes its sub-series and files with it, a file its items.
EXCLUSIONS = """
exclusion_at as (
    select x.agency_id, x.whole_archive, x.series_id, x.file_id, x.item_id
      from exclusion x
     where x.indicator_id = @indicator and @exclusions = 1
       and x.state in ('APPROVED', 'LIFTED')
       and x.valid_from <= @as_of and (x.valid_to is null or @as_of < x.valid_to)
),
excluded_series (id) as (
    select series_id from exclusion_at where series_id is not null
    union
    select s.id from excluded_series e join series s on s.parent_id = e.id
),
excluded_file (id) as (select file_id from exclusion_at where file_id is not null),
excluded_item (id) as (select item_id from exclusion_at where item_id is not null)
"""
