"""SQL that several measures start from: who answers for an agency's records at a date, what is left out or listed.

Most texts are lists of common table expressions to stand after `with recursive`.
"""

from hub.kpi.lacks import Lack

# R13: what a body did follows its successor from the day it took over; before that day it stays with the predecessor.
# A body that was split and went on (SEPARATED, tách) answers for itself, and the part that left for the records it
# took. The historical archive that took in a body's records (ARCHIVED) answers for nothing of it: that body does, for
# R10 counts the creating agency, wherever the record is kept.
#   heir       who answers for a body at the date; several after it was divided
#   answering  who may answer for its records, parts included
#   owned      who owned a fonds at the date, where that is not who owns it now
HEIRS = """
lineage (origin_id, agency_id, since, is_part) as (
    select id, id, cast('-infinity' as date), false from agency
    union
    select l.origin_id, s.successor_id, s.effective_on, l.is_part or s.kind = 'SEPARATED'
      from lineage l
      join agency_succession s on s.predecessor_id = l.agency_id
                              and s.effective_on between l.since and @as_of and s.kind <> 'ARCHIVED'
),
answering as (
    select l.origin_id, l.agency_id, bool_and(l.is_part) as is_part
      from lineage l
     where not exists (select from agency_succession s
                        where s.predecessor_id = l.agency_id and s.effective_on <= @as_of
                          and s.kind in ('MERGED', 'DIVIDED', 'DISSOLVED'))
     group by l.origin_id, l.agency_id
),
heir as (select origin_id, agency_id from answering where not is_part),
owned as (
    select distinct on (fonds_id) fonds_id, agency_id
      from fonds_owner where valid_to > @as_of order by fonds_id, valid_to
)
"""

# Who answers for a pair (creator, owner at the date): after a split the owner says which part; an agency that nobody
# follows answers for itself.
HEIR_OF_PAIR = """
coalesce((select h.agency_id from answering h where h.origin_id = p.creator_id
           order by h.agency_id = p.owner_id desc, h.is_part, h.agency_id limit 1), p.creator_id)
"""

# The files of an agency archive: what the historical archive keeps without a transfer never was in one. f is the file,
# k who keeps it.
IN_SCOPE = """f.state <> 'DISPOSED'
       and (not k.is_historical_archive or f.transferred or f.transferred_on is not null)"""

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

# Beside counters only the files named in `special` (id) are looked at. As an array, the planner takes them for few,
# as they are; joined, it takes them for all files of a series, and makes room for so many groups in every sum.
ONLY_SPECIAL = "and {id} = any(array(select id from special))"


def listed(kind: str) -> str:
    """Files on the decided lists of a kind in force at the date: `listed_file` (id, category).

    An entry names a fonds, a series, with its sub-series, or a file; a file may be named more than once.
    """
    return f"""
list_entry as (
    select e.fonds_id, e.series_id, e.file_id, e.category
      from decided_list d
      join decided_list_entry e on e.list_id = d.id
     where d.kind = '{kind}' and d.valid_from <= @as_of and (d.valid_to is null or @as_of < d.valid_to)
),
listed_series (id, category) as (
    select series_id, category from list_entry where series_id is not null
    union
    select s.id, e.category from listed_series e join series s on s.parent_id = e.id
),
listed_file (id, category) as materialized (
    select file_id, category from list_entry where file_id is not null
    union
    select f.id, e.category from list_entry e join file f on f.fonds_id = e.fonds_id
    union
    select f.id, e.category from listed_series e join file f on f.series_id = e.id
)
"""


# Pages of the files in `scope` (id, page_count, …): `pages` that are not electronic, `accepted` by the date, each page
# once however often it was scanned, and `done`, those accepted pages capped at the pages of the item and of the file.
# Pages of born-digital items, and of items no longer active, are on neither side (R7).
PAGES = """
apart as (
    select i.file_id, sum(i.page_count) as pages
      from item i join scope s on s.id = i.file_id
     where i.origin = 'BORN_DIGITAL' or i.state <> 'ACTIVE'
     group by i.file_id
),
span as (
    select a.file_id, a.item_id, unnest(range_agg(int4range(a.first_page, a.last_page, '[]'))) as pages
      from page_acceptance a join scope s on s.id = a.file_id
     where a.accepted_on <= @as_of
     group by a.file_id, a.item_id
),
scanned as (
    select p.file_id, sum(p.pages) as pages, sum(least(p.pages, coalesce(i.page_count, p.pages))) as capped
      from (select file_id, item_id, sum(upper(pages) - lower(pages)) as pages from span group by 1, 2) p
      left join item i on i.id = p.item_id
     where p.item_id is null or (i.state = 'ACTIVE' and i.origin is distinct from 'BORN_DIGITAL')
     group by p.file_id
),
holding as materialized (
    select s.*, t.pages, coalesce(c.pages, 0) as accepted,
           least(coalesce(c.capped, 0), coalesce(t.pages, c.capped, 0)) as done
      from scope s
      left join apart o on o.file_id = s.id
      left join scanned c on c.file_id = s.id
     cross join lateral (  -- greatest() would take no page count for none
           select case when s.page_count is not null
                       then greatest(s.page_count - coalesce(o.pages, 0), 0) end as pages) t
)
"""

