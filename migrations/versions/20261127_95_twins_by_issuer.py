"""twins by issuer: documents of one number and notation are many, of one issuer few; the index tells them apart"""

from __future__ import annotations

from alembic import op

revision = "20261127_95_twins_by_issuer"
down_revision = "20261127_94_files_looked_at_once"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """By a hash of the issuer: its name may be too long for an index beside number and notation."""
    _made_of("agency_id, number, lower(notation), hashtext(lower(issuer))")


def downgrade() -> None:
    """Every issuer of a number and notation again."""
    _made_of("agency_id, number, lower(notation)")


def _made_of(columns: str) -> None:
    op.execute("drop index ix_item_duplicate")
    op.execute(f"create index ix_item_duplicate on item ({columns})")
