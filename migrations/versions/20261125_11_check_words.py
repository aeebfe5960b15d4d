"""check words: columns that hold a word of a list hold no other, like all their kind"""

from __future__ import annotations

from alembic import op

revision = "20261125_11_check_words"
down_revision = "20261125_16b_trust_documents"
branch_labels = None
depends_on = None

_PRECISION = ("DAY", "MONTH", "YEAR", "UNKNOWN")
_WORDS = {
    ("file", "start_precision"): _PRECISION,
    ("file", "end_precision"): _PRECISION,
    ("item", "issued_precision"): _PRECISION,
    ("digital_object", "signature_evidence"): ("VERIFIED", "DECLARED", "UNKNOWN", "NOT_REQUIRED"),
}


def upgrade() -> None:
    """Answers write such words without looking for signs to escape, so the tables vouch for them."""
    for (table, column), words in _WORDS.items():
        listed = "', '".join(words)
        op.execute(f"alter table {table} add constraint ck_{table}_{column} check ({column} in ('{listed}'))")


def downgrade() -> None:
    """Any text again."""
    for table, column in _WORDS:
        op.execute(f"alter table {table} drop constraint ck_{table}_{column}")
