"""share spending: what callers spent in a minute, over all processes"""

from __future__ import annotations

from alembic import op

revision = "20261125_16a_share_spending"
down_revision = "20261125_13_add_credentials"
branch_labels = None
depends_on = None

# Unlogged: written every second, and worthless after its minute.
SQL = """
create unlogged table spending (
    minute INTEGER NOT NULL,
    payer TEXT NOT NULL,
    requests BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    PRIMARY KEY (minute, payer)
);
comment on table spending is
    'What callers spent in a minute, over all processes (mức sử dụng trong từng phút).';
"""


def upgrade() -> None:
    """Create the table; the application's rights come with the schema's default."""
    op.get_bind().exec_driver_sql(SQL)


def downgrade() -> None:
    """Drop it; the accounts of the present minute go with it."""
    op.drop_table("spending")
