"""Agency archives that serve their readers online (II.1.c: quy trình khai thác trên môi trường mạng), in archives.

    numerator      archives with an adopted procedure (its document has a number) that apply it:
                   a request was completed online within `request_months` before the cut-off,
                   or nobody asked for anything in that time and a test transaction is logged
    denominator    agency archives, less those excluded by law (R5), which leave both sides

To carry out a procedure is to apply it, not to have customers; so there are further readings, and a decided
parameter `figure` says which one is the headline:
    applying   the above
    ready      the procedure, and a request completed online or no request at all, tested or not
    served     the procedure and a request completed online
    idle       the procedure and no request at all («đủ điều kiện, không phát sinh»), a class of its own

A procedure without a number is missing data (R3). Test requests, drafts and withdrawn requests are none; a request
belongs to the archive that keeps the record. Dates true at the cut-off (R3b): adoption and withdrawal of the
procedure, `received_on`, `completed_on`, `test_transaction_on`, dates of the archive and of the exclusion. Requests
follow the successor of a body; its procedure ended with it (R13).
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES
from hub.kpi.registry import Measure
from hub.kpi.relations import EXCLUSIONS, HEIRS

_ARCHIVES = f"""
{HEIRS},
{BODIES},
{EXCLUSIONS},
procedure as (
    select p.agency_id, bool_or(btrim(p.document_number) <> '') as is_numbered, min(p.adopted_on) as since,
           bool_or(p.test_transaction_on <= @as_of) is true as is_tested
      from online_procedure p
     where p.adopted_on <= @as_of and (p.withdrawn_on is null or @as_of < p.withdrawn_on)
     group by p.agency_id
),
request as (
    select h.agency_id, u.is_test, u.completed_on,
           u.is_online and u.state = 'COMPLETED' and u.completed_on <= @as_of as is_completed,
           u.completed_on > w.start as is_recent,
           u.received_on > w.start or u.completed_on between w.start + 1 and @as_of as is_asked
      from use_request u
      join heir h on h.origin_id = u.custodian_id
     cross join (select cast(@as_of - make_interval(months => @request_months) as date) as start) w
     where u.received_on <= @as_of and u.state not in ('DRAFT', 'WITHDRAWN')
),
archive as (
    select b.agency_id, p.agency_id is not null as has_procedure, coalesce(p.is_numbered, false) as is_numbered,
           exists (select from request r where r.agency_id = b.agency_id and not r.is_test
                                           and r.is_completed and r.is_recent) as is_served,
           not exists (select from request r where r.agency_id = b.agency_id and not r.is_test and r.is_asked)
               as is_idle,
           coalesce(p.is_tested, false)
               or exists (select from request r where r.agency_id = b.agency_id and r.is_test
                                                  and r.is_completed and r.completed_on >= p.since) as is_tested,
           exists (select from exclusion_at x where x.whole_archive and x.agency_id = b.agency_id) as is_excluded
      from body b
      left join procedure p on p.agency_id = b.agency_id
     where b.has_archive
),
judged as (
    select a.*, is_numbered and (is_served or is_idle and is_tested) as is_applying from archive a
)
"""

_FACTS = f"""
with recursive {_ARCHIVES}
select j.agency_id, {{year}} as year, v.figure, cast(v.counts and not j.is_excluded as integer) as numerator,
       cast(not j.is_excluded as integer) as denominator, cast(j.is_excluded as integer) as excluded,
       cast(v.counts and j.is_excluded as integer) as excluded_numerator,
       cast(j.has_procedure and not j.is_numbered and not j.is_excluded as integer) as missing,
       0 as covered, 0 as whole, 0 as uncounted, j.has_procedure as held, true as expected
  from judged j
 cross join lateral (values
       ('applying', j.is_applying),
       ('ready', j.is_numbered and (j.is_served or j.is_idle)),
       ('served', j.is_numbered and j.is_served),
       ('idle', j.is_numbered and j.is_idle)
       ) as v (figure, counts)
"""

_MEMBERS = f"""
with recursive {_ARCHIVES}
select 'agency' as kind, agency_id as id, agency_id, cast(is_applying and not is_excluded as integer) as numerator,
       cast(not is_excluded as integer) as denominator, cast(is_excluded as integer) as excluded,
       case when is_applying or is_excluded then null
            when not has_procedure then 'NO_PROCEDURE'
            when not is_numbered then 'NUMBER_UNKNOWN'
            when is_idle then 'NOT_TESTED'
            else 'NOT_SERVED' end as reason
  from judged
"""

MEASURE = Measure(
    name="online_procedures",
    headline="applying",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NO_PROCEDURE": (
            "Chưa ban hành quy trình khai thác trên môi trường mạng",
            "No procedure for use online has been adopted",
        ),
        "NUMBER_UNKNOWN": (
            "Quy trình chưa có số, ký hiệu văn bản",
            "The document of the procedure has no number",
        ),
        "NOT_TESTED": (
            "Chưa phát sinh yêu cầu và chưa có giao dịch thử nghiệm",
            "Nobody has asked, and no test transaction is logged",
        ),
        "NOT_SERVED": (
            "Có yêu cầu khai thác nhưng chưa hoàn thành yêu cầu nào trực tuyến",
            "There were requests, and none was completed online",
        ),
    },
    parameters={"request_months": 12, "exclusions": 0},
    mends={
        "NUMBER_UNKNOWN": Lack.EVIDENCE,
    },
)
