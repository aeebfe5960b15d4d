"""accept by another: whoever approved a return as its head does not accept it as the body above"""

from __future__ import annotations

from alembic import op

revision = "20261126_50_accept_by_another"
down_revision = "20261126_42_supersede_report"
branch_labels = None
depends_on = None

RULE = "state <> 'ACCEPTED' or decided_by <> approved_by"
SQL = f"alter table agency_return add constraint ck_agency_return_accepted_by_no_approver check ({RULE})"


def upgrade() -> None:
    """The command refuses it in words; this is the wall behind. What was accepted otherwise before stands."""
    connection = op.get_bind()
    stands = connection.exec_driver_sql(
        f"select exists (select from agency_return where not ({RULE}))"
    ).scalar()
    connection.exec_driver_sql(f"{SQL} not valid" if stands else SQL)


def downgrade() -> None:
    """The command decides alone."""
    op.drop_constraint("ck_agency_return_accepted_by_no_approver", "agency_return")
