"""count by fonds: sums of II.1.a are kept by fonds, since who owned one depends on the day asked for"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "20261132_count_by_fonds"
down_revision = "20261131_keep_counters"
branch_labels = None
depends_on = None

CHUNK = 5_000
# What is said otherwise in the functions as they stand: by owner, by fonds.
CHANGED = {
    "hub_born_digital_steps": (
        ("f.creator_id, f.agency_id as owner_id,", "f.creator_id, f.fonds_id,"),
        ("s.owner_id", "s.fonds_id"),
    ),
    "hub_count_born_digital": (("owner_id", "fonds_id"),),
    "hub_fold_born_digital": (("owner_id", "fonds_id"),),
}


def upgrade() -> None:
    """Keep by fonds what was kept by owner, and count anew."""
    _change("owner_id", "fonds_id")


def downgrade() -> None:
    """Keep by owner again."""
    _change("fonds_id", "owner_id", back=True)


def _change(old: str, new: str, *, back: bool = False) -> None:
    connection = op.get_bind()
    for table in ("born_digital_step", "born_digital_count"):
        connection.exec_driver_sql(f"delete from {table}")
        connection.exec_driver_sql(f"alter table {table} rename column {old} to {new}")
    for function, pairs in CHANGED.items():
        sql = str(connection.scalar(text(f"select pg_get_functiondef('{function}'::regproc)")))
        for pair in pairs:
            before, after = reversed(pair) if back else pair
            if before not in sql:
                raise LookupError(f"{function} does not say {before}")
            sql = sql.replace(before, after)
        connection.exec_driver_sql(sql.replace("%", "%%"))
    files = list(connection.execute(text("select id from file order by id")).scalars())
    for start in range(0, len(files), CHUNK):
        connection.execute(text("select hub_count_born_digital(:ids)"), {"ids": files[start : start + CHUNK]})
    connection.execute(text("select hub_fold_born_digital()"))
