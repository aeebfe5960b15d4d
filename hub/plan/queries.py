"""Reads of a plan: its rows in plan order, with the readings decided for a date.

The plan is a public paper and every caller may read it, so nothing here asks who is asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from hub.kit.errors import NotFound
from hub.plan.models import Duty, Plan

# SQL of a row of `deliverable` at a day: on the list of what is owed, and issued, which is the document's own date.
LISTED = (
    "(({v}.planned_on is null or {v}.planned_on <= {day})"
    " and ({v}.state <> 'CANCELLED' or {day} < {v}.cancelled_on))"
)
ISSUED = "({v}.state in ('APPROVED', 'CANCELLED') and btrim({v}.document_number) <> '' and {v}.document_date <= {day})"

_AT = {"v": "v", "day": "d.as_of"}
_ROWS = text(
    f"""
    select d.as_of, i.id, i.code, i.part, i.kind, i.title, i.title_vi, i.text_vi, i.legal_basis, i.measure, i.unit,
           i.unit_en, i.target_percent, i.starts_on, i.due_on, i.window_from, i.window_to,
           i.parameters || coalesce(decided.readings, '{{}}') as parameters, coalesce(o.id, i.id) as base_id,
           coalesce(papers.told, '[]') as documents
      from plan p
      join indicator i on i.plan_id = p.id
     cross join unnest(cast(:dates as date[])) d (as_of)
      left join indicator o on o.plan_id = p.id and o.code = i.parameters ->> 'of'
      left join lateral (
           select jsonb_object_agg(r.name, r.value) as readings
             from indicator_parameter r
            where r.indicator_id in (i.id, o.id)
              and r.valid_from <= d.as_of and (r.valid_to is null or d.as_of < r.valid_to)
              and (r.indicator_id = i.id or r.name <> 'figure')
      ) decided on true
      left join lateral (
           select jsonb_agg(jsonb_build_object(
                      'part', v.part_code, 'title', v.title,
                      'document_number', case when s.issued then v.document_number end,
                      'document_date', case when s.issued then v.document_date end,
                      'state', case when s.issued then 'APPROVED' when v.state = 'DRAFTED' then 'DRAFTED'
                                    else 'PLANNED' end)
                      order by s.issued desc, v.document_date, v.id) as told
             from deliverable v
            cross join lateral (select {ISSUED.format(**_AT)} is true as issued) s
            where v.indicator_id = i.id and {LISTED.format(**_AT)}
      ) papers on true
     where p.code = :plan
       and (i.code = any(:codes) or (:whole and i.part = 'TARGET')
            or (:sides and i.part = 'SIDE' and (o.code = any(:codes) or (:whole and o.part = 'TARGET'))))
     order by d.as_of, i.position
    """
)


def plan_by_code(session: Session, code: str) -> Plan:
    """The plan of a code such as `67/KH-UBND`. Raises NotFound."""
    plan = session.exec(select(Plan).where(Plan.code == code)).first()
    if plan is None:
        raise NotFound(f"kế hoạch «{code}»", f'plan "{code}"', path=("plan",))
    return plan


def indicator_rows(
    session: Session, plan: str, dates: Sequence[date], codes: Sequence[str] | None, *, sides: bool = False
) -> Sequence[RowMapping]:
    """Rows of a plan in plan order, for each date (`as_of`) with the parameters in force then.

    Without codes the targets of part II; `sides` adds the figures printed beside these rows. A side row follows the
    decided readings of the row it is of (`base_id`), save which figure is shown. An unknown code gives no row.
    `documents` are the deliverables on the row's list at the date: part, title, number and date once issued, state.
    """
    values = {
        "plan": plan,
        "dates": list(dates),
        "whole": codes is None,
        "codes": list(codes or ()),
        "sides": sides,
    }
    return session.execute(_ROWS, values).mappings().all()


def duties(session: Session, plan: str) -> Sequence[Duty]:
    """The duties of part IV in plan order."""
    return session.exec(select(Duty).join(Plan).where(Plan.code == plan).order_by(col(Duty.position))).all()
