"""supersede by revision: a published report gives way to its next revision, in the same transaction, and to nothing else"""

from __future__ import annotations

from alembic import op

revision = "20261126_42_supersede_report"
down_revision = "20261126_41_keep_one_snapshot"
branch_labels = None
depends_on = None

SQL = """
create function report_superseded_by_another() returns trigger language plpgsql as $$
begin
    if not exists (select from published_report r
                    where r.period_id = new.period_id and r.agency_id is not distinct from new.agency_id
                      and r.revision > new.revision and r.state in ('PUBLISHED', 'SUPERSEDED')) then
        raise exception using
            message = 'report ' || new.id || ' is in force until its next revision is published',
            errcode = 'integrity_constraint_violation', constraint = tg_name;
    end if;
    return null;
end
$$;
create constraint trigger report_superseded_by_another after update on published_report
    deferrable initially deferred for each row
    when (old.state = 'PUBLISHED' and new.state = 'SUPERSEDED') execute function report_superseded_by_another();
"""


def upgrade() -> None:
    """Checked when the transaction ends: the old one steps back before the new one is published."""
    op.get_bind().exec_driver_sql(SQL)


def downgrade() -> None:
    """The command decides alone."""
    op.get_bind().exec_driver_sql(
        "drop trigger report_superseded_by_another on published_report; drop function report_superseded_by_another"
    )