# The last measurement of each fonds of a historical archive, in shelf metres.
EXTENT = """
extent as (
    select distinct on (e.fonds_id) e.fonds_id, o.custodian_id as agency_id, e.described_metres, e.total_metres
      from fonds_extent e
      join fonds o on o.id = e.fonds_id
      join agency a on a.id = o.custodian_id and a.is_historical_archive
     where e.measured_on <= @as_of
     order by e.fonds_id, e.measured_on desc
)
"""

# The best service level (mức độ 1-4) at which a file is offered to readers online at the date.
ONLINE = """
online as materialized (
    select file_id, max(service_level) as level
      from publication
     where published_on <= @as_of and (withdrawn_on is null or @as_of < withdrawn_on)
     group by file_id
)
"""

# What a file's description lacks first, or null: the ten fields that NĐ 113/2025 asks of a hồ sơ, save the remark and
# the access mode, which a measure judges itself. A code that the hub lent (TAM-...) is none. f is the file.
LACKING = """
case when btrim(f.code) = '' or starts_with(f.code, 'TAM-') then 'CODE'
     when btrim(f.title) = '' then 'TITLE'
     when f.retention_kind = 'UNKNOWN' then 'RETENTION'
     when cardinality(f.languages) = 0 then 'LANGUAGE'
     when f.start_date is null or f.end_date is null then 'DATES'
     when coalesce(nullif(f.total_doc, 0), nullif(f.item_count, 0)) is null then 'DOCUMENT_COUNT'
     when coalesce(f.page_count, 0) = 0 then 'PAGE_COUNT' end
"""

LACKING_REASONS = {
    "LACKS_CODE": ("Chưa có mã lưu trữ hồ sơ", "It has no archival code"),
    "LACKS_TITLE": ("Thiếu tiêu đề", "The title is missing"),
    "LACKS_RETENTION": ("Thiếu thời hạn lưu trữ", "The retention is missing"),
    "LACKS_LANGUAGE": ("Thiếu ngôn ngữ", "The language is missing"),
    "LACKS_DATES": ("Thiếu thời gian bắt đầu hoặc kết thúc", "The first or the last date is missing"),
    "LACKS_DOCUMENT_COUNT": ("Thiếu tổng số tài liệu", "The number of documents is missing"),
    "LACKS_PAGE_COUNT": ("Thiếu số trang", "The number of pages is missing"),
}

LACKING_MENDS = {
    "LACKS_CODE": Lack.METADATA,
    "LACKS_TITLE": Lack.METADATA,
    "LACKS_RETENTION": Lack.RETENTION,
    "LACKS_LANGUAGE": Lack.METADATA,
    "LACKS_DATES": Lack.DATE,
    "LACKS_DOCUMENT_COUNT": Lack.TOTAL_DOC,
    "LACKS_PAGE_COUNT": Lack.PAGE_COUNT,
}

# A legacy file whose field was left blank is unrestricted (HD169); anything else unsaid is unknown. f is the file.
ACCESS_LEVEL = "coalesce(f.access_level, case f.access_provenance when 'HD169_blank' then 0 end)"

# The rows of a counter that add up to everything until a date: whole years, months of its year, days of its month.
KEPT_UNTIL = """
(c.grain = 'YEAR' and c.day < date_trunc('year', @as_of)
 or c.grain = 'MONTH' and c.day >= date_trunc('year', @as_of) and c.day < date_trunc('month', @as_of)
 or c.grain = 'DAY' and c.day >= date_trunc('month', @as_of) and c.day <= @as_of
 or c.grain = 'NEW' and c.day <= @as_of)
"""
