"""accept by another: whoever approved a return as its head does not accept it as the body above"""

from __future__ import annotations

from alembic import op

revision = "20261126_50_accept_by_another"
down_revision = "20261126_42_supersede_report"
branch_labels = None
depends_on = None

# What was accepted before stands: it is checked when it is next changed.
SQL = """
alter table agency_return add constraint ck_agency_return_accepted_by_no_approver
    check (state <> 'ACCEPTED' or decided_by <> approved_by) not valid
"""


def upgrade() -> None:
    """The command refuses it in words; this is the wall behind."""
    op.get_bind().exec_driver_sql(SQL)


def downgrade() -> None:
    """The command decides alone."""
    op.drop_constraint("ck_agency_return_accepted_by_no_approver", "agency_return")
