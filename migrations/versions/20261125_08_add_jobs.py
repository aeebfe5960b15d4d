"""add jobs: procrastinate's tables and functions, in a schema of their own

What they are is that library's business and comes from its package as pinned; apart from `public`, they neither
mix with the hub's tables nor need to be declared as models, and leave with the schema.
"""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy import text

revision = "20261125_08_add_jobs"
down_revision = "20261125_07_keep_counters"
branch_labels = None
depends_on = None

RIGHTS = """
comment on schema jobs is 'Công việc nền (procrastinate) · background jobs';
grant usage on schema jobs to hub_app;
grant select, insert, update, delete on all tables in schema jobs to hub_app;
grant usage, select on all sequences in schema jobs to hub_app;
"""


def upgrade() -> None:
    """Create the schema, have the library's own script fill it, and let the application use it."""
    connection = op.get_bind()
    before = connection.execute(text("select current_setting('search_path')")).scalar()
    connection.exec_driver_sql("create schema jobs; set local search_path = jobs")
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.execute(text("select set_config('search_path', :path, true)"), {"path": before})
    connection.exec_driver_sql(RIGHTS)


def downgrade() -> None:
    """Drop the schema with everything in it; finished and waiting jobs go with it."""
    op.execute("drop schema jobs cascade")
