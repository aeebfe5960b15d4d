"""adopt policy: an installation may put a policy of its own into force, which running processes take up"""

from __future__ import annotations

from alembic import op

revision = "20261126_28_adopt_policy"
down_revision = "20261126_30_keep_outbox"
branch_labels = None
depends_on = None

SQL = """
create table policy_version (
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    adopted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    adopted_by BIGINT,
    reason TEXT,
    PRIMARY KEY (version),
    FOREIGN KEY(adopted_by) REFERENCES app_user (id)
);
comment on table policy_version is 'Các luật phân quyền đã áp dụng · policies that were put into force';
-- The application reads its law and never writes it.
revoke insert, update, delete on policy_version from hub_app;
alter table policy_state drop column policy_sha256,
    add column policy_version TEXT REFERENCES policy_version (version);
"""


def upgrade() -> None:
    """Create the table; the policy of the code stays in force until another is adopted."""
    op.get_bind().exec_driver_sql(SQL)


def downgrade() -> None:
    """Drop it: the policy of the code is in force again."""
    op.execute("alter table policy_state drop column policy_version, add column policy_sha256 TEXT")
    op.drop_table("policy_version")
