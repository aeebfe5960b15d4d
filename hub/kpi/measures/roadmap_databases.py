"""Agencies on the roadmap whose database is integrated with the historical archive's (4.3: lộ trình tích hợp).

    numerator      those served by at least one system whose integration works, as in II.1.b
    denominator    agencies on the decided roadmap in force, on the source list or not

An agency on the roadmap without a system counts as not integrated: this is the row that asks for everybody, where
II.1.b asks for systems. Without a roadmap in force data are missing. Dates true at the cut-off (R3b): those of the
roadmap and of II.1.b. An agency's place on the roadmap follows its successor (R13). The plan grants no exclusions
here (R5b).
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES, INTEGRATION, RESPONSIBLE, SYSTEMS
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_ROADMAP = f"""
{HEIRS},
{BODIES},
{SYSTEMS},
{INTEGRATION},
{RESPONSIBLE},
named as (
    select distinct b.agency_id
      from decided_list d
      join decided_list_entry e on e.list_id = d.id
      join heir h on h.origin_id = e.agency_id
      join body b on b.agency_id = h.agency_id
     where d.kind = 'INTEGRATION_ROADMAP' and d.valid_from <= @as_of and (d.valid_to is null or @as_of < d.valid_to)
),
line as (
    select n.agency_id, 1 as due, count(i.code) as systems,
           cast(coalesce(bool_or(is_live and is_fresh), false) as integer) as integrated,
           coalesce(bool_or(is_unknown), false) as is_unknown, coalesce(bool_or(is_live), false) as is_live,
           string_agg(i.code, ', ' order by i.code) as codes
      from named n left join integration i on i.agency_id = n.agency_id
     group by n.agency_id
    union all
    select agency_id, 0, 0, 0, false, false, null from responsible where not exists (select from named)
)
"""

_FACTS = f"""
with recursive {_ROADMAP}
select agency_id, {{year}} as year, 'databases' as figure, integrated as numerator, due as denominator, 0 as excluded,
       0 as excluded_numerator, cast(is_unknown and integrated = 0 as integer) as missing, 0 as covered, 0 as whole,
       1 - due as uncounted, systems > 0 as held, due = 1 as expected
  from line
"""

_MEMBERS = f"""
with recursive {_ROADMAP}
select 'agency' as kind, agency_id as id, agency_id, integrated as numerator, due as denominator, 0 as excluded,
       case when due = 0 then 'NO_ROADMAP'
            when integrated = 1 then null
            when systems = 0 then 'NO_SYSTEM'
            when is_live then 'NO_EXCHANGE'
            when is_unknown then 'INTEGRATION_UNKNOWN'
            else 'NOT_INTEGRATED' end as reason,
       codes as detail, codes as detail_en
  from line
"""

MEASURE = Measure(
    name="roadmap_databases",
    headline="databases",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NO_ROADMAP": (
            "Chưa có lộ trình tích hợp được phê duyệt",
            "No roadmap of integration has been decided",
        ),
        "NO_SYSTEM": ("Chưa có cơ sở dữ liệu để tích hợp", "There is no database to integrate"),
        "INTEGRATION_UNKNOWN": (
            "Chưa rõ ngày tích hợp hoặc ngày vận hành của hệ thống",
            "The date of integration or of operation is not known",
        ),
        "NOT_INTEGRATED": ("Hệ thống chưa được tích hợp", "The system is not integrated"),
        "NO_EXCHANGE": (
            "Hệ thống không có trao đổi thành công gần đây",
            "The system has had no accepted exchange lately",
        ),
    },
    parameters={"freshness_days": 184, "at_historical_archive": 0},
    detail="system",
    mends={
        "NO_ROADMAP": Lack.EVIDENCE,
        "INTEGRATION_UNKNOWN": Lack.SYSTEM_DATES,
    },
)
