"""withdraw exclusion: a proposal may be taken back, and whoever changed it decides on it as little as who proposed it"""

from __future__ import annotations

from alembic import op

revision = "20261126_60_withdraw_exclusion"
down_revision = "20261126_50_accept_by_another"
branch_labels = None
depends_on = None

TABLE = """
alter table exclusion drop constraint ck_exclusion_state, drop constraint ck_exclusion_decided,
    drop constraint ck_exclusion_two_people;
{column};
alter table exclusion
    add constraint ck_exclusion_state check (state in ({states})),
    add constraint ck_exclusion_decided
        check ({undecided} or (approved_by is not null and decided_at is not null)),
    add constraint ck_exclusion_two_people check ({two_people});
"""


def upgrade() -> None:
    """Add the state, and who changed what waits."""
    op.get_bind().exec_driver_sql(
        TABLE.format(
            column="alter table exclusion add column amended_by BIGINT REFERENCES app_user (id)",
            states="'PROPOSED', 'APPROVED', 'REJECTED', 'LIFTED', 'WITHDRAWN'",
            undecided="state in ('PROPOSED', 'WITHDRAWN')",
            two_people="approved_by not in (proposed_by, amended_by)",
        )
    )


def downgrade() -> None:
    """What was taken back never counted; without a state of its own it goes. Who changed what is in the audit."""
    op.execute("delete from exclusion where state = 'WITHDRAWN'")
    op.get_bind().exec_driver_sql(
        TABLE.format(
            column="alter table exclusion drop column amended_by",
            states="'PROPOSED', 'APPROVED', 'REJECTED', 'LIFTED'",
            undecided="state = 'PROPOSED'",
            two_people="approved_by <> proposed_by",
        )
    )
