"""date agencies: names, parents, kinds of succession and former owners of fonds, by dates"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "20261125_04_date_agencies"
down_revision = "20261125_03_fold_by_pattern"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    """Add the dated tables and fill them with what is true today."""
    # As the driver sees it: no parameters, so that % and : in functions stay what they are.
    op.get_bind().exec_driver_sql((SQL / "dated_agencies.sql").read_text().replace("%", "%%"))


def downgrade() -> None:
    """Forget the dates; what is true today stands in agency and fonds. Two steps of one pair cannot both stay."""
    op.get_bind().exec_driver_sql(
        """
        drop table fonds_owner, agency_parent, agency_name;
        drop trigger agency_dated on agency;
        drop function hub_agency_dated();
        delete from agency_succession s using agency_succession later
         where (later.predecessor_id, later.successor_id) = (s.predecessor_id, s.successor_id)
           and later.effective_on > s.effective_on;
        alter table agency_succession drop constraint ck_agency_succession_kind;
        alter table agency_succession drop constraint uq_agency_succession_step;
        alter table agency_succession add constraint uq_agency_succession_pair
            unique (predecessor_id, successor_id);
        alter table agency_succession drop column decided_on
        """
    )
