"""Widely used fonds taken in by the State fonds system (annex 4.4: Hệ thống Phông Lưu trữ nhà nước), in fonds.

    numerator      fonds of the denominator with a receipt of the State fonds system
    denominator    fonds kept by the historical archive on a widely-used list in force

The list (danh mục phông được sử dụng rộng rãi) is a decided one and names fonds; entries that name a series or a file
are no fonds. Dates true at the cut-off (R3b): receipts by `accepted_on`, lists by their dates. The plan grants no
exclusions here (R5b). Source: Kế hoạch 67/KH-UBND, annex 4.4; domain facts 10.3.
"""

from hub.kpi.registry import Measure

_FONDS = """
flagged as (
    select o.id, o.custodian_id as agency_id, o.end_year,
           exists (select from state_acceptance s where s.fonds_id = o.id and s.accepted_on <= @as_of) as accepted
      from fonds o
      join agency a on a.id = o.custodian_id and a.is_historical_archive
     where {of_agency}
       and exists (select from decided_list_entry e
                     join decided_list d on d.id = e.list_id
                    where e.fonds_id = o.id and d.kind = 'WIDELY_USED'
                      and d.valid_from <= @as_of and (d.valid_to is null or @as_of < d.valid_to))
)
"""

_FACTS = f"""
with {_FONDS},
summed as (
    select agency_id, {{year}} as year, count(*) as n, count(*) filter (where accepted) as accepted
      from flagged group by 1, 2
),
place as (
    select agency_id, year from summed
    union
    select a.id, null from agency a
     where a.is_historical_archive
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
)
select p.agency_id, p.year, 'fonds' as figure, coalesce(s.accepted, 0) as numerator, coalesce(s.n, 0) as denominator,
       0 as excluded, 0 as excluded_numerator, 0 as missing, 0 as covered, 0 as whole, 0 as uncounted,
       s.agency_id is not null as held, true as expected
  from place p left join summed s on s.agency_id = p.agency_id and s.year is not distinct from p.year
"""

_MEMBERS = f"""
with {_FONDS}
select 'fonds' as kind, id, agency_id, case when accepted then 1 else 0 end as numerator, 1 as denominator,
       0 as excluded, case when not accepted then 'NOT_ACCEPTED' end as reason
  from flagged
"""

MEASURE = Measure(
    name="widely_used_fonds",
    headline="fonds",
    facts=_FACTS,
    year="end_year",
    of_agency="o.custodian_id = @agency",
    members=_MEMBERS,
    reasons={
        "NOT_ACCEPTED": (
            "Hệ thống Phông Lưu trữ nhà nước chưa tiếp nhận",
            "The State fonds system has not taken it in",
        )
    },
)
