"""SQL that measures of bodies, systems and papers start from: who is there at a date, what serves whom, who answers.

Each text is a list of common table expressions to stand after `with recursive`, in this order where they are used
together: HEIRS (hub/kpi/relations.py), BODIES, SYSTEMS, INTEGRATION.
"""

from hub.plan.queries import ISSUED, LISTED

# The bodies in force. One that somebody has followed is gone from that day (R13), whatever its own dates say.
BODIES = """
body as (
    select a.id as agency_id, a.is_historical_archive,
           (a.archive_since <= @as_of and (a.archive_until is null or @as_of < a.archive_until)) is true as has_archive
      from agency a
     where (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
       and not exists (select from agency_succession s
                        where s.predecessor_id = a.id and s.effective_on <= @as_of and s.kind <> 'SEPARATED')
)
"""

# What a body holds follows its successor (R13): a system goes on serving it, although the link to the body that
# ended was closed with it. What a body said or issued (declarations, procedures) ends with the body.
# A system that is planned or being built is none yet; one that says it works and not since when is unknown.
SYSTEMS = """
system_at as (
    select y.id, y.code, y.accepted_on, y.operating_since, y.state, y.is_integrated, y.integrated_on,
           y.integration_ended_on, y.security_level, y.security_decision, y.security_decided_on
      from registered_system y
     where (y.state <> 'RETIRED' and y.retired_on is null or @as_of < y.retired_on)
       and (y.accepted_on <= @as_of or y.operating_since <= @as_of
            or (y.accepted_on is null and y.operating_since is null and y.state in ('ACCEPTED', 'OPERATING')))
),
served as (
    select distinct l.system_id, b.agency_id
      from system_agency l
      join heir h on h.origin_id = l.agency_id
      join body b on b.agency_id = h.agency_id
     where (l.valid_from is null or l.valid_from <= @as_of)
       and (l.valid_to is null or @as_of < l.valid_to
            or exists (select from agency_succession s
                        where s.predecessor_id = l.agency_id and s.effective_on = l.valid_to))
)
"""

# Whether a system is integrated with that of the historical archive, for each agency it serves: in operation, the
# integration begun and not ended, and an accepted exchange, be it a heartbeat, on the date or at most
# `freshness_days` before it. An exchange that names no agency is for all. `is_unknown`: a date is missing (R3).
INTEGRATION = """
integration as (
    select v.agency_id, y.code,
           (y.is_integrated and y.integrated_on is null
               or y.is_begun and (not y.is_integrated and y.integration_ended_on is null
                                  or y.state = 'OPERATING' and y.operating_since is null)) is true as is_unknown,
           (y.is_begun and y.operating_since <= @as_of
               and (y.is_integrated or y.integration_ended_on is not null)) is true as is_live,
           exists (select from system_exchange x
                    where x.system_id = y.id and x.accepted and x.at < @until
                      and x.at >= @until - make_interval(days => @freshness_days + 1)
                      and (x.agency_id is null
                           or x.agency_id in (select l.origin_id from lineage l where l.agency_id = v.agency_id))
           ) as is_fresh
      from served v
      join (select y.*, y.integrated_on <= @as_of
                        and (y.integration_ended_on is null or @as_of < y.integration_ended_on) as is_begun
              from system_at y) y on y.id = v.system_id
)
"""

# Who answers for a row that is the city's: who leads it (or who followed that body), the historical archive where
# the row says so, else the head of the tree.
RESPONSIBLE = """
responsible as (
    select coalesce(
           (select b.agency_id
              from indicator_party p
              join heir h on h.origin_id = p.agency_id
              join body b on b.agency_id = h.agency_id
             where p.indicator_id = @indicator and p.role = 'LEAD'
             order by p.position, b.agency_id limit 1),
           (select b.agency_id from body b
             where @at_historical_archive = 1 and b.is_historical_archive order by b.agency_id limit 1),
           (select b.agency_id from body b join agency a on a.id = b.agency_id
             order by a.kind = 'CITY' desc, a.parent_id is null desc, a.id limit 1)) as agency_id
)
"""

# The papers on the row's list at the date.
PAPERS = f"""
paper as (
    select v.id, v.agency_id, v.part_code, v.title, {ISSUED.format(v="v", day="@as_of")} is true as is_issued
      from deliverable v
     where v.indicator_id = @row and {LISTED.format(v="v", day="@as_of")}
)
"""
